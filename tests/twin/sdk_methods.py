"""Calls every method of a vendor's SDK, as the installed package declares them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any, TypeAlias

from dataflow.twin.http_server import TwinServer
from dataflow.twin.messages import UNBUILT_HEADER, App, Request, Response

#: A call and its answer.
Exchange: TypeAlias = tuple[Request, Response]


@contextmanager
def record_exchanges(app: App) -> Iterator[tuple[str, list[Exchange]]]:
    """Serve an app; yield its address, and the list that its exchanges are added to."""
    found: list[Exchange] = []

    def answer(request: Request) -> Response:
        response = app(request)
        found.append((request, response))
        return response

    with TwinServer(answer) as server:
        yield server.url, found


def find_methods(of: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public methods that a class has from the package that defines it."""
    package = of.__module__.partition(".")[0]
    for name, method in inspect.getmembers(of, inspect.isfunction):
        is_of_package = str(method.__module__).startswith(package)
        if is_of_package and not name.startswith("_"):
            yield name, method


def call_anyway(method: Callable[..., Any], *arguments: object) -> None:
    """Call a method; what it makes of the answer does not matter."""
    with suppress(Exception):
        method(*arguments)


def is_not_built(response: Response) -> bool:
    """Return whether an answer is the twin's own; a failure of the twin is not."""
    is_named = UNBUILT_HEADER in response.headers
    assert is_named == (response.status == HTTPStatus.NOT_IMPLEMENTED)
    assert is_named or response.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return is_named
