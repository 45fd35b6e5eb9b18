"""Knobs: what somebody can make happen inside of a twin, beside its vendor's API."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from dataflow.twin.arguments import Arguments
from dataflow.twin.wire import Json

#: Given arguments, it does what it is named after, and answers.
Knob: TypeAlias = Callable[[Arguments], Json]


def bumping(bump: Callable[[str, str], None]) -> Knob:
    """Return the knob that bumps the record of a `kind` that has this `id`."""

    def turn(given: Arguments) -> Json:
        given.only("kind", "id")
        bump(given.text("kind"), given.identifier("id"))
        return {}

    return turn


def merging(merge: Callable[[str, str], None]) -> Knob:
    """Return the knob that merges the customer `from` into the customer `to`."""

    def turn(given: Arguments) -> Json:
        given.only("from", "to")
        merge(given.identifier("from"), given.identifier("to"))
        return {}

    return turn
