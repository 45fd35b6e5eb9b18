"""Strict replay and recording, through vcrpy's patches of the HTTP clients.

vcrpy looks for any recorded request that resembles the one at hand. Here the next
exchange of the recording is the only one that may come: whatever else is asked, in
another order, or not at all, is a difference, and a look-up costs the same in a long
cassette as in a short one.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from vcr.cassette import Cassette as VcrCassette
from vcr.patch import CassettePatcherBuilder
from vcr.request import Request

from dataflow.evidence.cassette import Cassette
from dataflow.evidence.exchange import (
    Stored,
    played_response,
    stored_request,
    stored_response,
)
from dataflow.evidence.hosts import Hosts


class ReplayDiffersError(AssertionError):
    """What is asked now is not what was asked when the cassette was recorded."""


class Player(VcrCassette):  # type: ignore[misc]
    """Answers from a cassette, exchange by exchange, and lets nothing through."""

    write_protected = True

    def __init__(self, cassette: Cassette, path: str) -> None:
        super().__init__(path)
        self._exchanges = cassette.exchanges
        self._next = 0
        self._hosts = Hosts({})

    def can_play_response_for(self, request: Request) -> bool:
        """Claim every request: nothing may reach the network."""
        del request
        return True

    def play_response(self, request: Request) -> dict[str, Any]:
        """Return the next response, if this is the request that it answered."""
        asked = stored_request(request, self._hosts)
        if self._next >= len(self._exchanges):
            raise ReplayDiffersError(
                f"{self._path} ends after {len(self._exchanges)} exchanges, and one"
                f" more is asked for: {asked['method']} {asked['path']}."
            )
        recorded, response = self._exchanges[self._next]
        if asked != recorded:
            raise ReplayDiffersError(self._difference(recorded, asked))
        self._next += 1
        return played_response(response)

    def check_end(self) -> None:
        """Raise unless every exchange has been played."""
        rest = self._exchanges[self._next :]
        if rest:
            first = rest[0][0]
            raise ReplayDiffersError(
                f"{self._path} has {len(rest)} exchanges that nobody asked for, from"
                f" {first['method']} {first['path']} on."
            )

    def _difference(self, recorded: Stored, asked: Stored) -> str:
        lines = difflib.unified_diff(
            _lines(recorded), _lines(asked), "recorded", "asked", lineterm=""
        )
        number = self._next + 1
        return "\n".join([f"{self._path}, exchange {number} differs:", *lines])


class Recorder(VcrCassette):  # type: ignore[misc]
    """Lets every request through and keeps what came of it."""

    write_protected = False

    def __init__(self, hosts: Hosts, path: str) -> None:
        super().__init__(path)
        self._hosts = hosts
        self.exchanges: list[tuple[Stored, Stored]] = []

    def can_play_response_for(self, request: Request) -> bool:
        """Answer nothing from memory."""
        del request
        return False

    def append(self, request: Request, response: dict[str, Any]) -> None:
        """Keep an exchange."""
        pair = (
            stored_request(request, self._hosts),
            stored_response(response, self._hosts),
        )
        self.exchanges.append(pair)


@contextmanager
def inserted(cassette: VcrCassette) -> Iterator[None]:
    """Let all HTTP clients of this process speak to the cassette."""
    with ExitStack() as stack:
        for patcher in CassettePatcherBuilder(cassette).build():
            stack.enter_context(patcher)
        yield


def _lines(request: Stored) -> list[str]:
    return json.dumps(request, indent=1, ensure_ascii=False).splitlines()
