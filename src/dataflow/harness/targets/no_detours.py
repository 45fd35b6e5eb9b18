"""Lets a call go where it was sent and nowhere else: a key would go along.

This sits under all HTTP clients of this process: both SDKs, the reference sync and
plain HTTP. Each of them sends every call through one method of one of three classes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, TypeAlias
from unittest import mock
from urllib.parse import urlsplit

import httpx
import requests

from dataflow.errors import VendorUnavailableError

_Send: TypeAlias = Callable[..., Any]

#: What each library is told with every call; proxies it would add from outside.
_OF_REQUESTS: Mapping[str, Any] = {"allow_redirects": False, "proxies": {}}
_OF_HTTPX: Mapping[str, Any] = {"follow_redirects": False}

_REDIRECT = 3


class RedirectedError(VendorUnavailableError):
    """A host answers with the address of another one, which is not asked."""

    def __init__(self, url: str, status: int, location: str) -> None:
        super().__init__(
            urlsplit(url).netloc.rpartition("@")[2],
            f"it answers {status} and leads to {location!r}, where nothing is sent,"
            " since the key would go along: find out what stands in its place.",
        )


@contextmanager
def no_detours() -> Iterator[None]:
    """Follow no redirect, which raises `RedirectedError`, and ask no proxy.

    Programs that are started meanwhile are told to ask no proxy either.
    """
    no_proxy = {"NO_PROXY": "*", "no_proxy": "*"}
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, no_proxy))
        for client, sending in (
            (requests.Session, _straight(requests.Session.send, _OF_REQUESTS)),
            (httpx.Client, _straight(httpx.Client.send, _OF_HTTPX)),
            (httpx.AsyncClient, _straight_later(httpx.AsyncClient.send, _OF_HTTPX)),
        ):
            stack.enter_context(mock.patch.object(client, "send", sending))
        yield


def _straight(send: _Send, told: Mapping[str, Any]) -> _Send:
    def sent(self: object, request: object, **options: object) -> object:
        return _arrived(send(self, request, **{**options, **told}))

    return sent


def _straight_later(send: _Send, told: Mapping[str, Any]) -> _Send:
    async def sent(self: object, request: object, **options: object) -> object:
        return _arrived(await send(self, request, **{**options, **told}))

    return sent


def _arrived(response: Any) -> Any:  # noqa: ANN401 - of either library
    location = response.headers.get("location")
    if response.status_code // 100 == _REDIRECT and location is not None:
        raise RedirectedError(str(response.url), response.status_code, location)
    return response
