"""`dataflow twin --behaviours`: the page of truth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from dataflow.cli import main
from dataflow.contract.known import known_behaviours

ENTRIES = {
    "x.py::test_a": {"behaviours": ["invoiced.patch.bumps"], "on": "2026-01-05"},
    "x.py::test_b": {"behaviours": ["invoiced.patch.bumps"], "on": "2026-02-05"},
}


@pytest.fixture
def confirmed(tmp_path: Path) -> str:
    """Return a file in which two tests confirm one behaviour."""
    path = tmp_path / "confirmed.json"
    path.write_text(json.dumps(ENTRIES), "utf-8")
    return str(path)


def shown(*options: str) -> str:
    """Return what the command prints on a wide terminal; it must succeed."""
    result = CliRunner(env={"COLUMNS": "160"}).invoke(main, ["twin", *options])
    assert 0 == result.exit_code, result.output
    return result.output


def listed(*options: str) -> Mapping[str, Mapping[str, str | None]]:
    """Return the behaviours of the JSON by name."""
    found = json.loads(shown("--behaviours", "--json", *options))
    return {each["name"]: each for each in found}


def test_every_behaviour_is_listed() -> None:
    """The JSON has every behaviour of both twins, sorted by name."""
    assert sorted(known_behaviours()) == list(listed())


def test_a_behaviour_says_what_it_is(confirmed: str) -> None:
    """A behaviour has its sentence, its evidence and its last confirmation."""
    assert {
        "name": "invoiced.patch.bumps",
        "says": "A PATCH with any key moves updated_at, even if nothing changes.",
        "evidence": "unconfirmed",
        "confirmed": "2026-02-05",
    } == listed("--confirmed", confirmed)["invoiced.patch.bumps"]


def test_nothing_is_claimed_without_a_file(tmp_path: Path) -> None:
    """Without a file of confirmations no behaviour has a date."""
    nowhere = str(tmp_path / "nowhere.json")

    assert {None} == {
        each["confirmed"] for each in listed("--confirmed", nowhere).values()
    }


def test_people_get_a_table(confirmed: str) -> None:
    """The table has a behaviour's evidence and date on the line of its name."""
    lines = shown("--behaviours", "--confirmed", confirmed).splitlines()
    line = next(line for line in lines if "invoiced.patch.bumps" in line)

    assert ["invoiced.patch.bumps", "unconfirmed", "2026-02-05"] == line.split()


def test_a_narrow_table_has_all_of_it(tmp_path: Path) -> None:
    """A terminal of 80 columns shows every name in one piece."""
    command = ["twin", "--behaviours", "--confirmed", str(tmp_path / "nowhere")]
    output = CliRunner(env={"COLUMNS": "80"}).invoke(main, command).output

    assert set() == known_behaviours().keys() - set(output.split())


def test_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    """A damaged file of confirmations is named, with what to do."""
    path = tmp_path / "confirmed.json"
    path.write_text("{", "utf-8")
    command = ["twin", "--behaviours", "--confirmed", str(path)]
    result = CliRunner().invoke(main, command)

    assert (1, True) == (result.exit_code, str(path) in result.output)
