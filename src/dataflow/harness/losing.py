"""Tells what a sync has emptied: values of Invoiced that somebody wrote there.

No reading of a document lets a sync do so, listed or not. What the vendor fills in by
itself, such as the address of an invoice, it may empty as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from dataflow.harness.kinds import KINDS
from dataflow.harness.recipes import Made
from dataflow.harness.world import World

Record: TypeAlias = Mapping[str, Any]

_EMPTY: tuple[object, ...] = (None, "", [], {})


def emptied(world: World) -> list[str]:
    """Return a sentence for each value that a record made here has lost.

    One that is gone without having been deleted has lost them all.
    """
    found = []
    for kind in KINDS:
        made = [one for one in world.made if one.kind is kind]
        left = world.invoiced.everything(kind) if made else {}
        for one in made:
            found += _of_one(one, left.get(one.id))
    return found


def _of_one(made: Made, now: Record | None) -> list[str]:
    if now is not None:
        return [f"{made}: {how}" for how in _losses(_written(made), now)]
    return [] if made.deleted else [f"{made} is gone from Invoiced"]


def _written(made: Made) -> Record:
    return {name: made.record.get(name) for name in sorted(made.written)}


def _losses(before: Record, now: Record) -> Iterator[str]:
    for name, value in before.items():
        if value not in _EMPTY and now.get(name) in _EMPTY:
            yield f"{name} was {value!r} and is empty now"
        elif name == "metadata":
            # A sync may add marks of its own; what others wrote there has to stay.
            yield from (f"metadata.{how}" for how in _losses(value, now[name]))
