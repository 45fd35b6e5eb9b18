"""The mark of a run: what the harness leaves on every record that it makes.

A record is ours by this alone. A name that looks like ours proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_MARK = r"dataflow-(?P<started>[0-9]{10})-(?P<letters>[0-9a-f]{6})"
_WHOLE = re.compile(_MARK)
_BEGINNING = re.compile(rf"{_MARK}(?:-.*)?", re.DOTALL)
_BYTES = 3


@dataclass(frozen=True, slots=True, order=True)
class RunMark:
    """When a run was started, in unix seconds, and six letters of its own."""

    started: int
    letters: str

    def __str__(self) -> str:
        """Return it as it stands on a record, as in `dataflow-1795411200-3fa9c1`."""
        return f"dataflow-{self.started:010d}-{self.letters}"

    def age(self, now: float) -> float:
        """Return how many seconds ago the run was started; `now` in unix seconds."""
        return now - self.started


def new_run_mark(now: Callable[[], float], letters: Callable[[int], str]) -> RunMark:
    """Return the mark of a run that starts now.

    `now` returns unix seconds, `letters` random bytes in hexadecimal digits.
    """
    return RunMark(int(now()), letters(_BYTES))


def read_run_mark(value: object) -> RunMark | None:
    """Return the run mark that a value is, None for everything else."""
    return _read(_WHOLE, value)


def run_mark_of_id(record_id: object) -> RunMark | None:
    """Return the run mark that an id begins with: of records that hold it nowhere else.

    It ends there, or a dash follows.
    """
    return _read(_BEGINNING, record_id)


def _read(pattern: re.Pattern[str], value: object) -> RunMark | None:
    found = pattern.fullmatch(value) if isinstance(value, str) else None
    return None if found is None else RunMark(int(found["started"]), found["letters"])
