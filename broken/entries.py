"""What the catalogue says of a broken sync, and how a class gets into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from broken.plain import PlainSync

Sync = TypeVar("Sync", bound=type[PlainSync])


@dataclass(frozen=True, slots=True)
class Entry:
    """One broken sync.

    `says` is what goes wrong, in one sentence. `caught_by` are the ids of the checks
    that must notice it, in this `weather` of the twins where it needs a bad one; `*`
    stands for each section. Where nobody does so yet, `hole` says why.
    """

    name: str
    kind: str
    description: str
    caught_by: tuple[str, ...]
    known_gap: str
    weather: str
    sync: type[PlainSync]


#: Every broken sync by its name, in the order in which they are written down.
ENTRIES: dict[str, Entry] = {}


def broken(
    kind: str, *caught_by: str, hole: str = "", weather: str = "fair"
) -> Callable[[Sync], Sync]:
    """Put a class into the catalogue; its docstring says what goes wrong."""

    def enter(sync: Sync) -> Sync:
        name = _name(sync)
        says = str(sync.__doc__)
        ENTRIES[name] = Entry(name, kind, says, caught_by, hole, weather, sync)
        return sync

    return enter


def _name(sync: type[PlainSync]) -> str:
    """Return `DropsCurrencyEdits` as `drops-currency-edits`."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in sync.__name__)[1:]
