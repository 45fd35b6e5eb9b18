"""Answer requests and httpx from a player, without their connection pools.

vcrpy replaces connections, below the pools that both vendors' SDKs open for each call.
A replay needs neither: here the transport above them is replaced, which halves the time
of a call. `requests.request` is replaced too: it makes a session for each call, whose
settings no caller can change. All other clients, and asynchronous ones, still meet
vcrpy's patches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import Any, TypeAlias
from unittest import mock

import httpx
import requests
import requests.api
from requests.adapters import HTTPAdapter


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, by the names that vcrpy gives to its parts."""

    method: str
    uri: str
    headers: Mapping[str, str]
    body: Any


#: Returns the response to a request, in vcrpy's form.
Play: TypeAlias = Callable[[Asked], Mapping[str, Any]]


#: The options of `requests.request` that are parts of a request; others concern the
#: connection.
_PARTS = frozenset(
    ("headers", "files", "data", "params", "auth", "cookies", "hooks", "json")
)


@contextmanager
def answer_directly(play: Play) -> Iterator[None]:
    """Let `play` answer each call of requests and httpx; no connection is opened."""

    def answer(request: requests.PreparedRequest) -> requests.Response:
        uri, method = str(request.url), str(request.method)
        return _of_requests(
            request, play(Asked(method, uri, request.headers, request.body))
        )

    def send(
        _: HTTPAdapter, request: requests.PreparedRequest, **__: object
    ) -> requests.Response:
        return answer(request)

    def ask(method: str, url: str, **options: Any) -> requests.Response:  # noqa: ANN401 - as requests
        parts = {name: options[name] for name in options if name in _PARTS}
        return answer(requests.Request(method, url, **parts).prepare())

    def handle(_: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        asked = Asked(request.method, str(request.url), request.headers, request.read())
        return _of_httpx(play(asked))

    with ExitStack() as stack:
        for owner, name, function in (
            (requests, "request", ask),
            (requests.api, "request", ask),
            (HTTPAdapter, "send", send),
            (HTTPAdapter, "init_poolmanager", _open_nothing),
            (httpx.HTTPTransport, "handle_request", handle),
            (httpx.HTTPTransport, "__init__", _make_no_pool),
        ):
            stack.enter_context(mock.patch.object(owner, name, function))
        yield


def _open_nothing(adapter: Any, *_: object, **__: object) -> None:  # noqa: ANN401 - requests has no types
    adapter.poolmanager = _NoPool()


def _make_no_pool(transport: Any, **_: object) -> None:  # noqa: ANN401 - a private attribute
    # The pool would read certificates first, also where no address begins with https.
    transport._pool = _NoPool()  # noqa: SLF001 - httpx has no other way


class _NoPool:
    """Stand in for the pool of a client that opens no connection."""

    def clear(self) -> None:
        """Close nothing, at the end of a session of requests."""

    def close(self) -> None:
        """Close nothing, at the end of a client of httpx."""

    def __enter__(self) -> None:
        """Open nothing."""

    def __exit__(self, *_: object) -> None:
        """Close nothing, at the end of a client of httpx."""


def _of_requests(
    request: requests.PreparedRequest, played: Mapping[str, Any]
) -> requests.Response:
    response = requests.Response()
    response.request, response.url = request, str(request.url)
    response.status_code = played["status"]["code"]
    response.reason = _reason(response.status_code)
    response.headers.update({k: ", ".join(v) for k, v in played["headers"].items()})
    response.encoding = requests.utils.get_encoding_from_headers(response.headers)
    response.raw = BytesIO(played["body"]["string"])
    return response


def _of_httpx(played: Mapping[str, Any]) -> httpx.Response:
    return httpx.Response(
        played["status"]["code"],
        headers=[(name, each) for name, v in played["headers"].items() for each in v],
        stream=httpx.ByteStream(played["body"]["string"]),
    )


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
