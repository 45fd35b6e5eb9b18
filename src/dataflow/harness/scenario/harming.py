"""Tells what a sync has changed in Invoiced that nobody has asked it to.

Whatever else is synchronised: what somebody wrote in Invoiced stays, until somebody
writes something else there, or in Chargebee. What the vendor fills in by itself, such
as the address of an invoice, it may change as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.harness.scenario.world import World
from dataflow.record_types.model import KINDS

Record: TypeAlias = Mapping[str, Any]

#: What nobody wrote, and a sync could change: is it billed, for how much, is it usable?
_STATE = frozenset({"active", "closed", "draft", "total"})
#: What of an invoice's line somebody wrote: the rest is the vendor's.
_OF_A_LINE = ("name", "quantity", "unit_cost")


def harmed(world: World) -> list[str]:
    """Return a sentence for each change of a record made here, and each that is gone.

    One that the scenario has deleted may be gone, and whatever is done to it then.
    """
    found: list[str] = []
    for kind in KINDS:
        made = [one for one in world.made if one.kind is kind and not one.deleted]
        left = world.invoiced.list_all(kind) if made else {}
        for one in made:
            found += [f"{one}{how}" for how in _harm(world, one, left.get(one.id))]
    return found


def _harm(world: World, made: CreatedRecord, now: Record | None) -> Iterator[str]:
    if now is None:
        yield " is gone from Invoiced"
        return
    may_be = _is_voided(made.record) or world.asked.get((made, "status"))
    if _is_voided(now) and not may_be:
        yield " is voided now"
    for name in sorted((made.written | _STATE) & made.record.keys()):
        before, value = _told(made.record, name), _told(now, name)
        if value != before and not _was_asked_for(world, made, name, value):
            yield f": {name} was {before!r} and is {value!r}"


def _is_voided(record: Record) -> bool:
    return bool(record.get("status") == "voided")


def _told(record: Record, name: str) -> object:
    """Return a value as far as somebody wrote it."""
    value = record.get(name)
    if name == "items" and isinstance(value, list):
        return [{part: line.get(part) for part in _OF_A_LINE} for line in value]
    return value


def _was_asked_for(world: World, made: CreatedRecord, name: str, value: object) -> bool:
    if name == "metadata":
        # A sync may add marks of its own; what others wrote there has to stay.
        marks = value if isinstance(value, Mapping) else {}
        return bool(made.record[name].items() <= marks.items())
    if value in world.asked.get((made, name), ()):
        return True
    return any(text in str(value).casefold() for text in _written_there(world))


def _written_there(world: World) -> Iterator[str]:
    """Yield what the scenario wrote in Chargebee, as it may stand in Invoiced."""
    for edit in world.edits:
        if edit.system == world.chargebee.name:
            yield str(edit.value).casefold()
            if world.another_customer is not None:
                yield world.another_customer.id
