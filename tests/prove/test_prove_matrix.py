"""What follows from which checks failed: verdicts, and who never caught anything."""

from __future__ import annotations

import pytest

from dataflow.prove.matrix import Verdict, wanted
from dataflow.prove.running import jobs_for
from tests.prove.rows import CHECKS, broken, matrix, row

_TWO = ("bills.edited", "bills.new")


@pytest.mark.parametrize(
    ("failed", "verdict"),
    [
        (_TWO, Verdict.CAUGHT),
        ((*_TWO, "people.new"), Verdict.CAUGHT),
        (("bills.edited",), Verdict.PARTLY),
        (("people.new",), Verdict.BY_ANOTHER),
        ((), Verdict.MISSED),
    ],
)
def test_a_verdict(failed: tuple[str, ...], verdict: Verdict) -> None:
    """A broken sync is caught only where every check that names its fault fails."""
    found = row(broken(*_TWO), failed)

    assert verdict == found.verdict


@pytest.mark.parametrize(
    ("failed", "verdict"), [((), Verdict.HOLE), (("people.new",), Verdict.CLOSED)]
)
def test_a_hole(failed: tuple[str, ...], verdict: Verdict) -> None:
    """A known hole stays one until some check notices it."""
    found = row(broken(hole="nobody counts"), failed)

    assert verdict == found.verdict


def test_a_missing_result_is_no_catch() -> None:
    """A check that should have run and did not, has not noticed anything."""
    found = row(broken("bills.new"), ("bills.new",), missing=("people.new",))

    assert Verdict.NO_RESULT == found.verdict


def test_what_the_checks_catch_is_proven() -> None:
    """A checklist is proven by what it catches, beside holes that are known."""
    caught = row(broken("bills.new"), ("bills.new",))
    hole = row(broken(name="hole", hole="nobody counts"))

    assert matrix(caught, hole).proven


@pytest.mark.parametrize("failed", [(), ("people.new",)])
def test_what_is_missed_is_not_proven(failed: tuple[str, ...]) -> None:
    """One that is missed, or caught by a check of another fault, is not proven."""
    assert not matrix(row(broken("bills.new"), failed)).proven


def test_a_false_alarm_is_not_proven() -> None:
    """A checklist in which the unbroken sync fails proves nothing."""
    caught = row(broken("bills.new"), ("bills.new",))

    assert not matrix(caught, unbroken=("people.company",)).proven


def test_an_unbroken_sync_without_a_result_is_not_proven() -> None:
    """A check that the unbroken sync did not run is as good as failed."""
    found = matrix(unbroken=("people.company",))

    assert ("people.company",) == found.wrongly_failed


def test_who_has_caught_nothing() -> None:
    """Checks that caught nothing are told, with the reason where one is known."""
    caught = row(broken("bills.new"), ("bills.new", "people.new"))
    found = matrix(caught, blind={"bills.edited": "it is refused"})

    assert {
        "people.company": "",
        "bills.edited": "it is refused",
    } == found.never_caught


def test_a_broken_sync_meets_its_checks_and_one_a_section() -> None:
    """By default the checks that name the fault run, and the first of each section."""
    met = wanted(broken("bills.edited"), CHECKS, whole=False)

    assert ("people.new", "bills.new", "bills.edited") == met


def test_a_hole_meets_everything() -> None:
    """Who could close a hole is not known, so each check is asked."""
    assert CHECKS == wanted(broken(hole="nobody counts"), CHECKS, whole=False)


def test_holes_are_not_run_unasked() -> None:
    """Known holes cost time and prove nothing: they run where they are asked for."""
    both = [broken("bills.new"), broken(name="hole", hole="nobody counts")]
    jobs = jobs_for(CHECKS, both, whole=False, partly=False)

    assert ["", "loses-edits"] == [job.broken.name for job in jobs]


def test_a_part_is_held_against_the_same_checks() -> None:
    """Where some broken syncs run, the unbroken one meets the same checks."""
    jobs = jobs_for(CHECKS, [broken("bills.new")], whole=False, partly=True)

    assert ("people.new", "bills.new") == jobs[0].wanted
