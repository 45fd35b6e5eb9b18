"""The guard: no call of this process goes anywhere but to a sandbox or to loopback.

It stands below all HTTP clients of this process, where a call has its last address and
its key, and no connection has been opened yet; and once more below all sockets, for
whoever goes another way. It has no switch.
"""

from __future__ import annotations

import base64
import binascii
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn, TypeAlias
from unittest import mock
from urllib.parse import urlsplit

import httpcore
import httpx
import requests
from requests.adapters import HTTPAdapter

from dataflow.harness.targets.no_detours import no_detours
from dataflow.harness.vendors.refusal import TroubleError
from dataflow.sandbox.places import (
    NoSandboxError,
    is_host,
    is_live,
    is_loopback,
    refuse_place,
    site_of,
)

_Call: TypeAlias = Callable[..., Any]

_CONFIGURATIONS = "/configurations"
_HTTPS, _OK = 443, 200
#: Seconds that a site has to say who it is.
_PATIENCE = 30


class Guard:
    """Lets calls go to sandboxes and loopback, and remembers which keys are right."""

    def __init__(self) -> None:
        self._right: set[tuple[str, str]] = set()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Refuse every other call with `NoSandboxError` before it opens a connection.

        Redirects and proxies are refused as by `no_detours`.
        """
        with ExitStack() as stack:
            stack.enter_context(no_detours())
            stack.enter_context(_sockets())
            for transport, name in (
                (HTTPAdapter, "send"),
                (httpx.HTTPTransport, "handle_request"),
                (httpx.AsyncHTTPTransport, "handle_async_request"),
            ):
                call = self._looking(getattr(transport, name))
                stack.enter_context(mock.patch.object(transport, name, call))
            yield

    def _looking(self, go_on: _Call) -> _Call:
        def call(transport: object, request: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - of either library
            _refuse_proxy(transport)
            self._look(request)
            return go_on(transport, request, *args, **options)

        return call

    def _look(self, request: Any) -> None:  # noqa: ANN401 - of either library
        method, url = str(request.method), str(request.url)
        headers = {name.lower(): str(text) for name, text in request.headers.items()}
        refuse_place(url)
        place = urlsplit(url)
        if headers.get("host", place.netloc) != place.netloc:
            raise NoSandboxError(
                f"A call to {place.netloc} says that it is meant for"
                f" {headers['host']!r}, and is not sent: leave out the header host."
            )
        site = site_of(url)
        if site is not None:
            key = _key(headers.get("authorization", ""))
            if (method, place.path) != ("GET", f"/api/v2{_CONFIGURATIONS}"):
                self._refuse_key_of_another(site, key)

    def _refuse_key_of_another(self, site: str, key: str) -> None:
        """Ask a site once, by a read, whether it is the one that the key is of."""
        if (site, key) not in self._right:
            refuse_other_site(site, _domain(site, key))
            self._right.add((site, key))


def refuse_other_site(site: str, domain: object) -> None:
    """Raise `NoSandboxError` unless `domain`, of its configuration, names the site.

    The domain is the site's name, or that of its host: unconfirmed.
    """
    if domain not in {site, f"{site}.chargebee.com"}:
        raise NoSandboxError(
            f"The key for {site!r} is of the site {domain!r}, by its own configuration:"
            " use a key of the test site."
        )


def _domain(site: str, key: str) -> object:
    """Return which site a key is of; raises `TroubleError` where that is not told."""
    url = f"https://{site}.chargebee.com/api/v2{_CONFIGURATIONS}"
    try:
        answer = requests.get(url, auth=(key, ""), timeout=_PATIENCE)
        if answer.status_code != _OK:
            raise TroubleError("Chargebee", f"{answer.status_code} from {url}")
        return answer.json()["configurations"][0]["domain"]
    except (requests.RequestException, LookupError, TypeError) as error:
        raise TroubleError("Chargebee", f"{url} says nothing ({error!r})") from error


def _key(authorization: str) -> str:
    """Return the key of a call to Chargebee; raises for one that may be a live one."""
    scheme, _, code = authorization.partition(" ")
    try:
        both = base64.b64decode(code, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        both = ""
    key = both.removesuffix(":")
    if scheme.lower() != "basic" or not key or is_live(both):
        raise NoSandboxError(
            "A call to Chargebee has the key of a live site, or none that can be looked"
            " at, and is not sent: use a key of the test site."
        )
    return key


def _refuse_proxy(transport: object) -> None:
    """Raise for a client that was made with a proxy, whoever named it."""
    pool = getattr(transport, "_pool", None)
    proxies = (httpcore.HTTPProxy, httpcore.SOCKSProxy)
    if isinstance(pool, (*proxies, httpcore.AsyncHTTPProxy, httpcore.AsyncSOCKSProxy)):
        raise NoSandboxError(
            "A client is set to ask a proxy, which would see the keys: make it without"
            " one."
        )


@contextmanager
def _sockets() -> Iterator[None]:
    """Let sockets go to loopback, and to what a known name was looked up as."""
    look_up, addresses = socket.getaddrinfo, set[tuple[object, int]]()

    def looked_up(host: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as it is
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        port = _HTTPS if is_host(name) else None
        known = is_loopback(name) or name in {address for address, _ in addresses}
        if port is None and not known:
            _refuse_socket(name)
        found = look_up(host, *args, **options)
        if port is not None:
            addresses.update((address[0], port) for *_, address in found)
        return found

    def going(go_on: _Call) -> _Call:
        def call(self: socket.socket, address: Any) -> Any:  # noqa: ANN401 - of any family
            if self.family in {socket.AF_INET, socket.AF_INET6}:
                host, port = address[:2]
                if not is_loopback(host) and (host, port) not in addresses:
                    # Its owner would close it for errors that sockets have, only.
                    self.close()
                    _refuse_socket(f"{host}:{port}")
            return go_on(self, address)

        return call

    with ExitStack() as stack:
        for holder, name, instead in (
            (socket.socket, "connect", going(socket.socket.connect)),
            (socket.socket, "connect_ex", going(socket.socket.connect_ex)),
            (socket, "getaddrinfo", looked_up),
        ):
            stack.enter_context(mock.patch.object(holder, name, instead))
        yield


def _refuse_socket(place: object) -> NoReturn:
    raise NoSandboxError(
        f"{str(place)!r} is no sandbox, and no connection is opened to it."
    )
