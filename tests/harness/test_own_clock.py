"""A sync that goes by its machine's clock is noticed, and not blamed."""

from __future__ import annotations

import sys

import pytest

from dataflow.harness.targets.own_clock import own_clock
from dataflow.harness.targets.twin_target import START
from tests.harness.project import ROOT, run, tally

#: 2026-11-23 12:00 UTC.
NOON = 1_795_435_200
A_DAY = 86_400

POLLS = f"command: {sys.executable} {ROOT}/right/right_sync.py --be polls"
CHECK = "invoices-order.currency.edited-in-invoiced"


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
def test_a_list_until_the_machines_time_is_noticed(name: str, value: str) -> None:
    """Either vendor's ways to end a span are known; the sentence says what helps."""
    assert [
        (
            "The sync asks for what came until 2026-11-23 12:00 UTC, by its machine's"
            " clock, and the stand-ins are at 2036-01-07 09:00 UTC: add --real-time,"
            " or let it take the time from DATAFLOW_NOW."
        )
    ] == own_clock([("limit", "100"), (name, value)], NOON, START)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("updated_after", f"{NOON}"),
        ("updated_at[after]", f"{NOON}"),
        ("updated_before", f"{NOON - 2 * A_DAY}"),
        ("updated_before", f"{START + 60}"),
        ("updated_before", "today"),
        ("updated_at[between]", "[]"),
        ("updated_at[between]", "{}"),
        ("updated_at[between]", f"[{START}, {START + 60}]"),
        ("note", f"{NOON}"),
    ],
)
def test_another_list_is_none_of_it(name: str, value: str) -> None:
    """Without an end, with an old one, or by the stand-ins' time: that is no excuse."""
    assert [] == own_clock([(name, value)], NOON, START)


def test_twins_with_the_machines_time_are_no_excuse() -> None:
    """Where both have one time, a list until now has everything in it."""
    assert [] == own_clock([("updated_before", f"{NOON}")], NOON, NOON)


def test_such_a_sync_is_not_blamed() -> None:
    """A right program that is not told the time is inconclusive, and not red."""
    done = run("features", "--sync", f"{POLLS}-until-now", "-m", CHECK)

    assert "1 inconclusive" == tally(done).rpartition(", ")[2]


def test_such_a_sync_is_right_in_real_time() -> None:
    """The way out that is named is one: the same program holds."""
    done = run("features", "--sync", f"{POLLS}-until-now", "-m", CHECK, "--real-time")

    assert "1 passed" == tally(done).partition(",")[0]


def test_what_came_since_the_last_run_is_not_missed() -> None:
    """The stand-ins are ahead of every machine: by its clock, all of that is new."""
    done = run("features", "--sync", f"{POLLS}-since-its-last-run", "-m", CHECK)

    assert "1 passed" == tally(done).partition(",")[0]


def test_a_sync_that_is_wrong_anyway_is_blamed() -> None:
    """Who asks for nothing by the clock has no excuse."""
    done = run("features", "--sync", "none", "-m", CHECK)

    assert "1 failed" == tally(done).partition(",")[0]
