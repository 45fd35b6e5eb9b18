"""`dataflow acquit` from end to end, and what it ends with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dataflow.acquit import command
from dataflow.acquit.trials import Result as TrialResult
from dataflow.acquit.trials import Trial
from dataflow.cli import main
from tests.acquit.trials import FAILED, HELD, result

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where the features are."""
    monkeypatch.chdir(ROOT)


@pytest.fixture
def _everything_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one check of each run fail."""

    def run_trials(trials: Sequence[Trial], checks: object) -> Iterator[TrialResult]:
        assert checks
        return (result(HELD, FAILED) for _ in trials)

    monkeypatch.setattr(command, "run_trials", run_trials)


def acquit(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["acquit", *arguments])


def test_the_reference_is_acquitted_in_a_real_run() -> None:
    """One whole run in rough weather: every check holds, and the status is 0."""
    done = acquit("--runs", "1", "--only", "reference", "--json")

    told = json.loads(done.stdout)
    found = done.exit_code, told["acquitted"], told["trials"][0]["failed"]
    assert (0, True, {}) == found


@pytest.mark.usefixtures("_everything_is_red")
def test_a_false_alarm_has_a_status_of_its_own() -> None:
    """A blamed right sync ends the command with 3: CI stops."""
    assert 3 == acquit("--runs", "2", "--only", "reference").exit_code


@pytest.fixture
def _interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody press Ctrl-C after the first run."""

    def run_trials(trials: Sequence[Trial], checks: object) -> Iterator[TrialResult]:
        assert trials
        assert checks
        yield result(HELD, HELD)
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run_trials", run_trials)


@pytest.mark.usefixtures("_interrupted")
def test_an_interrupt_tells_what_came_so_far() -> None:
    """Hours of runs are not lost with the one that was cut short."""
    done = acquit("--runs", "9", "--only", "reference", "--json")

    assert (130, 1) == (done.exit_code, json.loads(done.stdout)["runs"])


def test_a_name_that_is_not_there_is_one_sentence() -> None:
    """A misspelt name ends with status 1, and with what to do."""
    done = acquit("--only", "plane")

    complaint = (
        "Error: There is no right sync 'plane': `dataflow acquit --list` shows the"
        " names.\n"
    )
    assert (1, complaint) == (done.exit_code, done.stderr)


def test_the_list_names_all() -> None:
    """The list says of each right sync what is special about it."""
    assert "reference: The project's own sync." in acquit("--list").stdout.splitlines()
