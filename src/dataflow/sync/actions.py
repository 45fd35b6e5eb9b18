"""The actions of a plan. Each concerns one pair, or one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dataflow.sync.model import (
    Base,
    Changes,
    EditTimes,
    Issue,
    Link,
    Observed,
    PossibleMatch,
    SupersededOrder,
    Values,
)


@dataclass(frozen=True, slots=True)
class FindMatches:
    """Search Chargebee for records that may be the counterpart already."""

    left: Observed


@dataclass(frozen=True, slots=True)
class Create:
    """Create the counterpart of a record in spite of the `matches`, which differ."""

    left: Observed
    matches: tuple[PossibleMatch, ...] = ()


@dataclass(frozen=True, slots=True)
class Adopt:
    """Link an existing counterpart, and store the orders that it has superseded.

    One that the user has chosen gets the mark, so that it is known without the state.
    """

    left: Observed
    right_id: str
    superseded: tuple[SupersededOrder, ...] = ()
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class RemoveLeftovers:
    """Remove what failed creations of an order left, from generation `start` on."""

    left_id: str
    start: int = 1


@dataclass(frozen=True, slots=True)
class FindTimes:
    """Read both sides, and find out when properties with two edits were edited."""

    link: Link
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatchLeft:
    """Write edits to Invoiced: `values` by the names of their lenses."""

    link: Link
    left: Observed
    right: Observed
    values: Values


@dataclass(frozen=True, slots=True)
class PatchRight:
    """Write edits to Chargebee: `values` by the names of their lenses."""

    link: Link
    left: Observed
    right: Observed
    values: Values


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace an uneditable order; both sides then agree on the lenses `agreed`."""

    link: Link
    left: Observed
    right: Observed
    values: Values
    agreed: frozenset[str]


@dataclass(frozen=True, slots=True)
class RemoveSuperseded:
    """Remove an order that another one has replaced."""

    order: SupersededOrder


@dataclass(frozen=True, slots=True)
class Rebase:
    """Store new base values, on which both sides agree."""

    link: Link
    left: Observed
    right: Observed
    base: Base


@dataclass(frozen=True, slots=True)
class MarkDeleted:
    """Store which side of the pair was deleted, and the issue; change no record."""

    link: Link
    deleted_in: str
    issue: Issue


@dataclass(frozen=True, slots=True)
class Restore:
    """Store that both sides exist, as they were when they last agreed."""

    link: Link


@dataclass(frozen=True, slots=True)
class DeleteLeft:
    """Delete an unedited Invoiced record, whose counterpart was deleted."""

    link: Link


@dataclass(frozen=True, slots=True)
class DeleteRight:
    """Delete an unedited Chargebee record, whose counterpart was deleted."""

    link: Link


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete the link of a pair of which both sides were deleted."""

    link: Link


#: The actions that read or change a record, or change the state file.
Operation: TypeAlias = (
    FindMatches
    | Create
    | Adopt
    | RemoveLeftovers
    | FindTimes
    | PatchLeft
    | PatchRight
    | Replace
    | RemoveSuperseded
    | Rebase
    | MarkDeleted
    | Restore
    | DeleteLeft
    | DeleteRight
    | Forget
)


#: An issue is reported and stored.
Action: TypeAlias = Operation | Issue


@dataclass(frozen=True, slots=True)
class Step:
    """The actions for one Invoiced record, in their order."""

    left_id: str
    actions: tuple[Action, ...] = ()

    @property
    def operation(self) -> Operation | None:
        """Return the first operation."""
        return next((a for a in self.actions if isinstance(a, Operation)), None)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Return the issues."""
        return tuple(a for a in self.actions if isinstance(a, Issue))


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an operation: its outcome for the counts, and a sentence.

    `left` and `right` are the records afterwards; `refused` holds refusals by property
    name or order id; `removed_id` is a removed order; `times` are the times of edits by
    property name; `matches` are possible matches, in addition to the known ones.
    """

    outcome: str = ""
    text: str = ""
    left: Observed | None = None
    right: Observed | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    removed_id: str = ""
    times: Mapping[str, EditTimes] = field(default_factory=dict)
    matches: tuple[PossibleMatch, ...] | None = None

    def update_changes(self, changes: Changes, left_id: str) -> None:
        """Apply the result to the input of the next plan."""
        if self.left is not None:
            changes.left[left_id] = self.left
        if self.right is not None:
            changes.right[self.right.id] = self.right
        for subject, reason in self.refused.items():
            changes.refused[left_id, subject] = reason
        if self.outcome:
            # The user's decision was carried out: it must not be repeated.
            changes.decisions.pop(left_id, None)
        for name, times in self.times.items():
            changes.times[left_id, name] = times
        if self.matches is not None:
            known = changes.matches.get(left_id, ())
            changes.matches[left_id] = (*known, *self.matches)
        candidates = changes.candidates.get(left_id, ())
        changes.candidates[left_id] = tuple(
            candidate for candidate in candidates if candidate.id != self.removed_id
        )
        changes.attempted.discard(left_id)
