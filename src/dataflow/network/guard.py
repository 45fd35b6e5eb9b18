"""The guard: this process can call only sandboxes, and ports that it serves itself.

It checks each call below the HTTP clients of this process, where a key is seen, and
each connection below all clients. It has no switch.
"""

from __future__ import annotations

import base64
import binascii
import socket
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NoReturn
from unittest import mock
from urllib.parse import urlsplit

import requests

from dataflow.errors import NotASandboxError, VendorUnavailableError
from dataflow.network.hooks import Request, hook_calls, refuse_detours
from dataflow.network.hosts import is_host, is_live, is_loopback, refuse_url, site_of
from dataflow.network.sockets import SocketPolicy, in_force, served_ports

_CONFIGURATIONS = "/configurations"
_HTTP, _HTTPS, _OK = 80, 443, 200
#: Seconds that a site has to answer which one it is.
_TIMEOUT = 30


class Guard:
    """Lets calls go to sandboxes, served ports and `roots`; remembers sites' keys."""

    def __init__(self, roots: Collection[str] = ()) -> None:
        self._roots = frozenset(roots)
        parts = [urlsplit(root) for root in roots]
        self._given = [p.port or _HTTP for p in parts if is_loopback(p.hostname)]
        self._confirmed: set[tuple[str, str]] = set()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Refuse other calls with `NotASandboxError`; use no redirect and no proxy."""
        sandboxes = _Sandboxes(self._roots)
        with (
            served_ports(*self._given),
            in_force(sandboxes),
            mock.patch.object(socket, "getaddrinfo", sandboxes.resolve),
            refuse_detours(),
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


class _Sandboxes(SocketPolicy):
    """Permits sandboxes and listed roots too, at the addresses of their names."""

    def __init__(self, roots: Collection[str]) -> None:
        self._ports = _ports(roots)
        self._look_up = socket.getaddrinfo
        self._addresses: set[tuple[object, object]] = set()

    def look_up(self, name: object, port: object) -> None:
        """Refuse a name that is of no sandbox."""
        if self._port(name) is None and name not in {
            host for host, _ in self._addresses
        }:
            super().look_up(name, port)

    def connect(self, host: object, port: object) -> None:
        """Refuse an address that no name of a sandbox had."""
        if (host, port) not in self._addresses:
            super().connect(host, port)

    def resolve(self, host: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as getaddrinfo
        """Look a name up, and remember its addresses."""
        found = self._look_up(host, *args, **options)
        port = self._port(host.decode() if isinstance(host, bytes) else host)
        if port is not None:
            self._addresses.update((address[0], port) for *_, address in found)
        return found

    def _port(self, name: object) -> int | None:
        return _HTTPS if is_host(name) else self._ports.get(name)


def _ports(roots: Collection[str]) -> Mapping[object, int]:
    """Return the port of each host in these addresses."""
    parts = [urlsplit(root) for root in roots]
    return {
        each.hostname: each.port or _HTTPS
        for each in parts
        if not is_loopback(each.hostname)
    }


class _Nothing(SocketPolicy):
    """Lets a function raise for each address that is looked up or connected to."""

    def __init__(self, refuse: Callable[[str], NoReturn]) -> None:
        self._refuse = refuse

    def look_up(self, name: object, port: object) -> None:
        """Refuse a name."""
        del port
        self._refuse(str(name))

    def connect(self, host: object, port: object) -> None:
        """Refuse an address."""
        self._refuse(str((host, port)))


def block_network(
    refuse: Callable[[str], NoReturn],
) -> AbstractContextManager[None]:
    """Let `refuse` raise for each address that this process resolves or connects to."""
    return in_force(_Nothing(refuse))
