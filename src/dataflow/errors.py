"""The errors of this project: one class for each decision of a caller.

The text of a `DataflowError` is one sentence with the value found and what to do. The
command line prints it without a traceback, and exits with the status of the class.
"""

from __future__ import annotations

from typing import ClassVar


class DataflowError(Exception):
    """An error that the user can correct."""

    #: The exit status of a `dataflow` command that this error stops.
    status: ClassVar[int] = 1


class SettingsError(DataflowError):
    """An option, an environment variable or `dataflow.toml` has a wrong value."""


class FileError(DataflowError):
    """A file cannot be read, or its content is not valid."""


class TryAgainError(DataflowError):
    """An error after which a later attempt may succeed."""

    #: `EX_TEMPFAIL`: asks the caller of the command to try again.
    status: ClassVar[int] = 75


class DocumentError(DataflowError):
    """A document is missing, or is no dataflow document."""


class FeatureError(DataflowError):
    """A feature is missing, is not a generated one, or cannot be written."""


class NotASandboxError(DataflowError):
    """A call or a setting leads to an account that is not a sandbox."""


class LockedError(TryAgainError):
    """Another run or command holds the lock now, or this one has lost it."""


# The next classes are not a `DataflowError`: any HTTP client of this process can raise
# them, and the sync must not treat one as an answer to its own call.


class VendorRefusedError(Exception):
    """A vendor's API understood a call and refused it: this is evidence.

    `is_consequence` is true if the sync had damaged the records before.
    """

    is_consequence = False

    def __init__(self, vendor: str, status: int, message: str) -> None:
        super().__init__(f"{vendor} refused the call with status {status}: {message}")
        self.vendor = vendor
        self.status = status
        self.message = message


class NotFoundError(VendorRefusedError):
    """A vendor has no record of this id."""


class VendorUnavailableError(Exception):
    """A vendor's API did not process a call: this is no evidence about a sync.

    It was down, too busy, or did not accept the key. `message` is the vendor's answer,
    `retry_after` is in seconds, and None where the vendor did not send it.
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
        super().__init__(f"{vendor} is not available: {reason}")
        self.status = status
        self.message = message
        self.retry_after = retry_after


class TargetFailedError(Exception):
    """A target failed, or cannot do what a step needs: it gives no evidence."""
