"""A sync gets its runs, no more and no fewer, and what a wait waits for is reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from dataflow.harness.scenario.polling import (
    EXTRA_RUNS,
    PollPolicy,
    SyncDriver,
    SyncFailedError,
)
from dataflow.harness.syncs.program import DONE, TRY_AGAIN, WAITS_FOR_USER, Run

BROKEN = 3


class Scripted:
    """A sync that ends with one status after another, the last one for ever.

    `happened` has the runs and what was done between them, in their order.
    """

    def __init__(self, *statuses: int) -> None:
        self._statuses = statuses
        self.happened: list[str] = []

    def run(self) -> Run:
        """End with the next status."""
        self.happened.append("run")
        turn = min(self.runs, len(self._statuses)) - 1
        return Run(self._statuses[turn], f"  this is run {self.runs}\n")

    def outlast(self) -> bool:
        """Let a long time pass."""
        self.happened.append("outlast")
        return True

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


def drive(sync: Scripted, tries: int = 3, quiet: int = 1) -> SyncDriver:
    """Return the driver of a sync."""
    return SyncDriver(
        run=sync.run,
        advance_step=lambda: sync.happened.append("tick"),
        wait_for_lists=lambda: sync.happened.append("settle"),
        advance_minute=lambda: sync.happened.append("linger"),
        attempts=tries,
        settle_runs=quiet,
    )


def start(sync: Scripted, tries: int = 3) -> SyncDriver:
    """Return the driver after the first run."""
    driver = drive(sync, tries)
    driver.start()
    return driver


def fail(action: Callable[[], object]) -> str:
    """Return the text of a failure, notes included."""
    with pytest.raises(AssertionError) as caught:
        action()
    return "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])


# How often a sync runs


#: The statuses of a sync, the run after which a condition holds, and the last run.
MET: dict[str, tuple[list[int], int, int]] = {
    # A further run would hide that the sync repairs what its first run broke.
    "at once": ([DONE], 1, 1),
    "with records that wait for a user": ([WAITS_FOR_USER], 3, 3),
    "late": ([DONE], 3, 3),
    # To judge a sync in the middle of its work would be wrong.
    "asks to be run again": ([TRY_AGAIN, DONE], 1, 2),
    "works in batches": ([*[TRY_AGAIN] * 20, DONE], 23, 23),
    "asks on the last run": ([TRY_AGAIN], 1, 33),
    "errors that a later run repairs": ([BROKEN, BROKEN, DONE], 1, 3),
}


@pytest.mark.parametrize(("statuses", "holds", "runs"), MET.values(), ids=MET)
def test_a_condition_is_waited_for(statuses: list[int], holds: int, runs: int) -> None:
    """The sync runs until the condition holds and the sync is done, and no more."""
    sync = Scripted(*statuses)

    seen = start(sync).wait_until("it", sync.after(holds))

    assert (f"seen after run {runs}", runs) == (seen, sync.runs)


#: The statuses of a sync whose condition never holds, or only after this run.
BROKEN_OFF: dict[str, tuple[list[int], int, list[str]]] = {
    # A bare timeout would say nothing of the record.
    "a condition that never holds": ([DONE], 9, ["only 3 runs so far"]),
    # A program that crashes after its work.
    "an error of the last run": (
        [BROKEN],
        1,
        ["the sync under test ended with status 3:\nthis is run 3"],
    ),
    # The cause is shown before the symptom.
    "an error, and a condition that does not hold": (
        [DONE, DONE, BROKEN],
        9,
        ["this is run 3", "What is missing: "],
    ),
}


@pytest.mark.parametrize(
    ("statuses", "holds", "texts"), BROKEN_OFF.values(), ids=BROKEN_OFF
)
def test_a_wait_fails_after_all_runs(
    statuses: list[int], holds: int, texts: list[str]
) -> None:
    """The failure names what is missing, and how the sync ended."""
    sync = Scripted(*statuses)
    driver = start(sync)

    text = fail(lambda: driver.wait_until("it", sync.after(holds)))

    assert (3, []) == (sync.runs, [each for each in texts if each not in text])


def test_an_error_of_the_sync_has_a_class_of_its_own() -> None:
    """A replay must not take it for a difference."""
    sync = Scripted(BROKEN)
    driver = start(sync)

    with pytest.raises(SyncFailedError, match="this is run 3"):
        driver.wait_until("it", sync.after(9))


@pytest.mark.parametrize(
    ("tries", "expected"),
    [
        (3, "waited for exactly one order; the sync ran 3 times"),
        (1, "waited for exactly one order; the sync ran once"),
    ],
)
def test_the_error_says_what_was_waited_for(tries: int, expected: str) -> None:
    """A failed wait names its object and the number of runs."""
    sync = Scripted(DONE)
    driver = start(sync, tries)

    text = fail(lambda: driver.wait_until("exactly one order", sync.after(9)))

    assert expected == text.splitlines()[-1]


def test_an_error_of_another_kind_is_not_waited_out() -> None:
    """Only a failed comparison is repeated: a wrong key must not cost all runs."""
    sync = Scripted(DONE)
    driver = start(sync)

    with pytest.raises(ZeroDivisionError):
        driver.wait_until("it", lambda: 1 // 0)

    assert 1 == sync.runs


def test_a_second_wait_has_the_runs_that_are_left() -> None:
    """Waits share the runs of one start: many short waits are no long one."""
    sync = Scripted(DONE)
    driver = start(sync)
    driver.wait_until("it", sync.after(2))

    fail(lambda: driver.wait_until("it", sync.after(9)))

    assert 3 == sync.runs


def test_a_new_start_gives_all_runs_again() -> None:
    """A slow beginning must not fail the next line."""
    sync = Scripted(DONE)
    driver = start(sync)
    fail(lambda: driver.wait_until("it", sync.after(9)))
    driver.start()

    assert "seen after run 6" == driver.wait_until("it", sync.after(6))


class Writing(Scripted):
    """A sync that writes in each of its first runs."""

    def __init__(self, writes: int) -> None:
        super().__init__(DONE)
        self._writes = writes

    def run(self) -> Run:
        """Write, as long as something is left to write."""
        return replace(super().run(), has_written=self.runs < self._writes)


def test_a_run_that_writes_is_no_attempt() -> None:
    """A sync may serve five records per run."""
    sync = Writing(60)

    driver = start(sync)
    driver.count_runs = lambda: 90

    assert "seen after run 60" == driver.wait_until("it", sync.after(60))


def test_a_sync_that_still_writes_fails() -> None:
    """After so many runs, its runs are attempts."""
    sync = Writing(1000)
    driver = start(sync)
    driver.count_runs = lambda: 90

    fail(lambda: driver.wait_until("it", sync.after(999)))

    assert 92 == sync.runs


def test_a_wait_outlasts_what_is_held_back() -> None:
    """A sync may leave alone what changed less than some minutes ago."""
    sync = Scripted(DONE)
    driver = start(sync)
    driver.outlast = sync.outlast

    driver.wait_until("it", sync.after(4))

    assert ["settle", "outlast", "tick", "run", "settle"] == sync.happened[-5:]


def test_a_wait_outlasts_once() -> None:
    """What is missing after that is missing."""
    sync = Scripted(DONE)
    driver = start(sync)
    driver.outlast = sync.outlast

    fail(lambda: driver.wait_until("it", sync.after(9)))

    assert 1 == sync.happened.count("outlast")


# A run with nothing to do


@pytest.mark.parametrize(
    ("statuses", "tries", "quiet", "runs"),
    [
        ([DONE], 3, 1, 1),
        ([TRY_AGAIN, TRY_AGAIN, DONE], 9, 1, 3),
        # A service that runs by itself has all the time that one run may take.
        ([DONE], 9, 4, 4),
    ],
    ids=["done", "asks to be run again", "a service"],
)
def test_one_more_turn_ends_when_the_sync_is_done(
    statuses: list[int], tries: int, quiet: int, runs: int
) -> None:
    """`syncing again` means once, unless the sync asks for more."""
    sync = Scripted(*statuses)

    drive(sync, tries, quiet).run_again()

    assert runs == sync.runs


@pytest.mark.parametrize(
    ("status", "runs", "text"),
    [
        (
            TRY_AGAIN,
            3 + 3 * EXTRA_RUNS,
            (
                "the sync under test asks to be run again, after 33 runs and with"
                " nothing left to do: it is never done"
            ),
        ),
        (BROKEN, 3, "the sync under test ended with status 3:\nthis is run 3"),
    ],
    ids=["never done", "an error"],
)
def test_one_more_turn_fails(status: int, runs: int, text: str) -> None:
    """A sync that asks for ever, or ends with an error, has not settled."""
    sync = Scripted(status)

    assert (text, runs) == (fail(drive(sync).run_again), sync.runs)


# Time between runs


@pytest.mark.parametrize(
    ("statuses", "act", "happened"),
    [
        # Writes within one second would look like one.
        ([DONE], 3, ["tick", "run", *["linger", "tick", "run"] * 2, "settle"]),
        # Lists show everything: what is kept to compare with is not stale.
        ([DONE], 2, ["tick", "run", "linger", "tick", "run", "settle"]),
        # It may ask because it holds back what has just changed.
        ([TRY_AGAIN, DONE], 2, ["tick", "run", "linger", "tick", "run", "settle"]),
    ],
    ids=["three runs", "two runs", "asks to be run again"],
)
def test_time_passes_between_runs(
    statuses: list[int], act: int, happened: list[str]
) -> None:
    """Time passes before each run, and lists settle at the end."""
    sync = Scripted(*statuses)

    start(sync).wait_until("it", sync.after(act))

    assert happened == sync.happened


def test_a_run_at_once_takes_no_time() -> None:
    """What comes next is saved in the same second."""
    sync = Scripted(DONE)

    drive(sync, quiet=2).run_now()

    assert ["run", "run"] == sync.happened


def test_one_more_turn_has_settled_too() -> None:
    """What it wrote is in the lists before the last comparison."""
    sync = Scripted(DONE)

    drive(sync).run_again()

    assert ["tick", "run", "settle"] == sync.happened


def test_the_result_of_the_last_run_is_seen() -> None:
    """Lists show late what the last run wrote: it is not reported as missing."""
    sync = Scripted(DONE)
    driver = start(sync)

    def shown() -> bool:
        assert "settle" in sync.happened, "the lists do not show it yet"
        return True

    assert driver.wait_until("it", shown)


def test_lists_settle_once() -> None:
    """What is missing when they have settled is missing."""
    sync = Scripted(DONE)
    driver = start(sync)

    fail(lambda: driver.wait_until("it", sync.after(9)))

    assert 1 == sync.happened.count("settle")


# Where results show late


class Late:
    """A sync that ends with one status, and whose work shows after so many seconds.

    `happened` has runs, pauses and what was reported, in their order.
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

    def shows(self) -> None:
        """Hold as soon as it is late enough."""
        assert self.now >= self._seconds, "not yet"

    def start(self) -> SyncDriver:
        """Return its driver after the first run, with two pauses for each run."""
        driver = SyncDriver(
            run=self.run,
            advance_step=lambda: None,
            wait_for_lists=lambda: self.happened.append("settle"),
            attempts=2,
            policy=PollPolicy(
                (1.0, 2.0),
                self.pause,
                lambda: self.now,
                lambda what, seconds: self.happened.append((what, seconds)),
            ),
        )
        driver.start()
        return driver


@pytest.mark.parametrize(
    ("late", "happened"),
    [
        # The slowness of a list is no reason for a second run.
        (Late(3), ["run", 1.0, 2.0, ("it", 3.0), "settle"]),
        (Late(4), ["run", 1.0, 2.0, "run", 1.0, ("it", 4.0), "settle"]),
    ],
    ids=["after the first run", "after the second run"],
)
def test_what_shows_late_is_polled(late: Late, happened: list[object]) -> None:
    """After each run come all pauses; then the sync runs again."""
    late.start().wait_until("it", late.shows)

    assert happened == late.happened


@pytest.mark.parametrize(
    ("late", "happened"),
    [
        (Late(99), ["run", 1.0, 2.0, "run", 1.0, 2.0, "settle"]),
        # The account may be busy.
        (Late(99, TRY_AGAIN), ["run", *[1.0, "run", 2.0, "run"] * 2, "run", "settle"]),
    ],
    ids=["done", "asks to be run again"],
)
def test_what_never_shows_fails_in_the_end(late: Late, happened: list[object]) -> None:
    """Polling has an end."""
    driver = late.start()
    with pytest.raises(AssertionError, match="not yet"):
        driver.wait_until("it", late.shows)

    assert happened == late.happened


@pytest.mark.parametrize("waits", [1, 2])
def test_only_the_first_wait_settles_and_is_timed(waits: int) -> None:
    """Nothing was written since: the second one says nothing about the sync's speed."""
    late = Late()
    driver = late.start()
    for _ in range(waits):
        driver.wait_until("it", late.shows)

    assert ["run", ("it", 0.0), "settle"] == late.happened


def test_a_turn_with_nothing_to_do_is_not_timed() -> None:
    """There is nothing to wait for."""
    late = Late()
    driver = late.start()
    driver.run_again()
    driver.wait_until("it", late.shows)

    assert [] == [each for each in late.happened if isinstance(each, tuple)]


@pytest.mark.parametrize(
    ("statuses", "has_result"),
    [((BROKEN,), False), ((TRY_AGAIN, BROKEN), True), ((DONE,), True)],
)
def test_a_result_needs_a_run_without_an_error(
    statuses: tuple[int, ...], *, has_result: bool
) -> None:
    """A sync that only ends with errors has no result that can be compared."""
    driver = drive(Scripted(*statuses))
    for _ in statuses:
        driver.run_now()

    assert has_result is driver.has_result
