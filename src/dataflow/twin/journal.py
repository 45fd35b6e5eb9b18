"""What changed a twin, in its order: enough to bring another one to the same state."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from dataflow.twin.arguments import Arguments
from dataflow.twin.behaviours import Touched
from dataflow.twin.clock import MomentClock
from dataflow.twin.control_errors import ControlError
from dataflow.twin.entries import (
    Called,
    Deed,
    Emptied,
    Entry,
    Looked,
    Remembered,
    Turned,
)
from dataflow.twin.knobs import Knob
from dataflow.twin.vendor import Twin
from dataflow.twin.wire import Json, Request, Response

_READS = frozenset({"GET", "HEAD"})
_STRANGER = 401


class Keepable(Twin, Protocol):
    """A twin whose changes can be written down."""

    def catch_up(self) -> bool:
        """Do what is due; tell whether anything changed that shows the time of this."""
        ...


class Journal:
    """A twin that writes down what changes it, in `entries`.

    The twin has to live by the same `clock`: while it does one thing, no time passes,
    so that what it did can be done again as at that moment. One thing at a time is
    its user's business.
    """

    def __init__(
        self, twin: Keepable, knobs: Mapping[str, Knob], clock: MomentClock
    ) -> None:
        self.entries: list[Entry] = []
        #: The knobs of the twin; each is written down when it is turned.
        self.knobs = {name: partial(self.tune, name) for name in knobs}
        self._twin = twin
        self._knobs = knobs
        self._clock = clock

    @property
    def touched(self) -> Touched:
        """Return what the answers so far rested on."""
        return self._twin.touched

    def handle(self, request: Request) -> Response:
        """Answer one request, and write it down if it could have changed anything."""
        with self._clock.moment() as at:
            if self._twin.catch_up():
                self._note(at, Looked())
            response = self._twin.handle(request)
            if _could_change(request, response):
                self._note(at, Called(request, response))
        return response

    def catch_up(self) -> None:
        """Do what is due, as if somebody looked, and write that down."""
        with self._clock.moment() as at:
            self._twin.catch_up()
            self._note(at, Looked())

    def reset(self) -> None:
        """Start over with an empty account, and write that down."""
        with self._clock.moment() as at:
            self._twin.reset()
            self._note(at, Emptied())

    def remember(self, request: Request, response: Response) -> None:
        """Keep an answer made elsewhere for a key, and write that down."""
        with self._clock.moment() as at:
            self._twin.remember(request, response)
            self._note(at, Remembered(request, response))

    def tune(self, name: str, given: Arguments) -> Json:
        """Turn a knob, and write that down."""
        with self._clock.moment() as at:
            if self._twin.catch_up():  # a knob that is refused has looked all the same
                self._note(at, Looked())
            answer = self._knobs[name](given)
            self._note(at, Turned(name, given.given))
        return answer

    def repeat(self, entry: Entry) -> None:
        """Do again what another journal holds, as at its moment, and write it down.

        Raises `DataflowError` for what this twin does not do, or does otherwise.
        """
        with self._clock.moment(entry.at):
            self._do(entry.deed)

    def _do(self, deed: Deed) -> None:
        match deed:
            case Called():
                _compare(deed, self.handle(deed.request))
            case Remembered():
                self.remember(deed.request, deed.response)
            case Turned():
                if deed.knob not in self._knobs:
                    raise ControlError(f"There is no knob {deed.knob}.")
                self.tune(deed.knob, Arguments(deed.given))
            case Emptied():
                self.reset()
            case Looked():
                self.catch_up()

    def _note(self, at: int, deed: Deed) -> None:
        self.entries.append(Entry(at, deed))


def _could_change(request: Request, response: Response) -> bool:
    is_read = request.method in _READS or request.flaw is not None
    return not is_read and response.status != _STRANGER


def _compare(deed: Called, response: Response) -> None:
    if deed.response.status != response.status:
        raise ControlError(
            f"{deed.request.method} {deed.request.path} was answered with"
            f" {deed.response.status}, and is answered with {response.status} now."
        )
