"""What either vendor's API may answer instead of what was asked for."""

from __future__ import annotations

from dataflow.errors import DataflowError, TryAgainError


class UnreachableError(TryAgainError):
    """No answer came: whether the call did its work is unknown."""


class BusyError(TryAgainError):
    """The vendor asks for patience, or stumbled by itself (429, 5xx)."""


class WrongKeyError(DataflowError):
    """The API key is not known, or may not do what the sync needs."""


class ProxyError(DataflowError):
    """The environment names a proxy that cannot be used."""


class UnsendableError(DataflowError):
    """A value cannot be told to a vendor without changing it."""


class NotFoundError(DataflowError):
    """There is no record of this id."""


class RefusedError(DataflowError):
    """The vendor understood the call and said no."""

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
    """Another record has this id or name already."""
