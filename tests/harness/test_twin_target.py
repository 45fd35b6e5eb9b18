"""The twins as a target: new accounts, controlled time, and faults for the sync."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from urllib.error import HTTPError
from urllib.request import urlopen

import httpx
import pytest

from dataflow.errors import TargetFailedError
from dataflow.harness.targets.base import wait_in_real_time
from dataflow.harness.targets.twin import TwinTarget, serve_twins
from dataflow.harness.targets.twin_time import START, RealTime, find_machine_time
from dataflow.harness.targets.weather import Severity, Weather
from dataflow.network.hooks import CHECKLIST, SYNC
from dataflow.twin.clock import ManualClock
from tests.cases import cases
from tests.project import ITEMS, ROOT, run, tally

CHECK = "items-item.every.new-record"

#: 2026-11-23 12:00 UTC.
NOON = 1_795_435_200
A_DAY = 86_400

#: More calls than any fault waits for.
CALLS = range(15)
RUNS = range(12)

Serve = Callable[..., TwinTarget]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that serves a target and starts a scenario."""
    with ExitStack() as stack:

        def start(**parts: object) -> TwinTarget:
            target = stack.enter_context(serve_twins(**parts))  # type: ignore[arg-type]
            target.start(CHECK)
            return target

        yield start


def test_the_dropped_parameters_of_the_sync_are_kept(serve: Serve) -> None:
    """A parameter that a vendor drops is named with its call, once a scenario."""
    target = serve()
    site, key = target.connection.chargebee_url, target.connection.chargebee_key
    with target.inject_faults():
        for _ in range(2):
            httpx.post(f"{site}/customers", data={"shoe[size]": "43"}, auth=(key, ""))
    dropped = target.dropped()
    target.start(CHECK)

    assert (["Chargebee POST /customers: shoe[size]"], []) == (
        dropped,
        target.dropped(),
    )


@pytest.fixture
def machine() -> ManualClock:
    """Return the machine's clock: half a second after second 1000."""
    clock = ManualClock(1000)
    clock.advance(0.5)
    return clock


@pytest.fixture
def in_real_time(serve: Serve, machine: ManualClock) -> Serve:
    """Return a function that serves the twins with the clock of the machine."""
    return lambda **parts: serve(time=RealTime(machine, machine.advance), **parts)


def customers(target: TwinTarget) -> list[int]:
    """Return the time at which each customer of Invoiced was created."""
    url, key = target.connection.invoiced_url, target.connection.invoiced_key
    answer = httpx.get(f"{url}/customers", auth=(key, ""))
    return [customer["created_at"] for customer in answer.json()]


def create_customer(target: TwinTarget) -> None:
    """Create a customer in Invoiced."""
    url, key = target.connection.invoiced_url, target.connection.invoiced_key
    httpx.post(f"{url}/customers", json={"name": "Ada"}, auth=(key, ""))


# Accounts


def test_each_scenario_has_new_accounts(serve: Serve) -> None:
    """A scenario does not find the records of another one."""
    target = serve()
    create_customer(target)
    target.start("another")

    assert [] == customers(target)


def test_a_service_keeps_its_accounts(serve: Serve) -> None:
    """A service would miss records that vanish between scenarios."""
    target = serve(keeps_accounts=True)
    create_customer(target)
    target.start("another")

    assert [START] == customers(target)


def test_exchanges_are_of_the_current_scenario(serve: Serve) -> None:
    """Exchanges are returned once, and those of an earlier scenario never."""
    target = serve()
    create_customer(target)
    target.start("another")
    customers(target)

    exchanges = target.pop_exchanges()
    assert ([("GET", "/customers")], []) == (
        [(each.method, each.path) for each in exchanges],
        target.pop_exchanges(),
    )


# Who makes a call


def test_a_call_of_this_process_is_the_checklists(serve: Serve) -> None:
    """The harness marks its own calls."""
    target = serve()
    customers(target)

    assert [CHECKLIST] == [each.caller for each in target.pop_exchanges()]


def test_a_call_during_a_run_is_the_syncs(serve: Serve) -> None:
    """A sync in this process makes its calls between the start and end of its run."""
    target = serve()
    with target.inject_faults():
        customers(target)

    assert [SYNC] == [each.caller for each in target.pop_exchanges()]


def test_a_call_of_another_program_is_the_syncs(serve: Serve) -> None:
    """A service makes its calls at any time, with clients of its own."""
    target = serve(keeps_accounts=True)
    with suppress(HTTPError):
        urlopen(f"{target.connection.invoiced_url}/customers")
    customers(target)

    assert [(401, SYNC), (200, CHECKLIST)] == [
        (each.status, each.caller) for each in target.pop_exchanges()
    ]


# Simulated time


def test_each_scenario_starts_at_the_same_time(serve: Serve) -> None:
    """A check does not depend on those before it."""
    target = serve()
    target.advance(1000)
    target.start("another")
    create_customer(target)

    assert ([START], START) == (customers(target), target.now())


@pytest.mark.parametrize(
    ("advance", "seconds"),
    [("advance_step", 2), ("advance_minute", 60), ("wait_for_lists", 0)],
)
def test_time_passes_on_the_twins(advance: str, seconds: int, serve: Serve) -> None:
    """A step takes more than the vendors' precision; two edits differ in time."""
    target = serve()
    getattr(target, advance)()
    create_customer(target)

    assert [START + seconds] == customers(target)


# Real time


def test_the_twins_can_have_the_machines_time(in_real_time: Serve) -> None:
    """Records have the machine's time, and the sync needs no other."""
    target = in_real_time()
    create_customer(target)

    assert ([1000], None) == (customers(target), target.now())


@cases(
    "wait, milliseconds",
    {
        "to the next second": (TwinTarget.advance_step, 1_001_000),
        "a minute": (TwinTarget.advance_minute, 1_060_500),
        "no lag": (TwinTarget.wait_for_lists, 1_000_500),
        "2 seconds": (lambda target: target.advance(2), 1_002_500),
        "a slow answer": (lambda target: target.time.delay(3), 1_003_500),
    },
)
def test_real_time_is_waited_for(
    wait: Callable[[TwinTarget], None],
    milliseconds: int,
    in_real_time: Serve,
    machine: ManualClock,
) -> None:
    """In real time, the harness waits, and no longer than necessary."""
    wait(in_real_time())

    assert milliseconds == machine.milliseconds()


def test_a_service_is_not_given_a_minute(
    in_real_time: Serve, machine: ManualClock
) -> None:
    """A service is polled every half second, so that a minute each adds up."""
    in_real_time(keeps_accounts=True).advance_minute()

    assert 1_000_500 == machine.milliseconds()


def test_an_hour_is_not_waited_for(machine: ManualClock) -> None:
    """A step that needs an hour of real time gives no verdict."""
    with pytest.raises(TargetFailedError, match="A step needs 3600 s to pass"):
        wait_in_real_time(3600, machine.advance)


def test_a_check_that_needs_days_is_skipped() -> None:
    """In real time, it is skipped with the reason."""
    check = f"{ITEMS}::every.a-day-apart"
    done = run(check, "--real-time", "--sync", "none", "-rs")

    assert "it needs days to pass, and this target runs in real time" in done.output


# A sync that uses the machine's time


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("updated_before", f"{NOON}"),
        ("end_date", f"{NOON}"),
        ("end_time", f"{NOON}"),
        ("updated_at[before]", f"{NOON}"),
        ("updated_at[between]", f"[{NOON - A_DAY}, {NOON}]"),
        ("occurred_at[on]", f"{NOON}"),
    ],
)
def test_a_period_until_the_machines_time_is_found(name: str, value: str) -> None:
    """All parameters that end a period are known; the sentence states what helps."""
    assert [
        (
            "The sync requests changes until 2026-11-23 12:00 UTC, by the clock of"
            " this machine, but the time of the twins is 2036-01-07 09:00 UTC: add"
            " --real-time, or let the sync read the time from DATAFLOW_NOW."
        )
    ] == find_machine_time([("limit", "100"), (name, value)], NOON, START)


@pytest.mark.parametrize(
    ("name", "value", "twins"),
    [
        ("updated_after", f"{NOON}", START),
        ("updated_at[after]", f"{NOON}", START),
        ("updated_before", f"{NOON - 2 * A_DAY}", START),
        ("updated_before", f"{START + 60}", START),
        ("updated_before", "today", START),
        ("updated_at[between]", "[]", START),
        ("updated_at[between]", "{}", START),
        ("updated_at[between]", f"[{START}, {START + 60}]", START),
        ("note", f"{NOON}", START),
        ("updated_before", f"{NOON}", NOON),
    ],
)
def test_another_period_is_not_found(name: str, value: str, twins: int) -> None:
    """An open period, an old one, or one in the twins' time excuses no sync."""
    assert [] == find_machine_time([(name, value)], NOON, twins)


@pytest.mark.night
@cases(
    "sync, options, result",
    {
        "machine's time": ("polls-until-now", (), "inconclusive"),
        "real time": ("polls-until-now", ("--real-time",), "passed"),
        "no end": ("polls-since-its-last-run", (), "passed"),
        "no sync": ("none", (), "failed"),
    },
)
def test_a_sync_in_the_machines_time_is_inconclusive(
    sync: str, options: tuple[str, ...], result: str
) -> None:
    """It passes in real time; only a sync that is wrong anyway fails."""
    program = f"command: {sys.executable} {ROOT}/right/right_sync.py --be {sync}"
    check = "features/invoices-order.feature::currency.edited-in-invoiced"
    chosen = "none" if sync == "none" else program
    done = run(check, "--sync", chosen, *options)

    assert f"1 {result}" in tally(done).split(", ")


# Faults


@pytest.fixture
def stormy(serve: Serve) -> TwinTarget:
    """Serve both twins in rough weather."""
    return serve(weather=Weather(Severity.ROUGH, 1))


def call_both(target: TwinTarget) -> list[str]:
    """Make many calls to both twins; return the results other than success."""
    place = target.connection
    lists = {
        f"{place.invoiced_url}/items": place.invoiced_key,
        f"{place.chargebee_url}/items": place.chargebee_key,
    }
    results = (call(url, key) for url, key in lists.items() for _ in CALLS)
    return [result for result in results if result != "200"]


def call(url: str, key: str) -> str:
    """Return the status of one call, or that the connection was lost."""
    try:
        return str(httpx.get(url, auth=(key, "")).status_code)
    except httpx.HTTPError:
        return "lost"


def run_all(target: TwinTarget) -> list[str]:
    """Make the calls of many runs of a sync, each with its faults."""
    results = []
    for _ in RUNS:
        with target.inject_faults():
            results += call_both(target)
    return results


def test_the_calls_of_a_sync_meet_faults(stormy: TwinTarget) -> None:
    """The calls of the sync meet each kind of fault, and all faults are counted."""
    results = run_all(stormy)
    met = Counter(stormy.faults_met())

    assert ({"429", "500", "502", "lost"}, len(results)) == (
        set(results),
        # A slow answer is an answer.
        met.total() - met["slow"],
    )


def test_the_calls_of_the_harness_meet_none(stormy: TwinTarget) -> None:
    """A fault that the sync has not met does not remain for the harness."""
    run_all(stormy)

    assert [] == call_both(stormy)


def test_faults_are_of_the_current_scenario(stormy: TwinTarget) -> None:
    """The faults of one check are not reported with the next."""
    run_all(stormy)
    stormy.start("items-item.every.already-there")

    assert [] == stormy.faults_met()


def test_the_weather_is_part_of_the_evidence(stormy: TwinTarget) -> None:
    """A verdict states the weather, so that it can be repeated."""
    call_both(stormy)

    assert stormy.evidence().endswith("; weather rough:1")


def test_fair_weather_is_not_mentioned(serve: Serve) -> None:
    """A usual run states only that twins have answered."""
    target = serve()
    call_both(target)

    assert "twins of both APIs; no real account was used" == target.evidence()


@pytest.mark.parametrize("pass_time", ["advance_step", "wait_for_lists"])
def test_lists_lag_until_time_has_passed(pass_time: str, stormy: TwinTarget) -> None:
    """The harness reads lists after the lag: before it, records are missing."""
    place = stormy.connection
    url, auth = f"{place.chargebee_url}/item_families", (place.chargebee_key, "")
    stormy.start(_find_check_with_lag(stormy.weather))
    httpx.post(url, auth=auth, data={"id": "tools", "name": "Tools"})

    before = httpx.get(url, auth=auth).json()["list"]
    getattr(stormy, pass_time)()
    after = httpx.get(url, auth=auth).json()["list"]
    assert (0, 1) == (len(before), len(after))


def _find_check_with_lag(weather: Weather) -> str:
    checks = (f"a.check.{number}" for number in range(100))
    return next(c for c in checks if weather.for_scenario(c).list_lag)
