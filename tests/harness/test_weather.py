"""Weather brings every fault of its severity, repeatably, and never too many."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from dataflow.errors import SettingsError
from dataflow.harness.targets.weather import (
    MAX_BAD_RUNS,
    ScenarioWeather,
    Severity,
    Weather,
)
from dataflow.twin.faults import FaultKind
from tests.cases import cases

RUNS = range(40)
#: Faults after which the change is made, or a page is wrong.
LOSING = {
    FaultKind.CUT_AFTER,
    FaultKind.TRUNCATED_BODY,
    FaultKind.TRUNCATED_JSON,
    FaultKind.REPEATED_PAGE,
}


def scenarios(severity: Severity) -> Iterable[ScenarioWeather]:
    """Return the weather of many scenarios."""
    return (Weather(severity, seed).for_scenario("a.check") for seed in range(50))


def draw_all(weather: ScenarioWeather) -> list[str]:
    """Return the conditions and the faults of many runs of one scenario."""
    conditions = weather.list_lag, weather.delete_delay, weather.generates_orders
    faults = [f"{v}: {fault}" for _ in RUNS for v, fault in weather.draw_faults()]
    return [str(conditions), *faults]


def kinds(severity: Severity) -> set[tuple[str, FaultKind]]:
    """Return all vendors and kinds of fault of this severity."""
    return {
        (vendor, fault.kind)
        for weather in scenarios(severity)
        for _ in RUNS
        for vendor, fault in weather.draw_faults()
    }


def test_the_same_seed_brings_the_same_faults() -> None:
    """A failed check can be repeated, alone and in any order."""
    first = draw_all(Weather(Severity.ROUGH, 7).for_scenario("a.check"))

    assert first == draw_all(Weather(Severity.ROUGH, 7).for_scenario("a.check"))


def test_a_seed_keeps_its_faults() -> None:
    """A seed of an earlier report brings the faults of that report."""
    drawn = Weather(Severity.STORM, 7).for_scenario("a.check")
    faults = [
        f"{vendor} {fault.kind} {fault.call}" for vendor, fault in drawn.draw_faults()
    ]

    assert (
        300,
        30,
        [
            "Chargebee slow 7",
            "Chargebee cut-after 2",
            "Invoiced truncated-body 8",
            "Invoiced server-error 8",
        ],
    ) == (drawn.list_lag, drawn.delete_delay, faults)


@cases("seed, check", {"seed": (8, "a.check"), "check": (7, "b")})
def test_another_seed_or_check_brings_others(seed: int, check: str) -> None:
    """Many runs are not the same run many times."""
    first = draw_all(Weather(Severity.ROUGH, 7).for_scenario("a.check"))

    assert first != draw_all(Weather(Severity.ROUGH, seed).for_scenario(check))


def test_fair_weather_has_no_faults() -> None:
    """Fair weather has neither faults nor lag: recordings are made in it."""
    assert ["(0, 0, False)"] == draw_all(Weather().for_scenario("a.check"))


@cases(
    "severity, expected",
    {
        "fair": (Severity.FAIR, set()),
        "rough": (Severity.ROUGH, set(FaultKind) - LOSING),
        "storm": (Severity.STORM, set(FaultKind)),
    },
)
def test_each_fault_of_a_severity_occurs(
    severity: Severity, expected: set[FaultKind]
) -> None:
    """Rough weather loses no answer, and a storm has every fault of the twins."""
    assert expected == {kind for _, kind in kinds(severity)}


def test_a_vendor_has_only_its_own_faults() -> None:
    """Invoiced has no lock timeout, which its twin would refuse."""
    assert ("Invoiced", FaultKind.LOCK_TIMEOUT) not in kinds(Severity.STORM)


def test_bad_runs_in_a_row_are_limited() -> None:
    """A sync has more attempts than there are bad runs in a row."""
    longest = 0
    for weather in scenarios(Severity.STORM):
        bad = "".join("b" if len(weather.draw_faults()) > 1 else " " for _ in RUNS)
        longest = max(longest, *map(len, bad.split()))

    assert MAX_BAD_RUNS == longest


@pytest.mark.parametrize(
    ("severity", "attempts"), [(Severity.FAIR, 3), (Severity.ROUGH, 9)], ids=str
)
def test_bad_runs_use_up_no_attempts(severity: Severity, attempts: int) -> None:
    """A sync that needs all its attempts has two bad runs before each."""
    assert attempts == Weather(severity).attempts(3)


@pytest.mark.parametrize(
    ("text", "weather"),
    [
        ("fair", Weather()),
        ("rough", Weather(Severity.ROUGH)),
        ("storm:9", Weather(Severity.STORM, 9)),
    ],
)
def test_weather_is_parsed(text: str, weather: Weather) -> None:
    """A text has a severity, and a seed where it matters."""
    assert weather == Weather.parse(text)


@pytest.mark.parametrize("text", ["wild", "rough:", "rough:-1", "rough:x", ""])
def test_other_text_is_refused(text: str) -> None:
    """A mistyped severity is refused, and not taken for fair weather."""
    with pytest.raises(SettingsError) as caught:
        Weather.parse(text)

    assert (
        f"--weather {text!r} is unknown: choose fair, rough or storm, with an"
        " optional seed, as in rough:7."
    ) == str(caught.value)
