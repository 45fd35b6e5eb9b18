"""Run the sync again and again: soon after a change, less often when idle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dataflow.errors import TryAgainError
from dataflow.sync.report import RunReport

#: While nothing changes, each wait is this many times the one before.
_BACK_OFF = 2


@dataclass(frozen=True, slots=True)
class Watch:
    """A loop over runs.

    `wait` waits for a number of seconds, and returns whether the user wants to stop;
    `shortest` and `longest` are the limits of a wait, in seconds.
    """

    run: Callable[[], RunReport]
    wait: Callable[[float], bool]
    report: Callable[[str], None]
    shortest: float = 30
    longest: float = 300

    def __call__(self) -> int:
        """Run until the user wants to stop; return the status of the last run.

        An error that may pass is reported, and the next run tries again.
        """
        pause, status = self.shortest, 0
        is_stopped = False
        while not is_stopped:
            is_idle, status = self._run_once()
            pause = min(pause * _BACK_OFF, self.longest) if is_idle else self.shortest
            is_stopped = self.wait(pause)
        return status

    def _run_once(self) -> tuple[bool, int]:
        """Return whether a run had nothing to do, and its status."""
        try:
            outcome = self.run()
        except TryAgainError as error:
            self.report(str(error))
            return True, error.status
        if outcome.written:
            self.report(outcome.lines()[0])
        return not outcome.written, outcome.status
