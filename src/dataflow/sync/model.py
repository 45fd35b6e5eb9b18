"""The data types of the sync. Left is Invoiced, right is Chargebee; ids are text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto
from typing import TypeAlias

from dataflow.sync.clients.http import Record
from dataflow.sync.mapping import Lens
from dataflow.sync.record_types import Kind
from dataflow.sync.values import References, Value

#: The names of the two sides, in messages and in the state file.
LEFT, RIGHT = "Invoiced", "Chargebee"

#: Canonical values by the name of their lens.
Values: TypeAlias = Mapping[str, Value]

#: Base values by the name of their lens: what left and right held when they last
#: agreed. The two differ where a vendor stores a value in its own format.
Base: TypeAlias = Mapping[str, tuple[Value, Value]]


@dataclass(frozen=True, slots=True)
class Flow:
    """One section of the checklist: a kind of record and its listed properties.

    If an unmarked record has the same values of all of `matched_by`, only the user can
    tell whether it is the counterpart.
    """

    kind: Kind
    lenses: tuple[Lens, ...] = ()
    matched_by: tuple[str, ...] = ()

    def left_values(self, record: Record) -> Values:
        """Return the canonical values of an Invoiced record."""
        return {lens.name: lens.from_left(record) for lens in self.lenses}

    def right_values(self, record: Record, references: References) -> Values:
        """Return the canonical values of a Chargebee record."""
        return {lens.name: lens.from_right(record, references) for lens in self.lenses}

    def right_paths(self, values: Values, references: References) -> dict[str, object]:
        """Return canonical values in Chargebee's format, by their paths."""
        return {
            lens.right: lens.to_right(values[lens.name], references)
            for lens in self.lenses
            if lens.name in values
        }

    @property
    def right_names(self) -> frozenset[str]:
        """Return the top-level Chargebee properties that hold listed properties."""
        return frozenset(lens.right.partition(".")[0] for lens in self.lenses)


class IssueKind(StrEnum):
    """The kinds of issues."""

    WAITING = "waiting"  # will be synchronised after another event
    LEFT_OUT = "left out"  # will not be synchronised as it is
    CONFLICT = "conflict"  # both sides differ, and it is unknown which edit is later
    DECISION = "decision"  # the user has to decide which record is the counterpart
    BROKEN = "broken"  # one side was deleted, and the sync did not change the other
    FAILED = "failed"  # refused; the user has to act
    LATER = "later"  # no answer in this run; the next run tries again


#: The issues about which the user has to decide or act.
WAITS_FOR_USER = frozenset({IssueKind.CONFLICT, IssueKind.DECISION, IssueKind.FAILED})


@dataclass(frozen=True, slots=True)
class Issue:
    """An open issue of one record, for the user.

    `needs` is the Invoiced id of the customer that the record waits for;
    `candidate_ids` are the Chargebee records that it concerns. A record that failed is
    tried again at `next_attempt`, in unix seconds, or after an edit: `seen` holds both
    sides' times of change at the last attempt.
    """

    left_id: str
    kind: IssueKind
    text: str
    needs: str = ""
    candidate_ids: tuple[str, ...] = ()
    attempts: int = 0
    next_attempt: int = 0
    seen: tuple[int, int] = (0, 0)


class Choice(StrEnum):
    """What the user can decide about an issue."""

    INVOICED = "invoiced"  # Invoiced's values win the conflict
    CHARGEBEE = "chargebee"  # Chargebee's values win the conflict
    LINK = "link"  # the named Chargebee record is the counterpart
    CREATE = "create"  # none of the candidates is: create a counterpart
    RETRY = "retry"  # try a quarantined record now


@dataclass(frozen=True, slots=True)
class Decision:
    """The user's decision about one record; `right_id` belongs to `Choice.LINK`."""

    choice: Choice
    right_id: str = ""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why a record gets no counterpart; without a kind it is not reported."""

    reason: str
    kind: IssueKind | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """A record as it was read; a deleted one may have nothing but its id.

    `values` are those of the listed properties. Three fields are for Invoiced records
    alone: `exclusion` keeps an unlinked record from getting a counterpart, `frozen` is
    the reason why a linked record is not synchronised any more, and `money` describes
    total and payment of an invoice.
    """

    id: str
    values: Values = field(default_factory=dict)
    updated_at: int | None = None
    is_deleted: bool = False
    record: Record = field(default_factory=dict)
    exclusion: Exclusion | None = None
    frozen: str = ""
    money: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """What the sync is about to write to one side of a pair, by property."""

    side: str
    values: Values


@dataclass(frozen=True, slots=True)
class Link:
    """A pair. `deleted_in` names the side that was deleted, or is empty.

    `fingerprints` are those of left and right when they had the base values, or empty
    if unknown; `right_version` is the version of the Chargebee record that was read
    last, so that an older row of a list is recognised.
    `money` describes total and payment of an invoice, as they were reported last, or is
    empty if unknown. `intent` is stored before a write, until the write is stored.
    """

    left_id: str
    right_id: str
    base: Base = field(default_factory=dict)
    deleted_in: str = ""
    fingerprints: tuple[str, str] = ("", "")
    right_version: int = 0
    money: str = ""
    intent: Intent | None = None


class RecordState(Enum):
    """The state of a Chargebee record."""

    LIVE = auto()
    ENDED = auto()  # an order that was cancelled, voided or returned
    DELETED = auto()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An unlinked Chargebee record; `mark` is the Invoiced id written on it.

    `is_kept` is set for an order that must not be removed.
    """

    left_id: str
    id: str
    mark: str | None = None
    is_created_by_sync: bool = False
    state: RecordState = RecordState.LIVE
    invoice_id: str = ""
    customer_id: str = ""
    is_kept: bool = False

    def is_certain(self, customer_id: str | None) -> bool:
        """Return whether it is the counterpart of the record with this customer.

        An order without its mark must be created by the sync for the same customer.
        """
        return self.mark == self.left_id or (
            self.is_created_by_sync and self.customer_id == customer_id
        )


@dataclass(frozen=True, slots=True)
class SupersededOrder:
    """An order that another one has replaced, and that has to be removed."""

    left_id: str
    right_id: str
    invoice_id: str


class Links:
    """All pairs, and the superseded orders still to be removed, by kind."""

    def __init__(self) -> None:
        self._left: dict[str, dict[str, Link]] = {}
        self._right: dict[str, dict[str, str]] = {}
        self._superseded: dict[str, dict[str, SupersededOrder]] = {}

    def put(self, kind: str, link: Link) -> None:
        """Add the link of a pair, or replace it."""
        before = self.by_left(kind, link.left_id)
        if before is not None:
            del self._right[kind][before.right_id]
        self._left.setdefault(kind, {})[link.left_id] = link
        self._right.setdefault(kind, {})[link.right_id] = link.left_id

    def drop(self, kind: str, left_id: str) -> None:
        """Remove the link of a pair."""
        link = self._left[kind].pop(left_id)
        del self._right[kind][link.right_id]

    def list_of(self, kind: str) -> list[Link]:
        """Return the links of one kind."""
        return list(self._left.get(kind, {}).values())

    def by_left(self, kind: str, left_id: str) -> Link | None:
        """Return the link of an Invoiced record."""
        return self._left.get(kind, {}).get(left_id)

    def right_of(self, kind: str, left_id: str) -> str | None:
        """Return the id of the linked Chargebee record, unless that was deleted."""
        link = self.by_left(kind, left_id)
        return None if link is None or RIGHT in link.deleted_in else link.right_id

    def left_of(self, kind: str, right_id: str) -> str | None:
        """Return the Invoiced id linked to this Chargebee id."""
        return self._right.get(kind, {}).get(right_id)

    def supersede(self, kind: str, order: SupersededOrder) -> None:
        """Add an order that has been replaced."""
        self._superseded.setdefault(kind, {})[order.right_id] = order

    def remove_superseded(self, kind: str, right_id: str) -> None:
        """Remove a superseded order from the list."""
        self._superseded.get(kind, {}).pop(right_id, None)

    def list_superseded(
        self, kind: str, left_id: str | None = None
    ) -> list[SupersededOrder]:
        """Return the superseded orders of one Invoiced record, or of all."""
        # Another thread may add one meanwhile.
        found = list(self._superseded.get(kind, {}).values())
        return [order for order in found if left_id in {None, order.left_id}]


@dataclass(frozen=True, slots=True)
class EditTime:
    """When a property was edited: unix seconds, between two bounds if not exact."""

    earliest: int | None = None
    latest: int | None = None

    @property
    def exact(self) -> int | None:
        """Return the time if it is known exactly."""
        return self.earliest if self.earliest == self.latest else None


@dataclass(frozen=True, slots=True)
class EditTimes:
    """When both sides of a property got their values, left first."""

    values: tuple[Value, Value]
    left: EditTime
    right: EditTime


@dataclass(frozen=True, slots=True)
class PossibleMatch:
    """An unmarked Chargebee record, and its properties that equal the Invoiced ones."""

    right_id: str
    equal: tuple[str, ...]


@dataclass(slots=True)
class Changes:
    """The input of the plan for one flow.

    `left` and `right` hold the records of both sides by id, as a list or a later read
    has them; before a write the record is read by its id. `candidates` are unlinked
    Chargebee records by the Invoiced id that they seem to belong to. `attempted` are
    the Invoiced ids for which an earlier, failed call may have left records behind.
    `refused` holds the refusals of this run by Invoiced id and by property name or
    order id; `times` the times of edits, by Invoiced id and property name; `matches`
    what possible matches of a new record were found; `decisions` those of the user.
    `reasons` states why customers have no counterpart.
    """

    left: dict[str, Observed] = field(default_factory=dict)
    right: dict[str, Observed] = field(default_factory=dict)
    candidates: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    attempted: set[str] = field(default_factory=set)
    refused: dict[tuple[str, str], str] = field(default_factory=dict)
    times: dict[tuple[str, str], EditTimes] = field(default_factory=dict)
    matches: dict[str, tuple[PossibleMatch, ...]] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    propagates_deletions: bool = False
    reasons: Mapping[str, Exclusion] = field(default_factory=dict)

    def get_choice(self, left_id: str) -> Choice | None:
        """Return what the user has chosen about a record."""
        decision = self.decisions.get(left_id)
        return None if decision is None else decision.choice

    def select(self, left_id: str) -> Changes:
        """Return the input for one record alone, still without both sides of it."""
        decision = self.decisions.get(left_id)
        return replace(
            self,
            left={},
            right={},
            candidates={left_id: self.candidates.get(left_id, ())},
            attempted=self.attempted & {left_id},
            refused={},
            times={},
            matches={},
            decisions={} if decision is None else {left_id: decision},
        )
