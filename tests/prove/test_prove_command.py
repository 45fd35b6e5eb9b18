"""`dataflow prove` from end to end, and what it ends with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dataflow.cli import main
from dataflow.prove import command
from dataflow.prove.checklist_run import Outcome
from dataflow.prove.matrix import Row
from dataflow.prove.running import Job, held_in

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where the features and the catalogue are."""
    monkeypatch.chdir(ROOT)


def prove(page: Path, *arguments: str) -> Result:
    """Run the command with its page elsewhere."""
    return CliRunner().invoke(main, ["prove", "--page", str(page), *arguments])


@pytest.fixture
def _nothing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every check hold, whatever the sync does."""

    def run_all(_: Path, jobs: Sequence[Job], workers: int) -> Iterator[Row]:
        assert workers
        for job in jobs:
            yield Row(job.broken, dict.fromkeys(job.wanted, True), job.wanted)

    monkeypatch.setattr(command, "run_all", run_all)


def test_two_broken_syncs_are_caught(tmp_path: Path) -> None:
    """Two broken syncs meet their checks on the twins, and each is noticed."""
    names = ["never-creates-items", "takes-companies-for-persons"]
    only = [word for name in names for word in ("--only", name)]
    done = prove(tmp_path / "prove.html", "--json", *only)

    found = {r["name"]: r["verdict"] for r in json.loads(done.stdout)["broken"]}
    assert dict.fromkeys(names, "caught") == found, done.output


@pytest.mark.usefixtures("_nothing_is_noticed")
def test_a_blind_checklist_has_a_status_of_its_own(tmp_path: Path) -> None:
    """Where a broken sync is missed, the command ends with status 3."""
    done = prove(tmp_path / "prove.html", "--only", "never-creates-items")

    assert 3 == done.exit_code, done.output


@pytest.mark.usefixtures("_nothing_is_noticed")
def test_a_known_hole_is_no_failure(tmp_path: Path) -> None:
    """What nobody notices yet, and the catalogue says so, ends with status 0."""
    done = prove(tmp_path / "prove.html", "--only", "tires-in-the-long-run")

    assert 0 == done.exit_code, done.output


@pytest.mark.usefixtures("_nothing_is_noticed")
def test_a_page_is_written(tmp_path: Path) -> None:
    """The page stands where it was asked for, folders included."""
    page = tmp_path / "new" / "prove.html"

    prove(page, "--only", "never-creates-items")

    assert "never-creates-items" in page.read_text("utf-8")


def test_a_name_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """A misspelt name ends with status 1, and with what to do."""
    done = prove(tmp_path / "prove.html", "--only", "lost")

    complaint = (
        "Error: There is no broken sync 'lost': `dataflow prove --list` shows the"
        " names.\n"
    )
    assert (1, complaint) == (done.exit_code, done.stderr)


def test_the_list_names_all(tmp_path: Path) -> None:
    """The list says of each broken sync what goes wrong."""
    done = prove(tmp_path / "prove.html", "--list")

    assert "never-creates-items: Items get no counterpart." in done.stdout.splitlines()


def test_an_inconclusive_check_has_no_result() -> None:
    """A vendor in trouble has not noticed a broken sync."""
    outcomes = {
        "held": Outcome.HELD,
        "failed": Outcome.FAILED,
        "untold": Outcome.INCONCLUSIVE,
    }

    assert {"held": True, "failed": False} == held_in(outcomes)
