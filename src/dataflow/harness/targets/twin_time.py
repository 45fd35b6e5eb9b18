"""The time of the twins: simulated, or that of the machine."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TypeAlias

from dataflow.harness.targets.base import wait_in_real_time
from dataflow.twin.clock import Clock, ManualClock, SystemClock
from dataflow.vendors.connection import NOW

#: Start of each scenario: 2036-01-07 09:00:00 UTC, a Monday. It is later than the time
#: of any machine, so that a sync that asks for changes since its last run, by its own
#: clock, misses none; and unix seconds of 32 bits last for two more years.
START = 2_083_309_200

#: Seconds between two steps: more than the precision of the vendors' timestamps.
STEP_SECONDS = 2

#: Query parameters of either vendor that end a period of time.
_PERIOD_END = re.compile(r"updated_before|end_date|end_time|\w+\[(before|on|between)\]")
_LAST_SECONDS = re.compile(r"([0-9]{1,12})\s*\]?\s*$")
#: A period that ends so many seconds before the present may be meant to reach it.
_A_DAY = 24 * 3600


class SimulatedTime:
    """Time that the harness controls. Each scenario starts at the same time."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)

    def restart(self) -> Clock:
        """Return a new clock at the start of a scenario."""
        self.clock = ManualClock(START)
        return self.clock

    def advance_step(self) -> None:
        """Advance the clock by more than the precision of a timestamp."""
        self.advance(STEP_SECONDS)

    def advance(self, seconds: float) -> None:
        """Advance the clock."""
        self.clock.advance(seconds)

    def delay(self, seconds: float) -> None:
        """Advance the clock: a slow answer takes no real time."""
        self.advance(seconds)

    def now(self) -> int:
        """Return unix seconds."""
        return self.clock.seconds()


class RealTime:
    """Time of the machine; `pause` waits for so many seconds."""

    def __init__(
        self, clock: Clock | None = None, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock or SystemClock()
        self._pause = pause

    def restart(self) -> Clock:
        """Return the clock of the machine."""
        return self._clock

    def advance_step(self) -> None:
        """Wait for the next second: two edits never have the same timestamp."""
        self._pause(1 - self._clock.milliseconds() % 1000 / 1000)

    def advance(self, seconds: float) -> None:
        """Wait, or raise `TargetFailedError` if that takes too long."""
        wait_in_real_time(seconds, self._pause)

    def delay(self, seconds: float) -> None:
        """Wait before an answer."""
        self._pause(seconds)

    def now(self) -> None:
        """Return None: the sync has the same clock."""


#: The time of the twins, and how it passes.
TwinTime: TypeAlias = SimulatedTime | RealTime


def find_machine_time(
    queries: Iterable[tuple[str, str]], machine: int, twins: int
) -> list[str]:
    """Return a sentence if a list was requested up to the time of the machine.

    Both times are in unix seconds. The twins are years ahead, so that such a list is
    empty, although the sync may be right.
    """
    for end in _find_period_ends(queries):
        if machine - _A_DAY < end < min(machine + _A_DAY, twins):
            sentence = (
                f"The sync requests changes until {_format_time(end)}, by the clock of"
                f" this machine, but the time of the twins is {_format_time(twins)}:"
                f" add --real-time, or let the sync read the time from {NOW}."
            )
            return [sentence]
    return []


def _find_period_ends(queries: Iterable[tuple[str, str]]) -> Iterator[int]:
    for name, value in queries:
        # Of a list of both ends, it is the last.
        if _PERIOD_END.fullmatch(name) and (found := _LAST_SECONDS.search(value)):
            yield int(found[1])


def _format_time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
