"""The reader: a document's text in, sections and statements out."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.checklist.document import Document, Form, PropertyRow, Section
from dataflow.checklist.reader import parse_document
from tests.cases import cases
from tests.checklist.documents import MADE_UP, Writer, all_forms, table


def forms(section: Section) -> list[Form]:
    """Return the forms of a section's statements."""
    return [statement.form for statement in section.statements]


def only(*statements: str) -> Section:
    """Return the section of a document that says just this."""
    text = MADE_UP.section("Client", "Account", *statements)
    (section,) = parse_document(MADE_UP.document(text)).sections
    return section


@pytest.fixture(scope="module")
def everything() -> Document:
    """Return a document with every form that there is."""
    return parse_document(all_forms())


def test_the_title_names_the_systems(everything: Document) -> None:
    """The two systems are those of the title."""
    systems = (everything.left_system, everything.right_system)

    assert ("Redbooks", "Bluebill") == systems


@pytest.mark.parametrize(
    ("word", "time"), [("Generated:", "2030-01-02 03:04:05"), ("Made:", "")]
)
def test_the_time_of_generation_is_kept(word: str, time: str) -> None:
    """The document says when it was generated, if it does."""
    text = all_forms().replace("Generated:", word)

    assert time == (parse_document(text).generated or "")


def test_other_headings_are_no_sections(everything: Document) -> None:
    """A heading that names no two record types is kept apart."""
    assert ("Introduction",) == everything.other_headings


def test_a_heading_of_another_system_is_no_section() -> None:
    """A heading about a system that the title does not name is kept apart."""
    other = Writer("Greenhouse", "Bluebill")
    text = MADE_UP.document(
        MADE_UP.usual("Client", "Account"), other.usual("Client", "Account")
    )

    assert ("Greenhouse Client to Bluebill Account",) == parse_document(
        text
    ).other_headings


def usual(*pairs: tuple[str, str]) -> str:
    """Return a made-up document of usual sections about these record types."""
    return MADE_UP.document(*(MADE_UP.usual(*pair) for pair in pairs))


PAIR = ("Client", "Account")
TWO_WORDS = Writer("Red Books", "Blue Bill")
ODD = ("Client (old/new)", "Account: B2B")
AGAIN = [("Deal", "Order"), ("Deal", "Order 2"), ("Deal", "Order")]
TITLE = "Redbooks to Bluebill Dataflow"
LONE = f"{TITLE}\n{'=' * len(TITLE)}\n\n{MADE_UP.usual(*PAIR)}"


@cases(
    "text, ids",
    {
        "usual": (usual(PAIR), ["client-account"]),
        "system-of-two-words": (
            TWO_WORDS.document(TWO_WORDS.usual(*PAIR)),
            ["client-account"],
        ),
        "below-the-title": (LONE, ["client-account"]),
        "every-form": (all_forms(), ["client-account", "deal-order", "deal-order-2"]),
        "numbered": (usual(*AGAIN), ["deal-order", "deal-order-2", "deal-order-3"]),
        "file-name": (usual(ODD), ["client-old-new-account-b2b"]),
    },
)
def test_a_section_has_an_id(text: str, ids: list[str]) -> None:
    """An id is made of letters and digits, in lower case; none is taken twice."""
    sections = parse_document(text).sections

    assert [*enumerate(ids, start=1)] == [(each.number, each.id) for each in sections]


def test_record_types_are_as_written() -> None:
    """A section names its record types in the document's own spelling."""
    (section,) = parse_document(usual(ODD)).sections

    assert ODD == (section.left, section.right)


def test_the_known_forms_are_recognised() -> None:
    """The three sentences are recognised, in the document's order."""
    (section,) = parse_document(
        MADE_UP.document(MADE_UP.usual("Client", "Account"))
    ).sections

    assert [Form.EVERY, Form.KEPT_IN_SYNC, Form.PROPERTIES] == forms(section)


@pytest.mark.parametrize(
    "sentence",
    [
        "Every Redbooks Client will be synchronized with an Bluebill Account.",
        "Every Redbooks Client  will be\nsynchronized with a Bluebill Account.",
    ],
)
def test_small_differences_do_not_matter(sentence: str) -> None:
    """Articles and white space do not change the form."""
    assert [Form.EVERY] == forms(only(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "When a Redbooks Client pays, it will be synchronized with a Bluebill Account.",
        "Every Redbooks Deal will be synchronized with a Bluebill Account.",
        "Every Redbooks Client will be synchronized with a Bluebill Account. Or not.",
        "Every Redbooks Client will be synchronized with a Bluebill Account if asked.",
        "every Redbooks Client will be synchronized with a Bluebill Account.",
        "Once upon a time.",
        "* A point in a list",
        "::\n\n   A program",
        "| A line by itself",
    ],
)
def test_other_statements_are_kept(sentence: str) -> None:
    """A statement of another form, or with a condition, is kept as unrecognised."""
    assert [Form.UNRECOGNISED] == forms(only(sentence))


def test_a_record_type_is_no_pattern() -> None:
    """What has a meaning in patterns has none in a record type."""
    text = MADE_UP.document(MADE_UP.usual("Client.*", "Account?"))
    (section,) = parse_document(text).sections

    assert Form.EVERY == section.statements[0].form


def test_the_text_of_a_statement_is_kept() -> None:
    """A statement's text is the paragraph as written, white space folded."""
    (statement,) = only("Once *upon*\na  time.").statements

    assert "Once *upon* a time." == statement.text


VAT = ("vat", "tax")
BODY = table([("a", "b"), VAT])


@cases(
    "statements, tables",
    {
        "before-it": (["They match.\n", BODY, "And then?\n"], [(VAT,), ()]),
        "two-tables": (["They match.\n", BODY, BODY], [(VAT, VAT)]),
        "none-before-it": ([BODY, "And then?\n"], [(VAT,), ()]),
    },
)
def test_a_table_belongs_to_the_statement_before_it(
    statements: list[str], tables: list[tuple[tuple[str, str], ...]]
) -> None:
    """A table is part of the statement before it, or an unrecognised one by itself."""
    assert tables == [each.table for each in only(*statements).statements]


def test_a_table_of_a_header_row_is_empty() -> None:
    """A table that has only its header row lists no property."""
    assert () == only(MADE_UP.listed("Client", "Account")).properties


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        (("a", "b", '"string"'), PropertyRow("a", "b", "string")),
        (("a.b_c", "d", '"integer"'), PropertyRow("a.b_c", "d", "integer")),
        (("", "b", "N/A"), PropertyRow("", "b", "N/A")),
        (("a", "b", '"x","%d"]'), PropertyRow("a", "b", '"x","%d"]')),
        (("a (if *so*)", "b", ""), PropertyRow("a (if *so*)", "b", "")),
        (("a", "b"), PropertyRow("a", "b", "")),
    ],
)
def test_a_property_row_is_as_written(cells: tuple[str, ...], row: PropertyRow) -> None:
    """A row of a table of properties is kept as written, but for a type's quotes."""
    section = only(MADE_UP.listed("Client", "Account", [cells]))

    assert (row,) == section.properties


def test_other_tables_list_no_property() -> None:
    """A table of another statement lists no property."""
    assert () == only("They match.\n", table([("a", "b"), ("c", "d")])).properties


@pytest.mark.parametrize(
    ("left", "right", "is_pair"),
    [
        ("name", "title", True),
        ("a.b", "c_1", True),
        ("", "title", False),
        ("name", "", False),
        ("name (if set)", "title", False),
    ],
)
def test_a_pair_is_two_plain_names(left: str, right: str, *, is_pair: bool) -> None:
    """Only two plain property names make a pair."""
    assert is_pair == PropertyRow(left, right, "string").is_pair


def test_a_section_ends_with_the_next_heading(everything: Document) -> None:
    """A statement belongs to the heading above it."""
    found = [len(section.statements) for section in everything.sections]

    assert [4, 3, 3] == found


def test_remarks_of_the_parser_are_no_statements() -> None:
    """What docutils thinks of bad markup is no statement of the document."""
    assert 1 == len(only("Once upon a time.\n\n.. no-such-directive:: x\n").statements)


@pytest.mark.parametrize("directive", ["include", "raw"])
def test_nothing_else_is_read(directive: str, tmp_path: Path) -> None:
    """A document cannot bring in another file."""
    other = tmp_path / "other.txt"
    other.write_text("Secret.", "utf-8")
    argument = str(other) if directive == "include" else f"html\n   :file: {other}"
    section = only(f"Once.\n\n.. {directive}:: {argument}\n")

    assert ["Once."] == [statement.text for statement in section.statements]


def test_nothing_goes_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Bad markup is no reason to write to the terminal."""
    only("Once `upon a *time.\n\n.. no-such-directive:: x\n")

    assert ("", "") == capsys.readouterr()


def test_a_statement_below_a_sub_heading_is_kept() -> None:
    """A sub-heading inside a section takes none of its statements away."""
    below = "Remarks\n~~~~~~~\n\nSomething nobody has thought of yet.\n"
    section = only(MADE_UP.every("Client", "Account"), below)

    assert [Form.EVERY, Form.UNRECOGNISED] == forms(section)
