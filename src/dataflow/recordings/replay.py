"""Strict replay and recording, through vcrpy's patches of the HTTP clients.

vcrpy searches for any recorded request that matches. Here only the next exchange of the
recording matches: another request, another order, or a missing request is a difference,
and a search takes the same time in a long cassette as in a short one.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any, NoReturn
from unittest import mock

import vcr.patch
from vcr.cassette import Cassette as VcrCassette
from vcr.patch import CassettePatcherBuilder
from vcr.request import Request

from dataflow.recordings.cassette import Cassette
from dataflow.recordings.scrub import (
    Scrubber,
    Stored,
    played_response,
    stored_request,
    stored_response,
)
from dataflow.recordings.transports import answer_directly

#: The command that records all cassettes again.
RECORD = "make record"


class ReplayMismatchError(Exception):
    """An unrecorded request; no `except` of the sync must catch it as an answer."""

    def __init__(self, difference: str) -> None:
        super().__init__(
            f"{difference}\nIf the change is intended, record again with `{RECORD}`."
        )


class Player(VcrCassette):  # type: ignore[misc]
    """Answers from a cassette, exchange by exchange, and calls no network.

    `shown` is the name of the cassette in an error. After a first difference every
    further request raises the same error: further differences are its consequence.
    """

    write_protected = True

    def __init__(self, cassette: Cassette, shown: str, scrub: Scrubber) -> None:
        super().__init__(shown)
        self._exchanges = cassette.exchanges
        self._scrub = scrub
        self._next = 0
        self._taken = 0
        self._bodies: list[bytes] = []
        self._differs: ReplayMismatchError | None = None

    def can_play_response_for(self, request: Request) -> bool:
        """Accept every request: none may reach the network."""
        del request
        return True

    def play_response(self, request: Request) -> dict[str, Any]:
        """Return the next response, if its request equals this one."""
        asked = stored_request(request, self._scrub)
        difference = self._differs or self._difference(asked)
        if difference is not None:
            self._differs = difference
            raise difference
        response = played_response(self._exchanges[self._next][1])
        self._bodies.append(response["body"]["string"])
        self._next += 1
        return response

    def refuse(self, address: str) -> NoReturn:
        """Raise for an address that is called without the recording."""
        self._differs = self._differs or ReplayMismatchError(
            f"During the replay of {self._path}, a program called {address}: a replay"
            " allows no network call."
        )
        raise self._differs

    def take(self) -> list[tuple[Stored, Stored, bytes]]:
        """Return the exchanges since the last call, each with its answer's body."""
        first, self._taken = self._taken, self._next
        pairs, bodies = self._exchanges[first : self._next], self._bodies[first:]
        return [(*pair, body) for pair, body in zip(pairs, bodies, strict=True)]

    def check(self, *, to_the_end: bool) -> None:
        """Raise after a difference, or, `to_the_end`, if exchanges are left over."""
        rest = self._exchanges[self._next :]
        if self._differs is not None:
            raise self._differs
        if to_the_end and rest:
            first = rest[0][0]
            raise ReplayMismatchError(
                f"{self._path} continues after the last request: {len(rest)} more"
                f" recorded, from {first['method']} {first['path']} on."
            )

    def _difference(self, asked: Stored) -> ReplayMismatchError | None:
        number = self._next + 1
        if number > len(self._exchanges):
            return ReplayMismatchError(
                f"{self._path} ends after {len(self._exchanges)} exchanges, but one"
                f" more request was sent: {asked['method']} {asked['path']}."
            )
        recorded = self._exchanges[self._next][0]
        # As texts: in Python 1, 1.0 and True are equal. `repr` is the fast way, for the
        # usual case that the names have the same order too.
        if repr(recorded) == repr(asked) or _text(recorded) == _text(asked):
            return None
        # `indent` only for a difference: json has no C encoder for it.
        before, now = (_text(one, indent=1).splitlines() for one in (recorded, asked))
        changes = difflib.unified_diff(before, now, "recorded", "sent", lineterm="")
        return ReplayMismatchError(
            "\n".join([f"{self._path}, exchange {number} differs:", *changes])
        )


class Recorder(VcrCassette):  # type: ignore[misc]
    """Sends every request and stores the exchange."""

    write_protected = False

    def __init__(self, scrub: Scrubber) -> None:
        super().__init__("a recording")
        self._scrub = scrub
        self.exchanges: list[tuple[Stored, Stored]] = []

    def can_play_response_for(self, request: Request) -> bool:
        """Answer no request from memory."""
        del request
        return False

    def append(self, request: Request, response: dict[str, Any]) -> None:
        """Store an exchange."""
        pair = (
            stored_request(request, self._scrub),
            stored_response(response, self._scrub),
        )
        self.exchanges.append(pair)


@contextmanager
def insert_cassette(cassette: VcrCassette) -> Iterator[None]:
    """Put the cassette between all HTTP clients of this process and the network."""
    with ExitStack() as stack:
        for patcher in CassettePatcherBuilder(cassette).build():
            stack.enter_context(patcher)
        if isinstance(cassette, Player):
            stack.enter_context(answer_directly(cassette.play_response))
            # vcrpy unpatches the clients for each new connection, which takes 1 ms.
            # A player never opens one.
            stack.enter_context(
                mock.patch.object(vcr.patch, "force_reset", nullcontext)
            )
        yield


def _text(request: Stored, indent: int | None = None) -> str:
    return json.dumps(request, indent=indent, ensure_ascii=False, sort_keys=True)
