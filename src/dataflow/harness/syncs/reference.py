"""Run the reference sync in this process, as a program: environment, status, lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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
        self._settings = decode_table(drop_subtables(settings), SyncSettings, "[sync]")
        self._pause = pause or _skip_wait

    def run(self, environment: Mapping[str, str]) -> Run:
        """Run it once."""
        try:
            outcome = run_once(
                environment, self._features, self._settings, pause=self._pause
            )
        except NotASandboxError:
            # This is an error of the accounts, not of the sync.
            raise
        except DataflowError as error:
            return Run(error.status, str(error))
        return Run(outcome.status, "\n".join(outcome.lines()))


def _skip_wait(seconds: float) -> None:
    """Do not wait: the time of twins and recordings does not depend on it."""
    del seconds
