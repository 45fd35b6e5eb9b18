"""Run the sync until an expectation is met: attempts, timeouts, settling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from dataflow.harness.categories import Category, MismatchError
from dataflow.harness.causes import MISSING
from dataflow.harness.syncs.program import DONE, TRY_AGAIN, Run

T = TypeVar("T")

#: Without intervals, a sync that works in batches gets this many runs more per attempt.
EXTRA_RUNS = 10


def _outlast_nothing() -> bool:
    """Return that no time has passed: a target on real clocks has waited already."""
    return False


def _ignore(*_: object) -> None:
    """Do nothing: a target on simulated time neither waits nor measures."""


@dataclass(frozen=True, slots=True)
class PollPolicy:
    """The `intervals` in seconds between checks: counted, so a replay need not wait."""

    intervals: tuple[float, ...] = ()
    pause: Callable[[float], None] = _ignore
    clock: Callable[[], float] = lambda: 0.0
    took: Callable[[str, float], None] = _ignore


class SyncFailedError(MismatchError):
    """The sync under test ended with an error on its last attempt."""


@dataclass(eq=False, kw_only=True)
class SyncDriver:
    """Runs one sync, and polls until an expectation is met.

    Before each run, `advance_step` advances the time; before another run after one
    that wrote nothing, `advance_minute` does. `wait_for_lists` lets the vendors' lists
    show what was written. A run that the sync asks for is no attempt, as long as there
    are intervals for it, or `EXTRA_RUNS`; neither is one that wrote, up to `count_runs`
    of them. Before a wait fails, `outlast` lets pass what a sync may hold back
    recent changes for, and returns whether it has. `settle_runs` runs are enough for
    the sync to see a change: one run of a program, several of a service that runs by
    itself.
    """

    run: Callable[[], Run]
    advance_step: Callable[[], None]
    wait_for_lists: Callable[[], None]
    attempts: int
    settle_runs: int = 1
    policy: PollPolicy = PollPolicy()
    #: Whether a run has ended without an error: only then a result can be compared.
    has_result: bool = field(init=False, default=False)
    #: What is waited for, in words.
    waits_for: str = field(init=False, default="")
    advance_minute: Callable[[], None] = _ignore
    outlast: Callable[[], bool] = _outlast_nothing
    count_runs: Callable[[], int] = lambda: 0
    _start: float | None = field(init=False, default=None)
    _lists_settled: bool = field(init=False, default=True)
    _attempts_left: int = field(init=False, default=0)
    _runs: int = field(init=False, default=0)
    _has_outlasted: bool = field(init=False, default=False)
    _extra_runs: Iterator[float] = field(init=False, default=iter(()))
    _last: Run = field(init=False, default=Run(DONE, ""))

    def start(self) -> None:
        """Run the sync once, with all attempts left."""
        self._attempts_left, self._runs = self.attempts - 1, 0
        self._has_outlasted = False
        intervals = self.policy.intervals or (0,) * EXTRA_RUNS
        self._extra_runs = iter(intervals * self.attempts)
        self._start = self.policy.clock()
        self._run_once()

    def run_now(self) -> None:
        """Run the sync in the current second, without waiting for lists."""
        self._lists_settled = False
        for _ in range(self.settle_runs):
            self._run_sync()

    def wait_until(self, what: str, check: Callable[[], T]) -> T:
        """Return the result of `check`, run after run; raise its last error."""
        self.waits_for = what
        intervals = iter(self.policy.intervals)
        while True:
            try:
                result = check()
            except AssertionError as mismatch:
                if self._pause_before_poll(intervals):
                    continue
                if self._run_next():
                    intervals = iter(self.policy.intervals)
                    continue
                if not self._lists_settled:
                    self._settle_lists()
                    continue
                if self._run_later():
                    intervals = iter(self.policy.intervals)
                    continue
                times = "once" if self._runs == 1 else f"{self._runs} times"
                mismatch.add_note(f"waited for {what}; the sync ran {times}")
                self._raise_if_failed(mismatch)
                raise
            if self._last.is_done or not self._run_next():
                self._record_duration(what)
                self._raise_if_failed()
                self._settle_lists()
                return result

    def run_again(self) -> None:
        """Run the sync until it has nothing left to do."""
        self.start()
        for _ in range(self.settle_runs - 1):
            self._run_next()
        while not self._last.is_done and self._run_next():
            pass
        self._raise_if_failed()
        if self._last.status == TRY_AGAIN:
            raise SyncFailedError(
                f"the sync under test asks to be run again, after {self._runs} runs"
                " and with nothing left to do: it is never done"
            )
        self._settle_lists()
        self._start = None

    def _record_duration(self, what: str) -> None:
        """Record the duration of the first wait after `start`."""
        if self._start is not None:
            self.policy.took(what, self.policy.clock() - self._start)
            self._start = None

    def _settle_lists(self) -> None:
        if not self._lists_settled:
            self._lists_settled = True
            self.wait_for_lists()

    def _pause_before_poll(self, intervals: Iterator[float]) -> bool:
        # A sync that asks to be run again has not finished: another poll is useless.
        seconds = next(intervals, None) if self._last.is_done else None
        if seconds is not None:
            self.policy.pause(seconds)
        return seconds is not None

    def _run_once(self) -> None:
        self._runs += 1
        self._lists_settled = False
        self.advance_step()
        self._run_sync()

    def _run_sync(self) -> None:
        self._last = self.run()
        self.has_result |= not self._last.is_failed

    def _run_next(self) -> bool:
        """Run the sync again if an attempt or extra run is left, and return whether."""
        wait = next(self._extra_runs, None) if self._last.status == TRY_AGAIN else None
        if wait is not None:
            self.policy.pause(wait)
            self.advance_minute()
        elif self._is_busy():
            pass
        elif self._attempts_left:
            self._attempts_left -= 1
            self.advance_minute()
        else:
            return False
        self._run_once()
        return True

    def _run_later(self) -> bool:
        """Run the sync once more, after the longest time that it may hold back."""
        if self._has_outlasted or not self.outlast():
            return False
        self._has_outlasted = True
        self._run_once()
        return True

    def _is_busy(self) -> bool:
        """Return whether the last run wrote, and may have left work to the next."""
        has_written = self._last.has_written and not self._last.is_failed
        return has_written and self._runs < self.count_runs()

    def _raise_if_failed(self, mismatch: AssertionError | None = None) -> None:
        if self._last.is_failed:
            missing = f"\n{MISSING}{mismatch}" if mismatch else ""
            raise SyncFailedError(
                f"the sync under test ended with status {self._last.status}:"
                f"\n{self._last.output.strip()}{missing}",
                getattr(mismatch, "category", Category.LOST),
            )
