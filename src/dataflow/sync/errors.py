"""The errors of the reference sync: one class per decision of a caller.

The harness has its own errors for calls to a vendor, in `dataflow.errors`. They can be
raised inside a call of the sync, so they are no `DataflowError`: no `except` of the
sync may treat one as an answer of the vendor. Therefore the two families are separate.

A vendor that is down, too busy or sends no JSON is a `TryAgainError`.
"""

from __future__ import annotations

from dataflow.errors import DataflowError, FileError


class MappingError(DataflowError):
    """A value or a type cannot be mapped without changing it: skip it, try the rest."""


class KeyRefusedError(DataflowError):
    """The vendor does not accept the API key, or not for this call: end the run."""


class NotFoundError(DataflowError):
    """The vendor has no record of this id."""


class RefusedError(DataflowError):
    """The vendor understood the call and refused it: report it to the user."""

    def __init__(
        self, vendor: str, status: int, message: str, param: str | None = None
    ) -> None:
        about = f" ({param})" if param else ""
        super().__init__(f"{vendor} refused with {status}{about}: {message}")
        self.vendor = vendor
        self.status_code = status
        self.message = message
        self.param = param


class DuplicateError(RefusedError):
    """Another record has this id or name already: try the next one."""


class StateError(FileError):
    """The state file cannot be used, so no record can be synchronised: end the run.

    It has another version or other accounts, is damaged or cannot be written.
    """
