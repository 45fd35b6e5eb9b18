"""Sandbox accounts of both vendors as a target: shared, full, slow and limited."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest

from dataflow.errors import (
    LockedError,
    TryAgainError,
    VendorRefusedError,
    VendorUnavailableError,
)
from dataflow.harness.evidence import describe_sources, identify, name_sources
from dataflow.harness.scenario.factories import create_strangers, name_order_customer
from dataflow.harness.scenario.polling import PollPolicy
from dataflow.harness.scenario.world import World
from dataflow.harness.targets.base import (
    LiveSession,
    RecordingSession,
    Session,
    Target,
    cassette_path,
    installed_versions,
    wait_in_real_time,
)
from dataflow.harness.targets.sandbox_settings import SandboxSettings
from dataflow.killed_runs import record_lock
from dataflow.network.hooks import (
    CHECKLIST,
    SYNC,
    Exchange,
    RateLimiter,
    hook_calls,
)
from dataflow.network.hosts import Hosts
from dataflow.record_types.model import CARRIER, CUSTOMER, ORDER
from dataflow.recordings.cassette import Provenance
from dataflow.recordings.scrub import Scrubber
from dataflow.sandbox.cleanup import CHARGEBEE, INVOICED, Cleaner, Leftover, Lists
from dataflow.sandbox.doctor import Needs, State, examine
from dataflow.sandbox.lock import LASTS, Lock
from dataflow.sandbox.run_mark import RunMark, Scope, new_run_mark, read_run_mark
from dataflow.twin.messages import TWIN_HEADER, UNBUILT_HEADER
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import Connection, chargebee_client

#: The caller that removes the records of a scenario.
CLEANUP = "the cleanup"

#: Seconds until the lock is refreshed between two scenarios: a scenario takes less than
#: what then remains of it.
_REFRESH_SECONDS = LASTS / 12

_TOO_MANY, _SERVER_ERROR = 429, 500


@dataclass(eq=False)
class SandboxTarget(Target):
    """Both vendors' accounts; `clock` is in unix seconds; `cassettes` are recorded."""

    connection: Connection
    run: str
    clock: Callable[[], float]
    pause: Callable[[float], None]
    settings: SandboxSettings
    cassettes: Path | None = None
    before_each: Callable[[], None] = lambda: None
    _caller: str = field(init=False, default=CHECKLIST)
    _calls: Counter[str] = field(init=False, default_factory=Counter)
    _exchanges: list[Exchange] = field(init=False, default_factory=list)
    _failures: list[str] = field(init=False, default_factory=list)
    _sources: dict[str, set[str]] = field(init=False, default_factory=dict)
    _unbuilt: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Wait by the clock of the run, for an effect and between calls."""
        clock, pause = self.clock, self.pause
        self.patience = PollPolicy(pause=pause, clock=clock)
        self._paces = {name: RateLimiter(clock, pause) for name in self._roots()}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Record, count and pace each call of this process."""
        with hook_calls(self._pace_call, self._record_call):
            yield

    def scope(self, check: str) -> Scope:
        """Return which records belong to a scenario that starts now."""
        return Scope(check, self.run, int(self.clock()))

    def start(self, check: str) -> Session:
        """Start among the records of others and of earlier scenarios."""
        self.before_each()
        scope = self.scope(check)
        self._exchanges.clear()
        self._failures.clear()
        self._calls.clear()
        self._sources.clear()
        self._unbuilt.clear()
        if self.cassettes is None:
            return LiveSession(scope.seed)
        return RecordingSession(
            scope.seed,
            cassette_path(self.cassettes, check),
            Scrubber(Hosts({}), self.connection.owners()),
            lambda: self._provenance(scope),
        )

    def evidence(self) -> str:
        """Return who has answered in this scenario."""
        return describe_sources(self._sources)

    def pop_exchanges(self) -> list[Exchange]:
        """Return the exchanges of this process since the last call."""
        popped, self._exchanges = self._exchanges, []
        return popped

    def advance(self, seconds: int) -> None:
        """Wait: the clocks of the vendors cannot be advanced."""
        wait_in_real_time(seconds, self.pause)

    def wait_for_lists(self) -> None:
        """Wait as long as the settings expect lists to lag."""
        self.pause(self.settings.list_lag)

    def inject_faults(self) -> AbstractContextManager[None]:
        """Inject nothing; count the calls meanwhile as those of the sync."""
        return self._calling(SYNC)

    def clean_up(self, world: World, *, passed: bool) -> None:
        """Remove the records of the scenario as far as the vendors permit."""
        run = read_run_mark(world.scope.run)
        if run is not None:
            with self._calling(CLEANUP):
                _remove_records(world, run, passed=passed)

    def calls(self) -> Mapping[str, int]:
        """Return how many calls this process has made, by vendor and caller."""
        return dict(self._calls)

    def pop_unbuilt(self) -> list[str]:
        """Return the calls that a twin in a vendor's place lacks, as sentences."""
        popped, self._unbuilt = self._unbuilt, []
        return popped

    def pop_failures(self, *, passed: bool) -> list[str]:
        """Return the failed calls of a failed scenario: the account caused them."""
        popped, self._failures = self._failures, []
        return [] if passed else popped

    @contextmanager
    def _calling(self, caller: str) -> Iterator[None]:
        self._caller = caller
        try:
            yield
        finally:
            self._caller = CHECKLIST

    def _roots(self) -> dict[str, str]:
        return {
            "Invoiced": self.connection.invoiced_url,
            "Chargebee": self.connection.chargebee_url,
        }

    def _hosts(self) -> dict[str, str]:
        return {name: urlsplit(url).netloc for name, url in self._roots().items()}

    def _vendor(self, url: str) -> str | None:
        for name, root in self._roots().items():
            if url.startswith(f"{root}/"):
                return name
        return None

    def _pace_call(self, request: Any) -> None:  # noqa: ANN401 - of either library
        vendor = self._vendor(str(request.url))
        if vendor is not None:
            self._paces[vendor].wait()
            self._calls[f"{vendor}, by {self._caller}"] += 1

    def _record_call(self, request: Any, response: Any) -> None:  # noqa: ANN401 - of either library
        vendor = self._vendor(str(request.url))
        if vendor is None:
            return
        status = 0 if response is None else response.status_code
        if status in {0, _TOO_MANY} or status >= _SERVER_ERROR:
            answer = f"answered {status}" if status else "did not answer"
            call = f"{request.method} {request.url}"
            self._failures.append(f"{vendor} {answer} to {call}")
        if response is not None:
            exchange = _exchange(vendor, request, response, self._caller)
            self._exchanges.append(exchange)
            is_twin = TWIN_HEADER in response.headers
            source = identify(str(request.url), is_twin=is_twin)
            self._sources.setdefault(vendor, set()).add(source)
            if sentence := response.headers.get(UNBUILT_HEADER):
                self._unbuilt.append(sentence)

    def _provenance(self, scope: Scope) -> Provenance:
        now = datetime.fromtimestamp(self.clock(), UTC)
        return Provenance(
            check=scope.check,
            seed=scope.seed,
            target=name_sources(self._sources),
            hosts=self._hosts(),
            recorded_at=now.isoformat(timespec="seconds"),
            versions=installed_versions(),
            assumed=(),
        )


def _exchange(
    vendor: str,
    request: Any,  # noqa: ANN401 - of either library
    response: Any,  # noqa: ANN401 - of either library
    caller: str,
) -> Exchange:
    place = urlsplit(str(request.url))
    body = request.content if isinstance(request, httpx.Request) else request.body
    return Exchange(
        system=vendor,
        method=str(request.method),
        path=unquote(place.path),
        query=tuple(parse_qsl(place.query, keep_blank_values=True)),
        body=body.encode() if isinstance(body, str) else body or b"",
        status=response.status_code,
        answer=response.content,
        caller=caller,
    )


# One run


@contextmanager
def sandbox_run(
    connection: Connection,
    settings: SandboxSettings,
    cassettes: Path | None,
    clock: Callable[[], float] = time.time,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[SandboxTarget]:
    """Lock the accounts for one run; the guard has to be active."""
    run = new_run_mark(clock, secrets.token_hex)
    target = SandboxTarget(connection, str(run), clock, pause, settings, cassettes)
    lock = Lock(ChargebeeSite(chargebee_client(connection)), run)
    with target.listening(), record_lock(str(run)), hold_lock(lock):
        target.before_each = create_refresher(lock, clock)
        refuse_without_orders(target)
        yield target


def refuse_unfit(
    connection: Connection, needs: Needs, clock: Callable[[], float] = time.time
) -> None:
    """End the run, inconclusive, with a sentence for each missing requirement."""
    findings = list(examine(connection, needs, clock))
    wrong = [f for f in findings if f.state is State.MISSING or not f.asked]
    if wrong:
        raise _exit("\n".join(f"{each.about}: {each.says}" for each in wrong))


def refuse_without_orders(target: SandboxTarget) -> None:
    """End the run if the site refuses orders: only the creation of one shows that."""
    site = ChargebeeSite(chargebee_client(target.connection))
    scope = target.scope("probe")
    name = f"Probe {scope.token}-0"
    try:
        site.delete(ORDER, create_strangers(site, ORDER, name, scope)[-1][1]["id"])
    except VendorRefusedError as refusal:
        raise _exit(
            f"Chargebee orders: the site refuses orders ({refusal}). Enable orders and"
            " the currency EUR in its settings."
        ) from refusal
    finally:
        with suppress(VendorRefusedError):
            # This removes its invoice as well.
            site.delete(CUSTOMER, name_order_customer(name, scope))


@contextmanager
def hold_lock(lock: Lock) -> Iterator[None]:
    """Hold the lock of the site, or end the run."""
    try:
        lock.take()
    except (LockedError, VendorUnavailableError) as error:
        raise _exit(str(error)) from error
    try:
        yield
    finally:
        # Without an answer, the lock expires by itself.
        with suppress(VendorUnavailableError):
            lock.release()


def create_refresher(lock: Lock, clock: Callable[[], float]) -> Callable[[], None]:
    """Return a function that refreshes the lock when a part of its time is over."""
    last = clock()

    def refresh() -> None:
        nonlocal last
        if clock() - last > _REFRESH_SECONDS:
            try:
                lock.refresh()
            except (LockedError, VendorUnavailableError) as error:
                raise _exit(str(error)) from error
            last = clock()

    return refresh


def _exit(sentence: str) -> BaseException:
    """Return the exception that ends the run as inconclusive."""
    return pytest.exit.Exception(sentence, TryAgainError.status)


# The records of one scenario


def _remove_records(world: World, run: RunMark, *, passed: bool) -> None:
    """Remove the records of a scenario, and note which remain, and why."""
    if not passed:
        # A scenario that passed has read everything; another one may not have.
        world.forget_lists()
    try:
        leftovers = list(_leftovers(world, run))
        cleaner = Cleaner(
            world.invoiced, world.chargebee, world.marks.by_kind, _listed(world)
        )
        for left in cleaner.clean(leftovers):
            world.notes.add("litter", f"{left}: {left.reason}")
    except (VendorUnavailableError, VendorRefusedError) as error:
        # The verdict must not depend on the removal.
        world.notes.add("litter", f"remove it with `dataflow sweep`, since {error}")


def _listed(world: World) -> Lists:
    sides = (INVOICED, world.invoiced.lists), (CHARGEBEE, world.chargebee.lists)
    return {
        (side, kind): records
        for side, cache in sides
        for kind, records in cache.snapshot().items()
    }


def _leftovers(world: World, run: RunMark) -> Iterator[Leftover]:
    for made in world.made:
        yield Leftover(INVOICED, made.kind, made.id, run)
        for found in world.counterparts(made):
            yield Leftover(CHARGEBEE, made.kind, str(found["id"]), run, made.id)
    for kind, record in reversed(world.strangers):
        # An invoice cannot be deleted: its customer takes it along.
        if kind is not CARRIER:
            yield Leftover(CHARGEBEE, kind, str(record["id"]), run)
