"""The twins in real time, for a sync that goes by the clock of its machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from dataflow.harness.targets.tapes import NoTape, Tape
from dataflow.harness.targets.twin_target import LINGER_SECONDS, MakeTarget, TwinTarget

#: Seconds that a scenario may wait at once.
_SHORT = 60


def wait(seconds: float, pause: Callable[[float], None]) -> None:
    """Wait for so many real seconds, or skip the scenario: nobody moves that clock."""
    if seconds > _SHORT:
        pytest.skip(f"it needs {seconds:g} s to pass, and these are real ones")
    pause(seconds)


def in_real_time(
    *, lasting: bool, pause: Callable[[float], None] = time.sleep
) -> MakeTarget:
    """Return what makes such a target; `pause` lets so many seconds pass."""
    return partial(RealTimeTwinTarget, lasting=lasting, pause=pause)


@dataclass(eq=False)
class RealTimeTwinTarget(TwinTarget):
    """Twins with the machine's clock; `lasting` ones keep their accounts.

    A service that runs by itself would miss what vanished with a scenario.
    """

    lasting: bool
    pause: Callable[[float], None]

    def __post_init__(self) -> None:
        """Give the accounts that are there the machine's clock."""
        self.twins.renew(self.machine)

    def begin(self, check: str) -> Tape:
        """Begin with new accounts, or with what is there."""
        if not self.lasting:
            self.twins.renew(self.machine)
            self.wire.begin()
        return NoTape(check)

    def tick(self) -> None:
        """Wait for the next second, the vendors' grain: no two edits have one time."""
        self.pause(1 - self.machine.milliseconds() % 1000 / 1000)

    def linger(self) -> None:
        """Wait a minute; who runs by itself is waited for anyway."""
        if not self.lasting:
            self.pause(LINGER_SECONDS)

    def let_pass(self, seconds: int) -> None:
        """Wait for it."""
        wait(seconds, self.pause)

    def delay(self, seconds: float) -> None:
        """Let an answer be slow."""
        self.pause(seconds)

    def now(self) -> int | None:
        """Return nothing: the time is the machine's."""
        return None
