"""The project is found from each folder inside it, and named outside."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dataflow.cli import main
from dataflow.project import find_project, in_project
from tests.project import Project, environment


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a project, in which the test is."""
    monkeypatch.chdir(project.folder)
    return project.folder


def test_the_project_is_above(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder inside the project, its paths are absolute."""
    monkeypatch.chdir(here / "steps")

    assert (here, here / "features") == (find_project(), in_project("features")())


@pytest.mark.usefixtures("here")
def test_paths_are_short_in_the_project() -> None:
    """In the folder of the project, its paths are relative, as a user writes them."""
    assert Path("reports", "run.json") == in_project("reports", "run.json")()


def test_outside_a_path_is_of_this_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no project, a path is relative, so that one can be created."""
    monkeypatch.chdir(tmp_path)

    assert (None, Path("features")) == (find_project(), in_project("features")())


@pytest.mark.parametrize(
    ("command", "output"),
    [
        (["steps", "caught up"], "Given the sync has caught up"),
        (["sync"], "DATAFLOW_INVOICED_URL"),
        (["summary"], "reports/run.json has no results"),
    ],
    ids=["steps", "sync", "summary"],
)
def test_a_command_finds_the_project(
    command: list[str], output: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder inside the project, a command reads the files of the project."""
    monkeypatch.chdir(here / "steps")
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)

    assert output in CliRunner().invoke(main, command).output


@pytest.mark.parametrize(
    "command", ["steps", "prove", "acquit", "sync", "doctor", "sweep"]
)
def test_a_command_outside_names_the_place(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside the project, a command that needs it says where to start it."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, [command])
    text = " ".join(done.output.split())

    assert 1 == done.exit_code
    assert re.search("the project's folder|folder of the project|root of the", text)


@pytest.mark.process
def test_pytest_above_names_the_project(tmp_path: Path) -> None:
    """In a folder above the project, a run of pytest names the project's folder."""
    below = tmp_path / "below"
    below.mkdir()
    Project(below)

    output = run_at(tmp_path)

    assert f"There is no check in {tmp_path}: run pytest in {below}." in output
    assert "1 error" not in output


@pytest.mark.process
def test_pytest_outside_names_the_place(tmp_path: Path) -> None:
    """Outside the project, a run of pytest says where there are checks."""
    assert (
        f"There is no check in {tmp_path}: run pytest in the project's folder, which"
        " has conftest.py and features." in run_at(tmp_path)
    )


def run_at(folder: Path) -> str:
    """Return the output of plain pytest in a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout
