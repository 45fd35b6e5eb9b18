"""The edge of a twin: what its callers pass, and how it is controlled from outside."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from dataflow.twin.arguments import Arguments
from dataflow.twin.armed import Faults
from dataflow.twin.calls import CallLog
from dataflow.twin.clock import Clock
from dataflow.twin.failures import Failures
from dataflow.twin.faulty import Faulty
from dataflow.twin.knobs import Knob
from dataflow.twin.pages import Pages
from dataflow.twin.seeding import Seed, Seeder
from dataflow.twin.steering import Steering
from dataflow.twin.turns import InTurn
from dataflow.twin.vendor import Twin, Vendor
from dataflow.twin.wire import App, Json, Request, Response

#: Is told of each call at the edge of a twin, and of its answer.
Note: TypeAlias = Callable[[Request, Response], None]


def _nothing(_request: Request, _response: Response) -> None:
    """Let a call go by."""


class Controls:
    """A twin and its edge: the log of calls, the limit, the faults, the clock.

    `app` is the twin as its callers meet it. The layers around it, from outside: the
    log, what catches failures, the limit, the faults, and one call at a time. `key` is
    one that the twin lets in; `pause` waits so many seconds; `note` is told of each
    call besides the log.
    """

    def __init__(  # noqa: PLR0913  an edge has that many sides
        self,
        twin: Twin,
        vendor: Vendor,
        clock: Clock,
        *,
        key: str,
        note: Note = _nothing,
        pause: Callable[[float], None] = time.sleep,
        knobs: Mapping[str, Knob] | None = None,
    ) -> None:
        self.vendor = vendor
        self.clock = Steering(clock)
        self.calls = CallLog(clock, vendor.route_of)
        self.faults = Faults(vendor.name, vendor.faults)
        self.failures = Failures(vendor.name)
        self.limit = vendor.limit(clock)
        self.knobs = dict(knobs or {})
        self._twin = InTurn(twin)
        self._pages = Pages(vendor)
        self._seeder = Seeder(self._twin.handle, vendor, key)
        self.app = self._layered(note, pause)

    def reset(self) -> None:
        """Empty the account, and forget faults, calls, failures and what was met.

        Ids, the clock, the limit and the knobs stay as they are.
        """
        self._twin.reset()
        self.faults.clear()
        self._pages.clear()
        self.calls.clear()
        self.failures.take()
        self.limit.forget()

    def seed(self, seeds: Iterable[Seed]) -> list[Json]:
        """Make calls past log, limit and faults; return the answers.

        Raises `ControlError` at the first that the twin refuses; those before stay.
        """
        return self._seeder.perform(seeds)

    def tune(self, knob: str, arguments: Arguments) -> Json:
        """Turn one of the knobs while no call is under way inside of the twin."""
        with self._twin.turn:
            return self.knobs[knob](arguments)

    def _layered(self, note: Note, pause: Callable[[float], None]) -> App:
        faulty = Faulty(self._twin, self.faults, self._pages, self.vendor, pause)
        limited = self.limit.around(faulty.handle, self._twin.touched)
        caught = self.failures.caught(limited)

        def answer(request: Request) -> Response:
            response = caught(request)
            self.calls.note(request, response)
            note(request, response)
            return response

        return answer
