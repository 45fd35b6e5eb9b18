"""Counts what came since a scenario began, and tells what is too many of it.

A sync can make a second record and leave no mark on it: nobody would find it by its
marks, so it is found by number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.harness.scenario.world import World, place
from dataflow.record_types.model import CUSTOMER, KINDS, Kind
from dataflow.vendors.chargebee import is_live, was_generated

Record: TypeAlias = dict[str, Any]

#: A message names this many records; a hundred would say no more.
_SHOWN = 5


def too_many(world: World) -> list[str]:
    """Return a sentence for each kind of which more came than there ought to be.

    In Invoiced nothing comes but what the scenario makes. In Chargebee the kind that
    the scenario is about is counted, and whose they are: a sync may need records of
    other kinds for them.
    """
    kinds = [world.subject.kind, *([CUSTOMER] if world.subject.customer else [])]
    in_chargebee = (told for kind in kinds for told in _in_chargebee(world, kind))
    return [*_in_invoiced(world), *in_chargebee]


def _in_invoiced(world: World) -> Iterator[str]:
    for kind in KINDS:
        where = place(world.invoiced, kind)
        now = world.ours(world.invoiced.list_all(kind))
        came = [key for key in now if key not in world.beginning.get(where, ())]
        made = [one.id for one in world.made if one.kind is kind]
        # By number: what was deleted may be made anew, under another id.
        if len(came) > len(made):
            foreign = [key for key in came if key not in made]
            yield _sentence(where, len(came), len(made), foreign)


def _in_chargebee(world: World, kind: Kind) -> Iterator[str]:
    where = place(world.chargebee, kind)
    records = world.ours(world.chargebee.list_all(kind)).values()
    came = [r for r in records if r["id"] not in world.beginning.get(where, ())]
    ours = [record for record in came if _is_counted(world, kind, record)]
    ought = [
        one for one in world.made if one.kind is kind and _may_have_one(world, one)
    ]
    if len(ours) > len(ought):
        marked = [r["id"] for one in ought for r in world.counterparts_among(one, ours)]
        foreign = [str(r["id"]) for r in ours if r["id"] not in marked]
        yield _sentence(where, len(ours), len(ought), foreign)


def _may_have_one(world: World, made: CreatedRecord) -> bool:
    """Tell whether a record may have a counterpart under any reading.

    Drafts may, and so may a company that an invoice is of. Where persons are what a
    scenario is about, a company is none of them.
    """
    return made.expected or world.subject.kind is not CUSTOMER


def _is_counted(world: World, kind: Kind, record: Record) -> bool:
    if not is_live(record) or was_generated(kind, record):
        return False
    # A sync that is slow may still be serving what an earlier scenario has made.
    older = world.beginning.get(place(world.invoiced, kind), ())
    return not any(world.marks.find_counterparts(kind, key, [record]) for key in older)


def _sentence(where: str, came: int, ought: int, foreign: list[str]) -> str:
    shown = ", ".join(foreign[:_SHOWN]) + (", ..." if len(foreign) > _SHOWN else "")
    named = f"; nobody's: {shown}" if shown else ""
    return f"{where}: {came} came, and at most {ought} ought to be there{named}"
