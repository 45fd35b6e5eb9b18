"""The catalogue of all good syncs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from broken.plain import PlainSync
from right.incremental import INCREMENTAL
from right.readings import READINGS
from right.unhurried import UNHURRIED


@dataclass(frozen=True, slots=True)
class GoodSync:
    """One good sync; `command` contains the arguments of Python that start it."""

    name: str
    says: str
    command: tuple[str, ...]


_PROGRAMS = (
    GoodSync(
        "elsewhere",
        "No id is kept: the marks are elsewhere, and a part is left for the next run.",
        ("right/elsewhere.py",),
    ),
    GoodSync(
        "plain",
        "The sync that the broken ones are made of, unbroken.",
        ("broken/plain_sync.py",),
    ),
    # Last, so that a short acquittal leaves it out: both SDKs are slow to import.
    GoodSync("sdk-loop", "One plain loop over the two SDKs.", ("right/sdk_loop.py",)),
)


def readings() -> dict[str, type[PlainSync]]:
    """Return the readings of the plain sync by name."""
    return {_name(sync): sync for sync in (*READINGS, *INCREMENTAL, *UNHURRIED)}


def catalogue() -> tuple[GoodSync, ...]:
    """Return every good sync, independent programs first."""
    of_plain = (
        GoodSync(name, str(sync.__doc__), ("right/right_sync.py", "--be", name))
        for name, sync in readings().items()
    )
    return (*_PROGRAMS, *of_plain)


def _name(sync: type[PlainSync]) -> str:
    """Return `LooksFirst` as `looks-first`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", sync.__name__).lower()
