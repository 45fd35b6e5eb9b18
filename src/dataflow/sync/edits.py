"""Writing edits: all at once, and property by property where that is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from dataflow.mapping.errors import WrongValueError
from dataflow.mapping.paths import edited
from dataflow.sync.actions import Done, PatchLeft, PatchRight
from dataflow.sync.create import Creator
from dataflow.sync.look import Look
from dataflow.sync.memory import Memory
from dataflow.sync.model import Base, Flow, Link, Seen, Values
from dataflow.sync.reading import Systems
from dataflow.systems.errors import RefusedError, UnsendableError

#: Writes values to one side and remembers them; returns both as they are then.
Write: TypeAlias = Callable[[Link, Seen, Values], tuple[Link, Seen]]


@dataclass(frozen=True, slots=True)
class Written:
    """A pair's link and one side of it by now, and what was refused, by property."""

    link: Link
    seen: Seen
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edits:
    """Carries the edits of one flow over to either side."""

    flow: Flow
    systems: Systems
    memory: Memory
    look: Look
    creator: Creator

    def to_left(self, deed: PatchLeft) -> Done:
        """Edit the Invoiced record, unless somebody else has since it was read."""
        now = self.look.find_left(deed.link.left_id)
        if now.gone or now.frozen or now.values != deed.left.values:
            return Done(left=now)
        written = _write(self._write_left, deed.link, now, deed.values)
        word = "changed" if len(written.refused) < len(deed.values) else ""
        text = f"{self.flow.kind.left_name} {now.id} changed in Invoiced."
        return Done(word, text, left=written.seen, refused=written.refused)

    def to_right(self, deed: PatchRight) -> Done:
        """Edit the Chargebee record."""
        written = _write(self._write_right, deed.link, deed.right, deed.values)
        word = "changed" if len(written.refused) < len(deed.values) else ""
        left_id = deed.link.left_id
        text = f"{self.flow.kind.left_name} {left_id} changed in Chargebee."
        return Done(word, text, right=written.seen, refused=written.refused)

    def _write_left(self, link: Link, left: Seen, values: Values) -> tuple[Link, Seen]:
        named = [lens for lens in self.flow.lenses if lens.name in values]
        wanted = {lens.left: lens.to_left(values[lens.name]) for lens in named}
        body = edited(left.record, wanted)
        record = self.systems.left.patch(self.flow.kind, link.left_id, body)
        left = self.look.see_left(record)
        base = {name: (left.values[name], value) for name, value in values.items()}
        return self._know(link, base), left

    def _write_right(
        self, link: Link, right: Seen, values: Values
    ) -> tuple[Link, Seen]:
        body = edited(right.record, self.flow.right_paths(values, self.memory.links))
        record = self.creator.update(self.flow.kind, link, body)
        right = self.look.see_right(record)
        base = {name: (value, right.values[name]) for name, value in values.items()}
        return self._know(link, base), right

    def _know(self, link: Link, base: Base) -> Link:
        link = replace(link, base={**link.base, **base})
        self.memory.link(self.flow.kind.name, link)
        return link


def _write(write: Write, link: Link, seen: Seen, values: Values) -> Written:
    """Write values; where that is refused, each by itself, so that others arrive."""
    try:
        return Written(*write(link, seen, values), {})
    except (RefusedError, WrongValueError, UnsendableError) as error:
        if len(values) == 1:
            return Written(link, seen, dict.fromkeys(values, str(error)))
    written = Written(link, seen, {})
    for name, value in values.items():
        single = _write(write, written.link, written.seen, {name: value})
        written = replace(single, refused={**written.refused, **single.refused})
    return written
