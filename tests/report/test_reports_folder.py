"""The folder `reports`: the results of one run, and none of another one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dataflow.harness.run_record import RUN_RECORD
from tests.report.conftest import CHECKS, HOW_MANY
from tests.report.running import Project

_CRASH = """
import os


def test_stays():
    pass


def test_crashes():
    os._exit(1)
"""

#: Plain tests need no SDK, and the SDKs of the vendors take a second to import.
_LIGHT = """
pytest_plugins = [
    "dataflow.harness.judge",
    "dataflow.harness.recorder",
    "dataflow.report.junit",
    "dataflow.report.allure",
]


def pytest_addoption(parser):
    parser.addoption("--target")
"""

OLD = "old-result.json"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Create a project with two plain tests and the results of an earlier run."""
    project = Project.at(tmp_path)
    project.write("tests/test_two.py", "def test_a(): pass\ndef test_b(): pass\n")
    project.allure.mkdir(parents=True)
    for name in (f"allure-results/{OLD}", "junit.xml", "run.json"):
        project.write(f"reports/{name}", "{}")
    return project


@pytest.fixture
def light(project: Project) -> Project:
    """Reduce the project to the plugins that write the folder."""
    project.write("conftest.py", _LIGHT)
    return project


@pytest.mark.parametrize(
    "count",
    [
        lambda project: len(project.results),
        lambda project: len(project.cases),
        lambda project: len(project.record.checks) + len(project.record.tests),
    ],
    ids=["Allure", "JUnit", "record"],
)
def test_each_test_has_a_result(
    leaky: Project, count: Callable[[Project], int]
) -> None:
    """There are as many results as tests that were collected."""
    # The checks, and nine plain tests of which one is two.
    assert HOW_MANY + 10 == count(leaky)


def test_a_case_names_its_check(passing: Project) -> None:
    """The XML states which check a case is, by its id."""
    named = {p.get("value") for c in passing.cases for p in c.iter("property")}

    assert named >= {result["fullName"] for result in passing.results}


def test_two_workers_leave_the_same_results(project: Project) -> None:
    """With two workers there is a result for each test, and none of an earlier run."""
    project.run(*CHECKS, "tests", "-n", "2")

    assert (HOW_MANY + 2, HOW_MANY, 2) == (
        len(project.results),
        len(project.record.checks),
        len(project.record.tests),
    )


def test_a_run_replaces_the_results_of_the_last_one(light: Project) -> None:
    """The folder has the results of one run, and pytest warns of nothing."""
    output = light.run("tests")

    assert (2, 2, 2) == (
        len(light.results),
        len(light.cases),
        len(light.record.tests),
    )
    assert "allure-results" not in output


@pytest.mark.parametrize(
    ("options", "started_by_a_test"),
    [
        (["--collect-only"], False),
        ([], True),
        (["--run-record", "other.json"], False),
    ],
    ids=["list", "within a test", "named record"],
)
def test_other_runs_leave_the_results(
    light: Project, options: list[str], *, started_by_a_test: bool
) -> None:
    """What is no run of its own leaves the results of the last one."""
    light.run("tests", *options, started_by_a_test=started_by_a_test)

    reports = light.root / "reports"
    assert ([OLD], "{}", "{}") == (
        [path.name for path in light.allure.iterdir()],
        (reports / "junit.xml").read_text(),
        (reports / "run.json").read_text(),
    )


def test_a_named_folder_is_not_emptied(light: Project) -> None:
    """A folder that the user names keeps what is in it."""
    light.run("tests", "--alluredir", "reports/allure-results")

    assert 3 == len(list(light.allure.glob("*-result.json")))


def test_a_lost_result_is_reported(light: Project) -> None:
    """A worker that crashes loses a result of Allure, and the run warns of it."""
    light.write("tests/test_two.py", _CRASH)

    output = light.run("tests", "-n", "1")

    assert "allure-results holds 1 results of 2 tests that ran" in output


def test_a_crash_is_in_the_record(light: Project) -> None:
    """A test whose worker crashed fails, and has no result of its own."""
    light.write("tests/test_two.py", _CRASH)

    light.run("tests", "-n", "1")

    assert [("test_stays", True), ("test_crashes", False)] == [
        (test.id.rpartition("::")[2], test.has_result) for test in light.record.tests
    ]


def test_a_run_that_cannot_write_does_not_start(light: Project) -> None:
    """A record that cannot be replaced stops the run with one sentence."""
    record = light.root / RUN_RECORD
    record.unlink()
    record.mkdir()

    assert "run.json cannot be written (Is a directory)" in light.run("tests")


@pytest.mark.parametrize("name", ["allure_pytest", "junitxml"])
def test_a_report_can_be_left_out(light: Project, name: str) -> None:
    """Without the plugin of Allure or of JUnit, the tests run as well."""
    assert "2 passed" in light.run("tests", "-p", f"no:{name}")
