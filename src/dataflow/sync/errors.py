"""What can be wrong with the memory of the sync."""

from __future__ import annotations

from dataflow.errors import DataflowError, TryAgainError


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
