"""What a control of a twin answers to somebody who asks for what it cannot do."""

from __future__ import annotations

from dataflow.errors import DataflowError


class ControlError(DataflowError):
    """A control of a twin was asked for something that it cannot do."""


class UnknownControlError(ControlError):
    """There is no such control."""


class NothingToControlError(ControlError):
    """A control names a record that the twin has not."""


def nothing(kind: str, identifier: object) -> NothingToControlError:
    """Return the error about a kind that a twin has not, or an id that it never saw."""
    return NothingToControlError(
        f"The twin has no {kind} {identifier}: name a kind in the singular, such as"
        " customer, and the id of a record that is not deleted."
    )
