"""Run the sync until an expectation is met: attempts, timeouts, settling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from dataflow.harness.syncs.program import DONE, TRY_AGAIN, Run


def _nothing(seconds: float) -> None:
    del seconds


def _to_nobody(what: str, seconds: float) -> None:
    del what, seconds


def _never() -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class PollPolicy:
    """Looks at growing intervals, so many seconds before each further look.

    They are counted, not timed: a replay looks as often as the run that was recorded,
    and waits for nothing. `clock` returns seconds; `took` is told what was waited for,
    and after how many seconds it held.
    """

    intervals: tuple[float, ...] = ()
    pause: Callable[[float], None] = _nothing
    clock: Callable[[], float] = _never
    took: Callable[[str, float], None] = _to_nobody


T = TypeVar("T")

#: Who works in batches asks for many chances: so many for each try, if nobody waits.
EXTRA_RUNS = 10

#: On stand-ins nothing shows late but what their clock is moved for.
NONE = PollPolicy()


def _advance_nothing() -> None:
    """Let no time pass."""


class SyncFailedError(AssertionError):
    """The sync under test ended with an error where it had no further try."""


class SyncDriver:
    """One sync and its tries.

    `run` gives the sync one chance, `tick` lets time pass between two of them, and
    `settle` lets the vendors' lists show what was written. `linger` lets more time pass
    before a try that the sync has not asked for. With `patience`, a condition is looked
    at again before the next chance. A chance that the sync has asked for is not counted
    as a try, for as long as one would have looked, or for `MORE` of them.
    After `quiet` chances the sync has certainly had its turn: one run of a program is
    one, a service that runs by itself needs some waiting.
    """

    def __init__(  # noqa: PLR0913 - each is handed in by its name
        self,
        *,
        run: Callable[[], Run],
        advance_step: Callable[[], None],
        settle: Callable[[], None],
        tries: int,
        quiet: int = 1,
        patience: PollPolicy = NONE,
        linger: Callable[[], None] = _advance_nothing,
    ) -> None:
        self._run = run
        self._tick = advance_step
        self._settle = settle
        self._tries = tries
        self._quiet = quiet
        self._patience = patience
        self._linger = linger
        self._began: float | None = None
        self._settled = True
        self._left = self._chances = 0
        self._asking: Iterator[float] = iter(())
        self._last = Run(DONE, "")

    def start(self) -> None:
        """Give the sync its first chance, and all its tries."""
        self._left, self._chances = self._tries - 1, 0
        self._asking = iter(
            (self._patience.intervals or (0,) * EXTRA_RUNS) * self._tries
        )
        self._began = self._patience.clock()
        self._run_once()

    def run_now(self) -> None:
        """Give the sync its turn with no time passing; what it did is seen later."""
        self._settled = False
        for _ in range(self._quiet):
            self._last = self._run()

    def wait_until(self, what: str, check: Callable[[], T]) -> T:
        """Return what `check` returns, as soon as it raises no `AssertionError`.

        The sync gets further chances until then, as far as it has tries left; after the
        last one, when the lists show everything, `check` has the final word, and its
        error says what was waited for.
        """
        intervals = iter(self._patience.intervals)
        while True:
            try:
                result = check()
            except AssertionError as shortfall:
                if self._checks_again(intervals):
                    continue
                if self._run_another_time():
                    intervals = iter(self._patience.intervals)
                    continue
                if not self._settled:
                    # The last chance may have done it, and the lists not show it yet.
                    self._wait_for_lists_once()
                    continue
                shortfall.add_note(self._describe_wait(what))
                self._raise_if_failed(shortfall)
                raise
            else:
                if self._last.status == DONE or not self._run_another_time():
                    self._record_duration(what)
                    self._raise_if_failed()
                    self._wait_for_lists_once()
                    return result

    def run_again(self) -> None:
        """Let the sync have its turn, and as much more of it as it asks for."""
        self.start()
        for _ in range(self._quiet - 1):
            self._run_another_time()
        while self._last.status != DONE and self._run_another_time():
            pass
        self._raise_if_failed()
        if self._last.status == TRY_AGAIN:
            raise SyncFailedError(
                f"the sync under test asks to be run again, after {self._chances} runs"
                " and with nothing left to do: it is never done"
            )
        self._wait_for_lists_once()
        self._began = None

    def _record_duration(self, what: str) -> None:
        """Tell once a beginning how long the first thing that was waited for took."""
        if self._began is not None:
            self._patience.took(what, self._patience.clock() - self._began)
            self._began = None

    def _wait_for_lists_once(self) -> None:
        """Let the lists show what the last chance has brought, if they do not yet."""
        if not self._settled:
            self._settled = True
            self._settle()

    def _checks_again(self, intervals: Iterator[float]) -> bool:
        # A sync that asks to be run again has not done its work: no use to look.
        seconds = next(intervals, None) if self._last.status == DONE else None
        if seconds is not None:
            self._patience.pause(seconds)
        return seconds is not None

    def _run_once(self) -> None:
        self._chances += 1
        self._settled = False
        self._tick()
        self._last = self._run()

    def _run_another_time(self) -> bool:
        wait = next(self._asking, None) if self._last.status == TRY_AGAIN else None
        if wait is not None:
            self._patience.pause(wait)
        elif self._left:
            self._left -= 1
            self._linger()
        else:
            return False
        self._run_once()
        return True

    def _raise_if_failed(self, shortfall: AssertionError | None = None) -> None:
        if self._last.status not in {DONE, TRY_AGAIN}:
            lacking = f"\nWhat is missing: {shortfall}" if shortfall else ""
            raise SyncFailedError(
                f"the sync under test ended with status {self._last.status}:"
                f"\n{self._last.output.strip()}{lacking}"
            )

    def _describe_wait(self, what: str) -> str:
        times = "once" if self._chances == 1 else f"{self._chances} times"
        return f"waited for {what}; the sync had its chance {times}"
