"""The root of every error that a person can cause or mend.

One class a cause. Its text is one clear sentence that shows the offending value
and says what to do; the command line prints it and ends with the class's status,
without a traceback.
"""

from __future__ import annotations

from typing import ClassVar


class DataflowError(Exception):
    """Something that the person at the keyboard can put right."""

    #: What the `dataflow` command ends with when this error stops it.
    status: ClassVar[int] = 1


class SettingsError(DataflowError):
    """An option, an environment variable or `dataflow.toml` has a wrong value."""


class UnknownNameError(DataflowError):
    """There is no sync, check or broken sync of this name."""


class FileError(DataflowError):
    """A file cannot be read, or its content is not what it has to be."""


class TryAgainError(DataflowError):
    """Something that may well go right by itself a little later."""

    #: `EX_TEMPFAIL`: asks whoever started the command for another try.
    status: ClassVar[int] = 75


class DocumentError(DataflowError):
    """A document is missing, or is no dataflow document."""


class FeatureError(DataflowError):
    """A feature is missing, is not a generated one, or cannot be written."""


class NotASandboxError(DataflowError):
    """A call or a setting leads to an account that is no sandbox."""


class LockedError(TryAgainError):
    """Another run or command holds the lock now, or this one has lost it."""


# The next are no `DataflowError`: they are raised inside the calls of any HTTP
# client of this process, and the sync must not take one for an answer to its own call.


class VendorRefusedError(Exception):
    """A vendor's API understood a call and refused it: this is evidence."""

    def __init__(self, vendor: str, status: int, message: str) -> None:
        super().__init__(f"{vendor} refused it with status {status}: {message}")
        self.vendor = vendor
        self.status = status
        self.message = message


class NotFoundError(VendorRefusedError):
    """A vendor has no record of this id."""


class VendorUnavailableError(Exception):
    """A vendor's API did not answer the call itself: this says nothing about a sync.

    It was down, too busy, or did not accept the key. `message` is what the vendor
    answered, `retry_after` is in seconds, and None where the vendor did not send it.
    """

    def __init__(
        self,
        vendor: str,
        reason: str,
        *,
        status: int | None = None,
        message: str = "",
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{vendor} could not be asked: {reason}")
        self.status = status
        self.message = message
        self.retry_after = retry_after


class TargetFailedError(Exception):
    """A stand-in for a vendor failed by itself: its answers prove nothing any more."""
