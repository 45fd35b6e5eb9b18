"""How the matrix is told: in the terminal, as JSON, and as a page."""

from __future__ import annotations

import io
import json
import re

from rich.console import Console

from dataflow.prove.matrix import Matrix
from dataflow.prove.page import as_page
from dataflow.prove.told import as_json, as_table, sentence
from tests.prove.rows import broken, matrix, row


def _told(found: Matrix) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(as_table(found))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _missed() -> Matrix:
    return matrix(row(broken("bills.new"), ("people.new",)))


def test_a_sentence_counts_what_is_meant_to_be_caught() -> None:
    """Known holes are counted neither as caught nor among those to be caught."""
    caught = row(broken("bills.new"), ("bills.new",))
    hole = row(broken(name="hole", hole="nobody counts"))

    assert (
        "1 of 1 broken syncs are caught by every check that names their fault; the"
        " unbroken sync fails none of 4 checks." == sentence(matrix(caught, hole))
    )


def test_the_table_counts_by_section() -> None:
    """A row says how many checks of each section failed, of those that it met."""
    (line,) = re.findall("loses-edits .*", _told(_missed()).partition("What")[0])

    assert ["loses-edits", "1/2", "0/2", "by", "another"] == line.split()


def test_the_table_says_what_is_wrong() -> None:
    """What was let through is told in words, with the check that let it pass."""
    assert "It holds in bills.new, and fails in people.new" in " ".join(
        _told(_missed()).split()
    )


def test_the_table_lists_holes() -> None:
    """A known hole is listed with its reason."""
    hole = row(broken(name="hole", hole="nobody counts"))

    assert "Edits are lost. Why: nobody counts." in _told(matrix(hole))


def test_json_holds_the_whole_matrix() -> None:
    """Each broken sync tells what each check said that it met."""
    (found,) = json.loads(json.dumps(as_json(_missed())))["broken"]

    assert {
        "people.new": "failed",
        "people.company": "held",
        "bills.new": "held",
        "bills.edited": "held",
    } == found["met"]


def test_json_tells_who_caught_what() -> None:
    """Each check tells which broken syncs it has noticed."""
    found = json.loads(json.dumps(as_json(_missed())))["checks"]

    assert ["loses-edits"] == found["people.new"]


def test_the_page_needs_no_network() -> None:
    """Nothing on the page is fetched from anywhere."""
    page = as_page(_missed(), date="2026-11-23")

    assert [] == re.findall(r"https?://|\bsrc=|@import|url\(", page)


def test_the_page_marks_who_let_a_fault_pass() -> None:
    """A check that names a fault and held is marked."""
    page = as_page(_missed(), date="2026-11-23")

    assert 'class="passed" title="loses-edits, bills.new' in page.replace(" edge", "")


def test_the_page_says_the_verdict_first() -> None:
    """The title tells what came of it."""
    page = as_page(_missed(), date="2026-11-23")

    assert "<title>Not proven: " in page


def test_the_page_shows_texts_as_they_are() -> None:
    """What stands in the catalogue is no markup of the page."""
    page = as_page(matrix(row(broken(name="<b>"))), date="2026-11-23")

    assert "<b>" not in page
