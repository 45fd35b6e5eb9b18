"""Layers around a twin: each takes an app, and returns one that does a little more."""

from __future__ import annotations

import threading
from collections.abc import Callable

from dataflow.twin.wire import App, Request, Response


def in_turn(app: App, turn: threading.Lock) -> App:
    """Let one call at a time into an app, however many threads come together."""

    def take_turn(request: Request) -> Response:
        with turn:
            return app(request)

    return take_turn


def noted(app: App, *notes: Callable[[Request, Response], None]) -> App:
    """Tell these of each call, once it has its answer."""

    def answer(request: Request) -> Response:
        response = app(request)
        for note in notes:
            note(request, response)
        return response

    return answer
