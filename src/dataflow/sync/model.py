"""The words of the sync: flows, records as seen, links, issues.

Left is Invoiced, right is Chargebee. Ids are text on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import TypeAlias

from dataflow.sync.clients.http import Record
from dataflow.sync.mapping import Lens
from dataflow.sync.record_types import Kind
from dataflow.sync.values import References, Value

#: The two sides, as people call them.
LEFT, RIGHT = "Invoiced", "Chargebee"

#: Canonical values by the name of their lens.
Values: TypeAlias = Mapping[str, Value]

#: By the name of a lens: what left and right held when they last agreed. The two
#: differ where a vendor keeps a value in a form of its own.
Base: TypeAlias = Mapping[str, tuple[Value, Value]]


@dataclass(frozen=True, slots=True)
class Flow:
    """One section of the checklist: a kind of record and its listed properties."""

    kind: Kind
    lenses: tuple[Lens, ...] = ()

    def left_values(self, record: Record) -> Values:
        """Return the canonical values of an Invoiced record."""
        return {lens.name: lens.from_left(record) for lens in self.lenses}

    def right_values(self, record: Record, references: References) -> Values:
        """Return the canonical values of a Chargebee record."""
        return {lens.name: lens.from_right(record, references) for lens in self.lenses}

    def right_paths(self, values: Values, references: References) -> dict[str, object]:
        """Return canonical values as Chargebee takes them, by their paths."""
        return {
            lens.right: lens.to_right(values[lens.name], references)
            for lens in self.lenses
            if lens.name in values
        }

    @property
    def right_names(self) -> frozenset[str]:
        """Return the Chargebee properties in which listed ones stand."""
        return frozenset(lens.right.partition(".")[0] for lens in self.lenses)


class IssueKind(StrEnum):
    """What kind of news an issue is."""

    WAITING = "waiting"  # will be synchronised once something else happens
    LEFT_OUT = "left out"  # will not be synchronised as it is
    CONFLICT = "conflict"  # both sides differ, and nothing proves which is later
    BROKEN = "broken"  # one side was deleted, and the other was left alone
    CONTESTED = "contested"  # nothing tells which Chargebee record is the counterpart
    FAILED = "failed"  # refused; a person has to look
    LATER = "later"  # no answer this time; the next run tries again


@dataclass(frozen=True, slots=True)
class Issue:
    """Something about one record that a person may want to know.

    `needs` is the Invoiced id of the customer that the record waits for; `about` are
    the Chargebee ids of what may be its counterpart, to be read again next time.
    """

    left_id: str
    kind: IssueKind
    text: str
    needs: str = ""
    candidate_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why a record gets no counterpart; without a sort nobody needs to be told."""

    reason: str
    kind: IssueKind | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """One record as it was read from either system; of one that is gone only its id.

    `values` are those of the listed properties. Two are for Invoiced's records alone:
    `bar` keeps one that is linked to nothing from getting a counterpart, and `frozen`
    says why a linked one takes no part any more.
    """

    id: str
    values: Values = field(default_factory=dict)
    updated_at: int | None = None
    is_deleted: bool = False
    record: Record = field(default_factory=dict)
    exclusion: Exclusion | None = None
    frozen: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A pair. `gone` names the side that was deleted, once one was."""

    left_id: str
    right_id: str
    base: Base = field(default_factory=dict)
    deleted_in: str = ""


class RecordState(Enum):
    """What has become of a Chargebee record."""

    LIVE = auto()
    ENDED = auto()  # an order that was cancelled, voided or returned
    DELETED = auto()  # deleted


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Chargebee record, linked to nothing, that may be an Invoiced record's own.

    `mark` is the Invoiced id that it bears, if it bears one; `made` says that the sync
    has made it, as its id shows, and the invoice below it where it is an order.
    """

    left_id: str
    id: str
    mark: str | None = None
    is_created_by_sync: bool = False
    state: RecordState = RecordState.LIVE
    invoice_id: str = ""
    customer_id: str = ""

    def is_certain(self, customer_id: str | None) -> bool:
        """Tell whether it is the Invoiced record's own, whose customer is given.

        An order may have lost its mark: then who made it counts, and for whom.
        """
        return self.mark == self.left_id or (
            self.is_created_by_sync and self.customer_id == customer_id
        )


@dataclass(frozen=True, slots=True)
class SupersededOrder:
    """An order that another one has replaced and that must not stay alive."""

    left_id: str
    right_id: str
    invoice_id: str


class Links:
    """All pairs, and the replaced orders still to be cleared away, by kind."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, str], Link] = {}
        self._right: dict[tuple[str, str], str] = {}
        self._retired: dict[str, dict[str, SupersededOrder]] = {}

    def put(self, kind: str, link: Link) -> None:
        """Link two records, or change what is known of the link."""
        before = self._left.get((kind, link.left_id))
        if before is not None:
            del self._right[kind, before.right_id]
        self._left[kind, link.left_id] = link
        self._right[kind, link.right_id] = link.left_id

    def drop(self, kind: str, left_id: str) -> None:
        """Forget a pair."""
        link = self._left.pop((kind, left_id))
        del self._right[kind, link.right_id]

    def list_of(self, kind: str) -> list[Link]:
        """Return the links of one kind."""
        return [link for (name, _), link in self._left.items() if name == kind]

    def by_left(self, kind: str, left_id: str) -> Link | None:
        """Return the link of an Invoiced record."""
        return self._left.get((kind, left_id))

    def right_of(self, kind: str, left_id: str) -> str | None:
        """Return the living Chargebee record's id linked to this Invoiced id."""
        link = self._left.get((kind, left_id))
        return None if link is None or RIGHT in link.deleted_in else link.right_id

    def left_of(self, kind: str, right_id: str) -> str | None:
        """Return the Invoiced id linked to this Chargebee id."""
        return self._right.get((kind, right_id))

    def supersede(self, kind: str, retired: SupersededOrder) -> None:
        """Remember an order that has been replaced."""
        self._retired.setdefault(kind, {})[retired.right_id] = retired

    def remove_superseded(self, kind: str, right_id: str) -> None:
        """Forget a replaced order that is no more."""
        self._retired.get(kind, {}).pop(right_id, None)

    def list_superseded(
        self, kind: str, left_id: str | None = None
    ) -> list[SupersededOrder]:
        """Return replaced orders still to be cleared away, of one record or of all."""
        found: Iterable[SupersededOrder] = self._retired.get(kind, {}).values()
        return [one for one in found if left_id in {None, one.left_id}]


@dataclass(slots=True)
class Changes:
    """What one flow has to decide on.

    `left` holds Invoiced records; `right` the Chargebee records read by id, and so
    certainly as they are now; `claims` those that are linked to nothing, by the
    Invoiced id they seem to belong to; `why` says of a customer without a counterpart
    why it has none. `tried` are the Invoiced ids of records of which an earlier try
    may have left something behind. `refused` is what a vendor has refused in this
    run, in its words: by the Invoiced id, and by the property's name or the order's id.
    """

    left: dict[str, Observed] = field(default_factory=dict)
    right: dict[str, Observed] = field(default_factory=dict)
    candidates: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    attempted: set[str] = field(default_factory=set)
    refused: dict[tuple[str, str], str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
