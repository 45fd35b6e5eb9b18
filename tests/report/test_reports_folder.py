"""The folder `reports`: the results of one run, and none of another one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dataflow.harness.reports_folder import hold
from dataflow.harness.run_record import RUN_RECORD
from tests.project import ChecklistRun, Project, tally
from tests.report.conftest import CHECKS

#: All use the same runs.
pytestmark = pytest.mark.xdist_group("report")

_CRASH = """
import os


def test_stays():
    pass


def test_crashes():
    os._exit(1)
"""

OLD = "old-result.json"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Create a project with two plain tests and the results of an earlier run."""
    project = Project(tmp_path)
    project.append("tests/test_two.py", "def test_a(): pass\ndef test_b(): pass\n")
    for name in (f"allure-results/{OLD}", "junit.xml", "run.json"):
        project.append(f"reports/{name}", "{}")
    return project


@pytest.mark.parametrize(
    "count",
    [
        lambda done: len(done.results),
        lambda done: len(done.junit),
        lambda done: len(done.ran) + len(done.record.tests),
    ],
    ids=["Allure", "JUnit", "record"],
)
def test_each_test_has_a_result(
    leaky: ChecklistRun, count: Callable[[ChecklistRun], int]
) -> None:
    """There are as many results as tests that were collected."""
    # A check, and nine plain tests of which one is two.
    assert 11 == count(leaky)


def test_a_case_names_its_check(passing: ChecklistRun) -> None:
    """The XML states which check a case is, by its id."""
    named = {p.get("value") for c in passing.junit for p in c.iter("property")}

    assert named >= {result["fullName"] for result in passing.results}


@pytest.mark.process
@pytest.mark.slow
def test_two_workers_leave_the_same_results(project: Project) -> None:
    """With two workers there is a result for each test, and none of an earlier run."""
    done = project.run(*CHECKS, "tests", "-n", "2", has_reports=True)

    assert (len(CHECKS) + 2, len(CHECKS), 2) == (
        len(done.results),
        len(done.ran),
        len(done.record.tests),
    )


def test_a_run_replaces_the_results_of_the_last_one(project: Project) -> None:
    """The folder has the results of one run, and pytest warns of nothing."""
    done = project.run("tests", has_reports=True)

    assert (2, 2, 2) == (len(done.results), len(done.junit), len(done.record.tests))
    assert "allure-results" not in done.output


@pytest.mark.parametrize(
    ("options", "has_reports"),
    [(["--collect-only"], True), ([], False), (["--run-record", "other.json"], True)],
    ids=["list", "within a test", "named record"],
)
def test_other_runs_leave_the_results(
    project: Project, options: list[str], *, has_reports: bool
) -> None:
    """What is no run of its own leaves the results of the last one."""
    done = project.run("tests", *options, has_reports=has_reports)

    reports = project.folder / "reports"
    assert ([OLD], "{}", "{}") == (
        [path.name for path in done.allure.iterdir()],
        (reports / "junit.xml").read_text(),
        (reports / "run.json").read_text(),
    )


def test_a_named_folder_is_not_emptied(project: Project) -> None:
    """A folder that the user names keeps what is in it."""
    options = "--alluredir", "reports/allure-results"
    done = project.run("tests", *options, has_reports=True)

    assert 3 == len(list(done.allure.glob("*-result.json")))


@pytest.mark.process
@pytest.mark.slow
def test_a_crash_is_reported_and_recorded(project: Project) -> None:
    """A worker that crashes loses a result of Allure: the run warns, and it fails."""
    (project.folder / "tests" / "test_two.py").write_text(_CRASH)

    done = project.run("tests", "-n", "1", has_reports=True)

    assert "allure-results has 1 results of 2 tests that ran" in done.output
    assert [("test_stays", True), ("test_crashes", False)] == [
        (test.id.rpartition("::")[2], test.has_result) for test in done.record.tests
    ]


def test_a_run_that_cannot_write_does_not_start(project: Project) -> None:
    """A record that cannot be replaced stops the run with one sentence."""
    record = project.folder / RUN_RECORD
    record.unlink()
    record.mkdir()

    done = project.run("tests", has_reports=True)

    assert "run.json cannot be written (Is a directory)" in done.output


@pytest.mark.parametrize("name", ["allure_pytest", "junitxml"])
def test_a_report_can_be_left_out(project: Project, name: str) -> None:
    """Without the plugin of Allure or of JUnit, the tests run as well."""
    done = project.run("tests", "-p", f"no:{name}", has_reports=True)

    assert "2 passed" == tally(done)


def test_a_run_may_have_a_folder_of_its_own(project: Project) -> None:
    """With --reports, all results are there, and those of the last run stay."""
    project.run("tests", "--reports", "mine", has_reports=True)
    mine = project.folder / "mine"

    assert "{}" == (project.folder / RUN_RECORD).read_text()
    assert {"run.json", "junit.xml", "allure-results"} <= {
        path.name for path in mine.iterdir()
    }


def test_a_second_run_waits_for_the_first(tmp_path: Path) -> None:
    """A run whose folder is held says so, and begins after the other has ended."""
    first = hold(tmp_path, str)
    said: list[str] = []

    def end_the_first(text: str) -> None:
        said.append(text)
        os.close(first)

    os.close(hold(tmp_path, end_the_first))
    assert [True] == ["waits until it has ended" in text for text in said]


def test_a_run_lets_the_next_one_write(project: Project) -> None:
    """The folder is free after a run."""
    project.run("tests", has_reports=True)
    said: list[str] = []
    os.close(hold(project.folder / "reports", said.append))

    assert [] == said
