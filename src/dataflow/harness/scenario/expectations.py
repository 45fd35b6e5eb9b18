"""What each Then of a scenario compares."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dataflow.errors import FeatureError
from dataflow.harness.categories import Category, Compared, Finding, MismatchError
from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.harness.scenario.world import World, describe_counterparts, name_place
from dataflow.record_types import find_noun
from dataflow.record_types.model import CUSTOMER, KINDS, Kind
from dataflow.vendors.chargebee import is_live, was_generated
from dataflow.vendors.connection import Record

#: A message shows this many sentences or ids.
_SHOWN = 5
#: How a table names records of the scenario.
_LABEL = re.compile(r"(the|each)( other)? (?P<noun>.+)")
_IF_TAKEN = re.compile(r"(.+) if taken, else (.+)")
#: The expected customer of an order if the invoice's customer has no counterpart.
_FOREIGN = "a customer of no other record"


def join_messages(sentences: Sequence[str]) -> str:
    """Return the first sentences as one text, with the number of the others."""
    more = len(sentences) - _SHOWN
    tail = [f"... and {more} more"] if more > 0 else []
    return "\n".join([*sentences[:_SHOWN], *tail])


def require_none(found: Sequence[str], category: Category = Category.LOST) -> None:
    """Raise `MismatchError` if there are mismatches; the first may have a category."""
    if found:
        first = found[0]
        category = getattr(first, "category", category)
        compared = getattr(first, "compared", None)
        raise MismatchError(Finding(join_messages(found), category, compared))


def require_in_invoiced(world: World, made: CreatedRecord) -> None:
    """Raise `MismatchError` unless Invoiced still lists a record."""
    if not world.is_in_invoiced(made):
        raise MismatchError(f"{made} is gone from Invoiced", Category.CHANGED)


def find_mismatches(
    world: World, table: Sequence[Sequence[str]], counterpart: str
) -> list[str]:
    """Return the differences from a table: `record`, `Invoiced currency` and so on.

    `counterpart` is the noun of the step. Raises `FeatureError` for a table that would
    compare nothing, or another record than it names.
    """
    head, *body = table
    _check_heading(world, head)
    poll = _Poll(world)
    found: list[str] = []
    for label, *cells in body:
        for made in _select_records(world, label):
            require_counterpart(made, counterpart)
            found += poll.find_mismatches(made, head[1:], cells)
    return found


def _check_heading(world: World, head: Sequence[str]) -> None:
    first, *columns = head
    systems = world.invoiced.name, world.chargebee.name
    wrong = [] if first == "record" else [first]
    wrong += [each for each in columns if each.partition(" ")[0] not in systems]
    if wrong:
        raise FeatureError(
            f"a table cannot have the column {wrong[0]!r}: begin it with `record`, and"
            f" the others with a system, such as `{systems[0]} name`"
        )


def _select_records(world: World, label: str) -> list[CreatedRecord]:
    if label == "the neighbour":
        assert world.neighbour is not None, "the scenario has made no neighbour"
        return [world.neighbour]
    kind = _find_kind(label)
    last = world.subject
    if label.startswith("each other "):
        chosen = world.others
    else:
        chosen = list(world.subjects) if label.startswith("each ") else [last]
    for made in chosen:
        if made.kind is not kind:
            raise FeatureError(
                f"the table has the record {label!r}, which is {made} in this scenario:"
                " write its noun"
            )
    return chosen


def _find_kind(label: str) -> Kind | None:
    """Return the kind of record that a label of a table names by its noun."""
    named = _LABEL.fullmatch(label)
    try:
        return find_noun(named["noun"] if named else "")[0].kind
    except FeatureError as error:
        raise FeatureError(
            f"a table cannot have the record {label!r}: write `the item`, `each item`,"
            " `each other item` or `the neighbour`, with the noun of the record"
        ) from error


def require_counterpart(made: CreatedRecord, noun: str) -> None:
    """Raise `FeatureError` unless the counterpart of a record has this noun."""
    if noun != made.kind.name:
        raise FeatureError(
            f"the step names the counterpart {noun!r}, and that of {made} is"
            f" {made.kind.name!r}: write this noun"
        )


class _Poll:
    """One comparison, in which each list is read at most once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chargebee: dict[str, Callable[[CreatedRecord], list[Record]]] = {}
        self._invoiced: dict[str, dict[str, Record]] = {}
        self._words: dict[str, dict[str, str]] = {}

    def find_mismatches(
        self, made: CreatedRecord, columns: Sequence[str], cells: Sequence[str]
    ) -> Iterator[str]:
        found = self._find_counterparts(made)
        if len(found) != 1:
            yield describe_counterparts(made, found)
            return
        for name in find_foreign_names(self._list_words(made), made, found[0]):
            yield f"{made.kind.name} {found[0]['id']} of {made} has the name {name!r}"
        record = self._find_in_invoiced(made)
        if record is None:
            yield Finding(f"{made} is gone from Invoiced", Category.CHANGED)
            return
        label = f"{made.kind.name} {found[0]['id']}"
        for column, cell in zip(columns, cells, strict=True):
            system, _, name = column.partition(" ")
            in_invoiced = system == self._world.invoiced.name
            actual = _get_value(record if in_invoiced else found[0], name)
            expected = self._resolve(made, cell, in_invoiced=in_invoiced)
            if expected is _FOREIGN and not self._is_counterpart(actual):
                continue
            if _as_text(actual) != str(expected):
                yield Finding(
                    f"{made}: {name} in {system} is {actual!r}, not {expected!r}",
                    Category.LOST,
                    Compared(((str(made), record), (label, found[0])), name),
                )

    def _list_words(self, made: CreatedRecord) -> dict[str, str]:
        if made.kind.name not in self._words:
            self._words[made.kind.name] = list_words(self._world, made.kind)
        return self._words[made.kind.name]

    def _find_in_invoiced(self, made: CreatedRecord) -> Record | None:
        # From the list: an archived item can still be read by id.
        if made.kind.name not in self._invoiced:
            self._invoiced[made.kind.name] = self._world.invoiced.list_all(made.kind)
        return self._invoiced[made.kind.name].get(made.id)

    def _find_counterparts(self, made: CreatedRecord) -> list[Record]:
        if made.kind.name not in self._chargebee:
            records = self._world.list_records(made.kind)
            find = self._world.index_counterparts(made.kind, records)
            self._chargebee[made.kind.name] = find
        return self._chargebee[made.kind.name](made)

    def _resolve(self, made: CreatedRecord, cell: str, *, in_invoiced: bool) -> object:
        """Return the value that a cell of the table stands for."""
        if choice := _IF_TAKEN.fullmatch(cell):
            cell = choice[1] if self._world.edits[-1].taken else choice[2]
        customers = {
            "its customer": made.customer,
            "another customer": self._world.another_customer,
        }
        if cell not in customers:
            return cell
        customer = customers[cell]
        assert customer is not None, f"{made} has no record for {cell}"
        return customer.id if in_invoiced else self._find_customer_id(customer)

    def _find_customer_id(self, customer: CreatedRecord) -> object:
        found = self._find_counterparts(customer)
        if not (found or customer.expected):
            return _FOREIGN
        if len(found) != 1:
            return f"the one {CUSTOMER.name} of {customer}"
        return found[0]["id"]

    def _is_counterpart(self, customer_id: object) -> bool:
        """Return whether a Chargebee customer belongs to a record of the scenario."""
        customers = (one for one in self._world.made if one.kind is CUSTOMER)
        return any(
            record["id"] == customer_id
            for customer in customers
            for record in self._find_counterparts(customer)
        )


def _get_value(record: Record, path: str) -> object:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _as_text(value: object) -> str:
    """Return a value of the API as a cell of a feature shows it."""
    return json.dumps(value) if isinstance(value, bool) else str(value)


def list_words(world: World, kind: Kind) -> dict[str, str]:
    """Return the names of the scenario's records, each with its unique last word."""
    records = (one.record for one in world.made if one.kind is kind)
    names = sorted(str(record["name"]) for record in records if record.get("name"))
    # Only a name of the factory has a number; several records may have a listed one.
    own = (name for name in names if any(map(str.isdigit, name)))
    return {name: name.split()[-1] for name in own}


def find_foreign_names(
    words: Mapping[str, str], made: CreatedRecord, counterpart: Record
) -> list[str]:
    """Return other records whose unique last word the counterpart contains."""
    own = made.record.get("name")
    others = [(name, word) for name, word in words.items() if name != own]
    text = json.dumps(counterpart, ensure_ascii=False) if others else ""
    return [name for name, word in others if _contains(text, word)]


def _contains(text: str, word: str) -> bool:
    found = re.search(rf"{re.escape(word)}(?![0-9])", text) if word in text else None
    return found is not None


def find_surplus(world: World) -> list[str]:
    """Return kinds with too many records; a sync may need some in Chargebee."""
    kinds = [world.subject.kind, *([CUSTOMER] if world.subject.customer else [])]
    in_chargebee = (found for kind in kinds for found in _count_chargebee(world, kind))
    return [*_count_invoiced(world), *in_chargebee]


def _count_invoiced(world: World) -> Iterator[str]:
    for kind in KINDS:
        place = name_place(world.invoiced, kind)
        now = world.select_own(world.invoiced.list_all(kind))
        new = [
            key
            for key, record in now.items()
            if key not in world.initial.get(place, ())
            and not world.is_named_own(kind, record)
        ]
        made = [one.id for one in world.made if one.kind is kind]
        # By number: a deleted record may be created again with another id.
        if len(new) > len(made):
            foreign = [key for key in new if key not in made]
            yield _describe_surplus(place, len(new), len(made), foreign)


def _count_chargebee(world: World, kind: Kind) -> Iterator[str]:
    place = name_place(world.chargebee, kind)
    records = world.select_own(world.chargebee.list_all(kind)).values()
    new = [r for r in records if r["id"] not in world.initial.get(place, ())]
    counted = [record for record in new if _is_counted(world, kind, record)]
    made = [one for one in world.made if one.kind is kind and _may_have_one(world, one)]
    if len(counted) > len(made):
        # Only now: it takes another run of the sync.
        kept = {place.key for place in world.find_own() if place.noun == kind.name}
        counted = [record for record in counted if str(record["id"]) not in kept]
    if len(counted) > len(made):
        own = [r["id"] for one in made for r in world.counterparts_among(one, counted)]
        foreign = [str(r["id"]) for r in counted if r["id"] not in own]
        yield _describe_surplus(place, len(counted), len(made), foreign)


def _may_have_one(world: World, made: CreatedRecord) -> bool:
    """Return whether some reading of the document allows a counterpart."""
    return made.expected or world.subject.kind is not CUSTOMER


def _is_counted(world: World, kind: Kind, record: Record) -> bool:
    if not is_live(record) or was_generated(kind, record):
        return False
    if world.is_named_own(kind, record):
        return False
    if any((kind, record["id"]) == (of, each["id"]) for of, each in world.strangers):
        return False
    # A slow sync may still create counterparts of an earlier scenario's records.
    older = world.initial.get(name_place(world.invoiced, kind), ())
    return not any(world.marks.find_counterparts(kind, key, [record]) for key in older)


def _describe_surplus(place: str, new: int, most: int, foreign: list[str]) -> str:
    shown = ", ".join(foreign[:_SHOWN]) + (", ..." if len(foreign) > _SHOWN else "")
    named = f"; foreign: {shown}" if shown else ""
    return f"{place}: {new} new records, expected at most {most}{named}"
