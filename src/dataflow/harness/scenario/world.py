"""The state of one scenario: its records, both systems, the sync, its notes."""

from __future__ import annotations

import json
from collections.abc import (
    Callable,
    Collection,
    Iterator,
    Mapping,
    MutableSequence,
    Sequence,
)
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from dataflow.errors import FeatureError
from dataflow.harness.categories import Category, Finding, MismatchError
from dataflow.harness.scenario.factories import CreatedRecord, RecordFactory
from dataflow.harness.scenario.ledger import Difference, Ledger, Place, State
from dataflow.harness.scenario.polling import SyncDriver
from dataflow.network.hooks import Exchange
from dataflow.record_types.model import CARRIER, KINDS, Kind
from dataflow.sandbox.run_mark import Scope
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import Record
from dataflow.vendors.invoiced import InvoicedAccount
from dataflow.vendors.marks import Marks, MarksByKind

#: The kinds of notes: the fields of `NotesRecord`, which explains them.
NoteKind: TypeAlias = Literal[
    "calls",
    "dropped",
    "evidence",
    "litter",
    "observed",
    "refused",
    "took",
    "trouble",
    "unconfirmed",
    "unharmed",
]


@dataclass(frozen=True, slots=True)
class CheckNotes:
    """Adds notes to the `properties` of the running test, for all reports."""

    properties: MutableSequence[tuple[str, object]]

    def add(self, kind: NoteKind, *sentences: str) -> None:
        """Add one note for each sentence."""
        self.properties.extend((kind, sentence) for sentence in sentences)


#: The scenario owns all records of its accounts.
OWN_ACCOUNTS = Scope("")

#: A sync that still writes gets at least this many runs, and three per record.
LEAST_RUNS, RUNS_PER_RECORD = 90, 3
#: A record needs fewer new ones in Chargebee: an order has an invoice, an item a price.
CREATED_PER_RECORD = 4

#: Properties that a vendor may change on a record without an edit.
_VOLATILE = {"updated_at", "resource_version"}
#: Properties of Invoiced in which a sync may keep its marks.
_FOR_MARKS = {"metadata"}


@dataclass(eq=False, slots=True)
class Edit:
    """An edit of the scenario; `taken` is whether the vendor accepted it."""

    system: str
    made: CreatedRecord
    name: str
    value: object
    counterpart_id: str
    taken: bool = True


@dataclass(eq=False)
class World:
    """The records of a scenario and both systems; `advance` lets seconds pass there."""

    invoiced: InvoicedAccount
    chargebee: ChargebeeSite
    marks: Marks
    factory: RecordFactory
    notes: CheckNotes
    sync: SyncDriver
    advance: Callable[[int], None]
    #: The records that the sync keeps for itself: `[sync.own]` of the settings, and
    #: what it creates in accounts in which nothing is required.
    own: MarksByKind = field(default_factory=dict)
    find_own: Callable[[], Collection[Place]] = tuple
    scope: Scope = OWN_ACCOUNTS
    since: int = 0
    made: list[CreatedRecord] = field(default_factory=list)
    subjects: list[CreatedRecord] = field(default_factory=list)
    neighbour: CreatedRecord | None = None
    neighbours: dict[CreatedRecord, Record] = field(default_factory=dict)
    another_customer: CreatedRecord | None = None
    edits: list[Edit] = field(default_factory=list)
    holds: Callable[[], None] | None = None
    before: dict[str, dict[str, Record]] = field(default_factory=dict)
    initial: dict[str, dict[str, Record]] = field(default_factory=dict)
    #: Returns the calls of the scenario until now, in their order.
    list_calls: Callable[[], Sequence[Exchange]] = tuple
    ledger: Ledger = field(default_factory=Ledger)
    #: What the sync has changed until now, and may not change.
    damage: list[Difference] = field(default_factory=list)
    strangers: list[tuple[Kind, Record]] = field(default_factory=list)
    bystanders: list[CreatedRecord] = field(default_factory=list)

    def make(
        self,
        noun: str,
        currency: str,
        values: Mapping[str, object],
        customer: CreatedRecord | None = None,
    ) -> CreatedRecord:
        """Create and remember a record and its customer, after a first snapshot."""
        if not self.scope.run:
            self.initial = self.initial or self.snapshot_all()
        made = self.factory.create(noun, currency, values, customer)
        if made.customer is not None and made.customer not in self.made:
            self.made.append(made.customer)
        self.made.append(made)
        return made

    def forget_lists(self) -> None:
        """Read both systems again from now on."""
        self.invoiced.lists.clear()
        self.chargebee.lists.clear()

    @property
    def subject(self) -> CreatedRecord:
        """Return the record that the scenario is about; raises `FeatureError`."""
        if not self.subjects:
            raise FeatureError(
                "the scenario has made no record that it is about: add a step such as"
                ' `Given a new item in "eur"` before this one'
            )
        return self.subjects[-1]

    @property
    def others(self) -> list[CreatedRecord]:
        """Return the records before the last one; raises `FeatureError` for none."""
        others = [made for made in self.subjects if made is not self.subject]
        if not others:
            raise FeatureError("the scenario has made one record, so there is no other")
        return others

    def list_records(self, kind: Kind) -> list[Record]:
        """Return all current Chargebee records of a kind."""
        return list(self.chargebee.list_all(kind).values())

    def counterparts(self, made: CreatedRecord) -> list[Record]:
        """Read the live counterparts of a record."""
        return self.counterparts_among(made, self.list_records(made.kind))

    def counterparts_among(
        self, made: CreatedRecord, records: list[Record]
    ) -> list[Record]:
        """Return the live counterparts of a record among these."""
        return self.index_counterparts(made.kind, records)(made)

    def index_counterparts(
        self, kind: Kind, records: list[Record]
    ) -> Callable[[CreatedRecord], list[Record]]:
        """Return a function that finds the live counterparts among these records."""
        find = self.marks.index(kind, records)
        return lambda made: [dict(record) for record in find(made.id)]

    def get_counterpart(self, made: CreatedRecord) -> Record:
        """Return the counterpart of a record; fails unless there is exactly one."""
        found = self.counterparts(made)
        if len(found) != 1:
            raise MismatchError(describe_counterparts(made, found))
        return found[0]

    def is_in_invoiced(self, made: CreatedRecord) -> bool:
        """Return whether Invoiced lists a record; it does not list an archived one."""
        return made.id in self.invoiced.list_all(made.kind)

    def count_runs(self) -> int:
        """Return how many runs a sync that still writes may need, or 0.

        One that has created far more than it could need will not come to an end.
        """
        created = len(self.ledger.of_sync)
        runs = max(LEAST_RUNS, RUNS_PER_RECORD * len(self.ledger.now))
        return runs if created <= CREATED_PER_RECORD * (len(self.made) + 3) else 0

    def is_named_own(self, kind: Kind, record: Record) -> bool:
        """Return whether the settings name a record as the sync's own."""
        return any(mark.matches(record) for mark in self.own.get(kind.name, ()))

    def snapshot_all(self) -> dict[str, dict[str, Record]]:
        """Return the raw records by place and id, with invoices that orders need."""
        return {
            name_place(side, kind): self.select_own(side.list_all(kind))
            for side, kinds in (
                (self.invoiced, KINDS),
                (self.chargebee, (*KINDS, CARRIER)),
            )
            for kind in kinds
        }

    def select_own(self, records: Mapping[str, Record]) -> dict[str, Record]:
        """Return the records of this scenario: on shared accounts, by token or id."""
        if not self.scope.run:
            return dict(records)
        ids = {made.id for made in self.made}
        return {
            key: record
            for key, record in records.items()
            if not ids.isdisjoint(_values(record))
            or self.scope.token in json.dumps(record)
        }

    def snapshot_neighbour(self) -> None:
        """Keep the first counterparts of the neighbour, its customer and bystanders."""
        neighbour = self.neighbour
        if neighbour is None or neighbour in self.neighbours:
            return
        self.neighbours[neighbour] = self.get_counterpart(neighbour)
        others = [neighbour.customer, *self.bystanders]
        for other in (one for one in others if one is not None):
            # A document without a section for this kind leaves it open.
            for found in self.counterparts(other)[:1]:
                self.neighbours[other] = found

    def read_lists(self) -> State:
        """Return the scenario's own records as the lists of both systems show them."""
        state: State = {}
        for place, records in self.snapshot_all().items():
            system, noun = place.split(" ")
            state |= {Place(system, noun, key): each for key, each in records.items()}
        return state


def _values(value: object) -> Iterator[str]:
    """Yield each nested value of a record as text."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _values(each)
    else:
        yield str(value)


def name_place(side: InvoicedAccount | ChargebeeSite, kind: Kind) -> str:
    """Return the system and noun of a kind on this side, as in `Invoiced item`."""
    noun = kind.left if isinstance(side, InvoicedAccount) else kind.name
    return f"{side.name} {noun}"


def describe_counterparts(made: CreatedRecord, counterparts: list[Record]) -> Finding:
    """Describe the live counterparts of a record: number and ids."""
    ids = ", ".join(str(record["id"]) for record in counterparts)
    count = len(counterparts)
    return Finding(
        f"{made} has {count or 'no'} live {made.kind.name}"
        f"{'' if count == 1 else 's'} in Chargebee{f' ({ids})' if ids else ''}",
        Category.DUPLICATED if count > 1 else Category.LOST,
    )


def list_changes(
    before: Mapping[str, Record], after: Mapping[str, Record]
) -> list[str]:
    """Return the differences between records of one kind, by id."""
    found = [f"{key} is new" for key in after if key not in before]
    found += [f"{key} is gone" for key in before if key not in after]
    for key in before.keys() & after.keys():
        found += [f"{key}: {how}" for how in _changes(before[key], after[key], set())]
    return sorted(found)


def find_differences(
    before: Record, after: Record, *, marks: bool = False
) -> list[str]:
    """Return what an edit changed of a record; with `marks`, metadata is ignored."""
    return _changes(before, after, _VOLATILE | (_FOR_MARKS if marks else set()))


def _changes(before: Record, after: Record, ignored: set[str]) -> list[str]:
    names = sorted((before.keys() | after.keys()) - ignored)
    return [
        f"{name} was {was} and is {now}"
        for name in names
        if (was := _render_value(before, name)) != (now := _render_value(after, name))
    ]


def _render_value(record: Record, name: str) -> str:
    # A vendor may distinguish null and absent.
    return repr(record[name]) if name in record else "absent"
