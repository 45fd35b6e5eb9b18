"""Starts the reference sync in this process: the one place where the harness meets it.

It gets what any other program would get, its environment, and answers as one would:
with a status and some lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dataflow.checklist.features import WrittenFeature
from dataflow.errors import DataflowError
from dataflow.harness.syncs.sync import Run
from dataflow.sandbox.places import NoSandboxError
from dataflow.sync.reference import decode_settings, list_flows, run_once


class ReferenceSync:
    """The project's own sync, run once each time it is asked to.

    `pause` lets seconds pass where a vendor asks for it; without it nobody waits.
    """

    tries = 3
    quiet = 1

    def __init__(
        self,
        features: Sequence[WrittenFeature],
        settings: Mapping[str, object],
        pause: Callable[[float], None] | None = None,
    ) -> None:
        self._flows = list_flows(features)
        self._settings = decode_settings(settings)
        self._pause = pause or _no_wait

    def run(self, environment: Mapping[str, str]) -> Run:
        """Let it work once."""
        try:
            outcome = run_once(
                environment, self._flows, self._settings, pause=self._pause
            )
        except NoSandboxError:
            # It is about the accounts, and says nothing about the sync.
            raise
        except DataflowError as error:
            return Run(error.status, str(error))
        return Run(outcome.status, "\n".join(outcome.lines()))


def _no_wait(seconds: float) -> None:
    """Wait for nothing: the time of the twins and of recordings does not pass by it."""
    del seconds
