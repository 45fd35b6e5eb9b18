"""Two empty accounts, the people who work in them, and the sync between them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import httpx

from dataflow.sync.clients.http import open_client
from dataflow.sync.reference import FlowSpec, RunReport, SyncSettings, run_once
from dataflow.twin.chargebee import ChargebeeTwin
from dataflow.twin.clock import ManualClock
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import TwinServer
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.messages import App, Request

#: What a twin answers: whoever asks knows which JSON it is.
Json: TypeAlias = Any
Record: TypeAlias = dict[str, Json]

#: Opens a connection to an address with a key.
Connect: TypeAlias = Callable[[str, str], httpx.Client]

KEY, SITE = "twin-key-of-no-value", "twin-test"

#: A disk that waits for each write would take a third of the time.
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - only a place for TemporaryDirectory

#: So many records fit on a page of either vendor; no example makes more of a kind.
PAGE = 100

#: So many the sync gets at once, for else it would never have to read a second page.
SMALL_PAGE = 2


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
        yield Place(twins, invoiced.url, f"{chargebee.url}/api/v2", open_client)


def in_process() -> Place:
    """Return both twins without a wire: the same calls, five times as fast."""
    twins = Twins()
    apps = {"invoiced": twins.invoiced.handle, "chargebee": twins.chargebee.handle}

    def connect(url: str, key: str) -> httpx.Client:
        app = apps[httpx.URL(url).host]
        transport = httpx.MockTransport(lambda request: _answer(app, request))
        return httpx.Client(base_url=url, auth=(key, ""), transport=transport)

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

    def __init__(self, place: Place, flows: Sequence[FlowSpec], folder: Path) -> None:
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

        def note(request: httpx.Request) -> None:
            if request.method != "GET":
                writes.append(f"{request.method} {request.url.path}")
            elif _is_further(request.url.params):
                further_pages.append(str(request.url))

        def connect(url: str, key: str) -> httpx.Client:
            opened = self._place.connect(url, key)
            opened.event_hooks = {"request": [_make_small, note]}
            return opened

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
        return _read(self._left.request(method, path, content=content, headers=headers))

    def right(self, path: str, params: Mapping[str, object] | None = None) -> Json:
        """Call Chargebee as a person would: read, or write the parameters."""
        if params is None:
            return _read(self._right.get(path))
        fields = {name: _text(value) for name, value in params.items()}
        return _read(self._right.post(path, data=fields))

    def lefts(self, kind: str) -> dict[str, Record]:
        """Return all of Invoiced's records of one kind, by their ids."""
        found = self.left("GET", f"/{kind}s?per_page={PAGE}")
        return {str(record["id"]): record for record in found}

    def rights(self, kind: str) -> list[Record]:
        """Return all of Chargebee's records of one kind that are not deleted."""
        found = self.right(f"/{kind}s?limit={PAGE}")["list"]
        return [entry[kind] for entry in found]


@contextmanager
def accounts(place: Place, flows: Sequence[FlowSpec]) -> Iterator[Accounts]:
    """Empty both accounts and lend them out, to a sync that remembers nothing."""
    place.twins.reset()
    quick = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    with (
        TemporaryDirectory(dir=quick) as folder,
        closing(Accounts(place, flows, Path(folder))) as lent,
    ):
        yield lent


def _answer(app: App, request: httpx.Request) -> httpx.Response:
    response = app(
        Request(
            request.method,
            request.url.path,
            tuple(request.url.params.multi_items()),
            {name.lower(): value for name, value in request.headers.items()},
            request.content,
        )
    )
    return httpx.Response(
        response.status, content=response.body, headers=dict(response.headers)
    )


def _make_small(request: httpx.Request) -> None:
    """Let a list be answered with a page of few records, whatever was asked for."""
    for name in {"per_page", "limit"} & request.url.params.keys():
        request.url = request.url.copy_set_param(name, SMALL_PAGE)


def _is_further(params: httpx.QueryParams) -> bool:
    return "offset" in params or params.get("page", "1") != "1"


def _read(response: httpx.Response) -> Json:
    assert response.is_success, response.text
    return json.loads(response.content, parse_float=Decimal)


def _text(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value, default=float)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
