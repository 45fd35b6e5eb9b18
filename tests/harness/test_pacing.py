"""A vendor's limit is kept, and nobody waits who need not."""

from __future__ import annotations

from dataflow.harness.targets.pacing import Pace


class Time:
    """A clock that pauses move on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def clock(self) -> float:
        """Return the time."""
        return self.now

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.pauses.append(seconds)
        self.now += seconds


def a_pace(time: Time) -> Pace:
    """Return a pace of three calls a minute."""
    return Pace(time.clock, time.pause, calls=3, seconds=60)


def test_calls_below_the_limit_do_not_wait() -> None:
    """As many calls as the limit allows go at once."""
    time = Time()
    pace = a_pace(time)
    for _ in range(3):
        pace.wait()

    assert [] == time.pauses


def test_one_call_more_waits_for_the_first_to_be_a_minute_old() -> None:
    """The limit is never passed, within whichever minute it is counted."""
    time = Time()
    pace = a_pace(time)
    for _ in range(3):
        pace.wait()
        time.now += 5
    pace.wait()

    assert [45.0] == time.pauses


def test_after_a_minute_of_rest_nobody_waits() -> None:
    """Calls that are long past do not count."""
    time = Time()
    pace = a_pace(time)
    for _ in range(3):
        pace.wait()
    time.now += 60
    pace.wait()

    assert [] == time.pauses
