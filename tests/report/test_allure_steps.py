"""A scenario in Allure: named, labelled, step by step, and kept by its check id."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.cases import cases
from tests.project import ITEMS, ChecklistRun, Project, labels

#: All use the same runs.
pytestmark = pytest.mark.xdist_group("report")

NEW = "items-item.every.new-record"
SKIPS = """
import pytest


def pytest_bdd_before_step_call(step):
    if step.name == "the sync catches up":
        pytest.skip("enough for today")
"""
STEPS = [
    'Given a neighbour item in "jpy"',
    "And the sync has caught up",
    'When a new item in "eur" is made',
    "And the sync catches up",
    "Then each has exactly one item:",
    "And everything else is as it was",
]


def test_a_scenario_has_its_name(passing: ChecklistRun) -> None:
    """A result has the name of its scenario."""
    assert "A new item gets exactly one item" == passing.result(NEW)["name"]


@pytest.mark.parametrize(
    ("label", "values"),
    [
        ("feature", ["Invoiced items, Chargebee items"]),
        ("story", ["Every item has an item"]),
        ("tag", [NEW, "stated"]),
        ("target", ["twin"]),
        ("sync", ["reference"]),
        ("parentSuite", ["Checklist"]),
        ("suite", ["3. Invoiced items, Chargebee items"]),
        ("host", []),
    ],
)
def test_a_scenario_has_labels(
    passing: ChecklistRun, label: str, values: list[str]
) -> None:
    """Section, statement, check id, standing and circumstances are labels."""
    assert values == labels(passing.result(NEW), label)


def test_each_line_is_a_step(passing: ChecklistRun) -> None:
    """Each line of Gherkin is a step, with its keyword."""
    assert STEPS == [step["name"] for step in passing.result(NEW)["steps"]]


def test_steps_pass(passing: ChecklistRun) -> None:
    """The steps of a check that holds have passed."""
    steps = passing.result(NEW)["steps"]

    assert {"passed"} == {step["status"] for step in steps}


def test_a_table_is_attached(passing: ChecklistRun) -> None:
    """The table below a line is attached to its step as CSV."""
    step = passing.result(NEW)["steps"][4]

    table = passing.attached(step, "Table")
    assert ["record", "the item", "the neighbour"] == table.splitlines()


def test_a_fixture_that_passed_is_left_out(passing: ChecklistRun) -> None:
    """Nothing is written about fixtures that passed."""
    assert [] == list(passing.allure.glob("*-container.json"))


def test_nothing_more_is_attached_to_what_holds(passing: ChecklistRun) -> None:
    """Exchanges are attached to failed checks alone."""
    assert [] == [test["name"] for test in passing.results if "attachments" in test]


@cases(
    "check, text",
    {
        "place": (NEW, f"Check `{NEW}`, in `features/items-item.feature:12`."),
        "observed": (
            "items-item.kept.deleted-in-chargebee",
            "**Observed behaviour of the sync**\n\n- It has no live item in Chargebee.",
        ),
        "assumed": (
            "items-item.kept.deleted-in-invoiced",
            "- `invoiced.item.archived`: ",
        ),
    },
)
def test_a_description_contains(passing: ChecklistRun, check: str, text: str) -> None:
    """The description has the place, what the sync did, and what is only assumed."""
    assert text in passing.result(check)["description"]


def test_a_description_asks_the_open_questions(passing: ChecklistRun) -> None:
    """Each check of a section shows the open questions of the section."""
    without = [
        test["name"]
        for test in passing.results
        if "- The document lists no property for this section."
        not in test["description"]
    ]

    assert [] == without


def test_the_summary_is_attached_to_the_report(passing: ChecklistRun) -> None:
    """The summary of the run goes with the report as a whole."""
    (path,) = passing.allure.glob("*-attachment.txt")

    assert "Checklist: partly run. 3 of 21 checks were run" in path.read_text("utf-8")


def test_steps_stop_where_the_check_fails(failing: ChecklistRun) -> None:
    """The step that failed has failed, and those after it are skipped."""
    statuses = [step["status"] for step in failing.result(NEW)["steps"]]

    assert ["passed", "failed", *["skipped"] * 6] == statuses


def test_a_failure_says_what_was_found(failing: ChecklistRun) -> None:
    """The message of a failure is its finding, and no Python."""
    first, second = failing.result(NEW)["statusDetails"]["message"].splitlines()

    assert first.endswith("has no live items in Chargebee")
    assert second.startswith("waited for every record to have its counterpart")


def test_a_failure_says_where(failing: ChecklistRun) -> None:
    """The trace of a failure is the place of its line."""
    trace = failing.result(NEW)["statusDetails"]["trace"]

    assert "features/items-item.feature:14" == trace


@cases(
    "step, call",
    {
        "harness": (STEPS[0], "Invoiced POST /items, by the checklist\n"),
        "sync": (STEPS[1], "Chargebee GET /api/v2/items, by the sync\n"),
    },
)
def test_a_failure_shows_the_calls(failing: ChecklistRun, step: str, call: str) -> None:
    """The calls of the harness and of the sync stand below the step that ran them."""
    log = failing.attached(failing.result(NEW), "HTTP exchanges")

    details = log.partition(f"===== {step}")[2]
    assert call in details.partition("=====")[0]


def test_a_renamed_scenario_keeps_its_history(
    passing: ChecklistRun, tmp_path: Path
) -> None:
    """A renamed scenario is the same check as before."""
    renamed = Project(tmp_path)
    old = "A new item gets exactly one item"
    renamed.replace(ITEMS, old, "A new item gets its item")

    (now,) = renamed.run("features", "-m", NEW, has_reports=True).results
    before = passing.result(NEW)
    ids = ("historyId", "testCaseId", "fullName")
    assert [before[name] for name in ids] == [now[name] for name in ids]


def test_a_test_case_depends_on_the_check_id_alone(passing: ChecklistRun) -> None:
    """Neither the folder nor the file of a scenario is part of its identity."""
    expected = hashlib.md5(NEW.encode(), usedforsecurity=False).hexdigest()

    assert expected == passing.result(NEW)["testCaseId"]


def test_runs_of_two_syncs_have_two_histories(
    passing: ChecklistRun, failing: ChecklistRun
) -> None:
    """A check of another sync is the same test case, and does not share its history."""
    before, now = passing.result(NEW), failing.result(NEW)

    assert before["testCaseId"] == now["testCaseId"]
    assert before["historyId"] != now["historyId"]


def test_a_skip_inside_a_step_ends_it(project: Project) -> None:
    """A step that skips is shown as skipped, like those after it."""
    project.append("conftest.py", SKIPS)

    done = project.run("features", "-m", NEW, has_reports=True)

    steps = done.result(NEW)["steps"]
    assert ["passed", "skipped", "skipped"] == [step["status"] for step in steps][2:5]


def test_the_environment_is_written(failing: ChecklistRun) -> None:
    """The report says what ran where, and what its verdicts rest on."""
    text = (failing.allure / "environment.properties").read_text("utf-8")

    written = dict(line.split("=", 1) for line in text.splitlines())
    assert "twin" == written["target"]
    assert written["sync"].endswith("--broken never-creates-items")
    assert "twins of both APIs; no real account was used" == written["evidence"]
