"""Hook into every HTTP call of this process (requests and httpx).

The hooks are below the clients of both libraries, where a call has its last address
and its key. Redirects and proxies are refused: either would send an API key to another
host.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias
from unittest import mock
from urllib.parse import urlsplit

import httpcore
import httpx
import requests
import requests.sessions
from requests.adapters import HTTPAdapter

from dataflow.errors import NotASandboxError, VendorUnavailableError

Request: TypeAlias = httpx.Request | requests.PreparedRequest
Response: TypeAlias = httpx.Response | requests.Response

#: Called with each request before it is sent.
Before: TypeAlias = Callable[[Any], None]
#: Called with each request and its response, or None without a response.
After: TypeAlias = Callable[[Any, Any], None]
_Send: TypeAlias = Callable[..., Any]

_REDIRECT = 3
_PROXIES = (
    *(httpcore.HTTPProxy, httpcore.SOCKSProxy),
    *(httpcore.AsyncHTTPProxy, httpcore.AsyncSOCKSProxy),
)

#: Who makes a call.
CHECKLIST, SYNC = "the checklist", "the sync"

#: The lowest status of an answer that refuses a call, or reports a failure.
REFUSED = 400

#: The calls per minute that a Chargebee test site accepts (documented).
CALLS, SECONDS = 150, 60.0
#: The calls of these that are reserved for other callers, such as a user.
SPARE = 10


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request to one of the systems, and its answer, without headers.

    `path` is percent-decoded and has no query; `query` has the decoded pairs in their
    order. Bodies are as they were sent. The headers contain keys and cookies. `caller`
    is who made the call, such as `SYNC`; empty where that is unknown.
    """

    system: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: bytes
    status: int
    answer: bytes
    caller: str = ""

    @property
    def is_write(self) -> bool:
        """Return whether the sync has made an accepted call that writes."""
        is_accepted = self.method != "GET" and self.status < REFUSED
        return is_accepted and self.caller == SYNC


class RateLimiter:
    """Delays calls to stay within a limit; `clock` and `pause` are in seconds."""

    def __init__(
        self,
        clock: Callable[[], float],
        pause: Callable[[float], None],
        calls: int = CALLS - SPARE,
        seconds: float = SECONDS,
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._seconds = seconds
        self._calls: deque[float] = deque(maxlen=calls)

    def wait(self) -> None:
        """Wait until one more call may be made, and count it."""
        if len(self._calls) == self._calls.maxlen:
            left = self._calls[0] + self._seconds - self._clock()
            if left > 0:
                self._pause(left)
        self._calls.append(self._clock())


@contextmanager
def refuse_detours() -> Iterator[None]:
    """Use no proxy, here and in programs; a redirect is a `VendorUnavailableError`."""
    no_proxy = {"NO_PROXY": "*", "no_proxy": "*"}
    with (
        mock.patch.dict(os.environ, no_proxy),
        # Both libraries search all variables of the environment, each call anew.
        mock.patch.object(requests.sessions, "get_environ_proxies", _find_no_proxy),
        mock.patch.object(httpx._client, "get_environment_proxies", _find_no_proxy),  # noqa: SLF001 - httpx has no other way
        hook_calls(after=_refuse_redirect),
    ):
        yield


def _find_no_proxy(*_: object, **__: object) -> dict[str, str]:
    return {}


def _refuse_redirect(request: Request, response: Response | None) -> None:
    location = None if response is None else response.headers.get("location")
    if response is None or location is None:
        return
    if response.status_code // 100 == _REDIRECT:
        raise VendorUnavailableError(
            urlsplit(str(request.url)).netloc.rpartition("@")[2],
            f"it answers {response.status_code} with a redirect to {location!r}, which"
            " is not followed, because it would send the key there: check the address.",
            status=response.status_code,
        )


def _ignore(*_: object) -> None:
    """Do nothing."""


@contextmanager
def hook_calls(before: Before = _ignore, after: After = _ignore) -> Iterator[None]:
    """Call `before` and `after` around each HTTP call; refuse a client with a proxy."""
    with ExitStack() as stack:
        for transport, name, hook in (
            (HTTPAdapter, "send", _hook_requests),
            (httpx.HTTPTransport, "handle_request", _hook_httpx),
            (httpx.AsyncHTTPTransport, "handle_async_request", _hook_async_httpx),
        ):
            send = hook(getattr(transport, name), before, after)
            stack.enter_context(mock.patch.object(transport, name, send))
        yield


# The answers are read whole before `after` is called.


def _hook_requests(send: _Send, before: Before, after: After) -> _Send:
    def hooked(self: HTTPAdapter, request: Any, **options: Any) -> Any:  # noqa: ANN401 - untyped
        before(request)
        answered = None
        try:
            response = send(self, request, **{**options, "proxies": {}})
            _ = response.content
            answered = response
        finally:
            after(request, answered)
        return response

    return hooked


def _hook_httpx(send: _Send, before: Before, after: After) -> _Send:
    def hooked(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        _refuse_proxy(self)
        before(request)
        answered = None
        try:
            response: httpx.Response = send(self, request)
            response.read()
            answered = response
        finally:
            after(request, answered)
        return response

    return hooked


def _hook_async_httpx(send: _Send, before: Before, after: After) -> _Send:
    async def hooked(
        self: httpx.AsyncHTTPTransport, request: httpx.Request
    ) -> httpx.Response:
        _refuse_proxy(self)
        before(request)
        answered = None
        try:
            response: httpx.Response = await send(self, request)
            await response.aread()
            answered = response
        finally:
            after(request, answered)
        return response

    return hooked


def _refuse_proxy(transport: object) -> None:
    if isinstance(getattr(transport, "_pool", None), _PROXIES):
        raise NotASandboxError(
            "An HTTP client uses a proxy, which would see the keys: create it without a"
            " proxy."
        )
