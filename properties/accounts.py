"""Two empty accounts, the people who work in them, and the sync between them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import BAD_REQUEST
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode, urlsplit

from dataflow.files import fast_temporary_folder
from dataflow.sync.clients.connection import Connection, Request, open_connection
from dataflow.sync.create import SyncSettings
from dataflow.sync.reference import run_once
from dataflow.sync.report import RunReport
from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.clock import ManualClock
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import TwinServer
from dataflow.twin.invoiced.api import InvoicedTwin
from properties.direct import DirectConnection, WatchedConnection
from properties.rows import Section

#: What a twin answers: whoever asks knows which JSON it is.
Json: TypeAlias = Any
Record: TypeAlias = dict[str, Json]

#: Opens a connection to an address with a key.
Connect: TypeAlias = Callable[[str, str], Connection]

KEY, SITE = "twin-key-of-no-value", "twin-test"

#: So many records fit on a page of either vendor; no example makes more of a kind.
PAGE = 100

#: So many the sync gets at once, for else it would never have to read a second page.
SMALL_PAGE = "2"
#: What the two vendors call the size of a page.
SIZES = frozenset({"per_page", "limit"})


#: Amounts keep their digits.
DECODER = json.JSONDecoder(parse_float=Decimal)


class Twins:
    """Both stand-ins, by one clock that is moved by hand."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.invoiced = InvoicedTwin(self.clock, key=KEY)
        self.chargebee = ChargebeeTwin(self.clock, key=KEY, site=SITE)
        self.chargebee.switches.enabled_currencies_only = False

    def reset(self) -> None:
        """Empty both accounts; ids go on where they were."""
        self.invoiced.reset()
        self.chargebee.reset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the twins are: their addresses, and how one gets there."""

    twins: Twins
    invoiced_url: str
    chargebee_url: str
    connect: Connect


@contextmanager
def served() -> Iterator[Place]:
    """Serve both twins on loopback, over real HTTP."""
    twins = Twins()
    with (
        TwinServer(LockedTwin(twins.invoiced).handle) as invoiced,
        TwinServer(LockedTwin(twins.chargebee).handle) as chargebee,
    ):
        yield Place(twins, invoiced.url, f"{chargebee.url}/api/v2", open_connection)


def in_process() -> Place:
    """Return both twins without a wire: the same calls, five times as fast."""
    twins = Twins()
    apps = {"invoiced": twins.invoiced.handle, "chargebee": twins.chargebee.handle}

    def connect(url: str, key: str) -> Connection:
        return DirectConnection(url, key, apps[str(urlsplit(url).hostname)])

    return Place(twins, "http://invoiced", "http://chargebee/api/v2", connect)


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the sync: what it says, and the calls that it made.

    `writes` are the writing ones; `further_pages` those for the rest of a list.
    """

    outcome: RunReport
    writes: list[str] = field(default_factory=list)
    further_pages: list[str] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        """Return everything that the sync leaves to a person."""
        out = self.outcome
        return [
            *(out.waiting + out.left_out + out.conflicts + out.broken),
            *(out.failed + out.later),
        ]


class Accounts:
    """The two accounts as people and the sync meet them.

    `folder` is where the sync remembers.
    """

    def __init__(self, place: Place, flows: Sequence[Section], folder: Path) -> None:
        self.clock = place.twins.clock
        self._place = place
        self._flows = flows
        self._folder = folder
        self._left = place.connect(place.invoiced_url, KEY)
        self._right = place.connect(place.chargebee_url, KEY)

    def close(self) -> None:
        """Close the connections."""
        self._left.close()
        self._right.close()

    def sync(self) -> Ran:
        """Run the sync once."""
        writes: list[str] = []
        further_pages: list[str] = []

        def watch(request: Request) -> dict[str, str]:
            query = _make_small(request.query)
            if request.method != "GET":
                writes.append(f"{request.method} {request.path}")
            elif _is_further(query):
                further_pages.append(f"{request.path} {query}")
            return query

        def connect(url: str, key: str) -> Connection:
            return WatchedConnection(self._place.connect(url, key), watch)

        environ = {
            "DATAFLOW_INVOICED_URL": self._place.invoiced_url,
            "DATAFLOW_INVOICED_KEY": KEY,
            "DATAFLOW_CHARGEBEE_URL": self._place.chargebee_url,
            "DATAFLOW_CHARGEBEE_KEY": KEY,
            "DATAFLOW_CHARGEBEE_SITE": SITE,
            "DATAFLOW_STATE_DIR": str(self._folder),
        }
        outcome = run_once(environ, self._flows, SyncSettings(), connect=connect)
        return Ran(outcome, writes, further_pages)

    def forget(self) -> None:
        """Lose all that the sync remembers."""
        for path in self._folder.iterdir():
            path.unlink()

    def left(self, method: str, path: str, body: Record | None = None) -> Json:
        """Call Invoiced as a person would."""
        content = b"" if body is None else json.dumps(body, default=float).encode()
        return _call(
            self._left,
            Request(method, path, body=content, content_type="application/json"),
        )

    def right(self, path: str, params: Mapping[str, object]) -> Json:
        """Write to Chargebee as a person would."""
        form = urlencode({name: _text(value) for name, value in params.items()})
        kind = "application/x-www-form-urlencoded"
        request = Request("POST", path, body=form.encode(), content_type=kind)
        return _call(self._right, request)

    def read_right(self, path: str, **query: str) -> Json:
        """Read from Chargebee as a person would."""
        return _call(self._right, Request("GET", path, query))

    def lefts(self, kind: str) -> dict[str, Record]:
        """Return all of Invoiced's records of one kind, by their ids."""
        query = {"per_page": str(PAGE)}
        found = _call(self._left, Request("GET", f"/{kind}s", query))
        return {str(record["id"]): record for record in found}

    def rights(self, kind: str) -> list[Record]:
        """Return all of Chargebee's records of one kind that are not deleted."""
        found = self.read_right(f"/{kind}s", limit=str(PAGE))["list"]
        return [entry[kind] for entry in found]


@contextmanager
def accounts(place: Place, flows: Sequence[Section]) -> Iterator[Accounts]:
    """Empty both accounts and lend them out, to a sync that remembers nothing."""
    place.twins.reset()
    with (
        fast_temporary_folder() as folder,
        closing(Accounts(place, flows, folder)) as lent,
    ):
        yield lent


def _make_small(query: Mapping[str, str]) -> dict[str, str]:
    """Let a list be answered with a page of few records, whatever was asked for."""
    return {k: SMALL_PAGE if k in SIZES else v for k, v in query.items()}


def _is_further(params: Mapping[str, str]) -> bool:
    return "offset" in params or params.get("page", "1") != "1"


def _call(connection: Connection, request: Request) -> Json:
    response = connection.send(request)
    assert response.status < BAD_REQUEST, response.body
    return DECODER.decode(response.body.decode())


def _text(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value, default=float)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
