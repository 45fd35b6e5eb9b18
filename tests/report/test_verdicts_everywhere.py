"""Terminal, exit status, JUnit, JSON and Allure state the same verdict."""

from __future__ import annotations

from dataclasses import dataclass

from dataflow.harness.verdicts import Verdict
from tests.cases import cases
from tests.project import NEW_ITEM, ChecklistRun, Project, labels

NAME = "items-item.every.new-record"

#: What a step does before it is called, by verdict.
_STEP = """
import pytest

from dataflow.errors import VendorRefusedError

{more}

def pytest_bdd_before_step_call(request, step_func_args):
    world = step_func_args["world"]
    {line}
"""


@dataclass(frozen=True, slots=True)
class Stated:
    """What the reports of a run state about its one check."""

    first_line: str
    status: int
    junit: tuple[str | None, str | None]
    json: str
    allure: tuple[str | None, bool]


def run(project: Project, line: str = "pass") -> ChecklistRun:
    """Run one check, with a line of Python before each step."""
    project.append("conftest.py", _STEP.format(line=line, more=""))
    return project.run(NEW_ITEM, has_reports=True)


def read(done: ChecklistRun) -> Stated:
    """Return what all reports of a run state."""
    (check,) = (each for each in done.record.checks if each.id == NAME)
    lines = (line for line in done.output.splitlines() if line.startswith("Checklist"))
    return Stated(
        next(lines, "").partition(" checks was run: ")[2] or next(lines, ""),
        done.status,
        _read_junit(done),
        check.verdict,
        _read_allure(done),
    )


def _read_junit(done: ChecklistRun) -> tuple[str | None, str | None]:
    """Return the outcome of the case, and its property `verdict`."""
    for case in done.junit:
        outcome = next((e.tag for e in case if e.tag != "properties"), "passed")
        properties = {p.get("name"): p.get("value") for p in case.iter("property")}
        return outcome, properties.get("verdict")
    return None, None


def _read_allure(done: ChecklistRun) -> tuple[str | None, bool]:
    """Return the status of the result, and whether it has the tag *refused*."""
    for result in done.results:
        return result["status"], "refused" in labels(result, "tag")
    return None, False


@cases(
    "line, expected",
    {
        "holds": (
            "pass",
            Stated(
                "1 holds, 20 not run.", 0, ("passed", None), "holds", ("passed", False)
            ),
        ),
        "refused": (
            "world.notes.add('refused', 'The vendor refused the edit.')",
            Stated(
                "1 refused, 20 not run.",
                0,
                ("passed", "refused"),
                "refused",
                ("passed", True),
            ),
        ),
        "fails": (
            "raise AssertionError('It is not there.')",
            Stated(
                "1 fails, 20 not run.", 1, ("failure", None), "fails", ("failed", False)
            ),
        ),
        "inconclusive": (
            "raise VendorRefusedError('Invoiced', 400, 'no such field')",
            Stated(
                "1 inconclusive, 20 not run.",
                75,
                ("failure", "inconclusive"),
                "inconclusive",
                ("broken", False),
            ),
        ),
    },
)
def test_a_verdict_is_stated_everywhere(
    project: Project, line: str, expected: Stated
) -> None:
    """All reports of a check that was run state one verdict."""
    assert expected == read(run(project, line))


def test_a_refused_check_that_fails_is_not_refused(project: Project) -> None:
    """A vendor's refusal does not excuse a pair that disagrees."""
    line = "world.notes.add('refused', 'no'); assert world.edits, 'It is not there.'"

    assert Stated(
        "1 fails, 20 not run.", 1, ("failure", None), "fails", ("failed", False)
    ) == read(run(project, line))


def test_what_is_declared_is_not_exercised_everywhere(project: Project) -> None:
    """A check that its feature declares is skipped with the reason, before any step."""
    title = "    Scenario: A new item gets exactly one item\n"
    declared = f"{title}      Not exercised: no adapter for this record type.\n\n"
    project.replace("features/items-item.feature", title, declared)
    done = run(project, "raise AssertionError('a step was run')")

    reason = "no adapter for this record type"
    (check,) = (each for each in done.record.checks if each.id == NAME)
    assert ("not exercised", reason) == (check.verdict, check.reason)
    assert (0, ("skipped", None), ("skipped", False)) == (
        done.status,
        _read_junit(done),
        _read_allure(done),
    )
    assert "0 of 21 checks were run: 1 not exercised, 20 not run." in done.output
    assert [f"not exercised: {reason}"] == [
        each.get("message") for case in done.junit for each in case.iter("skipped")
    ]


def test_what_is_not_selected_is_absent(project: Project) -> None:
    """A check that was not run is in the run record alone."""
    done = run(project)
    (other,) = (c for c in done.record.checks if c.id == "items-item.every.sync-again")

    assert Verdict.NOT_RUN is other.verdict
    assert ([NAME], 1) == ([r["fullName"] for r in done.results], len(done.junit))
