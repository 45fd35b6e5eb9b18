"""What the command tells of its trials."""

from __future__ import annotations

import io

from rich.console import Console

from dataflow.acquit.told import acquitted, as_json, as_table, sentence
from dataflow.acquit.trials import Result
from tests.acquit.trials import FAILED, HELD, INCONCLUSIVE, PLAIN, result

GOOD = result(HELD, HELD)


def shown(*results: Result) -> list[str]:
    """Return the lines of the terminal, without the blanks at their ends."""
    file = io.StringIO()
    Console(width=100, file=file).print(as_table(results))
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_a_red_check_is_no_acquittal() -> None:
    """One false alarm is one too many."""
    assert not acquitted([GOOD, result(HELD, FAILED)])


def test_runs_without_trouble_are_no_acquittal() -> None:
    """Bad weather that never came has proven nothing."""
    assert not acquitted([result(HELD, HELD, troubles=0)])


def test_runs_without_a_red_check_acquit() -> None:
    """Nobody was blamed."""
    assert acquitted([GOOD, GOOD])


def test_the_sentence_says_what_came_of_it() -> None:
    """Runs, reds, checks and troubles, in one line."""
    told = sentence([GOOD, result(INCONCLUSIVE, FAILED)])

    expected = (
        "2 runs of right syncs, 1 red: 2 checks held, 1 inconclusive; the syncs met"
        " trouble 2 times."
    )
    assert expected == told


def test_each_sync_has_a_line() -> None:
    """The table tells the syncs apart: one that is blamed is easily found."""
    lines = shown(GOOD, result(HELD, FAILED, right=PLAIN), GOOD)

    expected = [
        " plain           1      1              0     1          1        12",
        " reference       2      4              0     0          2        12",
    ]
    assert expected == lines[3:5]


def test_a_false_alarm_is_shown_with_its_command() -> None:
    """Whoever reads it can have it again."""
    lines = shown(result(HELD, FAILED))

    place = lines.index("False alarms")
    again = "pytest features --target twin --sync reference --weather rough:7 -m a.two"
    assert ["  a.two", f"  {again}"] == lines[place + 1 : place + 3]


def test_what_pytest_said_is_shown_where_a_check_is_missing() -> None:
    """A crash is shown as far as pytest told it."""
    assert "    pytest said this" in shown(result(HELD))


def test_the_json_has_every_trial() -> None:
    """A machine finds the weather of every run, and what did not hold."""
    told = as_json([result(HELD, FAILED)])

    again = "pytest features --target twin --sync reference --weather rough:7 -m a.two"
    assert [
        {
            "sync": "reference",
            "weather": "rough:7",
            "held": 1,
            "failed": {"a.two": again},
            "inconclusive": [],
            "missing": [],
            "troubles": 1,
            "seconds": 12.0,
            "output": "",
        }
    ] == told["trials"]
