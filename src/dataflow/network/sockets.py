"""Which connections this process may open: an audit hook below all Python code.

The interpreter calls the hook for each connection, datagram and look-up, whatever
library asks for it. The hook stays until the process ends; it does nothing while no
policy is in force. Native code that calls the system itself, and other processes, are
not seen.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, TypeAlias

from dataflow.errors import NotASandboxError
from dataflow.network.hosts import is_loopback

#: A host and a port.
Place: TypeAlias = tuple[object, object]

_INTERNET = {socket.AF_INET, socket.AF_INET6}
_CONNECT = {"socket.connect"}
_DATAGRAM = {"socket.sendto", "socket.sendmsg"}
_LOOK_UP = {"socket.getaddrinfo"}
#: They return no address family, and no client of this project uses them.
_OTHER_LOOK_UPS = {"socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}


class SocketPolicy:
    """Permits connections to served ports of loopback alone."""

    def look_up(self, name: object, port: object) -> None:
        """Raise for a name that must not be looked up."""
        del port
        if not is_loopback(name) and name is not None:
            refuse_place(name)

    def connect(self, host: object, port: object) -> None:
        """Raise for an address that must not be connected to."""
        if not is_served(host, port):
            refuse_place(f"{host}:{port}")


#: The policies in force; only the last one counts.
_policies: list[SocketPolicy] = []
#: The ports of loopback that this process serves, or was given.
_served: list[int] = []
_hooked: list[bool] = []


@contextmanager
def in_force(policy: SocketPolicy) -> Iterator[None]:
    """Let a policy decide about each connection of this process."""
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_audit)
        for method in ("connect", "connect_ex", "sendto"):
            setattr(socket.socket, method, _check_first(method))
    _policies.append(policy)
    try:
        yield
    finally:
        _policies.remove(policy)


@contextmanager
def suspended() -> Iterator[None]:
    """Let no policy decide: for tests that serve and call hosts of their own."""
    before = _policies[:]
    _policies.clear()
    try:
        yield
    finally:
        _policies[:] = before


@contextmanager
def served_ports(*ports: int) -> Iterator[None]:
    """Permit connections to these ports of loopback."""
    _served.extend(ports)
    try:
        yield
    finally:
        for port in ports:
            _served.remove(port)


def is_served(host: object, port: object) -> bool:
    """Return whether this is a port of loopback that this process serves."""
    return is_loopback(host) and port in _served


def refuse_place(place: object) -> NoReturn:
    """Raise `NotASandboxError` for a host or an address."""
    raise NotASandboxError(
        f"{str(place)!r} is not a sandbox, and is not connected to: use a sandbox or"
        " a twin of this run."
    )


def _check_first(method: str) -> Callable[..., object]:
    """Return a method of sockets that is checked before a name is looked up.

    The interpreter calls the hook after it has resolved the name in an address.
    """
    call: Callable[..., object] = getattr(socket.socket, method)
    event = "socket.sendto" if method == "sendto" else "socket.connect"

    def checked(self: socket.socket, *values: object) -> object:
        _audit(event, (self, values[-1]))
        return call(self, *values)

    return checked


def _audit(event: str, values: tuple[Any, ...]) -> None:
    if not _policies or not event.startswith("socket."):
        return
    policy = _policies[-1]
    if event in _CONNECT:
        _check(values[0], lambda: _check_address(policy, *values))
    elif event in _DATAGRAM:
        _check(values[0], lambda: _refuse_datagram(*values))
    elif event in _LOOK_UP:
        policy.look_up(_name(values[0]), values[1])
    elif event in _OTHER_LOOK_UPS:
        name = values[0][0] if isinstance(values[0], tuple) else values[0]
        SocketPolicy.look_up(policy, _name(name), None)


def _check(own: socket.socket, check: Callable[[], None]) -> None:
    try:
        check()
    except BaseException:
        # The owner of a socket closes it only for the errors of sockets.
        with suppress(OSError):
            own.close()
        raise


def _check_address(policy: SocketPolicy, own: socket.socket, address: Any) -> None:  # noqa: ANN401 - of any family
    if own.family not in _INTERNET or own.type != socket.SOCK_STREAM:
        refuse_place(address)
    policy.connect(_name(address[0]), address[1])


def _refuse_datagram(own: socket.socket, address: object) -> None:
    is_datagram = own.family in _INTERNET and own.type != socket.SOCK_STREAM
    if address is not None or is_datagram:
        refuse_place(address)


def _name(host: object) -> object:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else host
