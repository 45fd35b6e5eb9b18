"""Report how far a long run is: records, calls, rate and the time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

#: Seconds between two lines.
_INTERVAL = 5.0


@dataclass(slots=True)
class Progress:
    """The progress of a run, one list of records after the other.

    `show` is called every few seconds with a line; `now` is a clock in seconds.
    """

    show: Callable[[str], None] = lambda _line: None
    now: Callable[[], float] = time.monotonic
    _name: str = field(default="", init=False)
    _total: int = field(default=0, init=False)
    _started: float = field(default=0, init=False)
    _shown: float = field(default=0, init=False)

    def begin(self, name: str, total: int) -> None:
        """Begin a list of `total` records."""
        self._name, self._total = name, total
        self._started = self._shown = self.now()

    def update(self, done: int, calls: int) -> None:
        """Show a line if the last one is old enough."""
        now = self.now()
        if now - self._shown < _INTERVAL or not done:
            return
        self._shown = now
        rate = done / (now - self._started)
        left = (self._total - done) / rate
        self.show(
            f"{self._name}: {done:,} of {self._total:,}, {calls:,} calls,"
            f" {rate:.1f} records/s, {_describe(left)} left"
        )


def _describe(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes else f"{round(seconds)} s"
