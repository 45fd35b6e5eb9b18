"""Failed checks in the terminal: each cause once, with a command that repeats it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import (
    CHECKS_OF_ITEMS,
    ITEMS,
    NEW_ITEM,
    ROOT,
    ChecklistRun,
    Project,
    environment,
    run,
    tally,
)

#: Many of them read the output of the same run.
pytestmark = pytest.mark.xdist_group("failures")

_SECTIONS = "customers-person-customer", "invoices-order", "items-item"

#: A sync whose key for Chargebee is wrong.
_WRONG_KEY = f"""
import os
import sys

sys.path.insert(0, {str(ROOT)!r})
os.environ["DATAFLOW_CHARGEBEE_KEY"] = "key-of-yesterday"
from broken.plain import PlainSync
from broken.program import run_once

sys.exit(run_once(PlainSync))
"""

#: Twins that cannot start a scenario.
_NO_START = """
from dataflow.harness.targets.twin import TwinTarget

TwinTarget.start = lambda target, check: 1 / 0
"""

#: A plain test that fails beside the checks.
_PLAIN = """
def test_fails():
    assert 1 == 2
"""


#: The lines of pytest's header, which a test leaves out.
_HEADER = 9


def run_wrong_key(
    project: Project, *arguments: str, start: str = "python:"
) -> ChecklistRun:
    """Run checks with a wrong key in the sync, in a terminal of 80 columns."""
    if not (project.folder / "my sync.py").exists():
        project.append("my sync.py", _WRONG_KEY)
    sync = ("--sync", f"{start} 'my sync.py'")
    # As `make checklist` does: with all that pytest prints by default.
    return run(
        *("-v", "-q", *sync, *arguments),
        folder=project.folder,
        variables={"COLUMNS": "80"},
        has_reports=True,
    )


def find_commands(done: ChecklistRun) -> list[str]:
    """Return the commands that repeat checks."""
    return re.findall(r"^Run only .* again:\n  (.+)$", done.output, re.MULTILINE)


def paste(command: str, folder: Path) -> str:
    """Run a command in a shell, and return the last line of its output."""
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment(has_reports=True),
        capture_output=True,
        text=True,
        check=False,
    )
    return tally(done.stdout).strip("= ")


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> ChecklistRun:
    """Run the whole checklist with a wrong key in the sync."""
    project = Project(tmp_path_factory.mktemp("stopped"), _SECTIONS)
    return run_wrong_key(project, "features")


@pytest.fixture(scope="module")
def continued(tmp_path_factory: pytest.TempPathFactory) -> ChecklistRun:
    """Run a section to its end, beside a plain test that fails."""
    project = Project(tmp_path_factory.mktemp("continued"))
    project.append("test_plain.py", _PLAIN)
    return run_wrong_key(project, "--keep-going", ITEMS, "test_plain.py")


# A wrong key in a sync


def test_a_wrong_key_is_one_cause(stopped: ChecklistRun) -> None:
    """It is shown once, with the number of checks that it fails."""
    assert ["10 checks fail, one cause"] == re.findall(
        r"^_+ (.+) _+$", stopped.output, re.MULTILINE
    )


def test_a_wrong_key_fits_on_a_screen(stopped: ChecklistRun) -> None:
    """The output is shorter than 60 lines of 80 columns."""
    assert 60 > len(stopped.output.splitlines())


@pytest.mark.process
@pytest.mark.slow
def test_a_program_with_a_wrong_key_fits_on_a_screen(project: Project) -> None:
    """With its introduction and pytest's header, it is shorter than 60 lines too."""
    done = run_wrong_key(project, ITEMS, start=f"command: {sys.executable}")

    assert "10 failed" == tally(done)
    assert 60 > _HEADER + len(done.output.splitlines())


def test_a_wrong_key_ends_the_run(stopped: ChecklistRun) -> None:
    """The run ends after 10 checks, fails, and states how to continue."""
    assert (1, "10 failed", True) == (
        stopped.status,
        tally(stopped),
        "--keep-going: run all" in stopped.output,
    )


@pytest.mark.process
@pytest.mark.slow
def test_the_command_can_be_pasted(stopped: ChecklistRun) -> None:
    """The command runs the checks of the cause again, and no others."""
    (command,) = find_commands(stopped)

    assert ("10 failed", True) == (
        paste(command, stopped.folder),
        "@reports/failed/" in command,
    )


def test_a_failure_shows_message_scenario_and_calls(stopped: ChecklistRun) -> None:
    """The first scenario is whole, and each call names who made it."""
    shown = stopped.output

    for part in (
        "was refused with 401: Sorry, authentication failed. Invalid api key\n",
        "feature:14 (customers-person-customer.every.new-record)\n",
        '    Given a neighbour person in "jpy"\n  > And the sync has caught up\n',
        "    And everything else is as it was\n",
        "  401  the sync       Chargebee GET /api/v2/customers\n",
        "  200  the checklist  Chargebee GET /api/v2/customers\n",
        "customers-person-customer: every.already-there, every.all-sorts,\n",
    ):
        assert part in shown


def test_results_keep_all_failures(stopped: ChecklistRun) -> None:
    """The run record and the JUnit file contain each failure in full."""
    in_record = [check for check in stopped.record.checks if check.reason]
    in_junit = [case.findtext("failure") or "" for case in stopped.junit]

    assert (10, 10, 1) == (
        sum("401" in each.reason for each in in_record),
        sum("And everything else is as it was" in text for text in in_junit),
        len({each.cause for each in in_record}),
    )


# Other runs


def test_keep_going_runs_all_checks(continued: ChecklistRun) -> None:
    """With the option the run ends by itself; other tests are shown by pytest."""
    titles = re.findall(r"^_+ (.+?) _+$", continued.output, re.MULTILINE)

    assert (
        f"{CHECKS_OF_ITEMS + 1} failed",
        ["test_fails", f"{CHECKS_OF_ITEMS} checks fail, one cause"],
    ) == (
        tally(continued),
        titles,
    )


def test_a_whole_section_is_repeated_by_its_feature(continued: ChecklistRun) -> None:
    """A cause that fails each check of a section needs no list of them."""
    (command,) = find_commands(continued)

    assert (
        True,
        f"  items-item: all {CHECKS_OF_ITEMS} checks" in continued.output,
    ) == (
        command.endswith(f" --sync \"python: 'my sync.py'\" {ITEMS}"),
        True,
    )


def test_pytest_lists_other_tests_alone(continued: ChecklistRun) -> None:
    """The short summary of pytest repeats no check."""
    assert ["FAILED test_plain.py::test_fails - assert 1 == 2"] == [
        line for line in continued.output.splitlines() if line.startswith("FAILED ")
    ]


@pytest.mark.parametrize(
    ("sync", "failed"), [("reference", 10), ("none", CHECKS_OF_ITEMS)]
)
def test_a_target_that_fails_ends_the_run(
    project: Project, sync: str, failed: int
) -> None:
    """Ten checks that could not start are enough, except in a run without a sync."""
    project.append("conftest.py", _NO_START)

    assert f"{failed} failed" == tally(project.run("--sync", sync, ITEMS))


def test_a_wrong_result_does_not_end_the_run(project: Project) -> None:
    """A sync that runs to its end is compared in each check."""
    done = project.run("--sync", "command: true", ITEMS)

    assert f"{CHECKS_OF_ITEMS} failed" == tally(done)


@pytest.mark.process
@pytest.mark.slow
def test_workers_end_the_run_too(tmp_path: Path) -> None:
    """With several workers, the run ends with the status of failed checks."""
    done = run_wrong_key(Project(tmp_path, _SECTIONS), "-n", "2", "features")
    (title,) = re.findall(
        r"^_+ (\d+) checks fail, one cause _+$", done.output, re.MULTILINE
    )

    assert (1, True, True) == (
        done.status,
        10 <= int(title) < 60,
        "--keep-going: run all" in done.output,
    )


def test_one_check_is_repeated_by_its_node_id(project: Project) -> None:
    """The title and the command name the only check; pytest's `-x` ends the run."""
    done = run_wrong_key(project, "-x", ITEMS)

    assert (True, True) == (
        f"_ {NEW_ITEM} _" in done.output,
        find_commands(done)[0].endswith(f" {NEW_ITEM}"),
    )


def test_one_other_check_is_singular(project: Project) -> None:
    """A cause of two checks has one other check."""
    done = run_wrong_key(project, NEW_ITEM, f"{ITEMS}::every.already-there")

    assert "\n1 other check has the same cause:\n" in done.output


@pytest.mark.parametrize(
    ("option", "has_frames", "has_scenario"),
    [
        ("--tb=long", True, False),
        ("--tb=short", False, True),
        ("--tb=no", False, False),
    ],
)
def test_tb_decides_what_is_shown(
    project: Project, option: str, *, has_frames: bool, has_scenario: bool
) -> None:
    """An explicit style of pytest shows frames, or neither frames nor scenario."""
    output = run_wrong_key(project, option, NEW_ITEM).output

    assert (has_frames, has_scenario, True) == (
        "polling.py:" in output,
        "  > And the sync has caught up" in output,
        "ended with status 1:" in output,
    )


def test_verbose_shows_the_whole_output(project: Project) -> None:
    """With `-v` no line of a long output is left out."""
    project.append(
        "my sync.py",
        "import sys\nfor number in range(40): print('line', number)\nsys.exit(1)",
    )
    brief, whole = (run_wrong_key(project, *v, NEW_ITEM).output for v in ((), ("-vv",)))

    assert (False, True, True) == (
        "line 20" in brief,
        "lines (-v shows all)" in brief,
        "line 20" in whole,
    )
