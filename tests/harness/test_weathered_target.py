"""The twins in bad weather: the sync meets trouble, and the harness does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

import httpx
import pytest

from dataflow.harness.targets.twin_target import twin_target
from dataflow.harness.targets.weather import Sky, Weather
from dataflow.harness.targets.weathered_target import WeatheredTwinTarget

#: More calls than any trouble waits for.
CALLS = range(15)
RUNS = range(12)
CHECK = "items-item.every.new-record"


@pytest.fixture
def target() -> Iterator[WeatheredTwinTarget]:
    """Serve both twins in rough weather, with a scenario begun."""
    weather = Weather(Sky.ROUGH, 1)
    with twin_target(0, 0, partial(WeatheredTwinTarget, weather=weather)) as target:
        assert isinstance(target, WeatheredTwinTarget)
        target.begin(CHECK)
        yield target


def ask_both(target: WeatheredTwinTarget) -> list[str]:
    """Make many calls to both twins; return how each went that did not go well."""
    place = target.connection
    lists = {
        f"{place.invoiced_url}/items": place.invoiced_key,
        f"{place.chargebee_url}/items": place.chargebee_key,
    }
    answers = (asked(url, key) for url, key in lists.items() for _ in CALLS)
    return [answer for answer in answers if answer != "200"]


def asked(url: str, key: str) -> str:
    """Return how one call went: a status, or that the connection was lost."""
    try:
        return str(httpx.get(url, auth=(key, "")).status_code)
    except httpx.HTTPError:
        return "lost"


def run_all(target: WeatheredTwinTarget) -> list[str]:
    """Make the calls of many runs of a sync, each with its trouble."""
    went = []
    for _ in RUNS:
        with target.troubled():
            went += ask_both(target)
    return went


def test_the_calls_of_a_sync_meet_trouble(target: WeatheredTwinTarget) -> None:
    """Statuses of trouble and lost connections come, as drawn."""
    assert {"429", "500", "502", "lost"} == set(run_all(target))


def test_the_harness_meets_none(target: WeatheredTwinTarget) -> None:
    """What is in store for the sync does not make the harness's looks fail."""
    run_all(target)

    assert [] == ask_both(target)


def test_each_trouble_is_told(target: WeatheredTwinTarget) -> None:
    """A run that claims bad weather can show it: slow answers are answers, too."""
    went = run_all(target)

    told = Counter(target.troubles())
    assert len(went) == told.total() - told["slow"]


def test_a_scenario_begins_with_its_own(target: WeatheredTwinTarget) -> None:
    """The trouble of one check is not told of the next."""
    run_all(target)
    target.begin("items-item.every.already-there")

    assert [] == target.troubles()


def test_the_weather_is_evidence(target: WeatheredTwinTarget) -> None:
    """A verdict says in which weather it was reached: so it can be had again."""
    assert target.evidence().endswith("; the weather was rough:1")


@pytest.mark.parametrize("pass_time", ["tick", "settle"])
def test_lists_lag_until_time_has_passed(
    pass_time: str, target: WeatheredTwinTarget
) -> None:
    """The harness looks after the lag: what it misses would be a false alarm."""
    place = target.connection
    url, auth = f"{place.chargebee_url}/item_families", (place.chargebee_key, "")
    target.begin(_one_with_lag(target.weather))
    httpx.post(url, auth=auth, data={"id": "tools", "name": "Tools"})

    before = httpx.get(url, auth=auth).json()["list"]
    getattr(target, pass_time)()
    after = httpx.get(url, auth=auth).json()["list"]
    assert (0, 1) == (len(before), len(after))


def _one_with_lag(weather: Weather) -> str:
    checks = (f"a.check.{number}" for number in range(100))
    return next(check for check in checks if weather.over(check).lag)
