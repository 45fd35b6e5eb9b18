"""The guard: this process can call only sandboxes and loopback.

It checks each call below all HTTP clients of this process, and each connection below
all sockets, for code that uses neither requests nor httpx. It has no switch.
"""

from __future__ import annotations

import base64
import binascii
import socket
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn, TypeAlias
from unittest import mock
from urllib.parse import urlsplit

import requests

from dataflow.errors import NotASandboxError, VendorUnavailableError
from dataflow.network.hooks import Request, hook_calls, refuse_detours
from dataflow.network.hosts import is_host, is_live, is_loopback, refuse_url, site_of

_Connect: TypeAlias = Callable[..., Any]

_CONFIGURATIONS = "/configurations"
_HTTPS, _OK = 443, 200
#: Seconds that a site has to answer which one it is.
_TIMEOUT = 30


class Guard:
    """Lets calls go to sandboxes, loopback and `roots`; remembers test sites' keys."""

    def __init__(self, roots: Collection[str] = ()) -> None:
        self._roots = frozenset(roots)
        self._confirmed: set[tuple[str, str]] = set()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Refuse other calls with `NotASandboxError`; use no redirect and no proxy."""
        resolver = _Resolver(self._roots)
        with (
            refuse_detours(),
            _check_sockets(resolver.look_up, resolver.check),
            hook_calls(before=self._check),
        ):
            yield

    def _check(self, request: Request) -> None:
        method, url = str(request.method), str(request.url)
        headers = {name.lower(): str(text) for name, text in request.headers.items()}
        refuse_url(url, self._roots)
        place = urlsplit(url)
        if headers.get("host", place.netloc) != place.netloc:
            raise NotASandboxError(
                f"A call to {place.netloc} has the header host {headers['host']!r}, and"
                " is not sent: remove this header."
            )
        site = site_of(url)
        if site is not None:
            key = _key(headers.get("authorization", ""))
            is_question = (method, place.path) == ("GET", f"/api/v2{_CONFIGURATIONS}")
            if not is_question and (site, key) not in self._confirmed:
                # The site is asked once, by a read, whether the key belongs to it.
                refuse_other_site(site, _domain(site, key))
                self._confirmed.add((site, key))


def refuse_other_site(site: str, domain: object) -> None:
    """Raise `NotASandboxError` unless `domain`, of its configuration, names the site.

    The domain is the site's name, or that of its host: unconfirmed.
    """
    if domain not in {site, f"{site}.chargebee.com"}:
        raise NotASandboxError(
            f"The key for {site!r} belongs to the site {domain!r}, according to its"
            " configuration: use a key of the test site."
        )


def _domain(site: str, key: str) -> object:
    """Return the site of a key; raises `VendorUnavailableError` without an answer."""
    url = f"https://{site}.chargebee.com/api/v2{_CONFIGURATIONS}"
    try:
        answer = requests.get(url, auth=(key, ""), timeout=_TIMEOUT)
        if answer.status_code != _OK:
            raise VendorUnavailableError(
                "Chargebee", f"{url} answered {answer.status_code}"
            )
        return answer.json()["configurations"][0]["domain"]
    except (requests.RequestException, LookupError, TypeError) as error:
        raise VendorUnavailableError(
            "Chargebee", f"{url} did not answer as documented ({error!r})"
        ) from error


def _key(authorization: str) -> str:
    """Return the key of a call to Chargebee; raises for one that may be a live one."""
    scheme, _, code = authorization.partition(" ")
    try:
        both = base64.b64decode(code, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        both = ""
    key = both.removesuffix(":")
    if scheme.lower() != "basic" or not key or is_live(both):
        raise NotASandboxError(
            "A call to Chargebee has the key of a live site or no readable key, and is"
            " not sent: use a key of the test site."
        )
    return key


class _Resolver:
    """Resolves only the names of sandboxes, and remembers their addresses."""

    def __init__(self, roots: Collection[str]) -> None:
        self._ports = _ports(roots)
        self._look_up = socket.getaddrinfo
        self._addresses: set[tuple[object, int]] = set()

    def look_up(self, host: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as getaddrinfo
        """Look up a name; refuse all but sandboxes, loopback and known addresses."""
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        port = _HTTPS if is_host(name) else self._ports.get(name)
        known = is_loopback(name) or name in {address for address, _ in self._addresses}
        if port is None and not known:
            _refuse_socket(name)
        found = self._look_up(host, *args, **options)
        if port is not None:
            self._addresses.update((address[0], port) for *_, address in found)
        return found

    def check(self, address: Any) -> None:  # noqa: ANN401 - of either family
        """Refuse an address that is not on loopback and was not resolved here."""
        host, port = address[:2]
        if not is_loopback(host) and (host, port) not in self._addresses:
            _refuse_socket(f"{host}:{port}")


def _ports(roots: Collection[str]) -> Mapping[object, int]:
    """Return the port of each host in these addresses."""
    parts = [urlsplit(root) for root in roots]
    return {
        each.hostname: each.port or _HTTPS
        for each in parts
        if not is_loopback(each.hostname)
    }


def _refuse_socket(place: object) -> NoReturn:
    raise NotASandboxError(
        f"{str(place)!r} is not a sandbox, and is not connected to: use a sandbox or"
        " loopback."
    )


@contextmanager
def block_network(refuse: Callable[[str], NoReturn]) -> Iterator[None]:
    """Let `refuse` raise for each address that this process resolves or connects to."""

    def look_up(host: object, *_: object, **__: object) -> NoReturn:
        refuse(str(host))

    with _check_sockets(look_up, lambda address: refuse(str(address))):
        yield


@contextmanager
def _check_sockets(
    look_up: _Connect, check: Callable[[object], None]
) -> Iterator[None]:
    """Look names up by `look_up`, and `check` each address before a connection."""

    def checked(connect: _Connect) -> _Connect:
        def call(self: socket.socket, address: object) -> object:
            if self.family in {socket.AF_INET, socket.AF_INET6}:
                try:
                    check(address)
                except BaseException:
                    # The owner of a socket closes it only for the errors of sockets.
                    self.close()
                    raise
            return connect(self, address)

        return call

    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    with (
        mock.patch.object(socket.socket, "connect", checked(connect)),
        mock.patch.object(socket.socket, "connect_ex", checked(connect_ex)),
        mock.patch.object(socket, "getaddrinfo", look_up),
    ):
        yield
