"""How the results are shown: in the terminal, as JSON, and as a page."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.console import Console, RenderableType

from dataflow.harness.verdicts import Verdict
from dataflow.proof.matrix import Matrix, Row
from dataflow.proof.page import render_page
from dataflow.proof.render import (
    are_acquitted,
    encode_matrix,
    encode_trials,
    render_matrix,
    render_trials,
    summarize_matrix,
    summarize_trials,
)
from dataflow.proof.trials import Result
from tests.proof.samples import PLAIN, broken, matrix, result, row

HOLDS, FAILS = Verdict.HOLDS, Verdict.FAILS

GAP = row(broken(name="gap", known_gap="no check counts"))
CAUGHT = row(broken("bills.new"), ("bills.new",))
MISSED = matrix(row(broken("bills.new"), ("people.new",)))

GOOD = result(HOLDS, HOLDS)
ALARM = result(HOLDS, FAILS)
REPETITION = "pytest features --target twin --sync reference --weather rough:7 -m a.two"


def show(rendered: RenderableType) -> str:
    """Return what the terminal shows, without the blanks at the ends of its lines."""
    file = io.StringIO()
    Console(width=100, file=file).print(rendered)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


# The broken syncs


def test_the_sentence_counts_what_must_be_caught() -> None:
    """Known gaps are counted neither as caught nor among those to be caught."""
    assert (
        "1 of 1 broken syncs are caught by every check that names their fault; the"
        " unbroken sync fails none of 4 checks."
    ) == summarize_matrix(matrix(CAUGHT, GAP))


def test_the_table_counts_by_section() -> None:
    """A row shows how many checks of each section failed, of those that ran."""
    (line,) = re.findall("loses-edits .*", show(render_matrix(MISSED)))

    assert ["loses-edits", "1/2", "0/2", "by", "another"] == line.split()


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (
            MISSED,
            "Edits are lost. These checks hold: bills.new; others fail: people.new",
        ),
        (matrix(GAP), "Edits are lost. Why: no check counts."),
        (matrix(unbroken=("bills.new",)), "The unbroken sync fails bills.new"),
    ],
    ids=["missed", "a known gap", "a false alarm"],
)
def test_the_table_lists_what_is_wrong(found: Matrix, text: str) -> None:
    """What counts against the checklist is listed in words, and so are known gaps."""
    assert text in " ".join(show(render_matrix(found)).split())


def test_the_json_of_the_matrix() -> None:
    """Each broken sync has its verdict and what each check said that it met."""
    found = json.loads(json.dumps(encode_matrix(MISSED)))

    (only,) = found["broken"]
    assert ("by another", False) == (only["verdict"], only["ok"])
    assert {
        "people.new": "failed",
        "people.company": "held",
        "bills.new": "held",
        "bills.edited": "held",
    } == only["met"]
    assert ["loses-edits"] == found["checks"]["people.new"]


@pytest.mark.parametrize(
    ("each", "is_ok"), [(CAUGHT, True), (GAP, True), (row(broken("bills.new")), False)]
)
def test_the_json_states_whether_a_result_is_ok(each: Row, is_ok: bool) -> None:  # noqa: FBT001
    """A reader of the JSON needs no list of the good verdicts."""
    (found,) = json.loads(json.dumps(encode_matrix(matrix(each))))["broken"]

    assert is_ok is found["ok"]


# The page


def test_the_page_needs_no_network() -> None:
    """Nothing on the page is fetched from anywhere."""
    page = render_page(MISSED, date="2026-11-23")

    assert [] == re.findall(r"https?://|\bsrc=|@import|url\(", page)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (MISSED, 'class="passed edge" title="loses-edits, bills.new'),
        (MISSED, "<title>Not proven: "),
        (matrix(row(broken(name="<b>"))), "&lt;b&gt;"),
    ],
    ids=["a check that missed its fault", "the verdict first", "no markup"],
)
def test_the_page_contains(found: Matrix, text: str) -> None:
    """The page marks the checks that missed a fault, and shows texts as they are."""
    page = render_page(found, date="2026-11-23")

    assert (True, False) == (text in page, "<b>" in page)


# The good syncs


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([GOOD, GOOD], True),
        ([GOOD, ALARM], False),
        ([result(HOLDS, HOLDS, faults=0)], False),
    ],
    ids=["no alarm", "an alarm", "no fault was met"],
)
def test_what_acquits(results: list[Result], expected: bool) -> None:  # noqa: FBT001
    """One false alarm is too many, and fair weather proves nothing."""
    assert expected is are_acquitted(results)


def test_the_sentence_counts_the_trials() -> None:
    """Runs, failures, checks and faults are in one line."""
    assert (
        "2 runs of good syncs, 1 failed: 2 checks held, none refused, 1 inconclusive;"
        " the syncs met 2 faults."
    ) == summarize_trials([GOOD, result(Verdict.INCONCLUSIVE, FAILS)])


def test_each_good_sync_has_a_line() -> None:
    """The table shows which sync was blamed."""
    plain = result(HOLDS, FAILS, sync=PLAIN)
    lines = show(render_trials([GOOD, plain, GOOD])).splitlines()

    assert [
        " plain          1      1         0              0        1        1        12",
        " reference      2      4         0              0        0        2        12",
    ] == lines[3:5]


def test_a_false_alarm_is_shown_with_its_command() -> None:
    """A reader can repeat it."""
    shown = show(render_trials([ALARM]))

    assert f"False alarms\n  a.two\n  {REPETITION}\n" in shown


def test_the_output_is_shown_if_a_check_is_missing() -> None:
    """A crash is shown as far as pytest reported it."""
    assert "  the output of pytest\n" in show(render_trials([result(HOLDS)]))


def test_the_json_of_the_trials() -> None:
    """Each trial has its weather, and the checks that did not hold."""
    assert [
        {
            "sync": "reference",
            "weather": "rough:7",
            "held": 1,
            "refused": 0,
            "failed": {"a.two": REPETITION},
            "inconclusive": [],
            "missing": [],
            "troubles": 1,
            "seconds": 12.0,
            "output": "",
        }
    ] == encode_trials([ALARM])["trials"]
