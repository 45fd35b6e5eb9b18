"""Summarise the state of the sync for the user and for a monitoring system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

import msgspec

from dataflow.sync.model import WAITS_FOR_USER, Issue
from dataflow.sync.record_types import KINDS
from dataflow.sync.state import StateStore

#: The row of `meta` about the last run, and about the last one that was done.
LAST_RUN, LAST_DONE = "last run", "last done"


class Level(IntEnum):
    """The exit status of a monitoring plug-in (convention of Nagios)."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


class LastRun(msgspec.Struct, frozen=True):
    """When a run ended, in unix seconds, and with which status and sentence."""

    time: int
    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Status:
    """Pairs and issues by record type, and the last runs."""

    pairs: Counter[str]
    issues: dict[str, list[Issue]]
    last_run: LastRun | None
    last_done: LastRun | None

    @property
    def open(self) -> int:
        """Return how many issues wait for the user."""
        return sum(
            issue.kind in WAITS_FOR_USER for x in self.issues.values() for issue in x
        )


def read_status(store: StateStore) -> Status:
    """Return the status that a state file holds."""
    names = [kind.name for kind in KINDS]
    return Status(
        Counter({name: len(store.links.list_of(name)) for name in names}),
        {name: store.list_issues(name) for name in names},
        _read_run(store, LAST_RUN),
        _read_run(store, LAST_DONE),
    )


def write_run(store: StateStore, run: LastRun, *, is_done: bool) -> None:
    """Store when a run ended, and how."""
    text = msgspec.json.encode(run).decode()
    with store.transaction():
        store.set_meta(LAST_RUN, text)
        if is_done:
            store.set_meta(LAST_DONE, text)


def _read_run(store: StateStore, name: str) -> LastRun | None:
    text = store.get_meta(name)
    return None if text is None else msgspec.json.decode(text, type=LastRun)


def check(status: Status, now: int, max_age: int | None) -> tuple[Level, str]:
    """Return the level for a monitoring system, and its line with figures.

    After `max_age` seconds without a sync that was done, the level is critical.
    """
    level, text = _find_level(status, now, max_age)
    pairs = sum(status.pairs.values())
    age = "U" if status.last_done is None else f"{now - status.last_done.time}s"
    figures = f"pairs={pairs} waiting={status.open};0 age={age}"
    return level, f"{level.name} - {text} | {figures}"


def _find_level(status: Status, now: int, max_age: int | None) -> tuple[Level, str]:
    if status.last_run is None:
        return Level.UNKNOWN, "no sync has ended yet"
    last = status.last_done
    if last is None or last.time < status.last_run.time:
        return Level.CRITICAL, f"the last sync failed: {status.last_run.text}"
    if max_age is not None and now - last.time > max_age:
        return Level.CRITICAL, f"the last sync ended at {format_time(last.time)}"
    if status.open:
        return Level.WARNING, f"issues that wait for the user: {status.open}"
    return Level.OK, f"{sum(status.pairs.values())} pairs are in sync"


def list_lines(status: Status) -> Iterator[str]:
    """Yield every issue with its kind, the ones that wait for the user first."""
    found = [
        (kind.left_name, issue) for kind in KINDS for issue in status.issues[kind.name]
    ]
    for name, issue in sorted(found, key=lambda x: x[1].kind not in WAITS_FOR_USER):
        yield f"{issue.kind.value}: {name} {issue.text}"


def format_time(seconds: int) -> str:
    """Return a time in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
