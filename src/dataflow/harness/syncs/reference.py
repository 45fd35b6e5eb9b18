"""Run the reference sync in this process, as a program: environment, status, lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import msgspec

from dataflow.checklist.features import WrittenFeature
from dataflow.errors import DataflowError, NotASandboxError
from dataflow.harness.syncs.program import Run
from dataflow.settings import decode_table, drop_subtables
from dataflow.sync.reference import SyncSettings, run_once


class ReferenceSync:
    """The reference sync of the sections that are exercised.

    Without `pause`, waits that a vendor asks for are skipped.
    """

    tries = 3
    quiet = 1

    def __init__(
        self,
        features: Sequence[WrittenFeature],
        settings: Mapping[str, object],
        pause: Callable[[float], None] | None = None,
    ) -> None:
        self._features = [each for each in features if not each.not_exercised]
        chosen = decode_table(drop_subtables(settings), SyncSettings, "[sync]")
        # One call at a time: recordings replay the calls in their order.
        self._settings = msgspec.structs.replace(chosen, calls=1)
        skipped = _SkippedTime()
        self._pause = pause or skipped.pause
        self._now = time.monotonic if pause else skipped.now

    def run(self, environment: Mapping[str, str]) -> Run:
        """Run it once."""
        try:
            outcome = run_once(
                environment,
                self._features,
                self._settings,
                pause=self._pause,
                now=self._now,
            )
        except NotASandboxError:
            # This is an error of the accounts, not of the sync.
            raise
        except DataflowError as error:
            return Run(error.status, str(error))
        return Run(outcome.status, "\n".join(outcome.lines()))


class _SkippedTime:
    """A clock that waits move on: twins and recordings do not depend on real time."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def pause(self, seconds: float) -> None:
        """Move the clock on."""
        self._seconds += seconds

    def now(self) -> float:
        """Return the time of the clock."""
        return self._seconds
