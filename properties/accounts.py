"""Two empty accounts, the people who work in them, and the sync between them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import httpx

from dataflow.files import fast_temporary_folder
from dataflow.sync.clients.http import open_client
from dataflow.sync.create import SyncSettings
from dataflow.sync.reference import run_once
from dataflow.sync.report import RunReport
from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.clock import ManualClock
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import TwinServer
from dataflow.twin.invoiced.api import InvoicedTwin
from properties.direct import Query, Watch, connect_directly, watch_nothing
from properties.rows import Section

#: What a twin answers: whoever asks knows which JSON it is.
Json: TypeAlias = Any
Record: TypeAlias = dict[str, Json]

#: Opens a connection to an address with a key; each request is watched.
Connect: TypeAlias = Callable[[str, str, Watch], httpx.Client]

KEY, SITE = "twin-key-of-no-value", "twin-test"

#: So many records fit on a page of either vendor; no example makes more of a kind.
PAGE = 100

#: So many the sync gets at once, for else it would never have to read a second page.
SMALL_PAGE = "2"
#: What the two vendors call the size of a page.
SIZES = frozenset({"per_page", "limit"})


class Twins:
    """Both stand-ins, by one clock that is moved by hand."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.invoiced = InvoicedTwin(self.clock, key=KEY)
        self.chargebee = ChargebeeTwin(self.clock, key=KEY, site=SITE)

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
        yield Place(twins, invoiced.url, f"{chargebee.url}/api/v2", _connect)


def in_process() -> Place:
    """Return both twins without a wire: the same calls, five times as fast."""
    twins = Twins()
    apps = {"invoiced": twins.invoiced.handle, "chargebee": twins.chargebee.handle}

    def connect(url: str, key: str, watch: Watch) -> httpx.Client:
        return connect_directly(url, key, apps[str(urlsplit(url).hostname)], watch)

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
        self._left = place.connect(place.invoiced_url, KEY, watch_nothing)
        self._right = place.connect(place.chargebee_url, KEY, watch_nothing)

    def close(self) -> None:
        """Close the connections."""
        self._left.close()
        self._right.close()

    def sync(self) -> Ran:
        """Run the sync once."""
        writes: list[str] = []
        further_pages: list[str] = []

        def watch(method: str, path: str, query: Query) -> Query:
            query = _make_small(query)
            if method != "GET":
                writes.append(f"{method} {path}")
            elif _is_further(dict(query)):
                further_pages.append(f"{path} {query}")
            return query

        def connect(url: str, key: str) -> httpx.Client:
            return self._place.connect(url, key, watch)

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
        content = None if body is None else json.dumps(body, default=float)
        headers = {"content-type": "application/json"}
        return _call(self._left, method, path, content=content, headers=headers)

    def right(self, path: str, params: Mapping[str, object] | None = None) -> Json:
        """Call Chargebee as a person would: read, or write the parameters."""
        if params is None:
            return _call(self._right, "GET", path)
        fields = {name: _text(value) for name, value in params.items()}
        return _call(self._right, "POST", path, data=fields)

    def lefts(self, kind: str) -> dict[str, Record]:
        """Return all of Invoiced's records of one kind, by their ids."""
        found = self.left("GET", f"/{kind}s?per_page={PAGE}")
        return {str(record["id"]): record for record in found}

    def rights(self, kind: str) -> list[Record]:
        """Return all of Chargebee's records of one kind that are not deleted."""
        found = self.right(f"/{kind}s?limit={PAGE}")["list"]
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


def _connect(url: str, key: str, watch: Watch) -> httpx.Client:
    def heed(request: httpx.Request) -> None:
        before: Query = tuple(request.url.params.multi_items())
        query = watch(request.method, request.url.path, before)
        if query != before:
            request.url = request.url.copy_with(params=query)

    opened = open_client(url, key)
    opened.event_hooks = {"request": [heed]}
    return opened


def _make_small(query: Query) -> Query:
    """Let a list be answered with a page of few records, whatever was asked for."""
    return tuple((k, SMALL_PAGE if k in SIZES else v) for k, v in query)


def _is_further(params: Mapping[str, str]) -> bool:
    return "offset" in params or params.get("page", "1") != "1"


def _call(client: httpx.Client, method: str, path: str, **parts: Any) -> Json:  # noqa: ANN401 - httpx's
    response = client.send(client.build_request(method, path, **parts))
    assert response.is_success, response.text
    return json.loads(response.content, parse_float=Decimal)


def _text(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value, default=float)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
