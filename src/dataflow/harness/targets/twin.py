"""The twins as a target, over real HTTP on loopback."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dataflow.harness.evidence import describe_sources, identify
from dataflow.harness.scenario.ledger import Place, State
from dataflow.harness.targets.base import (
    LiveSession,
    RecordingSession,
    Session,
    Target,
    cassette_path,
    installed_versions,
)
from dataflow.harness.targets.twin_time import (
    SimulatedTime,
    TwinTime,
    find_machine_time,
)
from dataflow.harness.targets.weather import ScenarioWeather, Severity, Weather
from dataflow.network.hooks import CHECKLIST, REFUSED, SYNC, Exchange, hook_calls
from dataflow.network.hosts import Hosts
from dataflow.network.sockets import served_ports
from dataflow.recordings.cassette import (
    TWIN,
    CassetteError,
    Provenance,
    read_cassette,
)
from dataflow.recordings.scrub import Scrubber
from dataflow.twin import pair
from dataflow.twin.clock import Clock, SystemClock
from dataflow.twin.messages import (
    TWIN_HEADER,
    UNBUILT_HEADER,
    Arguments,
    Request,
    Response,
)
from dataflow.vendors.connection import Connection

MINUTE = 60
#: Vendors advise to poll for changes that are some minutes old (documented).
HELD_BACK = 20 * MINUTE

#: The hosts in a recording of the twins: they cannot exist.
HOSTS = {"Invoiced": "invoiced.twin", "Chargebee": "chargebee.twin"}

FAIR = Weather()

#: The header with which the checklist marks its own calls to a twin: whatever arrives
#: without it, from any process, is a call of the sync. A cassette does not contain it.
_CALLER = "x-dataflow-caller"


class ExchangeLog:
    """Records the calls of all programs, in the order of the answers."""

    def __init__(self) -> None:
        self.clear()
        #: The statuses of the answers to the sync in the whole run, by system.
        self.answered: dict[str, Counter[int]] = {name: Counter() for name in HOSTS}

    def record(self, system: str, request: Request, response: Response) -> None:
        """Record one call; the threads of the twins call this."""
        self.queries += request.query
        is_twin = TWIN_HEADER in response.headers
        self.sources.setdefault(system, set()).add(identify("", is_twin=is_twin))
        if (sentence := response.headers.get(UNBUILT_HEADER)) is not None:
            self.unbuilt.append(sentence)
        caller = request.headers.get(_CALLER, SYNC)
        if caller == SYNC:
            self.answered[system][response.status] += 1
            for name in response.dropped:
                self.dropped[system, request.method, request.path, name] = None
        self._exchanges.append(
            Exchange(
                system=system,
                method=request.method,
                path=request.path,
                query=request.query,
                body=request.body,
                status=response.status,
                answer=response.body,
                caller=caller,
            )
        )

    def clear(self) -> None:
        """Forget everything before another scenario."""
        self._exchanges: list[Exchange] = []
        #: The query parameters of this scenario, who answered, and what no twin has.
        self.queries: list[tuple[str, str]] = []
        self.sources: dict[str, set[str]] = {}
        self.unbuilt: list[str] = []
        #: What a vendor drops of the sync's calls: system, method, path, parameter.
        self.dropped: dict[tuple[str, str, str, str], None] = {}

    def pop(self) -> list[Exchange]:
        """Return the exchanges since the last call of this method."""
        popped, self._exchanges = self._exchanges, []
        return popped


@dataclass(eq=False, kw_only=True)
class TwinTarget(Target):
    """Both twins, in this time and weather; a service needs `keeps_accounts`."""

    twins: pair.TwinPair
    connection: Connection
    log: ExchangeLog
    time: TwinTime
    weather: Weather = FAIR
    cassettes: Path | None = None
    keeps_accounts: bool = False
    machine: Clock = field(default_factory=SystemClock)
    _scenario_weather: ScenarioWeather = field(
        init=False, default_factory=lambda: FAIR.for_scenario("")
    )
    _faults_met: list[str] = field(init=False, default_factory=list)
    _is_syncing: bool = field(init=False, default=False)

    def start(self, check: str) -> Session:
        """Start with new accounts, unless they are kept."""
        if not self.keeps_accounts:
            self._renew(check)
        if self.cassettes is None:
            return LiveSession(check)
        path = cassette_path(self.cassettes, check)
        # A recording of a twin never replaces one of a vendor.
        return LiveSession(check) if _is_of_vendor(path) else self._record(check, path)

    def evidence(self) -> str:
        """Return who has answered, and the weather, which can be repeated."""
        evidence = describe_sources(self.log.sources)
        if self.weather.severity is Severity.FAIR:
            return evidence
        return f"{evidence}; weather {self.weather}"

    def pop_exchanges(self) -> list[Exchange]:
        """Return the calls that the twins have answered since the last call."""
        return self.log.pop()

    def list_records(self) -> State:
        """Return all records of both twins: they answer no call for it."""
        return {
            Place(system, noun, key): record
            for system, twin in self.twins.twins.items()
            for noun, records in twin.list_records().items()
            for key, record in records.items()
        }

    def advance_step(self) -> None:
        """Let time pass until lists contain what was written before."""
        self.time.advance_step()
        self.wait_for_lists()

    def advance_minute(self) -> None:
        """Let a minute pass; a service is polled for long enough anyway."""
        if not self.keeps_accounts:
            self.time.advance(MINUTE)

    def outlast(self) -> bool:
        """Let twenty minutes pass, unless they are real ones."""
        costs_nothing = self.now() is not None and not self.keeps_accounts
        if costs_nothing:
            self.time.advance(HELD_BACK)
        return costs_nothing

    def advance(self, seconds: int) -> None:
        """Let so many seconds pass."""
        self.time.advance(seconds)

    def now(self) -> int | None:
        """Return the time of the twins, if it is not that of the machine."""
        return self.time.now()

    def wait_for_lists(self) -> None:
        """Let time pass until lists contain everything that was written."""
        if lag := self._scenario_weather.list_lag:
            self.time.advance(lag)

    @contextmanager
    def inject_faults(self) -> Iterator[None]:
        """Let the calls of one run meet the next faults of this weather."""
        faults = self._scenario_weather.draw_faults()
        gateways = {"Invoiced": self.twins.invoiced, "Chargebee": self.twins.chargebee}
        for vendor, fault in faults:
            gateways[vendor].faults.add(fault)
        self._is_syncing = True
        try:
            yield
        finally:
            self._is_syncing = False
            if faults:
                self._remove_faults()

    def faults_met(self) -> list[str]:
        """Return the faults that calls of this scenario have met."""
        return list(self._faults_met)

    def calls_of_sync(self) -> Mapping[str, tuple[int, int]]:
        """Return the calls that did not come from the checklist."""
        return {
            system: (
                answered.total(),
                sum(n for status, n in answered.items() if status >= REFUSED),
            )
            for system, answered in self.log.answered.items()
        }

    def unconfirmed(self) -> list[str]:
        """Return the assumed behaviours that calls have met, as sentences."""
        return [f"{met.name}: {met.description}" for met in self.twins.unconfirmed()]

    def dropped(self) -> list[str]:
        """Return the parameters of the sync's calls that a vendor drops."""
        routes = {
            gateway.vendor.name: gateway.vendor.find_route
            for gateway in (self.twins.invoiced, self.twins.chargebee)
        }
        found = (
            f"{system} {method} {routes[system](path)}: {name}"
            for system, method, path, name in self.log.dropped
        )
        return list(dict.fromkeys(found))

    def pop_unbuilt(self) -> list[str]:
        """Return the calls that the vendors have and the twins lack, as sentences."""
        popped, self.log.unbuilt = self.log.unbuilt, []
        return popped

    def pop_failures(self, *, passed: bool) -> list[str]:
        """Return the failures of the twins: after one, an answer may be wrong.

        That a sync uses the machine's clock counts only if the scenario failed.
        """
        failures = self.twins.pop_failures()
        now = self.now()
        if not passed and now is not None:
            machine = self.machine.seconds()
            failures += find_machine_time(self.log.queries, machine, now)
        return failures

    def mark_call(self, request: Any) -> None:  # noqa: ANN401 - of either library
        """Mark a call of this process, unless the sync runs in it and made the call.

        Calls to the twins of another target, which may be served too, are its own.
        """
        is_here = str(request.url).startswith(self.connection.roots())
        if is_here and not self._is_syncing:
            request.headers[_CALLER] = CHECKLIST

    def _renew(self, check: str) -> None:
        self.twins.renew(self.time.restart())
        self.log.clear()
        self._faults_met.clear()
        self._scenario_weather = self.weather.for_scenario(check)
        switches = {
            "list_lag": self._scenario_weather.list_lag,
            "customer_delete_delay": self._scenario_weather.delete_delay,
            "orders": self._scenario_weather.generates_orders,
        }
        self.twins.chargebee.set_switch("switches", Arguments({**switches}))

    def _remove_faults(self) -> None:
        for gateway in (self.twins.invoiced, self.twins.chargebee):
            for armed in gateway.faults.all():
                self._faults_met += [str(armed.fault.kind)] * armed.fired
            gateway.faults.clear()

    def _record(self, check: str, path: Path) -> Session:
        names = {
            _root(self.connection.invoiced_url): HOSTS["Invoiced"],
            _root(self.connection.chargebee_url): HOSTS["Chargebee"],
        }
        scrub = Scrubber(Hosts(names), self.connection.owners())
        return RecordingSession(check, path, scrub, lambda: self._provenance(check))

    def _provenance(self, check: str) -> Provenance:
        return Provenance(
            check=check,
            seed=check,
            target=TWIN,
            hosts=HOSTS,
            recorded_at=datetime.fromtimestamp(self.now() or 0, UTC).isoformat(),
            versions=installed_versions(),
            assumed=tuple(sorted(self.unconfirmed())),
        )


@contextmanager
def serve_twins(  # noqa: PLR0913 - each has a name
    ports: tuple[int, int] = (0, 0),
    *,
    time: TwinTime | None = None,
    weather: Weather = FAIR,
    cassettes: Path | None = None,
    keeps_accounts: bool = False,
    machine: Clock | None = None,
) -> Iterator[TwinTarget]:
    """Serve both twins; ports are those of Invoiced and Chargebee, 0 for a free one."""
    time, log = time or SimulatedTime(), ExchangeLog()
    twins = pair.TwinPair(time.restart(), log.record, pause=time.delay)
    with twins.serve(*ports) as addresses:
        target = TwinTarget(
            twins=twins,
            connection=_connection(addresses),
            log=log,
            time=time,
            weather=weather,
            cassettes=cassettes,
            keeps_accounts=keeps_accounts,
            machine=machine or SystemClock(),
        )
        served = [urlsplit(root).port or 0 for root in target.connection.roots()]
        with served_ports(*served), hook_calls(before=target.mark_call):
            yield target


def twin_secrets() -> frozenset[str]:
    """Return the keys of the twins: they protect nothing, and are redacted anyway."""
    return frozenset({pair.INVOICED_KEY, pair.CHARGEBEE_KEY})


def _is_of_vendor(path: Path) -> bool:
    # The recorder itself decides about a damaged file or one of another version.
    with suppress(CassetteError):
        return path.exists() and (
            read_cassette(path, path.name).provenance.is_of_accounts
        )
    return False


def _connection(addresses: pair.Addresses) -> Connection:
    return Connection(
        invoiced_url=addresses.invoiced_url,
        invoiced_key=pair.INVOICED_KEY,
        chargebee_url=addresses.chargebee_url,
        chargebee_key=pair.CHARGEBEE_KEY,
        chargebee_site=pair.SITE,
    )


def _root(url: str) -> str:
    # vcrpy omits the default port.
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.removesuffix(':80')}"
