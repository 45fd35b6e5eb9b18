"""The reader: a document's text in, sections and statements out."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.checklist.document import Document, Form, PropertyRow, Section
from dataflow.checklist.reader import parse_document, read_document
from dataflow.errors import DocumentError
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


def test_a_system_may_have_two_words() -> None:
    """The name of a system may be of several words."""
    writer = Writer("Red Books", "Blue Bill")
    document = parse_document(writer.document(writer.usual("Client", "Account")))

    assert ["client-account"] == [section.id for section in document.sections]


def test_the_time_of_generation_is_kept(everything: Document) -> None:
    """The document says when it was generated."""
    assert "2030-01-02 03:04:05" == everything.generated


def test_a_document_without_a_time_is_read() -> None:
    """A document need not say when it was generated."""
    text = MADE_UP.document(MADE_UP.usual("Client", "Account"))
    document = parse_document(text.replace("Generated:", "Made:"))

    assert not document.generated


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


def test_a_lone_section_is_a_section() -> None:
    """A section is found though nothing stands between it and the title."""
    lone = MADE_UP.usual("Client", "Account")
    title = "Redbooks to Bluebill Dataflow"
    document = parse_document(f"{title}\n{'=' * len(title)}\n\n{lone}")

    assert ["client-account"] == [section.id for section in document.sections]


def test_sections_are_numbered(everything: Document) -> None:
    """Sections are numbered from 1; other headings do not count."""
    assert [1, 2, 3] == [section.number for section in everything.sections]


def test_ids_of_the_same_section_differ(everything: Document) -> None:
    """The same pair of record types, met again, gets an id of its own."""
    ids = [section.id for section in everything.sections]

    assert ["client-account", "deal-order", "deal-order-2"] == ids


def test_a_numbered_id_is_not_taken_twice() -> None:
    """A number at the end of a record type is not mistaken for a section's."""
    pairs = [("Deal", "Order"), ("Deal", "Order 2"), ("Deal", "Order")]
    text = MADE_UP.document(*(MADE_UP.usual(*pair) for pair in pairs))
    ids = [section.id for section in parse_document(text).sections]

    assert ["deal-order", "deal-order-2", "deal-order-3"] == ids


def test_an_id_is_fit_for_a_file_name() -> None:
    """Of a record type, letters and digits go into the id, in lower case."""
    text = MADE_UP.document(MADE_UP.usual("Client (old/new)", "Account: B2B"))
    (section,) = parse_document(text).sections

    assert "client-old-new-account-b2b" == section.id


def test_record_types_are_as_written() -> None:
    """A section names its record types in the document's own spelling."""
    text = MADE_UP.document(MADE_UP.usual("Client (old/new)", "Account: B2B"))
    (section,) = parse_document(text).sections

    assert ("Client (old/new)", "Account: B2B") == (section.left, section.right)


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


def test_a_table_belongs_to_the_statement_before_it() -> None:
    """The body of a table is part of the statement that it follows."""
    body = table([("a", "b"), ("vat", "tax")])
    section = only("They match.\n", body, "And then?\n")

    assert [(("vat", "tax"),), ()] == [each.table for each in section.statements]


def test_two_tables_of_a_statement_are_one() -> None:
    """A second table after a statement adds its rows."""
    body = table([("a", "b"), ("vat", "tax")])
    (statement,) = only("They match.\n", body, body).statements

    assert (("vat", "tax"), ("vat", "tax")) == statement.table


def test_a_table_without_a_statement_is_kept() -> None:
    """A table that follows no statement is an unrecognised one by itself."""
    section = only(table([("a", "b"), ("vat", "tax")]), "And then?\n")

    assert (("vat", "tax"),) == section.statements[0].table


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


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "(none)"),
        ("Only a paragraph.", "(none)"),
        ("Redbooks and Bluebill\n=====================\n", "Redbooks and Bluebill"),
        ("A to Dataflow\n=============\n", "A to Dataflow"),
    ],
)
def test_a_document_has_a_title(text: str, title: str) -> None:
    """A text whose title names no two systems is refused, and its title shown."""
    with pytest.raises(DocumentError) as error:
        parse_document(text, name="x.rst")

    assert (
        "x.rst is no dataflow document: its title must read 'A to B Dataflow',"
        f" not {title!r}." == str(error.value)
    )


def test_a_document_has_a_section() -> None:
    """A document that has no section is refused."""
    with pytest.raises(DocumentError) as error:
        parse_document(MADE_UP.document(), name="x.rst")

    assert (
        "x.rst has no section: a heading must read 'Redbooks ... to Bluebill ...'."
        == str(error.value)
    )


def test_a_document_is_read_from_its_file(tmp_path: Path) -> None:
    """A document is read from a file in UTF-8."""
    path = tmp_path / "document.rst"
    path.write_text(MADE_UP.document(MADE_UP.usual("Kunde ä", "Account")), "utf-8")

    assert "Kunde ä" == read_document(path).sections[0].left


def test_no_document_is_one_sentence(tmp_path: Path) -> None:
    """Where there is no document, a sentence says where, and what to do."""
    path = tmp_path / "document.rst"
    with pytest.raises(DocumentError) as error:
        read_document(path)

    assert (
        f"There is no document to be read at {path}: name a reStructuredText file, as"
        " in `dataflow checklist document.rst`." == str(error.value)
    )


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    """A folder in the place of the document is an error of ours."""
    with pytest.raises(DocumentError, match="There is no document"):
        read_document(tmp_path)


def test_bytes_are_no_document(tmp_path: Path) -> None:
    """A file that is no text is an error of ours."""
    path = tmp_path / "document.rst"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DocumentError, match="There is no document"):
        read_document(path)


def test_a_statement_below_a_sub_heading_is_kept() -> None:
    """A sub-heading inside a section takes none of its statements away."""
    below = "Remarks\n~~~~~~~\n\nSomething nobody has thought of yet.\n"
    section = only(MADE_UP.every("Client", "Account"), below)

    assert [Form.EVERY, Form.UNRECOGNISED] == forms(section)
