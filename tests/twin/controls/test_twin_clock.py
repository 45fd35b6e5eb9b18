"""The clock of the twins, steered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dataflow.twin.clock import (
    LATEST,
    START,
    AdjustableClock,
    ClockControl,
    ManualClock,
    SystemClock,
)
from dataflow.twin.messages import ControlError


@pytest.fixture
def base() -> ManualClock:
    """Return the clock that a steered one follows."""
    return ManualClock()


@pytest.fixture
def clock(base: ManualClock) -> ClockControl:
    """Return the steering of a clock that follows another one."""
    return ClockControl(AdjustableClock(base))


def test_a_steered_clock_follows(base: ManualClock, clock: ClockControl) -> None:
    """Left alone, a steered clock tells the time of the other."""
    base.advance(5)

    assert START + 5 == clock.seconds()


def test_a_steered_clock_is_moved(base: ManualClock, clock: ClockControl) -> None:
    """Moved on, it keeps its distance."""
    clock.advance(60)
    base.advance(5)

    assert START + 65 == clock.seconds()


def test_a_frozen_clock_stands(base: ManualClock, clock: ClockControl) -> None:
    """Frozen, it stands still until it is moved."""
    clock.freeze()
    base.advance(5)
    clock.advance(1.5)

    assert (True, START + 1.5) == (clock.frozen, clock.seconds())


def test_a_thawed_clock_goes_on(base: ManualClock, clock: ClockControl) -> None:
    """Thawed, it goes on from where it stands: nothing that was skipped comes back."""
    clock.freeze()
    base.advance(100)
    clock.thaw()
    base.advance(2)

    assert (False, START + 2) == (clock.frozen, clock.seconds())


def test_a_clock_is_set(clock: ClockControl) -> None:
    """A clock can be set to a time to come."""
    clock.set(START + 1000.25)

    assert START + 1000.25 == clock.seconds()


def test_a_clock_of_the_hand_is_steered() -> None:
    """A clock that a test moves by hand can be steered as well; frozen it always is."""
    hand = ManualClock()
    steering = ClockControl(hand)
    steering.freeze()
    steering.advance(7)

    assert (True, START + 7) == (steering.frozen, hand.seconds())


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ClockControl(ManualClock()).advance(-1),
        lambda: ClockControl(ManualClock()).set(START - 1),
        lambda: ClockControl(ManualClock()).set(LATEST + 1),
        lambda: ClockControl(ManualClock()).thaw(),
        lambda: ClockControl(SystemClock()).freeze(),
        lambda: ClockControl(SystemClock()).advance(1),
    ],
)
def test_what_a_clock_cannot(wrong: Callable[[], None]) -> None:
    """No clock goes back or out of time, and each one only does what it can."""
    with pytest.raises(ControlError):
        wrong()
