"""Where what a sync did shows late, a condition is looked at again, and timed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dataflow.harness.scenario.polling import PollPolicy, SyncDriver
from dataflow.harness.syncs.program import DONE, TRY_AGAIN, Run


class Late:
    """A sync that ends with one status, and whose work shows after so many seconds.

    `happened` tells runs, pauses and what was told, in their order.
    """

    def __init__(self, seconds: float = 0, status: int = DONE) -> None:
        self.now = 0.0
        self.happened: list[object] = []
        self._seconds = seconds
        self._status = status

    def run(self) -> Run:
        """Run once."""
        self.happened.append("run")
        return Run(self._status, "")

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.happened.append(seconds)
        self.now += seconds

    def took(self, what: str, seconds: float) -> None:
        """Be told."""
        self.happened.append((what, seconds))

    def shows(self) -> None:
        """Hold as soon as it is late enough."""
        assert self.now >= self._seconds, "not yet"

    def settle(self) -> None:
        """Let the lists show what was written."""
        self.happened.append("settle")

    def caught_up(self) -> SyncDriver:
        """Return what waits for it, with two waits a chance."""
        patience = PollPolicy((1.0, 2.0), self.pause, lambda: self.now, self.took)
        catching_up = SyncDriver(
            run=self.run,
            advance_step=lambda: None,
            wait_for_lists=self.settle,
            attempts=2,
            policy=patience,
        )
        catching_up.start()
        return catching_up


def test_what_shows_late_needs_no_second_run() -> None:
    """A sync that has done its work is not run again for the slowness of a list."""
    late = Late(3)
    late.caught_up().wait_until("it", late.shows)

    assert ["run", 1.0, 2.0, ("it", 3.0), "settle"] == late.happened


def test_after_all_looks_comes_the_next_chance() -> None:
    """Each chance has all the looks; then the sync gets another one."""
    late = Late(4)
    late.caught_up().wait_until("it", late.shows)

    assert ["run", 1.0, 2.0, "run", 1.0, ("it", 4.0), "settle"] == late.happened


def test_what_never_shows_fails_in_the_end() -> None:
    """There is an end to all patience."""
    late = Late(99)
    catching_up = late.caught_up()
    with pytest.raises(AssertionError, match="not yet"):
        catching_up.wait_until("it", late.shows)

    assert ["run", 1.0, 2.0, "run", 1.0, 2.0, "settle"] == late.happened


def test_a_sync_that_is_not_done_is_run_again() -> None:
    """Whoever asks to be run again is, after a while: the account may be busy."""
    late = Late(99, TRY_AGAIN)
    catching_up = late.caught_up()
    with pytest.raises(AssertionError, match="not yet"):
        catching_up.wait_until("it", late.shows)

    asked = [1.0, "run", 2.0, "run"]
    assert ["run", *asked, *asked, "run", "settle"] == late.happened


@pytest.mark.parametrize("looks", [1, 2])
def test_lists_settle_once_a_chance(looks: int) -> None:
    """What was waited out is not waited out again: nothing was written since."""
    late = Late()
    catching_up = late.caught_up()
    for _ in range(looks):
        catching_up.wait_until("it", late.shows)

    assert 1 == late.happened.count("settle")


def _times_told(act: Callable[[SyncDriver, Late], object]) -> int:
    late = Late()
    act(late.caught_up(), late)
    return sum(isinstance(each, tuple) for each in late.happened)


def test_only_the_first_wait_after_a_beginning_is_timed() -> None:
    """What held all the time since says nothing about the sync's speed."""

    def twice(catching_up: SyncDriver, late: Late) -> None:
        catching_up.wait_until("it", late.shows)
        catching_up.wait_until("it again", late.shows)

    assert 1 == _times_told(twice)


def test_a_turn_with_nothing_to_do_is_not_timed() -> None:
    """There is nothing to wait for."""

    def once_more(catching_up: SyncDriver, late: Late) -> None:
        catching_up.run_again()
        catching_up.wait_until("it", late.shows)

    assert 0 == _times_told(once_more)
