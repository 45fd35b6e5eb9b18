"""A twin that several threads share: it does one thing at a time."""

from __future__ import annotations

import threading

from dataflow.twin.behaviours import Touched
from dataflow.twin.vendor import Twin
from dataflow.twin.wire import Request, Response


class InTurn:
    """A twin behind a lock, `turn`, which whoever changes the twin has to hold."""

    def __init__(self, twin: Twin) -> None:
        self.turn = threading.Lock()
        self._twin = twin

    @property
    def touched(self) -> Touched:
        """Return what the answers so far rested on."""
        return self._twin.touched

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        with self.turn:
            return self._twin.handle(request)

    def reset(self) -> None:
        """Start over with an empty account, of which nothing has been met yet."""
        with self.turn:
            self._twin.reset()
            self._twin.touched.clear()

    def remember(self, request: Request, response: Response) -> None:
        """Keep an answer made elsewhere for the idempotency key of a request."""
        with self.turn:
            self._twin.remember(request, response)
