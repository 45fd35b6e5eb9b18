"""The entries of the catalogue of broken syncs, and the decorator that adds one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from broken.plain import PlainSync

Sync = TypeVar("Sync", bound=type[PlainSync])


class Entry(NamedTuple):
    """One broken sync.

    `description` states the fault in one sentence. `caught_by` contains the ids of the
    checks that must detect it; `*` stands for each section. `weather` is the fault
    profile of the twins that this needs, and `known_gap` the reason why no check
    detects it.
    """

    name: str
    kind: str
    description: str
    caught_by: tuple[str, ...]
    known_gap: str
    weather: str
    sync: type[PlainSync]


#: Every broken sync by its name, in the order of definition.
ENTRIES: dict[str, Entry] = {}


def broken(
    kind: str, *caught_by: str, hole: str = "", weather: str = "fair"
) -> Callable[[Sync], Sync]:
    """Add a class to the catalogue; its docstring is the description."""

    def enter(sync: Sync) -> Sync:
        name = _name(sync)
        description = str(sync.__doc__)
        ENTRIES[name] = Entry(name, kind, description, caught_by, hole, weather, sync)
        return sync

    return enter


def _name(sync: type[PlainSync]) -> str:
    """Return `DropsCurrencyEdits` as `drops-currency-edits`."""
    return re.sub(r"\B([A-Z])", r"-\1", sync.__name__).lower()
