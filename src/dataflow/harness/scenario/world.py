"""The world of one scenario: its records, both systems, the sync."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableSequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from dataflow.harness.scenario.factories import CreatedRecord, RecordFactory
from dataflow.harness.scenario.polling import SyncDriver
from dataflow.record_types.model import CARRIER, KINDS, Kind
from dataflow.sandbox.run_mark import Scope
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.invoiced import InvoicedAccount
from dataflow.vendors.marks import Marks

#: Names under which notes travel with a test's result, from worker to summary too.
CALLS = "calls"
EVIDENCE = "evidence"
OBSERVED = "observed"
LITTER = "litter"
TOOK = "took"
REFUSED = "refused"
TROUBLE = "trouble"
UNCONFIRMED = "unconfirmed"
UNHARMED = "unharmed"


@dataclass(frozen=True, slots=True)
class CheckNotes:
    """Collects sentences; `properties` are those of the running test."""

    properties: MutableSequence[tuple[str, object]]

    def observed(self, sentence: str) -> None:
        """Note what the sync did where the document leaves it open."""
        self.properties.append((OBSERVED, sentence))

    def unharmed(self, sentence: str) -> None:
        """Note that an edit of what is not listed is still there."""
        self.properties.append((UNHARMED, sentence))

    def refused(self, sentence: str) -> None:
        """Note that a vendor did not take an edit: evidence for the verdict."""
        self.properties.append((REFUSED, sentence))

    def evidence(self, sentence: str) -> None:
        """Note what answered in the vendors' place."""
        self.properties.append((EVIDENCE, sentence))

    def troubles(self, kinds: Iterable[str]) -> None:
        """Note which trouble the sync's calls have met, one note each time."""
        self.properties.extend((TROUBLE, kind) for kind in kinds)

    def took(self, what: str, seconds: float) -> None:
        """Note after how long something held that was waited for."""
        self.properties.append((TOOK, f"{what}: {seconds:.1f}"))

    def calls(self, counts: Mapping[str, int]) -> None:
        """Note how many calls each vendor was sent by this process."""
        told = ((CALLS, f"{vendor}: {count}") for vendor, count in counts.items())
        self.properties.extend(told)

    def litter(self, sentence: str) -> None:
        """Note what could not be removed afterwards."""
        self.properties.append((LITTER, sentence))

    def unconfirmed(self, sentences: Iterable[str]) -> None:
        """Note which assumed behaviours of a twin the verdict rests on."""
        self.properties.extend((UNCONFIRMED, sentence) for sentence in sentences)


Record: TypeAlias = dict[str, Any]

#: All that is there is of the scenario.
OWN_ACCOUNTS = Scope("")

#: What a vendor may touch on a record that nobody has edited.
_VOLATILE = {"updated_at", "resource_version"}
#: Where a sync may leave its own marks in Invoiced.
_FOR_MARKS = {"metadata"}


@dataclass(eq=False, slots=True)
class Edit:
    """An edit that a scenario made, and whether the vendor took it."""

    system: str
    made: CreatedRecord
    name: str
    value: object
    counterpart_id: str
    taken: bool = True


@dataclass(eq=False)
class World:
    """The scenario's records and the means to look at both systems.

    `let_pass` lets so many seconds pass for the vendors.
    """

    invoiced: InvoicedAccount
    chargebee: ChargebeeSite
    marks: Marks
    kitchen: RecordFactory
    notes: CheckNotes
    sync: SyncDriver
    advance: Callable[[int], None]
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
    requested: dict[tuple[CreatedRecord, str], list[object]] = field(
        default_factory=dict
    )
    foreign: tuple[Kind, Record] | None = None
    bystanders: list[CreatedRecord] = field(default_factory=list)

    def make(
        self,
        noun: str,
        currency: str,
        values: Mapping[str, object],
        customer: CreatedRecord | None = None,
    ) -> CreatedRecord:
        """Make a record, and remember it with the customer that came with it.

        Before the first one, note what is there. Where a scenario knows its own records
        by what they say, none of them can be there yet.
        """
        if not self.scope.run:
            self.initial = self.initial or self.snapshot_all()
        made = self.kitchen.create(noun, currency, values, customer)
        if made.customer is not None and made.customer not in self.made:
            self.made.append(made.customer)
        self.made.append(made)
        return made

    def note_request(self, made: CreatedRecord, values: Mapping[str, object]) -> None:
        """Remember that somebody asked for these values, in Invoiced."""
        for name, value in values.items():
            self.requested.setdefault((made, name), []).append(value)

    def edit_in_invoiced(
        self, made: CreatedRecord, values: Mapping[str, object]
    ) -> None:
        """Edit a record, and remember that somebody asked for these values."""
        self.note_request(made, values)
        self.invoiced.edit(made.kind, made.id, values)

    def forget_lists(self) -> None:
        """Look at both systems anew from now on."""
        self.invoiced.lists.clear()
        self.chargebee.lists.clear()

    @property
    def subject(self) -> CreatedRecord:
        """Return the record that the scenario is about."""
        return self.subjects[-1]

    def list_records(self, kind: Kind) -> list[Record]:
        """Return all Chargebee records of a kind as they are now."""
        return list(self.chargebee.list_all(kind).values())

    def counterparts(self, made: CreatedRecord) -> list[Record]:
        """Return the live counterparts of a record, looked up anew."""
        return self.counterparts_among(made, self.list_records(made.kind))

    def counterparts_among(
        self, made: CreatedRecord, records: list[Record]
    ) -> list[Record]:
        """Return the live counterparts of a record among these."""
        found = self.marks.find_counterparts(made.kind, made.id, records)
        return [dict(record) for record in found]

    def get_counterpart(self, made: CreatedRecord) -> Record:
        """Return the one counterpart of a record; anything else is an assertion."""
        found = self.counterparts(made)
        assert len(found) == 1, describe_counterparts(made, found)
        return found[0]

    def is_in_invoiced(self, made: CreatedRecord) -> bool:
        """Tell whether a record is there; an archived one is not, though it answers."""
        return made.id in self.invoiced.list_all(made.kind)

    def snapshot_all(self) -> dict[str, dict[str, Record]]:
        """Return the raw records of all kinds on both sides, by place and by id.

        Chargebee's invoices are among them: a sync may need them to make orders.
        """
        return {
            name_place(side, kind): self.select_own(side.list_all(kind))
            for side, kinds in (
                (self.invoiced, KINDS),
                (self.chargebee, (*KINDS, CARRIER)),
            )
            for kind in kinds
        }

    def select_own(self, records: Mapping[str, Record]) -> dict[str, Record]:
        """Return those that could come of this scenario: on its own accounts, all.

        Elsewhere they say so: by the token of the scenario, or by the id of a record
        that it has made.
        """
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
        """Keep how the neighbour's counterpart looks, the first time that it is there.

        Its customer and the bystanders are looked after too. What is compared with
        them later is what nobody but a broken sync would touch.
        """
        neighbour = self.neighbour
        if neighbour is None or neighbour in self.neighbours:
            return
        self.neighbours[neighbour] = self.get_counterpart(neighbour)
        others = [neighbour.customer, *self.bystanders]
        for other in (one for one in others if one is not None):
            # A document without a section of theirs leaves it open.
            for found in self.counterparts(other)[:1]:
                self.neighbours[other] = found


def _values(value: object) -> Iterator[str]:
    """Yield each value of a record, and of what is in it, as text."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _values(each)
    else:
        yield str(value)


def name_place(side: InvoicedAccount | ChargebeeSite, kind: Kind) -> str:
    """Return what records of a kind are called on this side, as in `Invoiced item`."""
    noun = kind.left if isinstance(side, InvoicedAccount) else kind.name
    return f"{side.name} {noun}"


def describe_counterparts(made: CreatedRecord, counterparts: list[Record]) -> str:
    """Say how many live counterparts a record has, and which."""
    ids = ", ".join(str(record["id"]) for record in counterparts)
    count = len(counterparts)
    return (
        f"{made} has {count or 'no'} live {made.kind.name}"
        f"{'' if count == 1 else 's'} in Chargebee{f' ({ids})' if ids else ''}"
    )


def list_changes(
    before: Mapping[str, Record], after: Mapping[str, Record]
) -> list[str]:
    """Return how records of one kind, by id, differ from before, in every property."""
    found = [f"{key} is new" for key in after if key not in before]
    found += [f"{key} is gone" for key in before if key not in after]
    for key in before.keys() & after.keys():
        found += [f"{key}: {how}" for how in _changes(before[key], after[key], set())]
    return sorted(found)


def find_differences(
    before: Record, after: Record, *, marks: bool = False
) -> list[str]:
    """Return how a record differs from before, but for what a vendor touches.

    With `marks`, a change of Invoiced metadata does not count either.
    """
    return _changes(before, after, _VOLATILE | (_FOR_MARKS if marks else set()))


def _changes(before: Record, after: Record, ignored: set[str]) -> list[str]:
    names = sorted((before.keys() | after.keys()) - ignored)
    told = (
        (name, _render_value(before, name), _render_value(after, name))
        for name in names
    )
    return [f"{name} was {was} and is {now}" for name, was, now in told if was != now]


def _render_value(record: Record, name: str) -> str:
    # To a vendor, null and absent can be two things.
    return repr(record[name]) if name in record else "absent"
