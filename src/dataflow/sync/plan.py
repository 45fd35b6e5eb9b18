"""Decide what a run does: a pure function of links and changes.

For a record without a link, the first row that applies:

====================  ============================================================
left deleted          nothing
certain candidate     Adopt, or an issue while its customer has no counterpart
left excluded         the issue of the exclusion, if it has one
uncertain candidate   an issue
customer missing      an issue while its customer has no counterpart
matches not known     FindMatches
possible match        an issue until the user has decided
otherwise             Create
====================  ============================================================

For a pair, the first row that applies:

====================  ============================================================
both sides deleted    Forget
left deleted          MarkDeleted and an issue, or DeleteRight if deletions are
                      propagated and the right was not edited
right deleted         Adopt another counterpart; otherwise the same, with DeleteLeft
left frozen           RemoveSuperseded for an order that is not linked yet
a side was not read   nothing
write not stored      Rebase if it was carried out, otherwise Restore
both sides read       Restore after a deletion; RemoveSuperseded for older orders;
                      FindTimes while two edits of a property have unknown times; then
                      by property Rebase, PatchLeft, PatchRight, Replace or an issue, as
                      `merge` resolves it
====================  ============================================================

Superseded orders of the record are removed first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from dataflow.sync.actions import (
    Action,
    Adopt,
    Create,
    DeleteLeft,
    DeleteRight,
    FindMatches,
    FindTimes,
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
from dataflow.sync.edit_times import LEFT_SIDE, RIGHT_SIDE, is_unedited
from dataflow.sync.issues import (
    report_broken,
    report_difference,
    report_kept_order,
    report_matches,
    report_refused,
    report_superseded,
    report_unlinkable,
)
from dataflow.sync.mapping import get_at_path
from dataflow.sync.matching import (
    backing_invoice_id,
    choose_counterpart,
    find_duplicates,
    find_generation,
    find_obstacle,
)
from dataflow.sync.merge import DIFFERENT, Resolution, resolve_all, settle_intent
from dataflow.sync.model import (
    LEFT,
    RIGHT,
    Changes,
    Choice,
    Exclusion,
    Flow,
    Issue,
    IssueKind,
    Link,
    Links,
    Observed,
    RecordState,
    SupersededOrder,
)
from dataflow.sync.possible_matches import make_query

#: The subject of a refused deletion among the refusals of a run.
DELETION = "deletion"

#: Why a customer has no counterpart, if nothing else is known.
NOT_YET = Exclusion("has no counterpart in Chargebee yet")

#: A pair of which both sides were read.
Pair: TypeAlias = tuple[Link, Observed, Observed]


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
        if left is not None and (chosen := self._choose_linked(link, left)):
            actions: tuple[Action, ...] | None = (chosen,)
        elif link is not None:
            right = self.changes.right.get(link.right_id)
            actions = self._decide_on_pair(link, left, right)
        else:
            actions = None if left is None else self._decide_on_unlinked(left)
        if actions is None:
            return Step(left_id, removals) if removals else None
        leftovers = self._remove_leftovers(link, left_id, actions)
        return Step(left_id, (*removals, *leftovers, *actions))

    def _choose_linked(
        self, link: Link | None, left: Observed
    ) -> Adopt | Create | Issue | None:
        """Link the counterpart that the user has chosen."""
        decision = self.changes.decisions.get(left.id)
        if decision is None or decision.choice is not Choice.LINK or left.is_deleted:
            return None
        right_id = decision.right_id
        other = self.links.left_of(self.flow.kind.name, right_id)
        refusal = self.changes.refused.get((left.id, right_id))
        if refusal is not None:
            return report_unlinkable(left.id, right_id, refusal)
        if other is None:
            return self._unless_waiting(Adopt(left, right_id, is_chosen=True))
        is_linked = link is not None and link.right_id == right_id
        reason = f"it is the counterpart of {other} already"
        return None if is_linked else report_unlinkable(left.id, right_id, reason)

    def _decide_on_unlinked(self, left: Observed) -> tuple[Action, ...]:
        if left.is_deleted:
            return ()
        found = self._choose_counterpart(left)
        is_new = self.changes.get_choice(left.id) is Choice.CREATE
        if is_new and isinstance(found, Issue):
            found = None
        if isinstance(found, Adopt):
            return (self._unless_waiting(found),)
        if left.exclusion is not None:
            kind, reason = left.exclusion.kind, left.exclusion.reason
            return (Issue(left.id, kind, f"{left.id} {reason}."),) if kind else ()
        return (found or self._decide_on_new(left),)

    def _decide_on_new(self, left: Observed) -> Action:
        """Create a counterpart, unless the user has to exclude a possible match."""
        action = self._unless_waiting(Create(left))
        if isinstance(action, Issue):
            return action
        matches = self.changes.matches.get(left.id)
        if matches is None:
            if self.changes.get_choice(left.id) is Choice.CREATE:
                return Create(left)
            has_query = make_query(self.flow.kind, left.record)
            return FindMatches(left) if has_query else Create(left)
        wanted = set(self.flow.matched_by)
        decisive = [one for one in matches if wanted <= set(one.equal)]
        if decisive and self.changes.get_choice(left.id) is not Choice.CREATE:
            return report_matches(self.flow.kind, left.id, decisive)
        return Create(left, matches)

    def _decide_on_pair(
        self, link: Link, left: Observed | None, right: Observed | None
    ) -> tuple[Action, ...] | None:
        left_deleted = left is not None and left.is_deleted
        right_deleted = right is not None and right.is_deleted
        if left_deleted and right_deleted:
            return (Forget(link),)
        if left_deleted:
            unfinished = self._remove_unfinished(link)
            return (*unfinished, *self._decide_on_survivor(link, LEFT, right))
        if right_deleted:
            return self._decide_on_half(link, left)
        if left is not None and left.frozen:
            return tuple(self._remove_unfinished(link))
        return None if left is None or right is None else self._agree(link, left, right)

    def _agree(self, link: Link, left: Observed, right: Observed) -> tuple[Action, ...]:
        """Make both sides of a pair equal."""
        if link.intent is not None:
            settled = settle_intent(link, left.values, right.values)
            if settled.base == link.base:
                # Not carried out: what proves the times of edits still holds.
                return (Restore(settled),)
            return (Rebase(settled, left, right, settled.base),)
        restore = (Restore(link),) if link.deleted_in else ()
        pair = (link, left, right)
        found = tuple(self._compare(pair))
        duplicates = self._remove_duplicates(pair, is_agreed=not found)
        return (*restore, *duplicates, *found)

    def _decide_on_half(self, link: Link, left: Observed | None) -> tuple[Action, ...]:
        """Adopt another counterpart in place of a deleted one, or report it."""
        if left is None or left.frozen:
            return _mark_deleted(link, RIGHT)
        found = self._choose_counterpart(left)
        if found is None:
            return self._decide_on_survivor(link, RIGHT, left)
        if isinstance(found, Issue):
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

    def _decide_on_survivor(
        self, link: Link, deleted_in: str, survivor: Observed | None
    ) -> tuple[Action, ...]:
        """Report the deletion of one side; delete the other only if that is enabled.

        An edit survives a deletion: only a record that is proved to be unedited, and
        an order that could be replaced, is deleted.
        """
        side = RIGHT_SIDE if deleted_in == LEFT else LEFT_SIDE
        refused = (link.left_id, DELETION) in self.changes.refused
        if (
            refused
            or survivor is None
            or not self.changes.propagates_deletions
            or not is_unedited(self.flow, side, link, survivor)
        ):
            return _mark_deleted(link, deleted_in)
        if side == LEFT_SIDE:
            return (DeleteLeft(link),)
        if self.flow.kind.replaceable and find_obstacle(survivor.record, link.left_id):
            return _mark_deleted(link, deleted_in)
        return (DeleteRight(link),)

    def _choose_counterpart(self, left: Observed) -> Adopt | Issue | None:
        candidates = self.changes.candidates.get(left.id, ())
        return choose_counterpart(self.flow, self.links, left, candidates)

    def _remove_duplicates(self, pair: Pair, *, is_agreed: bool) -> Iterator[Action]:
        candidates = self.changes.candidates.get(pair[0].left_id, ())
        own, issues = find_duplicates(
            self.flow, self.links, pair, candidates, is_agreed=is_agreed
        )
        yield from (self._remove_superseded(order) for order in own)
        yield from issues

    def _remove_unfinished(self, link: Link) -> Iterator[Action]:
        """Remove an order that was to replace another one when the sync was stopped."""
        for one in self.changes.candidates.get(link.left_id, ()):
            is_own = one.is_created_by_sync and self.flow.kind.replaceable
            is_live = one.state is RecordState.LIVE and not one.is_kept
            if is_own and is_live and one.id != link.right_id:
                order = SupersededOrder(link.left_id, one.id, one.invoice_id)
                yield self._remove_superseded(order)

    def _remove_superseded(self, order: SupersededOrder) -> RemoveSuperseded | Issue:
        refusal = self.changes.refused.get((order.left_id, order.right_id))
        if refusal is None:
            return RemoveSuperseded(order)
        return report_superseded(order, refusal)

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
        resolutions = resolve_all(
            self.flow, link, left.values, right.values, self.changes
        )

        def list_names(wanted: Resolution) -> list[str]:
            names = [name for name, found in resolutions.items() if found is wanted]
            return [x for x in names if (left.id, x) not in self.changes.refused]

        if names := list_names(Resolution.UNTIMED):
            yield FindTimes(link, tuple(names))
        if names := list_names(Resolution.REBASE):
            agreed = {name: (left.values[name], right.values[name]) for name in names}
            yield Rebase(link, left, right, {**link.base, **agreed})
        if names := list_names(Resolution.TO_LEFT):
            values = {name: right.values[name] for name in names}
            yield PatchLeft(link, left, right, values)
        if list_names(Resolution.REPLACE):
            yield self._replace(pair, resolutions)
        elif names := list_names(Resolution.TO_RIGHT):
            needed = self._find_unlinked_reference(left, names)
            values = {name: left.values[name] for name in names}
            patch = PatchRight(link, left, right, values)
            yield patch if needed is None else self._report_waiting(left, needed)
        yield from self._report_differences(pair, resolutions)

    def _replace(
        self, pair: Pair, resolutions: dict[str, Resolution]
    ) -> Replace | Issue:
        """Return the replacement; a property in conflict keeps Chargebee's value."""
        link, left, right = pair
        if (needed := self._find_needed_customer(left)) is not None:
            return self._report_waiting(left, needed)
        # A record that only a list lacked is read before it is replaced.
        if right.record and (obstacle := find_obstacle(right.record, left.id)):
            return report_kept_order(link, obstacle)
        disputed = {
            name
            for name, found in resolutions.items()
            if found in DIFFERENT or (left.id, name) in self.changes.refused
        }
        values = {
            name: right.values[name]
            if name in disputed or found is Resolution.TO_LEFT
            else left.values[name]
            for name, found in resolutions.items()
        }
        return Replace(link, left, right, values, frozenset(resolutions) - disputed)

    def _report_differences(
        self, pair: Pair, resolutions: dict[str, Resolution]
    ) -> Iterator[Issue]:
        """Yield an issue for each property that was refused or stays different."""
        _, left, right = pair
        for lens in self.flow.lenses:
            resolution = resolutions[lens.name]
            refusal = self.changes.refused.get((left.id, lens.name))
            is_edit = resolution in {Resolution.TO_LEFT, Resolution.TO_RIGHT}
            if refusal is not None and is_edit:
                yield report_refused(lens, left, refusal)
            elif resolution in DIFFERENT:
                times = self.changes.times.get((left.id, lens.name))
                yield report_difference(lens, resolution, (left, right), times)

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
        found = self.changes.reasons.get(needed, NOT_YET)
        text = f"{left.id} waits: its customer {needed} {found.reason}."
        kind = found.kind or IssueKind.WAITING
        return Issue(left.id, kind, text, needs=needed)


def _mark_deleted(
    link: Link, side: str, issue: Issue | None = None
) -> tuple[Action, ...]:
    """Return an issue about a deleted side, and the action that stores it once."""
    issue = issue or report_broken(link, side)
    stores = () if link.deleted_in == side else (MarkDeleted(link, side, issue),)
    return (*stores, issue)
