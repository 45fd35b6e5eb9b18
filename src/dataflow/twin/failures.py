"""What goes wrong in a twin itself: a defect of it, and nothing of its vendor's."""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from dataflow.twin.wire import App, Request, Response

#: So many are kept, the latest ones: one alone is reason enough to look for a defect.
KEPT = 20


def _print(error: Exception) -> None:
    """Print the trace of an error on the standard error."""
    with suppress(OSError):  # the terminal is gone
        traceback.print_exception(error)


class Failures:
    """Catches what a twin has not foreseen, and remembers it as a sentence.

    `vendor` is the name of the twin's vendor; `say` is told of each error.
    """

    def __init__(self, vendor: str, say: Callable[[Exception], None] = _print) -> None:
        self._vendor = vendor
        self._say = say
        self._found: deque[str] = deque(maxlen=KEPT)

    def caught(self, app: App) -> App:
        """Return an app that answers 500 where this one raises.

        The answer is a plain text, unlike all that a vendor answers: who meets it has
        met no vendor's error, and no cut connection either.
        """

        def answer(request: Request) -> Response:
            try:
                return app(request)
            except Exception as error:  # noqa: BLE001  whatever it is, it is a defect
                return self._failed(request, error)

        return answer

    def all(self) -> list[str]:
        """Return the latest ones, the oldest first."""
        return list(self._found)

    def take(self) -> list[str]:
        """Return them, and forget them."""
        found, self._found = self._found, deque(maxlen=KEPT)
        return list(found)

    def _failed(self, request: Request, error: Exception) -> Response:
        sentence = (
            f"The twin of {self._vendor} itself has failed at {request.method}"
            f" {request.path}, which says nothing about {self._vendor}:"
            f" {type(error).__name__}: {error}"
        )
        self._found.append(sentence)
        self._say(error)
        body = f"{sentence}\nIts output shows where.\n".encode(errors="replace")
        return Response(500, body, {"Content-Type": "text/plain; charset=utf-8"})
