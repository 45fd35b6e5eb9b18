"""Cassettes as a target: the recorded answers of both systems."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import msgspec

from dataflow.errors import FileError
from dataflow.harness.scenario.ledger import State
from dataflow.harness.targets.base import (
    ReplaySession,
    Target,
    cassette_path,
    load_cassette,
)
from dataflow.network.hooks import CHECKLIST, SYNC, Exchange
from dataflow.network.hosts import Hosts
from dataflow.recordings.cassette import TWIN, CassetteError, Provenance
from dataflow.recordings.inventory import find_expired
from dataflow.recordings.provenance import read_origins
from dataflow.recordings.replay import RECORD
from dataflow.recordings.scrub import Scrubber, Stored
from dataflow.vendors.connection import Connection

#: Keys that identify a system and open nothing.
INVOICED_KEY, CHARGEBEE_KEY = "key-for-recorded-invoiced", "key-for-recorded-chargebee"

_SITE = "recorded"


def explain_no_recording(cassettes: Path, check: str, node: str) -> str | None:
    """Return why a check of QA's own cannot be replayed; None if it can."""
    if cassette_path(cassettes, check).is_file():
        return None
    return (
        "it has no recording: run it with --target twin, or record it with"
        f" `pytest {node} --target twin --record`"
    )


class RecordingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[recordings] of dataflow.toml."""

    max_age: Annotated[
        int, msgspec.Meta(ge=0, description="a number of days; 0: no limit")
    ] = 0


@dataclass(frozen=True)
class Expiry:
    """How old a recording of accounts may be, in days; whether an older one fails."""

    max_age: int
    is_error: bool
    now: datetime

    def find(self, provenance: Provenance) -> str | None:
        """Return a sentence about a recording that is too old."""
        return find_expired(provenance, self.max_age, self.now)


#: Recordings do not expire.
NEVER = Expiry(0, is_error=False, now=datetime.max.replace(tzinfo=UTC))


class RecordedTarget(Target):
    """Replays the cassettes below a folder."""

    def __init__(self, cassettes: Path, expiry: Expiry = NEVER) -> None:
        self._cassettes = cassettes
        self._expiry = expiry
        try:
            self._origins = read_origins(cassettes)
        except FileError as error:
            raise CassetteError(str(error)) from error
        self._session: ReplaySession
        self._exchanges: list[Exchange] = []
        self._expired: str | None = None

    def start(self, check: str) -> ReplaySession:
        """Load the cassette of the scenario."""
        path = cassette_path(self._cassettes, check)
        name = path.relative_to(self._cassettes.parent).as_posix()
        cassette = load_cassette(check, path, name)
        self._expired = self._expiry.find(cassette.provenance)
        if self._expired and self._expiry.is_error:
            raise CassetteError(f"{self._expired}.")
        self.connection = _connection(cassette.provenance.hosts)
        scrub = Scrubber(Hosts({}), self.connection.owners())
        self._session = ReplaySession(cassette, name, scrub)
        self._exchanges.clear()
        return self._session

    def list_records(self) -> State:
        """Return none: the accounts were compared when the cassette was recorded."""
        if not self._session.cassette.compared:
            raise CassetteError(
                f"The cassette of {self._provenance.check} was recorded without a"
                f" comparison of both accounts: record it again with `{RECORD}`."
            )
        return {}

    def outlast(self) -> bool:
        """Return whether the recording was made in simulated time, where it passes."""
        return self._provenance.target == TWIN

    def evidence(self) -> str:
        """Return where the cassette comes from."""
        origin = self._origins.get(self._provenance.check)
        warning = " (expired)" if self._expired else ""
        return f"{self._provenance.describe(origin)}{warning}"

    def unconfirmed(self) -> list[str]:
        """Return the assumptions that the cassette states."""
        return list(self._provenance.assumed)

    def pop_exchanges(self) -> list[Exchange]:
        """Return the exchanges that were replayed since the last call."""
        self._take(CHECKLIST)
        popped, self._exchanges = self._exchanges, []
        return popped

    @contextmanager
    def inject_faults(self) -> Iterator[None]:
        """Inject nothing; the exchanges meanwhile are those of the sync."""
        self._take(CHECKLIST)
        try:
            yield
        finally:
            self._take(SYNC)

    def _take(self, caller: str) -> None:
        systems = {host: name for name, host in self._provenance.hosts.items()}
        for request, response, body in self._session.player.take():
            exchange = _exchange(systems[request["host"]], request, response, body)
            self._exchanges.append(replace(exchange, caller=caller))

    @property
    def _provenance(self) -> Provenance:
        return self._session.cassette.provenance


def _connection(hosts: Mapping[str, str]) -> Connection:
    # Without TLS: nothing is sent, and a TLS context for each call takes 37 ms.
    return Connection(
        invoiced_url=f"http://{hosts['Invoiced']}",
        invoiced_key=INVOICED_KEY,
        chargebee_url=f"http://{hosts['Chargebee']}/api/v2",
        chargebee_key=CHARGEBEE_KEY,
        chargebee_site=_SITE,
    )


def _exchange(
    system: str, request: Stored, response: Stored, answer: bytes
) -> Exchange:
    query = [tuple(pair.split("=", 1)) for pair in request.get("query", ())]
    return Exchange(
        system=system,
        method=request["method"],
        path=request["path"],
        query=tuple((name, value) for name, value in query),
        body=_encode_body(request.get("body")),
        status=response["status"],
        answer=answer,
    )


def _encode_body(body: object) -> bytes:
    """Return the body of a stored request: a form is a list of `name=value`."""
    if body is None:
        return b""
    if isinstance(body, list) and all(isinstance(pair, str) for pair in body):
        return urlencode([tuple(pair.split("=", 1)) for pair in body]).encode()
    return (body if isinstance(body, str) else json.dumps(body)).encode()
