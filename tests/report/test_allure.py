"""A plain test in Allure: its status, its trace, and one example of a property."""

from __future__ import annotations

import json

import pytest

from tests.project import ChecklistRun, labels

#: All use the same runs.
pytestmark = pytest.mark.xdist_group("report")


@pytest.mark.parametrize(
    ("test", "status"),
    [
        ("test_passes", "passed"),
        ("test_fails", "broken"),
        ("test_compares", "failed"),
        ("test_half_a_character[\\ud800]", "failed"),
        ("test_set_up", "broken"),
        ("test_skips", "skipped"),
        ("test_property", "failed"),
    ],
)
def test_a_plain_test_has_its_status(
    leaky: ChecklistRun, test: str, status: str
) -> None:
    """A result has the status of its test."""
    assert status == leaky.result(test)["status"]


def test_a_plain_test_has_a_suite_of_its_own(leaky: ChecklistRun) -> None:
    """A plain test stands below another heading than the checklist."""
    suites = labels(leaky.result("test_passes"), "parentSuite")

    assert ["The project's own tests"] == suites


def test_a_description_is_the_docstring(leaky: ChecklistRun) -> None:
    """The description of a test is its docstring."""
    assert "It passes." == leaky.result("test_passes")["description"]


def test_a_plain_failure_has_its_trace(leaky: ChecklistRun) -> None:
    """The trace of a failure shows its frames."""
    trace = leaky.result("test_fails")["statusDetails"]["trace"]

    assert trace.startswith("tests/test_plain.py:18: in test_fails")


@pytest.mark.parametrize("name", ["historyId", "testCaseId"])
def test_parameters_that_look_alike_are_two_tests(
    leaky: ChecklistRun, name: str
) -> None:
    """No test is taken for a retry of another: Allure 2 reads one id, 3 the other."""
    ids = [test[name] for test in leaky.results]

    assert len(ids) == len(set(ids))


def test_a_property_shows_its_counter_example(leaky: ChecklistRun) -> None:
    """The message of a failed property holds the shrunk example."""
    message = leaky.result("test_property")["statusDetails"]["message"]

    assert "numbers=[100]" in message


def test_a_property_shows_one_example(leaky: ChecklistRun) -> None:
    """Of all the examples, the steps of the last one are kept."""
    steps = [step["name"] for step in leaky.result("test_property")["steps"]]

    assert ["add [100]"] == steps


def test_no_attachment_is_left_over(leaky: ChecklistRun) -> None:
    """Each attachment in the folder belongs to a result, or to the whole report."""
    texts = [path.read_text("utf-8") for path in leaky.allure.glob("*.json")]
    files = [path.name for path in leaky.allure.glob("*-attachment.*")]

    assert [] == [name for name in files if json.dumps(name) not in "".join(texts)]


def test_a_broken_fixture_is_shown(leaky: ChecklistRun) -> None:
    """Only the fixture that failed is in the results."""
    (path,) = leaky.allure.glob("*-container.json")

    assert ["broken"] == [f["name"] for f in json.loads(path.read_text())["befores"]]
