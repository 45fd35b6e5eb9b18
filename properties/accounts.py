"""Two empty accounts, the people who work in them, and the sync between them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import BAD_REQUEST
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode, urlsplit

from msgspec import structs

from dataflow.errors import DataflowError
from dataflow.files import fast_temporary_folder
from dataflow.sync.clients.connection import Connection, Request, open_connection
from dataflow.sync.create import SyncSettings
from dataflow.sync.reference import run_once
from dataflow.sync.report import RunReport
from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.chargebee.profile import CHARGEBEE
from dataflow.twin.clock import AdjustableClock, ManualClock
from dataflow.twin.faults import Fault
from dataflow.twin.gateway import Gateway, LockedTwin
from dataflow.twin.http_server import TwinServer
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.invoiced.profile import INVOICED
from dataflow.twin.profile import Twin
from properties.direct import DirectConnection, WatchedConnection
from properties.rows import Section
from properties.trouble import KilledError, Trouble, TroubledConnection

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


#: One call at a time, so that a run is the same each time; the twins have no limit.
SETTINGS = SyncSettings(calls=1, invoiced_per_minute=0, chargebee_per_minute=0)

#: With these, a run deletes what was deleted on the other side, or overwrites nothing.
PROPAGATING = structs.replace(SETTINGS, propagate_deletions=True)
GUARDED = structs.replace(SETTINGS, guard_share=0, guard_count=0)

#: Amounts keep their digits.
DECODER = json.JSONDecoder(parse_float=Decimal)


class Twins:
    """Both stand-ins, by one clock that is moved by hand.

    Each has a clock of its own that can be ahead of it: `clocks`, by the vendor's name,
    as `both` are the stand-ins, and `gateways` inject the faults that the sync meets.
    """

    def __init__(self) -> None:
        self.clock = ManualClock()
        vendors = INVOICED, CHARGEBEE
        self.clocks = {each.name: AdjustableClock(self.clock) for each in vendors}
        left, right = self.clocks.values()
        self.invoiced = InvoicedTwin(left, key=KEY)
        self.chargebee = ChargebeeTwin(right, key=KEY, site=SITE)
        self.chargebee.switches.enabled_currencies_only = False
        self.both: dict[str, Twin] = {
            INVOICED.name: self.invoiced,
            CHARGEBEE.name: self.chargebee,
        }
        self.gateways = {
            vendor.name: Gateway(
                twin,
                vendor,
                self.clocks[vendor.name],
                key=KEY,
                pause=self.clock.advance,
            )
            for vendor, twin in zip(vendors, self.both.values(), strict=True)
        }

    def reset(self) -> None:
        """Empty both accounts; ids go on where they were."""
        for gateway in self.gateways.values():
            gateway.reset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the twins are: their addresses, and how one gets there.

    People `connect` without the faults that the sync meets.
    """

    twins: Twins
    invoiced_url: str
    chargebee_url: str
    connect: Connect
    connect_sync: Connect


@contextmanager
def served() -> Iterator[Place]:
    """Serve both twins on loopback, over real HTTP."""
    twins = Twins()
    with (
        TwinServer(LockedTwin(twins.invoiced).handle) as invoiced,
        TwinServer(LockedTwin(twins.chargebee).handle) as chargebee,
    ):
        urls = invoiced.url, f"{chargebee.url}/api/v2"
        yield Place(twins, *urls, open_connection, open_connection)


def in_process() -> Place:
    """Return both twins without a wire: the same calls, five times as fast."""
    twins = Twins()
    apps = {
        INVOICED.name: twins.invoiced.handle,
        CHARGEBEE.name: twins.chargebee.handle,
    }

    def connect(url: str, key: str) -> Connection:
        name = str(urlsplit(url).hostname).capitalize()
        return DirectConnection(url, key, apps[name], twins.clocks[name])

    def connect_sync(url: str, key: str) -> Connection:
        name = str(urlsplit(url).hostname).capitalize()
        app = twins.gateways[name].app
        return DirectConnection(url, key, app, twins.clocks[name])

    urls = "http://invoiced", "http://chargebee/api/v2"
    return Place(twins, *urls, connect, connect_sync)


@dataclass(slots=True)
class Ran:
    """One run of the sync: what it says, and the calls that it made.

    `writes` are the writing ones; `further_pages` those for the rest of a list;
    `faults` are those that it met. A run that has ended early says nothing: `ended` is
    the error that ended it.
    """

    outcome: RunReport = field(default_factory=RunReport)
    writes: list[str] = field(default_factory=list)
    further_pages: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ended: DataflowError | KilledError | None = None

    @property
    def complaints(self) -> list[str]:
        """Return everything that the sync leaves to a person."""
        out = self.outcome
        return [
            *(out.waiting + out.left_out + out.conflicts + out.broken),
            *(out.failed + out.later),
        ]

    def list_issues(self) -> list[tuple[str, str, str]]:
        """Return the reported issues: record type, Invoiced id and kind of issue."""
        return [
            (type_name, issue.left_id, str(issue.kind))
            for type_name, issue in self.outcome.issues
        ]


class Accounts:
    """The two accounts as people and the sync meet them.

    `folder` is where the sync remembers.
    """

    def __init__(self, place: Place, flows: Sequence[Section], folder: Path) -> None:
        self.settings = SETTINGS
        self.twins, self.clock = place.twins, place.twins.clock
        self._place = place
        self._flows = flows
        self._folder = folder
        self._left = place.connect(place.invoiced_url, KEY)
        self._right = place.connect(place.chargebee_url, KEY)

    def close(self) -> None:
        """Close the connections."""
        self._left.close()
        self._right.close()

    def sync(
        self,
        trouble: Trouble | None = None,
        settings: SyncSettings | None = None,
        *,
        full: bool = False,
        is_preview: bool = False,
    ) -> Ran:
        """Run the sync once; in trouble, an error may end it."""
        ran = Ran()

        def watch(request: Request) -> dict[str, str]:
            # Of events, the sync reads the latest page alone.
            is_events = request.path == "/events"
            query = dict(request.query) if is_events else _make_small(request.query)
            if request.method != "GET":
                ran.writes.append(f"{request.method} {request.path}")
            elif _is_further(query):
                ran.further_pages.append(f"{request.path} {query}")
            return query

        def connect(url: str, key: str) -> Connection:
            inner = self._place.connect_sync(url, key)
            watched = WatchedConnection(inner, watch)
            return watched if trouble is None else TroubledConnection(watched, trouble)

        around = nullcontext() if trouble is None else trouble.at_commits()
        try:
            with around:
                ran.outcome = run_once(
                    self._environ(),
                    self._flows,
                    settings or self.settings,
                    full=full,
                    connect=connect,
                    pause=self.clock.advance,
                    now=lambda: self.clock.milliseconds() / 1000,
                    is_preview=is_preview,
                )
        except (DataflowError, KilledError) as error:
            if trouble is None:
                raise
            ran.ended = error
        ran.faults.extend(self._end_faults())
        return ran

    def _environ(self) -> dict[str, str]:
        return {
            "DATAFLOW_INVOICED_URL": self._place.invoiced_url,
            "DATAFLOW_INVOICED_KEY": KEY,
            "DATAFLOW_CHARGEBEE_URL": self._place.chargebee_url,
            "DATAFLOW_CHARGEBEE_KEY": KEY,
            "DATAFLOW_CHARGEBEE_SITE": SITE,
            "DATAFLOW_STATE_DIR": str(self._folder),
        }

    def _end_faults(self) -> list[Fault]:
        """Remove all faults, and return those that a call has met."""
        met = []
        for gateway in self.twins.gateways.values():
            met += [each.fault for each in gateway.faults.all() if each.fired]
            gateway.faults.clear()
        return met

    def forget(self) -> None:
        """Lose all that the sync remembers."""
        for path in self._folder.iterdir():
            path.unlink()

    def read_files(self) -> dict[str, bytes]:
        """Return all that the sync remembers."""
        return {path.name: path.read_bytes() for path in self._folder.iterdir()}

    def write_files(self, files: Mapping[str, bytes]) -> None:
        """Let the sync remember this."""
        for name, content in files.items():
            (self._folder / name).write_bytes(content)

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
        """Return all of Chargebee's records of one kind that are not deleted.

        A list that lags is read without the lag.
        """
        switches = self.twins.chargebee.switches
        lag, switches.list_lag = switches.list_lag, 0
        found = self.read_right(f"/{kind}s", limit=str(PAGE))["list"]
        switches.list_lag = lag
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
    return DECODER.decode(response.body.decode() or "null")


def _text(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value, default=float)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
