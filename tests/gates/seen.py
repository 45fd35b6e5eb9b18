"""What has been seen of a run of the checklist, and what can be found in it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.gates.spoiling import SPOILS, SYSTEMS

#: What a Then says that fails.
RED = "red"


class Call(NamedTuple):
    """A step, and a call that it has sent; the sync's own calls are no step's."""

    kind: str
    text: str
    system: str
    method: str

    @property
    def is_write(self) -> bool:
        """Tell whether the call may change something."""
        return self.method not in {"GET", "HEAD"}


class Look(NamedTuple):
    """A Then that was shown a spoiled world, and whether it noticed.

    Without a `system`, the world was as it is.
    """

    check: str
    text: str
    system: str
    spoil: str
    noticed: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A run of the checklist: what its plugins saw, and what it left in its folder."""

    folder: Path
    outcomes: Mapping[str, str]
    calls: tuple[Call, ...]
    looks: tuple[Look, ...]

    @classmethod
    def of(cls, folder: Path) -> Seen:
        """Read what the probe has written down in this folder."""
        told = json.loads((folder / "probe.json").read_text("utf-8"))
        return cls(
            folder,
            told["outcomes"],
            tuple(Call(*each) for each in told["calls"]),
            tuple(Look(*each) for each in told["looks"]),
        )


def writes(calls: Iterable[Call]) -> list[str]:
    """Return which Then changes something, at which system."""
    return sorted(
        f"{call.text} ({call.method} at {call.system})"
        for call in calls
        if call.kind == "then" and call.is_write
    )


def blind(looks: Collection[Look], about_one: Mapping[str, str]) -> list[str]:
    """Return each line of a check that notices nothing, whatever a system holds.

    A text of `about_one` is about this one system.
    """
    lines = {(look.check, look.text) for look in looks}
    noticed = {(k.check, k.text, k.system) for k in looks if _is_whole(k) and k.noticed}
    return sorted(
        f"{check}: {text} ({system})"
        for check, text in lines
        for system in ([about_one[text]] if text in about_one else SYSTEMS)
        if (check, text, system) not in noticed
    )


def unread(looks: Iterable[Look]) -> Iterator[str]:
    """Yield each column of a table whose values a line does not read."""
    for look in looks:
        if look.system and not _is_whole(look) and not look.noticed:
            yield f"{look.check}: {look.text} ({look.spoil})"


def restless(looks: Iterable[Look]) -> list[str]:
    """Return each line that fails, asked again, though the world is as it was."""
    return [f"{k.check}: {k.text}" for k in looks if not k.system and k.noticed]


def _is_whole(look: Look) -> bool:
    return look.spoil in SPOILS
