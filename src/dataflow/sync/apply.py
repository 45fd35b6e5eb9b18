"""Apply the actions of a plan, and store each result before the next action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from dataflow.errors import TryAgainError
from dataflow.sync.actions import (
    Adopt,
    MarkDeleted,
    Create,
    Forget,
    Operation,
    PatchLeft,
    PatchRight,
    Rebase,
    Replace,
    Restore,
    Result,
    RemoveSuperseded,
    RemoveLeftovers,
)
from dataflow.sync.changes import ChangeReader, Systems
from dataflow.sync.create import Creator, FoundRecord
from dataflow.sync.errors import RefusedError, UnsendableError, WrongValueError
from dataflow.sync.mapping import apply_edits, set_at_path
from dataflow.sync.model import (
    Base,
    Flow,
    Issue,
    IssueKind,
    Link,
    Observed,
    SupersededOrder,
    Values,
)
from dataflow.sync.orders import Orders
from dataflow.sync.state import StateStore

#: Writes values to one side and remembers them; returns both as they are then.
Write: TypeAlias = Callable[[Link, Observed, Values], tuple[Link, Observed]]


@dataclass(frozen=True, slots=True)
class WriteResult:
    """A pair's link and one side of it by now, and what was refused, by property."""

    link: Link
    seen: Observed
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EditWriter:
    """Carries the edits of one flow over to either side."""

    flow: Flow
    systems: Systems
    store: StateStore
    reader: ChangeReader
    creator: Creator

    def write_left(self, deed: PatchLeft) -> Result:
        """Edit the Invoiced record, unless somebody else has since it was read."""
        now = self.reader.find_left(deed.link.left_id)
        if now.is_deleted or now.frozen or now.values != deed.left.values:
            return Result(left=now)
        written = _write(self._write_left, deed.link, now, deed.values)
        word = "changed" if len(written.refused) < len(deed.values) else ""
        text = f"{self.flow.kind.left_name} {now.id} changed in Invoiced."
        return Result(word, text, left=written.seen, refused=written.refused)

    def write_right(self, deed: PatchRight) -> Result:
        """Edit the Chargebee record."""
        written = _write(self._write_right, deed.link, deed.right, deed.values)
        word = "changed" if len(written.refused) < len(deed.values) else ""
        left_id = deed.link.left_id
        text = f"{self.flow.kind.left_name} {left_id} changed in Chargebee."
        return Result(word, text, right=written.seen, refused=written.refused)

    def _write_left(
        self, link: Link, left: Observed, values: Values
    ) -> tuple[Link, Observed]:
        named = [lens for lens in self.flow.lenses if lens.name in values]
        wanted = {lens.left: lens.to_left(values[lens.name]) for lens in named}
        body = apply_edits(left.record, wanted)
        record = self.systems.left.patch(self.flow.kind, link.left_id, body)
        left = self.reader.observe_left(record)
        base = {name: (left.values[name], value) for name, value in values.items()}
        return self._store(link, base), left

    def _write_right(
        self, link: Link, right: Observed, values: Values
    ) -> tuple[Link, Observed]:
        body = apply_edits(
            right.record, self.flow.right_paths(values, self.store.links)
        )
        record = self.creator.update(self.flow.kind, link, body)
        right = self.reader.observe_right(record)
        base = {name: (value, right.values[name]) for name, value in values.items()}
        return self._store(link, base), right

    def _store(self, link: Link, base: Base) -> Link:
        link = replace(link, base={**link.base, **base})
        self.store.save_link(self.flow.kind.name, link)
        return link


def _write(write: Write, link: Link, seen: Observed, values: Values) -> WriteResult:
    """Write values; where that is refused, each by itself, so that others arrive."""
    try:
        return WriteResult(*write(link, seen, values), {})
    except (RefusedError, WrongValueError, UnsendableError) as error:
        if len(values) == 1:
            return WriteResult(link, seen, dict.fromkeys(values, str(error)))
    written = WriteResult(link, seen, {})
    for name, value in values.items():
        single = _write(write, written.link, written.seen, {name: value})
        written = replace(single, refused={**written.refused, **single.refused})
    return written


@dataclass(frozen=True, slots=True)
class Applier:
    """Performs the actions of one flow."""

    flow: Flow
    systems: Systems
    store: StateStore
    reader: ChangeReader
    creator: Creator
    orders: Orders

    def apply(self, deed: Operation) -> Result:  # noqa: PLR0911 - one line an action
        """Perform one action and remember it."""
        match deed:
            case Create():
                return self._create(deed)
            case Adopt():
                return self._adopt(deed)
            case RemoveLeftovers():
                return self._sweep(deed)
            case PatchLeft():
                return self._edits.write_left(deed)
            case PatchRight():
                return self._edits.write_right(deed)
            case Replace():
                return self._replace(deed)
            case RemoveSuperseded():
                return self._retire(deed.order)
            case _:
                return self._store(deed)

    @property
    def _edits(self) -> EditWriter:
        return EditWriter(
            self.flow, self.systems, self.store, self.reader, self.creator
        )

    def _create(self, deed: Create) -> Result:
        left = deed.left
        found = self._make(left, left.values)
        right = self.reader.observe_right(found.record)
        base: Base = {} if found.existed else self._agreed(left.values, right.values)
        self._link(Link(left.id, right.id, base))
        word = "adopted" if found.existed else "created"
        return self._make_result(word, left.id, right)

    def _make(self, left: Observed, values: Values) -> FoundRecord:
        wanted = self._wanted(values)
        if not self.flow.kind.replaceable:
            return self.creator.create(self.flow.kind, left.record, wanted)
        # Two calls are to come: whatever ends the process between them, the next run
        # knows that the first may have been made.
        self._postpone(left.id, "got no order yet: the sync was stopped")
        return self.orders.create_first(left.record, wanted)

    def _adopt(self, deed: Adopt) -> Result:
        try:
            record = self.systems.right.get(self.flow.kind, deed.right_id)
        except TryAgainError as error:
            # No list will show it again before somebody edits it.
            self._postpone(deed.left.id, str(error), deed.right_id)
            raise
        self._link(Link(deed.left.id, deed.right_id), *deed.superseded)
        return self._make_result(
            "adopted", deed.left.id, self.reader.observe_right(record)
        )

    def _postpone(self, left_id: str, why: str, *about: str) -> None:
        issue = Issue(
            left_id, IssueKind.LATER, f"{left_id}: {why}", candidate_ids=about
        )
        self.store.replace_issues(self.flow.kind.name, left_id, [issue])

    def _sweep(self, deed: RemoveLeftovers) -> Result:
        self.orders.remove_leftovers(deed.left_id, deed.start)
        return Result()

    def _replace(self, deed: Replace) -> Result:
        wanted, listed = self._wanted(deed.values), self.flow.right_names
        found = self.orders.create_replacement(
            deed.left.record, deed.right.record, wanted, listed
        )
        right = self.reader.observe_right(found.record)
        old = SupersededOrder(
            deed.left.id, deed.right.id, str(deed.right.record.get("invoice_id") or "")
        )
        fresh = {
            name: pair
            for name, pair in self._agreed(deed.values, right.values).items()
            if name in deed.agreed
        }
        base: Base = {} if found.existed else {**deed.link.base, **fresh}
        self._link(Link(deed.left.id, right.id, base), old)
        return self._make_result("replaced", deed.left.id, right)

    def _retire(self, retired: SupersededOrder) -> Result:
        kind = self.flow.kind.name
        new_id = self.store.links.right_of(kind, retired.left_id)
        try:
            new = self.orders.remove_superseded(retired, new_id, self.flow.right_names)
        except RefusedError as error:
            link = self.store.links.by_left(kind, retired.left_id)
            if link is not None:
                self._link(link, retired)
            return Result(refused={retired.right_id: str(error)})
        self.store.remove_superseded(kind, retired.right_id)
        text = f"order {retired.right_id} was replaced and is cleared away."
        right = None if new is None else self.reader.observe_right(new)
        return Result("cleared", text, right=right, removed_id=retired.right_id)

    def _store(self, deed: Rebase | MarkDeleted | Restore | Forget) -> Result:
        match deed:
            case Rebase():
                self._link(replace(deed.link, base=deed.base))
            case MarkDeleted():
                self._link(replace(deed.link, deleted_in=deed.deleted_in))
            case Restore():
                self._link(replace(deed.link, deleted_in=""))
            case Forget():
                self.store.delete_link(self.flow.kind.name, deed.link.left_id)
        return Result()

    def _agreed(self, wanted: Values, got: Values) -> Base:
        """Return what both sides agree on after a record was made.

        A property that came out empty, and can be edited, is left to be written.
        """
        fixed = {
            lens.name
            for lens in self.flow.lenses
            if lens.right in self.flow.kind.right_fixed
        }
        return {
            name: (value, got[name])
            for name, value in wanted.items()
            if got[name] is not None or value is None or name in fixed
        }

    def _wanted(self, values: Values) -> dict[str, object]:
        params: dict[str, object] = {}
        paths = self.flow.right_paths(values, self.store.links)
        for path, value in paths.items():
            if value is not None:
                set_at_path(params, path, value)
        return params

    def _link(self, link: Link, *retired: SupersededOrder) -> None:
        self.store.save_link(self.flow.kind.name, link, *retired)

    def _make_result(self, word: str, left_id: str, right: Observed) -> Result:
        kind = self.flow.kind
        text = f"{kind.left_name} {left_id} {word}: {kind.right_name} {right.id}."
        return Result(word, text, right=right)
