"""Performing one action: the calls it takes, and remembering that it is done.

What is remembered comes after what is written. A run that is killed in between finds
the written record by its id or mark next time and remembers it then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dataflow.mapping.forms import Value
from dataflow.mapping.paths import edited, place
from dataflow.sync.actions import (
    Adopt,
    Break,
    Create,
    Deed,
    Mend,
    PatchLeft,
    PatchRight,
    Rebase,
    Replace,
    Retire,
)
from dataflow.sync.create import Creator, Found
from dataflow.sync.look import Look, Systems
from dataflow.sync.memory import Memory
from dataflow.sync.model import Base, Flow, Link, Retired, Seen, Values
from dataflow.sync.orders import Orders


@dataclass(frozen=True, slots=True)
class Done:
    """What an action did, in a word and a sentence, and the records as they are now."""

    word: str
    text: str
    left: Seen | None = None
    right: Seen | None = None


@dataclass(frozen=True, slots=True)
class Performer:
    """Performs the actions of one flow."""

    flow: Flow
    systems: Systems
    memory: Memory
    look: Look
    creator: Creator
    orders: Orders

    def perform(self, deed: Deed) -> Done:  # noqa: PLR0911 - one line an action
        """Perform one action and remember it."""
        match deed:
            case Create():
                return self._create(deed)
            case Adopt():
                return self._adopt(deed)
            case PatchLeft():
                return self._patch_left(deed)
            case PatchRight():
                return self._patch_right(deed)
            case Replace():
                return self._replace(deed)
            case Retire():
                return self._retire(deed.retired)
            case Rebase():
                return self._know(replace(deed.link, base=deed.base))
            case Break():
                return self._know(replace(deed.link, gone=deed.gone))
            case Mend():
                return self._know(replace(deed.link, gone=""))

    def _create(self, deed: Create) -> Done:
        left = deed.left
        found = self._make(left, left.values)
        right = self.look.see_right(found.record)
        base: Base = {} if found.before else self._agreed(left.values, right.values)
        self._link(Link(left.id, right.id, base))
        word = "adopted" if found.before else "created"
        return self._done(word, left.id, right)

    def _make(self, left: Seen, values: Values) -> Found:
        wanted = self._wanted(values)
        if self.flow.kind.replaceable:
            return self.orders.first(left.record, wanted)
        return self.creator.create(self.flow.kind, left.record, wanted)

    def _adopt(self, deed: Adopt) -> Done:
        record = self.systems.right.get(self.flow.kind, deed.right_id)
        others = [self._retired(deed.left.id, right_id) for right_id in deed.others]
        self._link(Link(deed.left.id, deed.right_id), *others)
        return self._done("adopted", deed.left.id, self.look.see_right(record))

    def _retired(self, left_id: str, right_id: str) -> Retired:
        record = self.systems.right.find(self.flow.kind, right_id) or {}
        return Retired(left_id, right_id, str(record.get("invoice_id") or ""))

    def _patch_left(self, deed: PatchLeft) -> Done:
        named = [lens for lens in self.flow.lenses if lens.name in deed.values]
        wanted = {lens.left: lens.to_left(deed.values[lens.name]) for lens in named}
        body = edited(deed.left.record, wanted)
        record = self.systems.left.patch(self.flow.kind, deed.link.left_id, body)
        left = self.look.see_left(record)
        base = {name: (left.values[name], value) for name, value in deed.values.items()}
        self._link(replace(deed.link, base={**deed.link.base, **base}))
        return Done("changed", self._say("changed in Invoiced", left.id), left=left)

    def _patch_right(self, deed: PatchRight) -> Done:
        body = edited(deed.right.record, self._paths(deed.values))
        record = self.creator.update(self.flow.kind, deed.link, body)
        right = self.look.see_right(record)
        base = {
            name: (value, right.values[name]) for name, value in deed.values.items()
        }
        self._link(replace(deed.link, base={**deed.link.base, **base}))
        text = self._say("changed in Chargebee", deed.link.left_id)
        return Done("changed", text, right=right)

    def _replace(self, deed: Replace) -> Done:
        wanted = self._wanted(deed.values)
        found = self.orders.next(deed.left.record, deed.right.record, wanted)
        right = self.look.see_right(found.record)
        old = Retired(
            deed.left.id, deed.right.id, str(deed.right.record.get("invoice_id") or "")
        )
        fresh = {
            name: pair
            for name, pair in self._agreed(deed.values, right.values).items()
            if name in deed.settled
        }
        base: Base = {} if found.before else {**deed.link.base, **fresh}
        self._link(Link(deed.left.id, right.id, base), old)
        return self._done("replaced", deed.left.id, right)

    def _retire(self, retired: Retired) -> Done:
        self.orders.retire(retired)
        self.memory.cleared(self.flow.kind.name, retired.right_id)
        text = f"order {retired.right_id} was replaced and is cleared away."
        return Done("cleared", text)

    def _know(self, link: Link) -> Done:
        self._link(link)
        return Done("", "")

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

    def _wanted(self, values: Mapping[str, Value]) -> dict[str, object]:
        params: dict[str, object] = {}
        for path, value in self._paths(values).items():
            if value is not None:
                place(params, path, value)
        return params

    def _paths(self, values: Mapping[str, Value]) -> dict[str, object]:
        return {
            lens.right: lens.to_right(values[lens.name], self.memory.links)
            for lens in self.flow.lenses
            if lens.name in values
        }

    def _link(self, link: Link, *retired: Retired) -> None:
        self.memory.link(self.flow.kind.name, link, *retired)

    def _done(self, word: str, left_id: str, right: Seen) -> Done:
        text = self._say(f"{word}: {self.flow.kind.right_name} {right.id}", left_id)
        return Done(word, text, right=right)

    def _say(self, what: str, left_id: str) -> str:
        return f"{self.flow.kind.left_name} {left_id} {what}."
