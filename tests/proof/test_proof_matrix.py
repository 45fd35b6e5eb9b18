"""What follows from the checks that failed, and which checks run at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dataflow.harness.verdicts import Verdict
from dataflow.proof.catalogue import BrokenSync
from dataflow.proof.jobs import Job, plan_jobs, run_job, select_checks
from dataflow.proof.matrix import Detection, Matrix, Row
from dataflow.proof.runs import RunResult
from tests.proof.samples import CHECKS, broken, matrix, row

TWO = broken("bills.edited", "bills.new")
GAP = broken(name="gap", known_gap="no check counts")
CAUGHT = row(broken("bills.new"), ("bills.new",))


@pytest.mark.parametrize(
    ("found", "detection"),
    [
        (row(TWO, ("bills.edited", "bills.new")), Detection.CAUGHT),
        (row(TWO, ("bills.edited", "bills.new", "people.new")), Detection.CAUGHT),
        (row(TWO, ("bills.edited",)), Detection.PARTLY),
        (row(TWO, ("people.new",)), Detection.BY_ANOTHER),
        (row(TWO), Detection.MISSED),
        (row(GAP), Detection.GAP),
        (row(GAP, ("people.new",)), Detection.CLOSED),
        (row(TWO, ("bills.new",), missing=("people.new",)), Detection.NO_RESULT),
    ],
    ids=lambda value: str(value) if isinstance(value, Detection) else "",
)
def test_detection(found: Row, detection: Detection) -> None:
    """A sync is caught only if every check that names its fault fails, and all ran."""
    assert detection == found.detection


@pytest.mark.parametrize(
    ("found", "is_proven"),
    [
        (matrix(CAUGHT, row(GAP)), True),
        (matrix(row(broken("bills.new"))), False),
        (matrix(row(broken("bills.new"), ("people.new",))), False),
        (matrix(CAUGHT, unbroken=("people.company",)), False),
    ],
    ids=["caught, and a known gap", "missed", "caught by another", "a false alarm"],
)
def test_what_is_proven(found: Matrix, is_proven: bool) -> None:  # noqa: FBT001
    """A checklist is proven if it fails for each fault, and for no other reason."""
    assert is_proven is found.is_proven


def test_a_missing_result_of_the_unbroken_sync_is_a_failure() -> None:
    """A check that the unbroken sync did not run counts as failed."""
    unbroken = row(broken(), missing=("people.company",))

    assert ("people.company",) == replace(matrix(), unbroken=unbroken).wrongly_failed


def test_checks_that_detect_nothing_are_listed() -> None:
    """Checks that detected nothing are listed, with the reason if it is known."""
    caught = row(broken("bills.new"), ("bills.new", "people.new"))
    found = matrix(caught, blind={"bills.edited": "it is refused"})

    expected = {"people.company": "", "bills.edited": "it is refused"}
    assert expected == found.never_failed


# What runs


@pytest.mark.parametrize(
    ("sync", "checks"),
    [
        (broken("bills.edited"), ("people.new", "bills.new", "bills.edited")),
        (GAP, CHECKS),
    ],
    ids=["a broken sync", "a known gap"],
)
def test_which_checks_run(sync: BrokenSync, checks: tuple[str, ...]) -> None:
    """The checks that name the fault run, and the first of each section; or all."""
    assert checks == select_checks(sync, CHECKS, whole=False)


def test_known_gaps_do_not_run_by_default() -> None:
    """Known gaps take long and prove nothing: they run if the user asks for them."""
    jobs = plan_jobs(CHECKS, [broken("bills.new"), GAP], whole=False, partly=False)

    assert ["", "loses-edits"] == [job.broken.name for job in jobs]


def test_the_unbroken_sync_meets_the_same_checks() -> None:
    """If only some broken syncs run, the unbroken one meets the checks of these."""
    jobs = plan_jobs(CHECKS, [broken("bills.new")], whole=False, partly=True)

    assert ("people.new", "bills.new") == jobs[0].wanted


def test_the_verdicts_of_a_run_become_a_row() -> None:
    """An inconclusive check has no result: it has not detected a broken sync."""
    verdicts = dict(
        zip(CHECKS, (Verdict.HOLDS, Verdict.FAILS, Verdict.INCONCLUSIVE), strict=False)
    )
    asked: list[object] = []

    def run(*arguments: object) -> RunResult:
        asked[:] = arguments
        return RunResult(verdicts, {}, "the output", 5)

    job = Job(broken("bills.new"), CHECKS)
    found = run_job(Path("a b.py"), job, ["--broken", "loses-edits"], run)

    sync = "python: 'a b.py' --broken loses-edits"
    held = {"people.new": True, "people.company": False}
    expected = Row(job.broken, held, CHECKS, 5, "the output")
    assert (expected, [sync, CHECKS, "--weather", "fair"]) == (found, asked)
