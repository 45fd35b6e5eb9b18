"""`dataflow try`: one run of a program on the twins, in about ten lines."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.cases import cases
from tests.cli.running import COMMAND, ROOT, run
from tests.project import Project

_PYTHON = shlex.quote(sys.executable)
_PLAIN = f"{_PYTHON} {shlex.quote(str(ROOT / 'broken' / 'plain_sync.py'))}"
_RECORDS = "person 1000001, invoice 1000002, item Widget_try-2"
#: A program with a wrong key for Chargebee.
_WRONG_KEY = f"env DATAFLOW_CHARGEBEE_KEY=key-of-yesterday {_PLAIN}"


@pytest.fixture(autouse=True)
def _in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the command where its settings are."""
    monkeypatch.chdir(ROOT)


def try_program(program: str) -> tuple[int, dict[str, str]]:
    """Run the command, and return its status and its last line of each title."""
    result = run("try", program)
    lines = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
    return result.exit_code, {
        title: text.strip()
        for title, _, text in (line.partition(" ") for line in lines)
    }


@pytest.mark.process
def test_the_reference_sync_is_complete() -> None:
    """Each record has its counterpart, and the next command runs the checklist."""
    command = f"{shlex.quote(str(COMMAND))} sync"
    status, shown = try_program(command)

    assert (0, "nothing") == (status, shown["Missing"])
    assert shown["Next"].endswith(
        f'pytest features --target twin --sync "command: {command}"'
    )


@pytest.mark.process
def test_it_shows_what_the_program_did() -> None:
    """Calls and records of each system and the links are shown, in ten lines."""
    lines = run("try", _PLAIN).stdout.splitlines()

    assert [
        f"Program    {_PLAIN}, exit status 0",
        "Calls      Invoiced 3, Chargebee 8",
        f"Invoiced   {_RECORDS} before the run; 0 more after it",
        "Chargebee  customer 1, order 1, item 1 after the run; none before it",
        "Link       person 1000001 -> customer 1000001",
        "Link       invoice 1000002 -> order o-1000002-1",
        "Link       item Widget_try-2 -> item Widget_try-2",
        "Missing    nothing",
    ] == lines[:-1]


@pytest.mark.process
@cases(
    "program, missing",
    {
        "no call": (
            "true",
            "the program called neither system: read the DATAFLOW_ variables",
        ),
        "wrong key": (
            _WRONG_KEY,
            "Chargebee refused each call: check the key that is sent",
        ),
        "an error": (
            f"sh -c '{_PLAIN} && exit 3'",
            "the program ended with an error: see its last lines above",
        ),
        "no item": (
            f"{_PLAIN} --broken never-creates-items",
            "item Widget_try-2 has no item",
        ),
    },
)
def test_it_shows_what_is_missing(program: str, missing: str) -> None:
    """The first thing to correct is one sentence, and the next command tries again."""
    status, shown = try_program(program)

    assert (1, missing) == (status, shown["Missing"])
    assert "dataflow try " in shown["Next"]


@pytest.mark.process
def test_another_mark_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that no mark links needs a mark in the settings."""
    marks = '["id={id}", "metadata.invoiced_id={id}"]'
    project = Project(tmp_path)
    project.replace("dataflow.toml", marks, '["unit={id}"]')
    monkeypatch.chdir(tmp_path)
    _, shown = try_program(_PLAIN)

    assert (
        "no item has a mark of item Widget_try-2: add yours to [marks] in dataflow.toml"
    ) == shown["Missing"]


@pytest.mark.process
def test_it_works_in_a_folder_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """PROGRAM is run from the folder of the project, and the next command from here."""
    monkeypatch.chdir(ROOT / "docs")
    status, shown = try_program(f"{_PYTHON} broken/plain_sync.py")

    assert (0, "nothing", True) == (
        status,
        shown["Missing"],
        f"pytest {Path('..', 'features')} --target twin" in shown["Next"],
    )


def test_it_needs_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of a project, the command states where to run it."""
    monkeypatch.chdir(tmp_path)
    result = run("try", "true")

    assert (1, f"{tmp_path} is in no project: start the command in") == (
        result.exit_code,
        result.output.removeprefix("Error: ").partition(" the project's")[0],
    )
