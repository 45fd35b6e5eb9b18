"""`dataflow checklist`: what is in a document."""

from __future__ import annotations

import json
from pathlib import Path

from tests.checklist.documents import MADE_UP, REAL
from tests.cli.running import done, in_folder, program


def test_a_checklist_is_shown(document: Path) -> None:
    """Each section is shown with its id and how much is checked in it."""
    rows = [line.split() for line in done("checklist", str(document)).splitlines()]

    assert [
        ("1", "customers-person-customer", "26", "1"),
        ("2", "invoices-order", "48", "0"),
        ("3", "items-item", "21", "1"),
    ] == [(row[0], row[1], *row[-2:]) for row in rows if row and row[0].isdigit()]


def test_what_a_document_says_is_no_markup() -> None:
    """Brackets and colons of a document are shown, not obeyed."""
    rows = [("a[red]", ":x:", "[/no]")]
    Path("x.rst").write_text(
        MADE_UP.document(MADE_UP.usual("Client", "Account", rows)), "utf-8"
    )

    assert "a[red] = :x:" in done("checklist", "x.rst")


def test_a_checklist_is_shown_by_the_program(document: Path) -> None:
    """The installed program shows the same."""
    assert (0, done("checklist", str(document)), "") == program(
        "checklist", str(document)
    )


def test_json_has_the_whole_document(document: Path) -> None:
    """As JSON, the document has these parts."""
    found = json.loads(done("checklist", str(document), "--json"))

    assert {
        "title": "Invoiced to Chargebee Dataflow",
        "generated": "2030-01-02 03:04:05",
        "systems": ["Invoiced", "Chargebee"],
        "other_headings": [],
    } == {name: value for name, value in found.items() if name != "sections"}


def test_json_has_the_parts_of_a_section(document: Path) -> None:
    """As JSON, a section has these parts."""
    section = json.loads(done("checklist", str(document), "--json"))["sections"][1]

    assert {
        "number": 2,
        "id": "invoices-order",
        "left": "Invoices",
        "right": "Order",
        "properties": [
            {"left": "currency", "right": "currency_code", "type": "string"},
            {"left": "customer", "right": "customer_id", "type": "string"},
        ],
        "questions": [],
    } == {
        name: value
        for name, value in section.items()
        if name not in {"statements", "checks"}
    }


def test_json_has_the_statements(document: Path) -> None:
    """As JSON, a statement has its form, its text and its table."""
    section = json.loads(done("checklist", str(document), "--json"))["sections"][0]

    assert {
        "form": "every",
        "text": REAL.every("Customers person", "Customer").strip(),
        "table": [],
    } == section["statements"][0]


def test_json_has_the_checks(document: Path) -> None:
    """As JSON, a check has its id, its standing, its form and its title."""
    section = json.loads(done("checklist", str(document), "--json"))["sections"][2]

    assert {
        "id": "items-item.every.new-record",
        "standing": "stated",
        "form": "every",
        "title": "A new item gets exactly one item",
    } == section["checks"][0]


def test_json_has_the_questions(document: Path) -> None:
    """As JSON, a section has its open questions."""
    section = json.loads(done("checklist", str(document), "--json"))["sections"][2]

    assert [
        (
            "The document lists no property for this section. Is none meant to be"
            " synchronised, or is the list not filled in yet?"
        )
    ] == section["questions"]


def test_json_leaves_other_letters_as_they_are() -> None:
    """JSON is in UTF-8, for people to read."""
    Path("x.rst").write_text(MADE_UP.document(MADE_UP.usual("Ää", "Ö")), "utf-8")

    assert '"left": "Ää"' in done("checklist", "x.rst", "--json")


def test_a_checklist_writes_nothing(document: Path) -> None:
    """To look at a document changes nothing."""
    before = in_folder(Path())
    done("checklist", str(document))

    assert before == in_folder(Path())
