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


class TryAgainError(DataflowError):
    """Something that may well go right by itself a little later."""

    #: `EX_TEMPFAIL`: asks whoever started the command for another try.
    status: ClassVar[int] = 75


class LockedError(TryAgainError):
    """Another run or command holds the lock now, or this one has lost it."""


class NotASandboxError(DataflowError):
    """Something leads to an account that is no sandbox, or to none at all."""


class VendorUnavailableError(Exception):
    """A vendor's API could not be asked: it was down, too busy, or refused the key.

    `retry_after` is in seconds, and None if the vendor did not state it. It is no
    `DataflowError`, so that no `except` of the sync treats it as an answer.
    """

    def __init__(
        self,
        vendor: str,
        message: str,
        *,
        status: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{vendor} could not be asked: {message}")
        self.status = status
        self.retry_after = retry_after
