"""Bad weather is bad enough, can be had again, and lets a right sync get through."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from dataflow.harness.targets.weather import (
    BAD_IN_A_ROW,
    Day,
    NoSuchWeatherError,
    Sky,
    Weather,
)
from dataflow.twin.faults import FaultKind

RUNS = range(40)
LOSING = {
    FaultKind.CUT_AFTER,
    FaultKind.TRUNCATED_BODY,
    FaultKind.TRUNCATED_JSON,
    FaultKind.REPEATED_PAGE,
}


def days(sky: Sky) -> Iterable[Day]:
    """Return the weather of many scenarios."""
    return (Weather(sky, seed).over("a.check") for seed in range(50))


def drawn(day: Day) -> list[str]:
    """Return all that many runs of one scenario meet."""
    return [f"{vendor}: {fault}" for _ in RUNS for vendor, fault in day.troubles()]


def kinds(sky: Sky) -> set[tuple[str, FaultKind]]:
    """Return the vendors and kinds of trouble that there are under a sky."""
    return {
        (vendor, fault.kind)
        for day in days(sky)
        for _ in RUNS
        for vendor, fault in day.troubles()
    }


def test_the_same_seed_brings_the_same_weather() -> None:
    """A red check in bad weather can be had again, alone and in any order."""
    first = drawn(Weather(Sky.ROUGH, 7).over("a.check"))

    assert first == drawn(Weather(Sky.ROUGH, 7).over("a.check"))


@pytest.mark.parametrize(
    "other", [Weather(Sky.ROUGH, 8).over("a.check"), Weather(Sky.ROUGH, 7).over("b")]
)
def test_another_seed_or_check_brings_another(other: Day) -> None:
    """Two hundred runs are no run two hundred times."""
    assert drawn(Weather(Sky.ROUGH, 7).over("a.check")) != drawn(other)


def test_nothing_happens_in_fair_weather() -> None:
    """Fair weather has no trouble and no lag: it is what the recordings are made in."""
    day = Weather().over("a.check")

    found = [*drawn(day), day.lag, day.delete_delay, day.generates]
    assert [0, 0, False] == found


def test_rough_weather_loses_no_answer() -> None:
    """Other right syncs need not stand lost answers and damaged pages."""
    found = {kind for _, kind in kinds(Sky.ROUGH)}

    assert not LOSING & found


def test_each_kind_of_rough_trouble_comes() -> None:
    """No kind of trouble is listed and never drawn."""
    found = {kind for _, kind in kinds(Sky.ROUGH)}

    assert set(FaultKind) - LOSING == found


def test_a_storm_brings_everything() -> None:
    """The reference sync meets every fault that the twins have."""
    found = {kind for _, kind in kinds(Sky.STORM)}

    assert set(FaultKind) == found


def test_a_vendor_has_only_its_own_trouble() -> None:
    """Invoiced has no lock timeout, and its twin would refuse it."""
    assert ("Invoiced", FaultKind.LOCK_TIMEOUT) not in kinds(Sky.STORM)


def test_the_sync_gets_through_in_the_end() -> None:
    """No more runs in a row are bad than a sync has tries besides the usual ones."""
    for day in days(Sky.STORM):
        bad = [len(day.troubles()) > 1 for _ in RUNS]
        longest = max(map(len, "".join("b" if b else " " for b in bad).split()))

        assert longest <= BAD_IN_A_ROW


@pytest.mark.parametrize(("sky", "tries"), [(Sky.FAIR, 3), (Sky.ROUGH, 9)])
def test_as_many_tries_are_left_as_in_fair_weather(sky: Sky, tries: int) -> None:
    """A sync that needs all its tries has them, between two bad runs each."""
    assert tries == Weather(sky).tries(3)


@pytest.mark.parametrize(
    ("text", "weather"),
    [
        ("fair", Weather()),
        ("rough", Weather(Sky.ROUGH)),
        ("storm:9", Weather(Sky.STORM, 9)),
    ],
)
def test_weather_is_read_as_it_is_written(text: str, weather: Weather) -> None:
    """A sky, and a seed where it matters."""
    assert weather == Weather.parse(text)


@pytest.mark.parametrize("text", ["wild", "rough:", "rough:-1", "rough:x", ""])
def test_other_weather_is_refused(text: str) -> None:
    """A misspelt sky would be fair, and nobody would know."""
    with pytest.raises(NoSuchWeatherError) as caught:
        Weather.parse(text)

    told = (
        f"--weather {text!r} is not known: choose fair, rough or storm, and a seed if"
        " you like, as in rough:7."
    )
    assert told == str(caught.value)
