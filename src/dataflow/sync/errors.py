"""What can be wrong with the memory of the sync."""

from __future__ import annotations

from dataflow.errors import DataflowError, TryAgainError


class StateOfAnotherVersionError(DataflowError):
    """The state file was written by another version of the sync."""


class StateOfOtherAccountsError(DataflowError):
    """The state file belongs to other accounts than those to be synchronised."""


class DamagedStateError(DataflowError):
    """The state file cannot be read, or is something else."""


class StateDirectoryError(DataflowError):
    """The state directory cannot be made or written to."""


class StateInUseError(TryAgainError):
    """Another sync works with the same state file."""


class UnsettledError(DataflowError):
    """A record kept changing under the hands of the sync."""
