"""A line for each call that reaches a twin, for somebody who watches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rich.text import Text

from dataflow.redact import hidden_in
from dataflow.twin.messages import App, Request, Response
from dataflow.twin.pair import KEYS

#: Columns of all but the address.
_REST = 40
_NARROW = 20


class CallLines:
    """Says a line a call: time, system, method, address, status, milliseconds.

    `width` is that of a line; `now` tells the time, `tick` counts seconds.
    """

    def __init__(
        self,
        say: Callable[[Text], None],
        width: Callable[[], int],
        now: Callable[[], datetime],
        tick: Callable[[], float],
    ) -> None:
        self._say = say
        self._width = width
        self._now = now
        self._tick = tick

    def around(self, vendor: str, app: App) -> App:
        """Return an app that does the same, and says so."""

        def answer(request: Request) -> Response:
            begun = self._tick()
            response = app(request)
            took = (self._tick() - begun) * 1000
            self._say(self._line(vendor, request, response, took))
            return response

        return answer

    def _line(
        self, vendor: str, request: Request, response: Response, took: float
    ) -> Text:
        shown, style = _status(response)
        address = Text(_address(request))
        room = max(_NARROW, self._width() - _REST)
        address.truncate(room, overflow="ellipsis", pad=True)
        return Text(" ").join(
            [
                Text(f"{self._now():%H:%M:%S}", "dim"),
                Text(f"{vendor:9}"),
                Text(f"{_plain(request.method):6.6}", "bold"),
                address,
                Text(f"{shown:>3}", style),
                Text(f"{took:6.1f} ms", "dim"),
            ]
        )


def _status(response: Response) -> tuple[str, str]:
    if response.truncate_at is not None:
        return "cut", "bold red"
    colours = {2: "green", 4: "yellow", 5: "bold red"}
    return str(response.status), colours.get(response.status // 100, "")


def _address(request: Request) -> str:
    if request.defect is not None:
        return "(a call that cannot be read)"
    query = "&".join(f"{name}={value}" for name, value in request.query)
    address = f"{request.path}?{query}" if query else request.path
    return _plain(hidden_in(address, KEYS.values()))


def _plain(text: str) -> str:
    """Return a text that moves no cursor and rings no bell."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
