"""Keeps this process off the network, whatever it speaks through.

vcrpy stands in the place of the HTTP clients that it knows. Whoever goes another way,
down to a socket of his own, is stopped here. Programs that are started are not.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NoReturn
from unittest import mock


@contextmanager
def no_network(refuse: Callable[[str], NoReturn]) -> Iterator[None]:
    """Let `refuse` raise for every address that is looked up or connected to."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(go_on: Callable[..., object]) -> Callable[..., object]:
        def call(self: socket.socket, address: object) -> object:
            if self.family in {socket.AF_INET, socket.AF_INET6}:
                refuse(str(address))
            return go_on(self, address)

        return call

    def look_up(host: object, *_: object, **__: object) -> NoReturn:
        refuse(str(host))

    with ExitStack() as stack:
        for holder, name, instead in (
            (socket.socket, "connect", guarded(connect)),
            (socket.socket, "connect_ex", guarded(connect_ex)),
            (socket, "getaddrinfo", look_up),
        ):
            stack.enter_context(mock.patch.object(holder, name, instead))
        yield
