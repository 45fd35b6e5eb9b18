"""Apply the operations of a plan, and store each result before the next operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from dataflow.errors import TryAgainError
from dataflow.sync import actions
from dataflow.sync.actions import Operation, Result
from dataflow.sync.clients.http import Record
from dataflow.sync.clients.systems import Systems
from dataflow.sync.create import Creator
from dataflow.sync.edit_times import (
    LEFT_SIDE,
    RIGHT_SIDE,
    find_fingerprint,
    is_unedited,
    read_version,
)
from dataflow.sync.errors import MappingError, RefusedError
from dataflow.sync.issues import describe_matches
from dataflow.sync.mapping import apply_edits, set_at_path
from dataflow.sync.matching import find_obstacle, is_deleted
from dataflow.sync.model import (
    LEFT,
    RIGHT,
    Base,
    Flow,
    Intent,
    Issue,
    IssueKind,
    Link,
    Observed,
    PossibleMatch,
    SupersededOrder,
    Values,
)
from dataflow.sync.orders import Orders
from dataflow.sync.plan import DELETION
from dataflow.sync.possible_matches import compare, make_query
from dataflow.sync.record_types import CUSTOMER, ITEM
from dataflow.sync.records import RecordReader
from dataflow.sync.state import StateStore
from dataflow.sync.timing import EditTimer

#: Writes values to one side and stores the link; returns both as they are then.
Write: TypeAlias = Callable[[Link, Observed, Values], tuple[Link, Observed]]


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The link and the written side afterwards, and the refusals by property."""

    link: Link
    observed: Observed
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Applier:
    """Applies the operations of one flow."""

    records: RecordReader
    store: StateStore
    creator: Creator
    orders: Orders

    @property
    def flow(self) -> Flow:
        """Return the flow of the records."""
        return self.records.flow

    @property
    def systems(self) -> Systems:
        """Return the systems of the records."""
        return self.records.systems

    def apply(self, operation: Operation) -> Result:  # noqa: C901, PLR0911, PLR0912
        """Apply one operation and store its result."""
        match operation:
            case actions.FindMatches(left):
                return self._find_matches(left)
            case actions.Create():
                return self._create(operation)
            case actions.Adopt():
                return self._adopt(operation)
            case actions.RemoveLeftovers(left_id, start):
                self.orders.remove_leftovers(left_id, start)
            case actions.FindTimes(link, names):
                timer = EditTimer(self.flow, self.systems, self.store.links)
                left = self.records.find_left(link.left_id)
                right = self.records.find_right(link.right_id)
                times = timer.find(link, left, right, names)
                return Result(left=left, right=right, times=times)
            case actions.PatchLeft():
                return self._patch_left(operation)
            case actions.PatchRight():
                return self._patch_right(operation)
            case actions.Replace():
                return self._replace(operation)
            case actions.RemoveSuperseded():
                return self._remove_superseded(operation.order)
            case actions.Rebase(link, left, right, base):
                self._save_pair(replace(link, base=base), left, right)
            case actions.MarkDeleted(link, deleted_in, issue):
                # Together: no later run reports what is stored as deleted already.
                with self.store.transaction():
                    self._save(replace(link, deleted_in=deleted_in, intent=None))
                    kind = self.flow.kind.name
                    self.store.replace_issues(kind, link.left_id, [issue])
            case actions.Restore(link):
                self._save(replace(link, deleted_in=""))
            case actions.DeleteLeft(link):
                return self._delete_left(link)
            case actions.DeleteRight(link):
                return self._delete_right(link)
            case actions.Forget(link):
                self.store.delete_link(self.flow.kind.name, link.left_id)
        return Result()

    def _find_matches(self, left: Observed) -> Result:
        kind = self.flow.kind
        found = self.systems.right.list_where(kind, make_query(kind, left.record))
        return Result(matches=compare(kind, left.record, found, self.store.links))

    def _create(self, operation: actions.Create) -> Result:
        left, kind = operation.left, self.flow.kind
        params = self._params(left.values)
        if kind.replaceable:
            # Two calls follow: if the process ends between them, the next run knows
            # that the first may have been made.
            self._postpone(left.id, "got no order yet: the sync was stopped")
            found = self.orders.create_first(left.record, params)
        else:
            known = {match.right_id for match in operation.matches}
            found = self.creator.create(kind, left.record, params, known)
        if found.is_other:
            # Another program's record has the id: it may be the counterpart.
            match = PossibleMatch(str(found.record["id"]), ("id",))
            matches = compare(kind, left.record, [found.record], self.store.links)
            return Result(matches=matches or (match,))
        self._report_others(operation, found.record)
        right = self.records.observe_right(found.record)
        base = {} if found.existed else self._find_agreed(left.values, right.values)
        self._save_pair(Link(left.id, right.id, base, money=left.money), left, right)
        outcome = "adopted" if found.existed else "created"
        return self._make_result(outcome, left.id, right)

    def _report_others(self, operation: actions.Create, record: Record) -> None:
        """Report that other records have a property of a new one."""
        left, kind = operation.left, self.flow.kind
        name = f"{kind.left_name} {left.id}"
        if operation.matches:
            others = describe_matches(operation.matches)
            self.creator.report(f"{name} is taken for another one than {others}.")
        elif kind is ITEM and (stored := record.get("name")) != left.record.get("name"):
            self.creator.report(f"{name} is named {stored!r} in Chargebee.")

    def _adopt(self, operation: actions.Adopt) -> Result:
        left_id, right_id = operation.left.id, operation.right_id
        kind = self.flow.kind
        try:
            if operation.is_chosen:
                found = self.systems.right.find(kind, right_id)
                if found is None or is_deleted(found):
                    return Result(refused={right_id: "it is not in Chargebee"})
                self._move_mark(left_id, found)
            record = self.systems.right.get(kind, right_id)
        except TryAgainError as error:
            # Without an edit, no list will contain it again.
            self._postpone(left_id, str(error), right_id)
            raise
        right = self.records.observe_right(record)
        link = Link(left_id, right_id, money=operation.left.money)
        self._save_pair(link, operation.left, right, *operation.superseded)
        return self._make_result("adopted", left_id, right)

    def _move_mark(self, left_id: str, chosen: Record) -> None:
        """Mark the chosen counterpart, and the former one no more."""
        kind = self.flow.kind
        former = self.store.links.right_of(kind.name, left_id)
        record = None if former is None else self.systems.right.find(kind, former)
        if record is not None and not is_deleted(record):
            body = apply_edits(record, {kind.mark: None})
            self.systems.right.update(kind, str(record["id"]), body)
        body = apply_edits(chosen, {kind.mark: left_id})
        self.systems.right.update(kind, str(chosen["id"]), body)

    def _patch_left(self, operation: actions.PatchLeft) -> Result:
        """Edit the Invoiced record, unless it was edited since it was read."""
        link, values = operation.link, operation.values
        now = self.records.find_left(link.left_id)
        if now.is_deleted or now.frozen or now.values != operation.left.values:
            return Result(left=now)
        write = partial(self._write_left, operation.right)
        written = _write(write, link, now, values)
        result = self._make_patch_result("Invoiced", link, values, written)
        return replace(result, left=written.observed)

    def _patch_right(self, operation: actions.PatchRight) -> Result:
        """Edit the Chargebee record, unless it was edited since it was read."""
        link, values = operation.link, operation.values
        now = self.records.find_right(link.right_id)
        if now.is_deleted or now.values != operation.right.values:
            return Result(right=now)
        write = partial(self._write_right, operation.left)
        written = _write(write, link, now, values)
        result = self._make_patch_result("Chargebee", link, values, written)
        return replace(result, right=written.observed)

    def _write_left(
        self, right: Observed, link: Link, left: Observed, values: Values
    ) -> tuple[Link, Observed]:
        lenses = [lens for lens in self.flow.lenses if lens.name in values]
        edits = {lens.left: lens.to_left(values[lens.name]) for lens in lenses}
        body = apply_edits(left.record, edits)
        self._save(replace(link, intent=Intent(LEFT, values)))
        record = self.systems.left.patch(self.flow.kind, link.left_id, body)
        left = self.records.observe_left(record)
        base = {name: (left.values[name], value) for name, value in values.items()}
        link = replace(link, base={**link.base, **base})
        return self._save_pair(link, left, right), left

    def _write_right(
        self, left: Observed, link: Link, right: Observed, values: Values
    ) -> tuple[Link, Observed]:
        edits = self.flow.right_paths(values, self.store.links)
        body = apply_edits(right.record, edits)
        self._save(replace(link, intent=Intent(RIGHT, values)))
        record = self.creator.update(self.flow.kind, link, body)
        right = self.records.observe_right(record)
        base = {name: (value, right.values[name]) for name, value in values.items()}
        link = replace(link, base={**link.base, **base})
        return self._save_pair(link, left, right), right

    def _replace(self, operation: actions.Replace) -> Result:
        """Replace an order, unless it was edited since, or must stay."""
        link, left = operation.link, operation.left
        old = self.records.find_right(link.right_id)
        if (
            old.is_deleted
            or old.values != operation.right.values
            or find_obstacle(old.record, left.id)
        ):
            return Result(right=old)
        params, listed = self._params(operation.values), self.flow.right_names
        self._postpone(left.id, "is not replaced yet: the sync was stopped")
        found = self.orders.create_replacement(left.record, old.record, params, listed)
        right = self.records.observe_right(found.record)
        invoice_id = str(old.record.get("invoice_id") or "")
        agreed = self._find_agreed(operation.values, right.values)
        agreed = {name: agreed[name] for name in agreed.keys() & operation.agreed}
        base: Base = {} if found.existed else {**link.base, **agreed}
        superseded = SupersededOrder(left.id, old.id, invoice_id)
        self._save_pair(
            Link(left.id, right.id, base, money=left.money), left, right, superseded
        )
        return self._make_result("replaced", left.id, right)

    def _delete_left(self, link: Link) -> Result:
        """Delete an Invoiced record, unless it was edited since it was agreed."""
        now = self.records.find_left(link.left_id)
        is_unchanged = not now.is_deleted and is_unedited(
            self.flow, LEFT_SIDE, link, now
        )
        if now.frozen or not is_unchanged:
            return Result(left=now)
        try:
            self.systems.left.delete(self.flow.kind, link.left_id)
        except RefusedError as error:
            return self._refuse_deletion(link, str(error))
        self.records.gone.add(link.left_id)
        text = f"{self.flow.kind.left_name} {link.left_id} deleted in Invoiced."
        return Result("deleted", text, left=Observed(link.left_id, is_deleted=True))

    def _delete_right(self, link: Link) -> Result:
        """Delete a Chargebee record, unless it was edited since it was agreed."""
        kind = self.flow.kind
        now = self.records.find_right(link.right_id)
        if now.is_deleted or not is_unedited(self.flow, RIGHT_SIDE, link, now):
            return Result(right=now)
        if kind.replaceable:
            # With it goes its backing invoice, also if the process ends in between.
            invoice_id = str(now.record.get("invoice_id") or "")
            order = SupersededOrder(link.left_id, now.id, invoice_id)
            self._save(replace(link, deleted_in=RIGHT), order)
            return Result()
        if kind is CUSTOMER and self.systems.right.has_invoices(link.right_id):
            # With it Chargebee deletes its invoices and orders (documented).
            return self._refuse_deletion(link, "its counterpart has invoices.")
        try:
            self.systems.right.delete(kind, link.right_id)
        except RefusedError as error:
            return self._refuse_deletion(link, str(error))
        text = f"{kind.right_name} {link.right_id} deleted in Chargebee."
        return Result("deleted", text, right=Observed(now.id, is_deleted=True))

    def _refuse_deletion(self, link: Link, reason: str) -> Result:
        kind = self.flow.kind
        self.creator.report(f"{kind.left_name} {link.left_id} is not deleted: {reason}")
        return Result(refused={DELETION: reason})

    def _remove_superseded(self, order: SupersededOrder) -> Result:
        kind, links = self.flow.kind.name, self.store.links
        new_id = links.right_of(kind, order.left_id)
        try:
            new = self.orders.remove_superseded(order, new_id, self.flow.right_names)
        except RefusedError as error:
            link = links.by_left(kind, order.left_id)
            if link is not None:
                self._save(link, order)
            return Result(refused={order.right_id: str(error)})
        self.store.remove_superseded(kind, order.right_id)
        text = f"order {order.right_id} was replaced and is cleared away."
        right = None if new is None else self.records.observe_right(new)
        return Result("cleared", text, right=right, removed_id=order.right_id)

    def _find_agreed(self, wanted: Values, actual: Values) -> Base:
        """Return the base values of a new record, without those to write later."""
        kind = self.flow.kind
        fixed = {x.name for x in self.flow.lenses if x.right in kind.right_fixed}
        return {
            name: (value, actual[name])
            for name, value in wanted.items()
            if actual[name] is not None or value is None or name in fixed
        }

    def _params(self, values: Values) -> dict[str, object]:
        params: dict[str, object] = {}
        paths = self.flow.right_paths(values, self.store.links)
        for path, value in paths.items():
            if value is not None:
                set_at_path(params, path, value)
        return params

    def _postpone(self, left_id: str, reason: str, *candidate_ids: str) -> None:
        text = f"{left_id}: {reason}"
        issue = Issue(left_id, IssueKind.LATER, text, candidate_ids=candidate_ids)
        self.store.replace_issues(self.flow.kind.name, left_id, [issue])

    def _save_pair(
        self, link: Link, left: Observed, right: Observed, *superseded: SupersededOrder
    ) -> Link:
        """Store a link with the fingerprints of both sides, if they were read."""
        left_print = find_fingerprint(self.flow, LEFT_SIDE, link, left)
        right_print = find_fingerprint(self.flow, RIGHT_SIDE, link, right)
        version = read_version(right.record) or link.right_version
        link = replace(
            link, fingerprints=(left_print, right_print), right_version=version
        )
        return self._save(link, *superseded)

    def _save(self, link: Link, *superseded: SupersededOrder) -> Link:
        self.store.save_link(self.flow.kind.name, link, *superseded)
        return link

    def _make_result(self, outcome: str, left_id: str, right: Observed) -> Result:
        kind = self.flow.kind
        text = f"{kind.left_name} {left_id} {outcome}: {kind.right_name} {right.id}."
        return Result(outcome, text, right=right)

    def _make_patch_result(
        self, side: str, link: Link, values: Values, written: WriteResult
    ) -> Result:
        outcome = "changed" if len(written.refused) < len(values) else ""
        text = f"{self.flow.kind.left_name} {link.left_id} changed in {side}."
        return Result(outcome, text, refused=written.refused)


def _write(write: Write, link: Link, observed: Observed, values: Values) -> WriteResult:
    """Write values; after a refusal, write each alone, so that only it is missing."""
    try:
        return WriteResult(*write(link, observed, values), {})
    except (RefusedError, MappingError) as error:
        if len(values) == 1:
            return WriteResult(link, observed, dict.fromkeys(values, str(error)))
    result = WriteResult(link, observed, {})
    for name, value in values.items():
        single = _write(write, result.link, result.observed, {name: value})
        result = replace(single, refused={**result.refused, **single.refused})
    return result
