"""A node of Sesam as the sync under test: its pipes are started, and waited for.

The node has accounts and a memory of its own: nothing of a scenario is told to it. It
lives on the real clock, like a service; clock and pause are handed in for the tests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from dataflow.harness.syncs.sesam_api import Ending, NodeApi, calls_of
from dataflow.harness.syncs.sesam_errors import NodeLateError
from dataflow.harness.syncs.sesam_settings import SesamSettings
from dataflow.harness.syncs.sync import DONE, Run
from dataflow.sandbox.node import Node

_FAILED = 1

#: By what each wait is longer than the one before, and seconds that none exceeds.
_GROWTH, _LONGEST = 1.5, 10


class SesamSync:
    """The pipes of one node, started one after the other in the order of the settings.

    `token` is the node's; it goes to `node`, and nowhere else. Raises `UnsafeNodeError`
    for an address that it must not be sent to. `clock` is in seconds.
    """

    tries = 3
    quiet = 1

    def __init__(
        self,
        settings: SesamSettings,
        token: str,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        calls = calls_of(settings.node, settings.pipes)
        self.node = Node(settings.node, token, calls)
        self._settings = settings
        self._pause = pause
        self._clock = clock

    def run(self, environment: Mapping[str, str]) -> Run:
        """Let each pipe run once to its end; a pump that failed ends it with status 1.

        Raises `NodeTroubleError` where the node could not be asked, which blames no
        sync.
        """
        del environment
        until, lines = self._clock() + self._settings.deadline, list[str]()
        with NodeApi(self.node) as api:
            for pipe in self._settings.pipes:
                ending = self._ran(api, pipe, self._pauses(pipe, until))
                lines.append(_told(pipe, ending))
                if ending is not None and ending.failed:
                    return Run(_FAILED, "\n".join(lines))
        return Run(DONE, "\n".join(lines))

    def _ran(self, api: NodeApi, pipe: str, pauses: Iterator[None]) -> Ending | None:
        """Start a pump anew, and return how the log says that its run ended.

        None says that it ran, and the log does not tell of it.
        """
        last_run, before = self._started(api, pipe, pauses)
        while True:
            pump = api.pump(pipe)
            if not pump.is_running:
                ending = api.ending(pipe)
                if ending is not None and ending.number > before:
                    return ending
                # The log leaves out a run that had nothing to do.
                if pump.last_run != last_run:
                    return None
            next(pauses)

    def _started(
        self, api: NodeApi, pipe: str, pauses: Iterator[None]
    ) -> tuple[object, int]:
        """Start a pump as soon as it is at rest; return what was known just before.

        A run that began by itself may have looked before the scenario's last edit.
        """
        while True:
            pump = api.pump(pipe)
            if not pump.is_running:
                ending = api.ending(pipe)
                if api.start(pipe):
                    return pump.last_run, -1 if ending is None else ending.number
            next(pauses)

    def _pauses(self, pipe: str, until: float) -> Iterator[None]:
        """Yield after each pause, of which each is longer, until the time is over."""
        pause = self._settings.polling
        while (left := until - self._clock()) > 0:
            self._pause(min(pause, left))
            pause = min(pause * _GROWTH, max(_LONGEST, pause))
            yield
        raise NodeLateError(
            f"after {self._settings.deadline:g} s it does not say that the pipe"
            f" {pipe!r} has run: set a longer deadline in [sync.sesam], or"
            " log_events_noop_runs in the pipe's pump."
        )


def _told(pipe: str, ending: Ending | None) -> str:
    if ending is None:
        return f"The pipe {pipe!r} has run, and its log does not tell of it."
    if ending.failed:
        reason = ending.reason.strip() or "the node gives no reason."
        return f"The pump of the pipe {pipe!r} failed: {reason}"
    counts = f"{ending.written} written, {ending.not_written} not"
    return f"The pipe {pipe!r} has run: {counts}."
