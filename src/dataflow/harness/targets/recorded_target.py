"""Cassettes as a target: both systems as they once answered, with nothing listening."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from urllib.parse import urlencode

from dataflow.evidence.cassette import Provenance
from dataflow.evidence.exchange import Stored, body_bytes
from dataflow.evidence.hosts import Hosts
from dataflow.evidence.scrubbing import Scrubber
from dataflow.harness.scenario.polling import PollPolicy
from dataflow.harness.targets.exchanges import Exchange
from dataflow.harness.targets.tapes import PlayingTape, Tape, cassette_of, cassette_path
from dataflow.harness.vendors.connection import Connection

#: What is sent as keys: nobody looks at them but to tell one from the other.
INVOICED_KEY, CHARGEBEE_KEY = "key-for-recorded-invoiced", "key-for-recorded-chargebee"

_SITE = "recorded"


class RecordedTarget:
    """Plays the cassettes below a folder."""

    def __init__(self, cassettes: Path) -> None:
        self._cassettes = cassettes
        self._tape: PlayingTape
        self.connection: Connection
        self.patience = PollPolicy()

    def begin(self, check: str) -> Tape:
        """Take the scenario's cassette."""
        path = cassette_path(self._cassettes, check)
        shown = path.relative_to(self._cassettes.parent).as_posix()
        cassette = cassette_of(check, path, shown)
        self.connection = _connection(cassette.provenance.hosts)
        scrub = Scrubber(Hosts({}), self.connection.owners())
        self._tape = PlayingTape(cassette, shown, scrub)
        return self._tape

    def tick(self) -> None:
        """Do nothing: the time is in the recording."""

    def linger(self) -> None:
        """Do nothing: the time is in the recording."""

    def let_pass(self, seconds: int) -> None:
        """Do nothing either."""

    def now(self) -> int | None:
        """Return nothing: what is replayed knows the time from the recording."""
        return None

    def settle(self) -> None:
        """Do nothing: the time is in the recording."""

    def troubled(self) -> AbstractContextManager[None]:
        """Let calls go through as they are."""
        return nullcontext()

    def troubles(self) -> list[str]:
        """Return nothing: the weather is fair."""
        return []

    def calls(self) -> Mapping[str, int]:
        """Return nothing: these calls cost nobody anything."""
        return {}

    def evidence(self) -> str:
        """Say where the scenario's cassette comes from."""
        return str(self._provenance)

    def unconfirmed(self) -> list[str]:
        """Return what the recording says that its verdict assumes."""
        return list(self._provenance.assumed)

    def take_failures(self, *, held: bool) -> list[str]:
        """Return nothing: a recording has other errors, which say so themselves."""
        del held
        return []

    def take_exchanges(self) -> list[Exchange]:
        """Return what was played since this was last asked."""
        systems = {host: name for name, host in self._provenance.hosts.items()}
        return [
            _exchange(systems[request["host"]], request, response)
            for request, response in self._tape.player.take()
        ]

    @property
    def _provenance(self) -> Provenance:
        return self._tape.cassette.provenance


def _connection(hosts: Mapping[str, str]) -> Connection:
    # Without TLS: nothing travels, and a new context each call takes 37 ms (measured).
    return Connection(
        invoiced_url=f"http://{hosts['Invoiced']}",
        invoiced_key=INVOICED_KEY,
        chargebee_url=f"http://{hosts['Chargebee']}/api/v2",
        chargebee_key=CHARGEBEE_KEY,
        chargebee_site=_SITE,
    )


def _exchange(system: str, request: Stored, response: Stored) -> Exchange:
    query = [tuple(pair.split("=", 1)) for pair in request.get("query", ())]
    return Exchange(
        system=system,
        method=request["method"],
        path=request["path"],
        query=tuple((name, value) for name, value in query),
        body=_sent(request.get("body")),
        status=response["status"],
        answer=body_bytes(response),
    )


def _sent(body: object) -> bytes:
    """Return the body of a stored request: a form is a list of `name=value`."""
    if body is None:
        return b""
    if isinstance(body, list) and all(isinstance(pair, str) for pair in body):
        return urlencode([tuple(pair.split("=", 1)) for pair in body]).encode()
    return (body if isinstance(body, str) else json.dumps(body)).encode()
