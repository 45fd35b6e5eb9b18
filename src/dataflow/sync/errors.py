"""The errors of the reference sync: one class per decision of a caller."""

from __future__ import annotations

from dataflow.errors import DataflowError, TryAgainError


class UnknownTypeError(DataflowError):
    """A row of the checklist names a type that no form stands for."""


class WrongValueError(DataflowError):
    """A value is not of the type that the checklist names for it."""


class MoneyError(DataflowError):
    """An amount cannot be told in the other system without changing it."""


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


class StateError(DataflowError):
    """Something is wrong with the memory, and so with every record."""


class StateOfAnotherVersionError(StateError):
    """The state file was written by another version of the sync."""


class StateOfOtherAccountsError(StateError):
    """The state file belongs to other accounts than those to be synchronised."""


class DamagedStateError(StateError):
    """The state file cannot be read, or is something else."""


class StateUnwritableError(StateError):
    """The state file cannot be opened or written: the disk, or permissions."""


class StateDirectoryError(StateError):
    """The state directory cannot be made or written to."""


class StateInUseError(StateError, TryAgainError):
    """Another sync works with the same state file."""


class UnsettledError(DataflowError):
    """A record kept changing under the hands of the sync."""
