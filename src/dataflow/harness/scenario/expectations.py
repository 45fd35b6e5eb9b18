"""What each Then of a scenario compares."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.harness.scenario.world import World, describe_counterparts, name_place
from dataflow.record_types.model import CUSTOMER, KINDS, Kind
from dataflow.vendors.chargebee import is_live, was_generated

Record: TypeAlias = dict[str, Any]


def names_of_others(
    world: World, made: CreatedRecord, counterpart: Record
) -> list[str]:
    """Return the names of other records of the kind that stand on this one.

    The last word of a name is one that no other record has (see the kitchen), however
    a sync may take the name apart; namesakes share theirs.
    """
    names = {one.record.get("name") for one in world.made if one.kind is made.kind}
    others = sorted(str(name) for name in names - {made.record.get("name"), None})
    text = json.dumps(counterpart, ensure_ascii=False) if others else ""
    return [name for name in others if _stands_in(name.split()[-1], text)]


def _stands_in(word: str, text: str) -> bool:
    # A pattern only where the word is there: a new one for each name is slow.
    return word in text and bool(re.search(rf"{re.escape(word)}(?![0-9])", text))


FrozenRecord: TypeAlias = Mapping[str, Any]

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


def _harm(world: World, made: CreatedRecord, now: FrozenRecord | None) -> Iterator[str]:
    if now is None:
        yield " is gone from Invoiced"
        return
    may_be = _is_voided(made.record) or world.requested.get((made, "status"))
    if _is_voided(now) and not may_be:
        yield " is voided now"
    for name in sorted((made.written | _STATE) & made.record.keys()):
        before, value = _told(made.record, name), _told(now, name)
        if value != before and not _was_asked_for(world, made, name, value):
            yield f": {name} was {before!r} and is {value!r}"


def _is_voided(record: FrozenRecord) -> bool:
    return bool(record.get("status") == "voided")


def _told(record: FrozenRecord, name: str) -> object:
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
    if value in world.requested.get((made, name), ()):
        return True
    return any(text in str(value).casefold() for text in _written_there(world))


def _written_there(world: World) -> Iterator[str]:
    """Yield what the scenario wrote in Chargebee, as it may stand in Invoiced."""
    for edit in world.edits:
        if edit.system == world.chargebee.name:
            yield str(edit.value).casefold()
            if world.another_customer is not None:
                yield world.another_customer.id


#: A message names this many records; a hundred would say no more.
_SHOWN = 5


def find_surplus(world: World) -> list[str]:
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
        where = name_place(world.invoiced, kind)
        now = world.select_own(world.invoiced.list_all(kind))
        came = [key for key in now if key not in world.initial.get(where, ())]
        made = [one.id for one in world.made if one.kind is kind]
        # By number: what was deleted may be made anew, under another id.
        if len(came) > len(made):
            foreign = [key for key in came if key not in made]
            yield _sentence(where, len(came), len(made), foreign)


def _in_chargebee(world: World, kind: Kind) -> Iterator[str]:
    where = name_place(world.chargebee, kind)
    records = world.select_own(world.chargebee.list_all(kind)).values()
    came = [r for r in records if r["id"] not in world.initial.get(where, ())]
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
    older = world.initial.get(name_place(world.invoiced, kind), ())
    return not any(world.marks.find_counterparts(kind, key, [record]) for key in older)


def _sentence(where: str, came: int, ought: int, foreign: list[str]) -> str:
    shown = ", ".join(foreign[:_SHOWN]) + (", ..." if len(foreign) > _SHOWN else "")
    named = f"; nobody's: {shown}" if shown else ""
    return f"{where}: {came} came, and at most {ought} ought to be there{named}"


_IF_TAKEN = re.compile(r"(.+) if taken, else (.+)")

#: Whom an order may name whose customer need not be linked: nobody else's customer.
_NOBODYS = "a customer of nobody else"

#: A message names this many shortfalls; a hundred would say no more.


def find_mismatches(world: World, table: Sequence[Sequence[str]]) -> list[str]:
    """Return a sentence for each way in which the systems differ from the table.

    `table` has a header line: `record`, then columns such as `Invoiced currency`.
    """
    head, *body = table
    look = _Reader(world)
    return [
        sentence
        for label, *cells in body
        for made in _named(world, label)
        for sentence in look.shortfalls(made, head[1:], cells)
    ]


def join_messages(sentences: Sequence[str]) -> str:
    """Return shortfalls as one text."""
    more = len(sentences) - _SHOWN
    tail = [f"... and {more} more"] if more > 0 else []
    return "\n".join([*sentences[:_SHOWN], *tail])


def _named(world: World, label: str) -> list[CreatedRecord]:
    if label == "the neighbour":
        assert world.neighbour is not None, "the scenario has made no neighbour"
        return [world.neighbour]
    if label.startswith("each other "):
        return world.subjects[:-1]
    if label.startswith("each "):
        return list(world.subjects)
    return [world.subject]


class _Reader:
    """One look at both systems: each kind is read at most once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen: dict[str, list[Record]] = {}
        self._left: dict[str, dict[str, Record]] = {}

    def shortfalls(
        self, made: CreatedRecord, columns: Sequence[str], cells: Sequence[str]
    ) -> Iterator[str]:
        found = self._counterparts(made)
        if len(found) != 1:
            yield describe_counterparts(made, found)
            return
        for name in names_of_others(self._world, made, found[0]):
            yield f"{made.kind.name} {found[0]['id']} of {made} bears the name {name!r}"
        left = self._in_invoiced(made)
        if left is None:
            yield f"{made} is gone from Invoiced"
            return
        for column, cell in zip(columns, cells, strict=True):
            system, _, name = column.partition(" ")
            in_invoiced = system == self._world.invoiced.name
            record = left if in_invoiced else found[0]
            actual = _at(record, name)
            wanted = self._wanted(made, cell, in_invoiced=in_invoiced)
            if wanted is _NOBODYS and not self._is_somebodys(actual):
                continue
            if str(actual) != str(wanted):
                yield f"{made}: {name} in {system} is {actual!r}, not {wanted!r}"

    def _in_invoiced(self, made: CreatedRecord) -> Record | None:
        # From the list: an archived item still answers when it is asked for by id.
        if made.kind.name not in self._left:
            self._left[made.kind.name] = self._world.invoiced.list_all(made.kind)
        return self._left[made.kind.name].get(made.id)

    def _counterparts(self, made: CreatedRecord) -> list[Record]:
        if made.kind.name not in self._seen:
            self._seen[made.kind.name] = self._world.list_records(made.kind)
        return self._world.counterparts_among(made, self._seen[made.kind.name])

    def _wanted(self, made: CreatedRecord, cell: str, *, in_invoiced: bool) -> object:
        if choice := _IF_TAKEN.fullmatch(cell):
            cell = choice[1] if self._world.edits[-1].taken else choice[2]
        customers = {
            "its customer": made.customer,
            "another customer": self._world.another_customer,
        }
        if cell not in customers:
            return cell
        customer = customers[cell]
        assert customer is not None, f"{made} has nobody to be {cell}"
        return customer.id if in_invoiced else self._customer_id(customer)

    def _customer_id(self, customer: CreatedRecord) -> object:
        found = self._counterparts(customer)
        if not (found or customer.expected):
            return _NOBODYS
        if len(found) != 1:
            return f"the one {CUSTOMER.name} of {customer}"
        return found[0]["id"]

    def _is_somebodys(self, customer_id: object) -> bool:
        """Tell whether a Chargebee customer is the counterpart of one made here."""
        made = [one for one in self._world.made if one.kind is CUSTOMER]
        found = [record["id"] for one in made for record in self._counterparts(one)]
        return customer_id in found


def _at(record: Record, path: str) -> object:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
