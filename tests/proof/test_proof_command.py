"""`dataflow prove` and `dataflow acquit` from end to end, and their exit statuses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from click.testing import Result as Invocation

from dataflow.cli import main
from dataflow.harness.verdicts import Verdict
from dataflow.proof import command
from dataflow.proof.jobs import Job
from dataflow.proof.matrix import Row
from dataflow.proof.trials import Result, Trial
from tests.project import ROOT
from tests.proof.samples import result


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where the features and the catalogue are."""
    monkeypatch.chdir(ROOT)


def run(*arguments: str) -> Invocation:
    """Run the command."""
    return CliRunner().invoke(main, arguments)


def prove(page: Path, *arguments: str) -> Invocation:
    """Run the command with its page elsewhere."""
    return run("prove", "--page", str(page), *arguments)


@pytest.fixture
def _all_checks_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every check hold, whatever the sync does."""

    def run_jobs(_: Path, jobs: Sequence[Job], workers: int) -> Iterator[Row]:
        assert workers
        for job in jobs:
            yield Row(job.broken, dict.fromkeys(job.wanted, True), job.wanted)

    monkeypatch.setattr(command, "run_jobs", run_jobs)


@pytest.mark.slow
def test_two_broken_syncs_are_caught(tmp_path: Path) -> None:
    """Two broken syncs meet their checks on the twins, and each is detected."""
    names = ["never-creates-items", "takes-companies-for-persons"]
    only = [word for name in names for word in ("--only", name)]
    done = prove(tmp_path / "prove.html", "--json", *only)

    found = {r["name"]: r["verdict"] for r in json.loads(done.stdout)["broken"]}
    assert (0, dict.fromkeys(names, "caught")) == (done.exit_code, found)


@pytest.mark.usefixtures("_all_checks_hold")
@pytest.mark.parametrize(
    ("name", "status"),
    [("never-creates-items", 3), ("tires-in-the-long-run", 0)],
    ids=["a fault that no check detects", "a known gap"],
)
def test_the_status_of_prove(tmp_path: Path, name: str, status: int) -> None:
    """A broken sync that is missed has a status of its own; a known gap is none."""
    assert status == prove(tmp_path / "prove.html", "--only", name).exit_code


@pytest.mark.usefixtures("_all_checks_hold")
def test_a_page_is_written(tmp_path: Path) -> None:
    """The page is written where the user asked for it, folders included."""
    page = tmp_path / "new" / "prove.html"

    prove(page, "--only", "never-creates-items")

    assert "never-creates-items" in page.read_text("utf-8")


@pytest.mark.usefixtures("_all_checks_hold")
def test_a_page_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """The user learns which option names another place."""
    (tmp_path / "file").write_text("")
    page = tmp_path / "file" / "prove.html"

    done = prove(page, "--only", "never-creates-items")

    assert (1, "choose another file with --page.") == (
        done.exit_code,
        done.stderr.partition("): ")[2].strip(),
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ("prove", "--only", "lost"),
            (
                "The broken sync 'lost' is unknown: `dataflow prove --list` shows the"
                " names."
            ),
        ),
        (
            ("acquit", "--only", "plane"),
            (
                "The good sync 'plane' is unknown: `dataflow acquit --list` shows the"
                " names."
            ),
        ),
    ],
    ids=["prove", "acquit"],
)
def test_an_unknown_name_is_one_sentence(
    arguments: Sequence[str], complaint: str
) -> None:
    """A misspelt name ends with status 1, and with what to do."""
    done = run(*arguments)

    assert (1, f"Error: {complaint}\n") == (done.exit_code, done.stderr)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("prove", "never-creates-items: Items get no counterpart."),
        ("acquit", "reference: The project's own sync."),
    ],
)
def test_the_list_names_all(name: str, line: str) -> None:
    """The list describes each sync."""
    assert line in run(name, "--list").stdout.splitlines()


def end_trials(
    monkeypatch: pytest.MonkeyPatch, *results: Result, is_interrupted: bool
) -> None:
    """Let the trials have these results, and then perhaps be interrupted."""

    def run_trials(trials: Sequence[Trial], checks: object) -> Iterator[Result]:
        assert trials
        assert checks
        yield from results
        if is_interrupted:
            raise KeyboardInterrupt

    monkeypatch.setattr(command, "run_trials", run_trials)


GOOD, ALARM = result(Verdict.HOLDS, Verdict.HOLDS), result(Verdict.FAILS)


@pytest.mark.parametrize(
    ("results", "is_interrupted", "status"),
    [
        ([GOOD, GOOD], False, 0),
        ([GOOD, ALARM], False, 3),
        ([GOOD], True, 130),
        ([ALARM], True, 3),
    ],
    ids=["good", "a false alarm", "an interrupt", "an interrupt after a false alarm"],
)
def test_the_status_of_acquit(
    monkeypatch: pytest.MonkeyPatch,
    results: list[Result],
    is_interrupted: bool,  # noqa: FBT001
    status: int,
) -> None:
    """A false alarm ends with 3; an interrupt with 130, and shows what has run."""
    end_trials(monkeypatch, *results, is_interrupted=is_interrupted)

    done = run("acquit", "--runs", "2", "--only", "reference", "--json")

    shown = json.loads(done.stdout)["runs"]
    assert (status, len(results)) == (done.exit_code, shown)
