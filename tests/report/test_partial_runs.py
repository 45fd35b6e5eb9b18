"""A summary counts against the whole checklist, whatever part of it was run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cases import cases
from tests.project import ITEMS, ChecklistRun, Project

#: Ends the run, or its process, in the middle of the third check of items.
_STOP = """
import os

def pytest_bdd_before_step_call(request):
    if request.node.name == "every.all-sorts":
        {stop}
"""
_INTERRUPT = _STOP.format(stop="raise KeyboardInterrupt")
_CRASH = _STOP.format(stop="os._exit(1)")
_FAIL = _STOP.format(stop="raise AssertionError('It is not there.')")

_ERROR = "The run is partial, which --whole makes an error"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a checklist of two sections, with 26 and 21 checks."""
    return Project(tmp_path, ("customers-person-customer", "items-item"))


def first_line(done: ChecklistRun) -> str:
    """Return the first line of the summary, which the CI summary repeats."""
    (line,) = re.findall(r"^Checklist: .*", done.output, re.MULTILINE)
    return str(line)


def results(done: ChecklistRun) -> list[str]:
    """Return the result of each section, the last cell of its row."""
    rows = re.findall(r"^ *\d\. .*", done.output, re.MULTILINE)
    return [re.split("  +", row.strip())[-1] for row in rows]


@cases(
    "arguments, more, status, expected, sections",
    {
        "whole": (
            "features --sync none",
            "",
            1,
            "fails. 47 of 47 checks were run: 47 fail.",
            [],  # nothing holds: the sections would repeat the headline
        ),
        "one id": (
            "features -m items-item.every.new-record",
            "",
            0,
            "partly run. 1 of 47 checks was run: 1 holds, 46 not run.",
            ["not run", "partly run"],
        ),
        "words": (
            "features -k new-record",
            "",
            0,
            "partly run. 2 of 47 checks were run: 2 hold, 45 not run.",
            ["partly run", "partly run"],
        ),
        "one file": (
            ITEMS,
            "",
            0,
            "partly run. 21 of 47 checks were run: 21 hold, 26 not run.",
            ["not run", "holds"],
        ),
        "first failure": (
            f"{ITEMS} -x",
            _FAIL,
            1,
            "fails, partly run. 3 of 47 checks were run: 2 hold, 1 fails, 44 not run.",
            ["not run", "fails, partly run"],
        ),
        "no sync": (
            f"{ITEMS} -x --sync none",
            "",
            1,
            "fails, partly run. 1 of 47 checks was run: 1 fails, 46 not run.",
            [],
        ),
        "interrupted": (
            ITEMS,
            _INTERRUPT,
            2,
            "partly run. 2 of 47 checks were run: 2 hold, 45 not run.",
            ["not run", "partly run"],
        ),
        "whole is asked for": (
            f"{ITEMS} --whole",
            "",
            1,
            "partly run. 21 of 47 checks were run: 21 hold, 26 not run.",
            ["not run", "holds"],
        ),
    },
)
def test_a_summary_counts_against_the_whole(  # noqa: PLR0913, PLR0917 - a table
    project: Project,
    arguments: str,
    more: str,
    status: int,
    expected: str,
    sections: list[str],
) -> None:
    """The first line, each section and the exit status state what was not run."""
    project.append("conftest.py", more)
    done = project.run(*arguments.split())

    assert (status, f"Checklist: {expected}", sections) == (
        done.status,
        first_line(done),
        results(done),
    )
    assert ("--whole" in arguments) == (_ERROR in done.output)


@pytest.mark.process
@pytest.mark.slow
def test_a_crashed_worker_is_counted(project: Project) -> None:
    """The check that a worker ended with fails, and the others are run."""
    project.append("conftest.py", _CRASH)
    done = project.run(ITEMS, "-n", "2")

    assert (
        "Checklist: fails, partly run. 21 of 47 checks were run: 20 hold, 1 fails, 26"
        " not run."
    ) == first_line(done)


def test_an_interrupted_check_has_no_result(project: Project) -> None:
    """What was interrupted is neither passed nor failed in any report."""
    project.append("conftest.py", _INTERRUPT)
    done = project.run(ITEMS, has_reports=True)

    finished = ["items-item.every.already-there", "items-item.every.new-record"]
    assert finished == sorted(result["fullName"] for result in done.results)
    assert (finished, 2) == (sorted(check.id for check in done.ran), len(done.junit))
    assert "do not sign off" not in done.output


def test_a_run_without_checks_has_no_summary(project: Project) -> None:
    """A run of other tests states nothing about the checklist."""
    project.append("test_plain.py", "def test_plain() -> None:\n    assert 1\n")
    done = project.run("test_plain.py")

    assert (0, []) == (done.status, re.findall("^Checklist", done.output, re.MULTILINE))


def test_a_whole_run_is_one_of_all_checks(project: Project) -> None:
    """--whole has no effect where each check was run."""
    done = project.run("features", "--sync", "none", "--whole")

    assert (1, False) == (done.status, _ERROR in done.output)
