"""What can be wrong with a property's type or with a value."""

from __future__ import annotations

from dataflow.errors import DataflowError


class UnknownTypeError(DataflowError):
    """A row of the checklist names a type that no form stands for."""


class WrongValueError(DataflowError):
    """A value is not of the type that the checklist names for it."""


class MoneyError(DataflowError):
    """An amount cannot be told in the other system without changing it."""
