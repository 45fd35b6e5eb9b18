"""Decide what a run does: a pure function of links and changes.

For a record without a link, the first row that applies:

====================  ============================================================
left deleted          nothing
certain candidate     Adopt, or an issue while its customer has no counterpart
left excluded         the issue of the exclusion, if it has one
uncertain candidate   an issue
otherwise             Create, or an issue while its customer has no counterpart
====================  ============================================================

For a pair, the first row that applies:

====================  ============================================================
both sides deleted    Forget
left deleted          MarkDeleted and an issue
right deleted         Adopt another counterpart, or MarkDeleted and an issue
left frozen           nothing
a side was not read   nothing
both sides read       Restore after a deletion; RemoveSuperseded for older orders;
                      then by property Rebase, PatchLeft, PatchRight, Replace or an
                      issue, as `merge` resolves it
====================  ============================================================

Superseded orders of the record are removed first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeAlias

from dataflow.sync.actions import (
    Action,
    Adopt,
    Create,
    Forget,
    MarkDeleted,
    PatchLeft,
    PatchRight,
    Rebase,
    RemoveLeftovers,
    RemoveSuperseded,
    Replace,
    Restore,
    Step,
)
from dataflow.sync.mapping import Lens, get_at_path
from dataflow.sync.matching import (
    backing_invoice_id,
    choose_counterpart,
    find_duplicates,
    find_generation,
)
from dataflow.sync.merge import Resolution, resolve_all
from dataflow.sync.model import (
    LEFT,
    RIGHT,
    Changes,
    Flow,
    Issue,
    IssueKind,
    Link,
    Links,
    Observed,
    SupersededOrder,
)

#: A pair of which both sides were read.
Pair: TypeAlias = tuple[Link, Observed, Observed]

#: The resolutions that keep two different values, and why.
REASONS = {
    Resolution.CONFLICT: "both sides were edited, and nothing proves which edit is"
    " later",
    Resolution.KNOWN_CONFLICT: "the two could not be made equal",
    Resolution.FIXED_LEFT: "Invoiced does not let it be edited",
    Resolution.FIXED_RIGHT: "Chargebee does not let it be edited",
}


def plan(flow: Flow, links: Links, changes: Changes) -> list[Step]:
    """Return the steps of a run, one for each record that needs a decision."""
    kind = flow.kind.name
    left_ids = dict.fromkeys(x.left_id for x in links.list_superseded(kind))
    left_ids |= dict.fromkeys(changes.left)
    of_right = (links.left_of(kind, right_id) for right_id in changes.right)
    left_ids |= dict.fromkeys(left_id for left_id in of_right if left_id is not None)
    steps = (decide(flow, links, changes, left_id) for left_id in left_ids)
    return [step for step in steps if step is not None]


def decide(flow: Flow, links: Links, changes: Changes, left_id: str) -> Step | None:
    """Return the step of one Invoiced record; None if too little of it was read."""
    return _Planner(flow, links, changes).decide(left_id)


@dataclass(frozen=True, slots=True)
class _Planner:
    """Decides on the records of one flow."""

    flow: Flow
    links: Links
    changes: Changes

    def decide(self, left_id: str) -> Step | None:
        superseded = self.links.list_superseded(self.flow.kind.name, left_id)
        removals = tuple(self._remove_superseded(order) for order in superseded)
        link = self.links.by_left(self.flow.kind.name, left_id)
        left = self.changes.left.get(left_id)
        if link is not None:
            right = self.changes.right.get(link.right_id)
            actions = self._decide_on_pair(link, left, right)
        else:
            actions = None if left is None else self._decide_on_unlinked(left)
        if actions is None:
            return Step(left_id, removals) if removals else None
        leftovers = self._remove_leftovers(link, left_id, actions)
        return Step(left_id, (*removals, *leftovers, *actions))

    def _decide_on_unlinked(self, left: Observed) -> tuple[Action, ...]:
        if left.is_deleted:
            return ()
        found = self._choose_counterpart(left)
        if isinstance(found, Adopt):
            return (self._unless_waiting(found),)
        if left.exclusion is not None:
            kind, reason = left.exclusion.kind, left.exclusion.reason
            return (Issue(left.id, kind, f"{left.id} {reason}."),) if kind else ()
        return (found or self._unless_waiting(Create(left)),)

    def _decide_on_pair(
        self, link: Link, left: Observed | None, right: Observed | None
    ) -> tuple[Action, ...] | None:
        left_deleted = left is not None and left.is_deleted
        right_deleted = right is not None and right.is_deleted
        if left_deleted and right_deleted:
            return (Forget(link),)
        if left_deleted:
            return _mark_deleted(link, LEFT)
        if right_deleted:
            return self._decide_on_half(link, left)
        if left is not None and left.frozen:
            return ()
        if left is None or right is None:
            return None
        restore = (Restore(link),) if link.deleted_in else ()
        pair = (link, left, right)
        return (*restore, *self._remove_duplicates(pair), *self._compare(pair))

    def _decide_on_half(self, link: Link, left: Observed | None) -> tuple[Action, ...]:
        """Adopt another counterpart in place of a deleted one, or report it."""
        if left is None or left.frozen:
            return _mark_deleted(link, RIGHT)
        found = self._choose_counterpart(left)
        if not isinstance(found, Adopt):
            return _mark_deleted(link, RIGHT, found)
        if self.flow.kind.replaceable and find_generation(link.left_id, link.right_id):
            # The backing invoice of the deleted order still has to be voided.
            invoice_id = backing_invoice_id(link.right_id)
            old = SupersededOrder(link.left_id, link.right_id, invoice_id)
            found = replace(found, superseded=(old, *found.superseded))
        action = self._unless_waiting(found)
        return (
            _mark_deleted(link, RIGHT, action)
            if isinstance(action, Issue)
            else (action,)
        )

    def _choose_counterpart(self, left: Observed) -> Adopt | Issue | None:
        candidates = self.changes.candidates.get(left.id, ())
        return choose_counterpart(self.flow, self.links, left, candidates)

    def _remove_duplicates(self, pair: Pair) -> Iterator[Action]:
        candidates = self.changes.candidates.get(pair[0].left_id, ())
        older, issues = find_duplicates(self.flow, self.links, pair, candidates)
        yield from (self._remove_superseded(order) for order in older)
        yield from issues

    def _remove_superseded(self, order: SupersededOrder) -> RemoveSuperseded | Issue:
        refusal = self.changes.refused.get((order.left_id, order.right_id))
        if refusal is None:
            return RemoveSuperseded(order)
        return _report_superseded(order, refusal)

    def _remove_leftovers(
        self, link: Link | None, left_id: str, actions: tuple[Action, ...]
    ) -> tuple[RemoveLeftovers, ...]:
        """Remove what a failed creation has left, unless an order is created now."""
        creates = any(isinstance(one, (Create, Adopt, Replace)) for one in actions)
        attempted = self.flow.kind.replaceable and left_id in self.changes.attempted
        if creates or not attempted:
            return ()
        linked = 0 if link is None else find_generation(left_id, link.right_id)
        return (RemoveLeftovers(left_id, linked + 1),)

    def _compare(self, pair: Pair) -> Iterator[Action]:
        """Decide, property by property, on a pair."""
        link, left, right = pair
        resolutions = resolve_all(self.flow, link, left.values, right.values)

        def list_names(wanted: Resolution) -> list[str]:
            names = [name for name, found in resolutions.items() if found is wanted]
            return [x for x in names if (left.id, x) not in self.changes.refused]

        if names := list_names(Resolution.REBASE):
            agreed = {name: (left.values[name], right.values[name]) for name in names}
            yield Rebase(link, {**link.base, **agreed})
        if names := list_names(Resolution.TO_LEFT):
            yield PatchLeft(link, left, {name: right.values[name] for name in names})
        if list_names(Resolution.REPLACE):
            yield self._replace(pair, resolutions)
        elif names := list_names(Resolution.TO_RIGHT):
            needed = self._find_unlinked_reference(left, names)
            values = {name: left.values[name] for name in names}
            patch = PatchRight(link, right, values)
            yield patch if needed is None else self._report_waiting(left, needed)
        yield from self._report_conflicts(pair, resolutions)

    def _replace(
        self, pair: Pair, resolutions: dict[str, Resolution]
    ) -> Replace | Issue:
        """Return the replacement; a property in conflict keeps Chargebee's value."""
        link, left, right = pair
        if (needed := self._find_needed_customer(left)) is not None:
            return self._report_waiting(left, needed)
        disputed = {
            name
            for name, found in resolutions.items()
            if found in REASONS or (left.id, name) in self.changes.refused
        }
        values = {
            name: right.values[name]
            if name in disputed or found is Resolution.TO_LEFT
            else left.values[name]
            for name, found in resolutions.items()
        }
        return Replace(link, left, right, values, frozenset(resolutions) - disputed)

    def _report_conflicts(
        self, pair: Pair, resolutions: dict[str, Resolution]
    ) -> Iterator[Issue]:
        """Yield an issue for each property that was refused or is in conflict."""
        _, left, right = pair
        for lens in self.flow.lenses:
            resolution = resolutions[lens.name]
            refusal = self.changes.refused.get((left.id, lens.name))
            is_edit = resolution in {Resolution.TO_LEFT, Resolution.TO_RIGHT}
            if refusal is not None and is_edit:
                yield _report_refused(lens, left, refusal)
            elif resolution in REASONS:
                yield _report_conflict(lens, REASONS[resolution], left, right)

    def _unless_waiting(self, action: Adopt | Create) -> Adopt | Create | Issue:
        """Return the action, or an issue while the customer has no counterpart."""
        needed = self._find_needed_customer(action.left)
        if needed is None:
            return action
        ids = (action.right_id,) if isinstance(action, Adopt) else ()
        return replace(self._report_waiting(action.left, needed), candidate_ids=ids)

    def _find_needed_customer(self, left: Observed) -> str | None:
        """Return the customer whose counterpart has to exist first."""
        if field := self.flow.kind.customer_field:
            customer = str(get_at_path(left.record, field))
            if self.links.right_of("customer", customer) is None:
                return customer
        names = [lens.name for lens in self.flow.lenses]
        return self._find_unlinked_reference(left, names)

    def _find_unlinked_reference(self, left: Observed, names: list[str]) -> str | None:
        for lens in self.flow.lenses:
            value = left.values.get(lens.name)
            if lens.name not in names or lens.refers_to is None or value is None:
                continue
            if self.links.right_of(lens.refers_to, str(value)) is None:
                return str(value)
        return None

    def _report_waiting(self, left: Observed, needed: str) -> Issue:
        default = "has no counterpart in Chargebee yet"
        reason = self.changes.reasons.get(needed, default)
        text = f"{left.id} waits: its customer {needed} {reason}."
        return Issue(left.id, IssueKind.WAITING, text, needs=needed)


def _mark_deleted(
    link: Link, side: str, issue: Issue | None = None
) -> tuple[Action, ...]:
    """Return an issue about a deleted side, and the action that stores it once."""
    issue = issue or _report_broken(link, side)
    return (issue,) if link.deleted_in == side else (MarkDeleted(link, side), issue)


def _report_broken(link: Link, side: str) -> Issue:
    text = (
        f"{link.left_id} and its counterpart {link.right_id} are a pair no more:"
        f" deleted in {side}. Nothing else was deleted or changed."
    )
    return Issue(link.left_id, IssueKind.BROKEN, text)


def _report_conflict(lens: Lens, reason: str, left: Observed, right: Observed) -> Issue:
    text = (
        f"{left.id}: {lens.left} is {left.values[lens.name]!r} in Invoiced"
        f" ({_time(left)}), {lens.right} is {right.values[lens.name]!r} in Chargebee"
        f" ({_time(right)}); {reason}. Nothing was written: make them equal in either"
        " system."
    )
    return Issue(left.id, IssueKind.CONFLICT, text)


def _report_refused(lens: Lens, left: Observed, refusal: str) -> Issue:
    text = (
        f"{left.id}: an edit of {lens.left} or {lens.right} stays where it is:"
        f" {refusal}"
    )
    return Issue(left.id, IssueKind.FAILED, text)


def _report_superseded(order: SupersededOrder, refusal: str) -> Issue:
    text = (
        f"{order.left_id}: order {order.right_id} was replaced and is still there:"
        f" {refusal}: delete or cancel it in Chargebee."
    )
    return Issue(order.left_id, IssueKind.FAILED, text)


def _time(observed: Observed) -> str:
    if observed.updated_at is None:
        return "changed at an unknown time"
    time = datetime.fromtimestamp(observed.updated_at, UTC)
    return f"changed {time:%Y-%m-%d %H:%M:%SZ}"
