"""What a run has cost is told in numbers: calls, seconds, and what is left over."""

from __future__ import annotations

from dataflow.checklist.features import read_feature
from dataflow.harness.scenario import world
from dataflow.report.costs import costs
from dataflow.report.results import Result, SectionResults, Verdict
from tests.harness.project import ITEMS, ROOT

FEATURE = read_feature(ROOT / ITEMS)
SCENARIO = FEATURE.scenarios[0]


def told(*results: tuple[tuple[str, str], ...]) -> list[tuple[str, object]]:
    """Return what is told of scenarios that have left these notes."""
    made = tuple(Result(SCENARIO, Verdict.HOLDS, each) for each in results)
    return [*costs([SectionResults(FEATURE, made)])]


def test_nothing_is_told_where_nothing_cost_anything() -> None:
    """On twins and recordings nobody counts."""
    assert [] == told(())


def test_calls_are_added_up() -> None:
    """In all, on average and at most, by vendor and by whom they were made."""
    mine, yours = (
        ((world.CALLS, "Chargebee, by the checklist: 10"),),
        ((world.CALLS, "Chargebee, by the checklist: 13"),),
    )

    assert [
        (
            "Calls that this run has made",
            [
                (
                    "Chargebee, by the checklist",
                    "23 in 2 scenarios: 11.5 each on average, 13 at most",
                )
            ],
        )
    ] == told(mine, yours)


def test_waits_are_told_by_what_was_waited_for() -> None:
    """The middle one, and the longest."""
    waits = tuple((world.TOOK, f"exactly one item: {n}") for n in ("1.0", "2.0", "9.0"))

    assert [
        (
            "Seconds until what was waited for held",
            [("exactly one item", "2.0 as a rule, 9.0 at most")],
        )
    ] == told(waits)


def test_litter_is_told_with_its_check() -> None:
    """What could not be removed is a person's business."""
    litter = ((world.LITTER, "customer 7: it has invoices"),)

    assert [
        (
            "What could not be removed afterwards",
            [(SCENARIO.ids[0], "customer 7: it has invoices")],
        )
    ] == told(litter)
