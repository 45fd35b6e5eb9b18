"""The folder `reports`: whole, of one run, and not of another one's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.report.conftest import CHECKS, HOW_MANY
from tests.report.running import Project

CRASH = """
import os, pathlib

def test_stays():
    pass

def test_crashes():
    os._exit(1)
"""


#: The vendors' SDKs take a second to import, and plain tests have no need of them.
LIGHT = """
pytest_plugins = ["dataflow.report.folder"]


def pytest_addoption(parser):
    parser.addoption("--target", default="twin")
    parser.addoption("--sync", default="reference")
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Make a project with two plain tests and the results of an earlier run."""
    project = Project.at(tmp_path)
    project.write("tests/test_two.py", "def test_a(): pass\ndef test_b(): pass\n")
    project.allure.mkdir(parents=True)
    project.write("reports/allure-results/old-result.json", "{}")
    return project


@pytest.fixture
def light(project: Project) -> Project:
    """Take all away but what keeps the folder."""
    project.write("conftest.py", LIGHT)
    return project


def test_each_test_has_a_result(leaky: Project) -> None:
    """There are as many results as tests that were collected."""
    # The checks, and nine plain tests of which one is two.
    assert HOW_MANY + 10 == len(leaky.results)


def test_each_test_has_a_case(leaky: Project) -> None:
    """The XML holds every test too."""
    assert len(leaky.results) == len(leaky.cases)


def test_a_case_names_its_check(green: Project) -> None:
    """The XML says by its check id which check a case is of."""
    named = {p.get("value") for c in green.cases for p in c.iter("property")}

    assert named >= {result["fullName"] for result in green.results}


def test_two_workers_leave_as_many_results(project: Project) -> None:
    """With two workers there is a result for each test, and none of before."""
    project.run(*CHECKS, "tests", "-n", "2")

    assert HOW_MANY + 2 == len(project.results)


def test_a_run_leaves_nothing_of_the_last_one(light: Project) -> None:
    """The folder holds the results of one run, which has nothing to complain of."""
    output = light.run("tests")

    assert 2 == len(light.results)
    assert "allure-results" not in output


def test_a_look_at_the_tests_leaves_the_results(light: Project) -> None:
    """To list the tests is no run: the results stay."""
    light.run("tests", "--collect-only")

    assert ["old-result.json"] == [path.name for path in light.allure.iterdir()]


def test_a_run_within_a_run_leaves_the_results(light: Project) -> None:
    """A run that a test has started leaves the results of the other run alone."""
    light.run("tests", started_by_a_test=True)

    assert ["old-result.json"] == [path.name for path in light.allure.iterdir()]


def test_a_folder_that_somebody_names_is_not_emptied(light: Project) -> None:
    """What is in a folder of somebody else's stays there."""
    light.run("tests", "--alluredir", "reports/allure-results")

    assert 3 == len(list(light.allure.glob("*-result.json")))


def test_a_lost_result_is_complained_of(light: Project) -> None:
    """A worker that crashed takes a result away, and the run says so."""
    light.write("tests/test_two.py", CRASH)

    output = light.run("tests", "-n", "1")

    assert "allure-results holds 1 results of 2 tests that ran" in output


def test_allure_can_be_left_out(project: Project) -> None:
    """Without allure-pytest the checklist runs as well."""
    output = project.run("features", "-k", "new-record", "-p", "no:allure_pytest")

    assert "1 passed" in output
