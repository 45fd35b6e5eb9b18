"""A sync gets its tries, no more and no fewer, and what was waited for is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dataflow.harness.scenario.polling import EXTRA_RUNS, SyncDriver, SyncFailedError
from dataflow.harness.syncs.program import DONE, TRY_AGAIN, Run

BROKEN = 3


class Scripted:
    """A sync that ends with one status after another, the last one for ever.

    `happened` tells runs and ticks in their order.
    """

    def __init__(self, *statuses: int) -> None:
        self._statuses = statuses
        self.happened: list[str] = []

    def tick(self) -> None:
        """Let time pass."""
        self.happened.append("tick")

    def linger(self) -> None:
        """Let more time pass."""
        self.happened.append("linger")

    def settle(self) -> None:
        """Let lists show what was written."""
        self.happened.append("settle")

    def run(self) -> Run:
        """End with the next status."""
        self.happened.append("run")
        turn = min(self.runs, len(self._statuses)) - 1
        return Run(self._statuses[turn], f"  this is run {self.runs}\n")

    @property
    def runs(self) -> int:
        """Return how often it ran."""
        return self.happened.count("run")

    def after(self, runs: int) -> Callable[[], str]:
        """Return a condition that holds from this run on."""

        def condition() -> str:
            assert self.runs >= runs, f"only {self.runs} runs so far"
            return f"seen after run {self.runs}"

        return condition


def catching_up_on(sync: Scripted, tries: int = 3, quiet: int = 1) -> SyncDriver:
    """Return what gives the sync its chances."""
    return SyncDriver(
        run=sync.run,
        advance_step=sync.tick,
        wait_for_lists=sync.settle,
        advance_minute=sync.linger,
        attempts=tries,
        settle_runs=quiet,
    )


def begun(sync: Scripted, tries: int = 3) -> SyncDriver:
    """Return what has given the sync its first chance."""
    catching_up = catching_up_on(sync, tries)
    catching_up.start()
    return catching_up


def failure_of(action: Callable[[], object]) -> str:
    """Return what a person reads when this fails, notes included."""
    with pytest.raises(AssertionError) as caught:
        action()
    return "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])


def test_a_turn_at_once_takes_no_time() -> None:
    """No time passes for a turn at once: what comes next is saved in its second."""
    sync = Scripted(DONE)

    catching_up_on(sync, quiet=2).run_now()

    assert ["run", "run"] == sync.happened


def test_a_condition_that_holds_needs_no_second_run() -> None:
    """A condition that holds at once ends the wait: no run too many hides a slow sync.

    The disease: a sync that repairs on its second run what its first one broke.
    """
    sync = Scripted(DONE)

    begun(sync).wait_until("it", sync.after(1))

    assert 1 == sync.runs


def test_what_is_looked_at_next_has_settled() -> None:
    """After a wait lists show everything: what is kept to compare with is not stale."""
    sync = Scripted(DONE)

    begun(sync).wait_until("it", sync.after(2))

    assert ["tick", "run", "linger", "tick", "run", "settle"] == sync.happened


def test_a_further_turn_has_settled_too() -> None:
    """What a further turn wrote is in the lists before the last question is asked."""
    sync = Scripted(DONE)

    catching_up_on(sync).run_again()

    assert ["tick", "run", "settle"] == sync.happened


def test_a_condition_that_comes_true_late_is_waited_for() -> None:
    """A condition that holds after the third run is met: slow is not wrong."""
    sync = Scripted(DONE)

    seen = begun(sync).wait_until("it", sync.after(3))

    assert "seen after run 3" == seen


def test_a_condition_that_never_holds_costs_all_tries() -> None:
    """The sync runs `tries` times at most: a wait without an end tells nobody."""
    sync = Scripted(DONE)
    catching_up = begun(sync)

    failure_of(lambda: catching_up.wait_until("it", sync.after(9)))

    assert 3 == sync.runs


def test_what_the_last_run_did_is_seen() -> None:
    """Lists show late what the last run wrote: that is no reason to call it missing.

    The disease: one right sync in two hundred runs, blamed for what it did last.
    """
    sync = Scripted(DONE)
    catching_up = begun(sync)

    def shown() -> bool:
        assert "settle" in sync.happened, "the lists do not show it yet"
        return True

    assert catching_up.wait_until("it", shown)


def test_lists_are_given_their_time_once() -> None:
    """What is missing when they have settled is missing."""
    sync = Scripted(DONE)
    catching_up = begun(sync)

    failure_of(lambda: catching_up.wait_until("it", sync.after(9)))

    assert 1 == sync.happened.count("settle")


def test_a_condition_fails_with_its_own_shortfall() -> None:
    """The condition has the final word: a bare timeout says nothing of the record."""
    sync = Scripted(DONE)
    catching_up = begun(sync)

    said = failure_of(lambda: catching_up.wait_until("it", sync.after(9)))

    assert "only 3 runs so far" in said


@pytest.mark.parametrize(
    ("tries", "expected"),
    [
        (3, "waited for exactly one order; the sync ran 3 times"),
        (1, "waited for exactly one order; the sync ran once"),
    ],
)
def test_the_error_says_what_was_waited_for(tries: int, expected: str) -> None:
    """A failed wait names its object and the tries: else nobody knows what was late."""
    sync = Scripted(DONE)
    catching_up = begun(sync, tries)

    said = failure_of(
        lambda: catching_up.wait_until("exactly one order", sync.after(9))
    )

    assert expected == said.splitlines()[-1]


def test_time_passes_before_every_run() -> None:
    """The clock moves before each run: writes within one second look like one."""
    sync = Scripted(DONE)

    begun(sync).wait_until("it", sync.after(3))

    assert ["tick", "run", *["linger", "tick", "run"] * 2] == sync.happened[:8]


def test_a_run_that_was_asked_for_comes_at_once() -> None:
    """More time is for who says that all is done, and may only be careful."""
    sync = Scripted(TRY_AGAIN, DONE)

    begun(sync).wait_until("it", sync.after(2))

    assert ["tick", "run", "tick", "run"] == sync.happened[:4]


def test_a_sync_that_is_never_done_is_told() -> None:
    """With nothing left to do, a sync may not ask for another try for ever."""
    catching_up = catching_up_on(Scripted(TRY_AGAIN))

    assert failure_of(catching_up.run_again) == (
        "the sync under test asks to be run again, after 33 runs and with nothing left"
        " to do: it is never done"
    )


def test_a_second_wait_has_the_tries_that_are_left() -> None:
    """Waits share the tries of one catch-up: many short waits are no long one."""
    sync = Scripted(DONE)
    catching_up = begun(sync)
    catching_up.wait_until("it", sync.after(2))

    failure_of(lambda: catching_up.wait_until("it", sync.after(9)))

    assert 3 == sync.runs


def test_a_new_beginning_gives_all_tries_again() -> None:
    """Each catch-up has all its tries: a slow start must not fail the next line."""
    sync = Scripted(DONE)
    catching_up = begun(sync)
    failure_of(lambda: catching_up.wait_until("it", sync.after(9)))
    catching_up.start()

    seen = catching_up.wait_until("it", sync.after(6))

    assert "seen after run 6" == seen


def test_an_error_of_another_kind_is_not_waited_out() -> None:
    """Only a shortfall is waited for: a wrong key must not cost all tries."""
    sync = Scripted(DONE)
    catching_up = begun(sync)

    with pytest.raises(ZeroDivisionError):
        catching_up.wait_until("it", lambda: 1 // 0)

    assert 1 == sync.runs


def test_status_75_asks_for_another_try() -> None:
    """A sync that asks for another try gets it, though the condition holds already.

    The disease: judging a sync in the middle of its work.
    """
    sync = Scripted(TRY_AGAIN, DONE)

    begun(sync).wait_until("it", sync.after(1))

    assert 2 == sync.runs


def test_who_works_in_batches_is_not_late() -> None:
    """A run that asks for another is no try: three hundred records are many batches."""
    sync = Scripted(*[TRY_AGAIN] * 20, DONE)

    seen = begun(sync).wait_until("it", sync.after(23))

    assert "seen after run 23" == seen


def test_status_75_is_no_error_on_the_last_try() -> None:
    """A sync that would like one more try has done nothing wrong by asking."""
    sync = Scripted(TRY_AGAIN)

    seen = begun(sync).wait_until("it", sync.after(1))

    assert "seen after run 33" == seen


def test_an_error_on_an_early_try_is_forgiven() -> None:
    """An error on an early try is no failure: the next run has mended it."""
    sync = Scripted(BROKEN, BROKEN, DONE)

    seen = begun(sync).wait_until("it", sync.after(1))

    assert "seen after run 3" == seen


def test_an_error_on_the_last_try_fails() -> None:
    """A status of another kind on the last try fails, though the condition holds.

    The disease: a program that crashes after its work, and that nobody notices.
    """
    sync = Scripted(BROKEN)
    catching_up = begun(sync)

    said = failure_of(lambda: catching_up.wait_until("it", sync.after(1)))

    assert "the sync under test ended with status 3:\nthis is run 3" == said


def test_an_error_explains_a_condition_that_does_not_hold() -> None:
    """A crash is told, and not the shortfall that came of it: cause before symptom."""
    sync = Scripted(DONE, DONE, BROKEN)
    catching_up = begun(sync)

    with pytest.raises(SyncFailedError) as caught:
        catching_up.wait_until("it", sync.after(9))

    assert "this is run 3" in str(caught.value)


def test_one_turn_more_runs_nothing_when_all_is_done() -> None:
    """A sync that says it is done gets no further run: `syncing again` means once."""
    sync = Scripted(DONE)

    catching_up_on(sync).run_again()

    assert 1 == sync.runs


def test_one_turn_more_gives_the_tries_that_are_asked_for() -> None:
    """A sync that asks for tries gets them until it is done."""
    sync = Scripted(TRY_AGAIN, TRY_AGAIN, DONE)

    catching_up_on(sync, tries=9).run_again()

    assert 3 == sync.runs


def test_one_turn_more_has_an_end() -> None:
    """A sync that asks for ever is given up: else the run would hang."""
    sync = Scripted(TRY_AGAIN)

    failure_of(catching_up_on(sync).run_again)

    assert 3 + 3 * EXTRA_RUNS == sync.runs


def test_one_turn_more_fails_with_the_error_of_the_last_try() -> None:
    """A sync that ends with an error has not settled: `nothing written` is no merit."""
    sync = Scripted(BROKEN)
    said = failure_of(catching_up_on(sync).run_again)

    assert "the sync under test ended with status 3:\nthis is run 3" == said


def test_one_turn_more_waits_until_the_sync_has_had_it() -> None:
    """A service that runs by itself is given all the time that one turn may take."""
    sync = Scripted(DONE)

    catching_up_on(sync, tries=9, quiet=4).run_again()

    assert 4 == sync.runs


def test_an_error_of_the_sync_says_what_is_missing_too() -> None:
    """Beside the program's output stands what the check still lacks."""
    sync = Scripted(BROKEN)
    catching_up = begun(sync)

    said = failure_of(lambda: catching_up.wait_until("it", sync.after(9)))

    assert "What is missing: " in said
