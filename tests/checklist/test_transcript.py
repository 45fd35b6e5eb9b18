"""The feature files: what their text says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gherkin.parser import Parser
from pytest_bdd.steps import step_function_context_registry

from dataflow.checklist.features import read_feature
from dataflow.checklist.reader import parse_document
from dataflow.checklist.transcript import transcribe, write_features
from dataflow.harness.collection import find_mistakes
from tests.checklist.documents import (
    MADE_UP,
    ORDER_ROWS,
    REAL,
    Row,
    Writer,
    all_forms,
    real_facts,
)

FEATURES = Path(__file__).parents[2] / "features"

DOCUMENTS = {"real": real_facts(), "made up": all_forms()}


def texts_of(document: str) -> dict[str, str]:
    """Return the features of a document's text."""
    return transcribe(parse_document(document))


every_feature = pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=f"{name}: {file}")
        for name, document in DOCUMENTS.items()
        for file, text in texts_of(document).items()
    ],
)


@pytest.mark.parametrize(
    "name", ["customers-person-customer", "invoices-order", "items-item"]
)
def test_the_features_are_what_is_transcribed(name: str) -> None:
    """A feature of this project is, to the byte, what its section is transcribed to."""
    text = texts_of(real_facts())[f"{name}.feature"]

    assert text.encode() == (FEATURES / f"{name}.feature").read_bytes()


def test_the_features_are_all_that_is_transcribed() -> None:
    """The features of this project are those of the three sections and no others."""
    there = {path.name for path in FEATURES.glob("*.feature")}

    assert texts_of(real_facts()).keys() == there


def test_an_unlisted_section_says_so() -> None:
    """A section without properties says that none is listed."""
    assert (
        "  Listed properties: none.\n" in texts_of(real_facts())["items-item.feature"]
    )


def test_rows_are_shown_as_the_document_has_them() -> None:
    r"""All rows are in the feature, clear or not, with `|` and `\` escaped."""
    rows = [("name", "title", '"string"'), ("", "a|b", "x\\y")]
    document = MADE_UP.document(MADE_UP.usual("A", "B", rows))
    lines = texts_of(document)["a-b.feature"].splitlines()

    assert [
        "  Listed properties:",
        "    | Redbooks | Bluebill | type   |",
        "    | name     | title    | string |",
        r"    |          | a\|b     | x\\y   |",
    ] == lines[7:11]


@pytest.mark.parametrize(
    "row",
    [
        ("a|b", "c", "x"),
        ("a\\b", "c", "x"),
        ("a\\|b", "c", "x"),
        ("a|", "|", "||"),
        ("a\\", "\\", "\\\\"),
        ("\\|\\", "|\\|", "\\n"),
        ("", "", ""),
        ("# no comment", "@no-tag", "Scenario: none"),
        ("ä", "日本", "€"),
    ],
)
def test_a_row_is_read_back(tmp_path: Path, row: Row) -> None:
    """Whatever a row says, reading the feature back returns it."""
    document = parse_document(MADE_UP.document(MADE_UP.usual("A", "B", [row])))
    write_features(transcribe(document), tmp_path)

    assert (
        document.sections[0].properties
        == read_feature(tmp_path / "a-b.feature").properties
    )


@every_feature
def test_a_feature_is_gherkin(text: str) -> None:
    """A feature is understood by the official parser, with each check a scenario."""
    tree: Any = Parser().parse(text)["feature"]
    count = sum(
        "scenario" in child
        for rule in tree["children"]
        for child in rule["rule"]["children"]
    )

    assert text.count("    Scenario: ") == count


@every_feature
def test_a_feature_announces_its_checks(text: str) -> None:
    """A feature says how many checks it has."""
    assert f", {text.count('    Scenario: ')} checks." in text.splitlines()[3]


@every_feature
def test_lines_have_no_trailing_space(text: str) -> None:
    """No line of a feature ends in white space."""
    assert [] == [line for line in text.splitlines() if line != line.rstrip()]


@pytest.mark.parametrize(
    ("left", "right", "rows"),
    [
        ("Customers person", "Customer", []),
        ("Customers person", "Customer", [("email", "email", '"string"')]),
        (
            "Customers person",
            "Customer",
            [("currency", "preferred_currency_code", '"string"')],
        ),
        ("Invoices", "Order", []),
        ("Invoices", "Order", ORDER_ROWS),
        ("Invoices", "Order", [("notes", "note", '"string"')]),
        ("Invoices", "Order", [("notes", "note", "N/A"), ORDER_ROWS[0]]),
        ("Invoices", "Order", [ORDER_ROWS[0], ORDER_ROWS[0]]),
        ("Items", "Item", []),
        ("Items", "Item", [("name", "name", '"string"'), ("", "sku", "N/A")]),
        ("Items", "Item", [("taxable", "is_giftable", '"boolean"')]),
    ],
)
def test_a_feature_can_be_run(
    tmp_path: Path, left: str, right: str, rows: list[Row]
) -> None:
    """Of what is transcribed for the two systems, each line has just one step."""
    write_features(texts_of(REAL.document(REAL.usual(left, right, rows))), tmp_path)
    (path,) = tmp_path.iterdir()
    definitions = list(step_function_context_registry.values())

    assert [] == find_mistakes(read_feature(path), definitions)


def test_a_feature_of_unknown_statements_can_be_run(tmp_path: Path) -> None:
    """A section of which nothing is understood is no mistake."""
    section = REAL.section("Items", "Item", "Once upon a time.\n")
    write_features(texts_of(REAL.document(section)), tmp_path)
    (path,) = tmp_path.iterdir()

    assert [] == find_mistakes(read_feature(path), [])


def test_a_system_of_two_words_is_gherkin(tmp_path: Path) -> None:
    """The name of a system does not break a tag."""
    writer = Writer("Red Books", "Blue Bill")
    write_features(texts_of(writer.document(writer.usual("A", "B"))), tmp_path)
    ids = [s.ids for s in read_feature(tmp_path / "a-b.feature").scenarios]

    assert ("a-b.kept.deleted-in-red-books",) in ids
