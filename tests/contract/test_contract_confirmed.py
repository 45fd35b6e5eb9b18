"""Confirmations: when they are due, their file, and `dataflow twin --behaviours`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dataflow.cli import main
from dataflow.contract.confirmed import (
    Confirmation,
    count_outcomes,
    is_due,
    known_behaviours,
    last_confirmed,
    read_confirmed,
    update_confirmed,
    write_confirmed,
)
from dataflow.errors import FileError
from dataflow.twin.chargebee import behaviours as of_chargebee
from dataflow.twin.invoiced import behaviours as of_invoiced

JANUARY, FEBRUARY = date(2026, 1, 5), date(2026, 2, 4)
#: Two tests that confirm one behaviour.
CONFIRMED = {
    "x.py::test_a": Confirmation(JANUARY, ("invoiced.patch.bumps",)),
    "x.py::test_b": Confirmation(
        FEBRUARY,
        ("invoiced.patch.bumps",),
        "api.sandbox.invoiced.com",
        {"invoiced.patch.bumps": {"agree": 2}},
    ),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file of confirmations."""
    path = tmp_path / "confirmed.json"
    write_confirmed(path, CONFIRMED)
    return path


# Dates


@pytest.mark.parametrize(
    ("test", "days", "due"),
    [
        ("a", 0, True),
        ("a", 29, True),
        ("a", 30, False),
        ("a", 31, False),
        ("never confirmed", 1000, True),
    ],
)
def test_an_old_confirmation_is_due(test: str, days: int, *, due: bool) -> None:
    """A test is due once more than so many days have passed, or without a date."""
    assert due == is_due(test, {"a": Confirmation(JANUARY)}, FEBRUARY, days)


@pytest.mark.parametrize(
    ("passed", "failed", "after"),
    [
        (["b"], [], {"a": JANUARY, "b": FEBRUARY}),
        (["a"], [], {"a": FEBRUARY}),
        ([], ["a"], {}),
        (["a"], ["a"], {}),
    ],
    ids=["another", "again", "failed", "passed and failed"],
)
def test_a_run_updates_its_own_tests(
    passed: list[str], failed: list[str], after: dict[str, date]
) -> None:
    """A test that passed gets a date, one that failed loses it; others keep theirs."""
    updated = update_confirmed(
        {"a": Confirmation(JANUARY)},
        {test: Confirmation(FEBRUARY) for test in passed},
        failed,
    )

    assert {test: Confirmation(day) for test, day in after.items()} == updated


def test_the_latest_date_counts() -> None:
    """A behaviour was last confirmed when the latest of its tests passed."""
    confirmed = {
        "a": Confirmation(FEBRUARY, ("x",)),
        "b": Confirmation(JANUARY, ("x", "y")),
    }

    found = last_confirmed(confirmed)

    assert {"x": FEBRUARY, "y": JANUARY} == {name: found[name].on for name in found}


def test_outcomes_are_added_up() -> None:
    """The outcomes of a behaviour are those of all tests."""
    confirmed = {
        "a": Confirmation(FEBRUARY, outcomes={"x": {"agree": 2}}),
        "b": Confirmation(JANUARY, outcomes={"x": {"agree": 1, "other wording": 1}}),
    }

    assert {"x": {"agree": 3, "other wording": 1}} == count_outcomes(confirmed)


# The file


def test_a_file_is_read_as_it_was_written(path: Path) -> None:
    """What was written is read again."""
    assert CONFIRMED == read_confirmed(path)


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"a": {"on": "soon"}}'])
def test_a_damaged_file_is_refused(text: str, path: Path) -> None:
    """A damaged file confirms nothing, and the error names it."""
    path.write_text(text, "utf-8")
    with pytest.raises(FileError) as caught:
        read_confirmed(path)

    assert str(path) in str(caught.value)


# The command


def show(*options: str, columns: int = 160) -> Result:
    """Run the command on a terminal of this width."""
    runner = CliRunner(env={"COLUMNS": str(columns)})
    return runner.invoke(main, ["twin", "--behaviours", *options])


def read_json(*options: str) -> Mapping[str, Mapping[str, object]]:
    """Return the behaviours of the JSON by name."""
    found = json.loads(show("--json", *options).output)
    return {each["name"]: each for each in found}


@pytest.mark.parametrize(
    "behaviour", [of_invoiced.PATCH_BUMPS, of_chargebee.AFTER_EXCLUSIVE]
)
def test_behaviours_need_no_registration(behaviour: object) -> None:
    """A constant of either twin is a known behaviour."""
    assert behaviour in known_behaviours().values()


def test_every_behaviour_is_listed() -> None:
    """The JSON has every behaviour of both twins, sorted by name."""
    assert sorted(known_behaviours()) == list(read_json())


def test_a_behaviour_has_evidence_and_a_date(path: Path) -> None:
    """The JSON has a behaviour's sentence, evidence, confirmation, and open end."""
    assert {
        "name": "invoiced.patch.bumps",
        "says": "A PATCH with any key moves updated_at, even if nothing changes.",
        "evidence": "unconfirmed",
        "confirmed": "2026-02-04",
        "confirmed_at": "api.sandbox.invoiced.com",
        "outcomes": {"agree": 2},
        "settled_by": "read in the vendor's server code; its contract test on a test"
        " account",
    } == read_json("--confirmed", str(path))["invoiced.patch.bumps"]


def test_without_a_file_nothing_is_confirmed(tmp_path: Path) -> None:
    """Without a file of confirmations, no behaviour has a date."""
    found = read_json("--confirmed", str(tmp_path / "none.json"))

    assert {None} == {each["confirmed"] for each in found.values()}


def test_the_table_has_a_line_for_each_behaviour(path: Path) -> None:
    """The table has a behaviour's evidence and date on the line of its name."""
    lines = show("--confirmed", str(path)).output.splitlines()
    line = next(line for line in lines if "invoiced.patch.bumps" in line)

    assert ["invoiced.patch.bumps", "unconfirmed", "2026-02-04"] == line.split()


def test_a_narrow_table_has_whole_names(path: Path) -> None:
    """A terminal of 80 columns shows every name in one piece."""
    output = show("--confirmed", str(path), columns=80).output

    assert set() == known_behaviours().keys() - set(output.split())


def test_the_command_names_a_damaged_file(path: Path) -> None:
    """A damaged file of confirmations is one sentence, and status 1."""
    path.write_text("{", "utf-8")
    result = show("--confirmed", str(path))

    assert (1, True) == (result.exit_code, str(path) in result.output)
