"""What the plan can ask for. Each action concerns one pair, or one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dataflow.sync.model import Base, Changes, Issue, Link, Observed, SupersededOrder
from dataflow.sync.values import Value


@dataclass(frozen=True, slots=True)
class Create:
    """Give an Invoiced record its counterpart."""

    left: Observed


@dataclass(frozen=True, slots=True)
class Adopt:
    """Link a Chargebee record that is the Invoiced record's own.

    `others` are the orders that it has replaced and that were never cleared away.
    """

    left: Observed
    right_id: str
    superseded: tuple[SupersededOrder, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoveLeftovers:
    """Clear away what an earlier try to make an order may have left behind.

    `start` is the number of the first order that may have been tried.
    """

    left_id: str
    start: int = 1


@dataclass(frozen=True, slots=True)
class PatchLeft:
    """Carry edits over to Invoiced: `values` by the names of their lenses."""

    link: Link
    left: Observed
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class PatchRight:
    """Carry edits over to Chargebee: `values` by the names of their lenses."""

    link: Link
    right: Observed
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Replace:
    """Put a new order in the place of one that cannot be edited.

    `values` is all that the new one shall hold; `settled` names the lenses on which
    both sides agree by that.
    """

    link: Link
    left: Observed
    right: Observed
    values: Mapping[str, Value]
    agreed: frozenset[str]


@dataclass(frozen=True, slots=True)
class RemoveSuperseded:
    """Clear away an order that another one has replaced."""

    order: SupersededOrder


@dataclass(frozen=True, slots=True)
class Rebase:
    """Both sides agree: remember on what."""

    link: Link
    base: Base


@dataclass(frozen=True, slots=True)
class MarkDeleted:
    """One side of the pair was deleted: remember which, and touch nothing."""

    link: Link
    deleted_in: str


@dataclass(frozen=True, slots=True)
class Restore:
    """The deleted side is back."""

    link: Link


@dataclass(frozen=True, slots=True)
class Forget:
    """Both sides were deleted: remember nothing of the pair."""

    link: Link


#: What changes something: a record, or the memory of the sync.
Operation: TypeAlias = (
    Create
    | Adopt
    | RemoveLeftovers
    | PatchLeft
    | PatchRight
    | Replace
    | RemoveSuperseded
    | Rebase
    | MarkDeleted
    | Restore
    | Forget
)


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell, once."""

    left_id: str
    text: str


#: Everything in a plan; an issue is told and remembered, a note only told.
Action: TypeAlias = Operation | Issue | Note


@dataclass(frozen=True, slots=True)
class Step:
    """All that is to be done about one Invoiced record, in this order."""

    left_id: str
    actions: tuple[Action, ...] = ()

    @property
    def operation(self) -> Operation | None:
        """Return the first action that changes something."""
        deeds = (a for a in self.actions if not isinstance(a, (Issue, Note)))
        return next(deeds, None)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Return what a person may want to know."""
        return tuple(a for a in self.actions if isinstance(a, Issue))

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return what is only to be told."""
        return tuple(a for a in self.actions if isinstance(a, Note))


@dataclass(frozen=True, slots=True)
class Result:
    """What a deed did, in a word and a sentence, and what is known by now.

    `left` and `right` are the records as they are; `refused` is what was refused, by
    the property's name or the order's id; `cleared` is an order that is no more.
    """

    outcome: str = ""
    text: str = ""
    left: Observed | None = None
    right: Observed | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    removed_id: str = ""

    def update_changes(self, changes: Changes, left_id: str) -> None:
        """Note in `changes` what has changed by the deed on this record."""
        if self.left is not None:
            changes.left[left_id] = self.left
        if self.right is not None:
            changes.right[self.right.id] = self.right
        for subject, said in self.refused.items():
            changes.refused[left_id, subject] = said
        claims = changes.candidates.get(left_id, ())
        changes.candidates[left_id] = tuple(
            c for c in claims if c.id != self.removed_id
        )
        changes.attempted.discard(left_id)
