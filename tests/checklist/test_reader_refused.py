"""The reader: what is no document, and how it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dataflow.checklist.reader import parse_document, read_document
from dataflow.errors import DocumentError
from tests.cases import cases
from tests.checklist.documents import MADE_UP

NO_TITLE = (
    "x.rst is no dataflow document: its title must read 'A to B Dataflow', not {!r}."
)
NO_SECTION = "x.rst has no section: a heading must read 'Redbooks ... to Bluebill ...'."


@cases(
    "text, says",
    {
        "empty": ("", NO_TITLE.format("(none)")),
        "paragraph": ("Only a paragraph.", NO_TITLE.format("(none)")),
        "other-title": (
            "Redbooks and Bluebill\n=====================\n",
            NO_TITLE.format("Redbooks and Bluebill"),
        ),
        "one-system": (
            "A to Dataflow\n=============\n",
            NO_TITLE.format("A to Dataflow"),
        ),
        "no-section": (MADE_UP.document(), NO_SECTION),
    },
)
def test_a_document_has_a_title_and_a_section(text: str, says: str) -> None:
    """A text whose title names no two systems, or without a section, is refused."""
    with pytest.raises(DocumentError) as error:
        parse_document(text, name="x.rst")

    assert says == str(error.value)


def test_a_document_is_read_from_its_file(tmp_path: Path) -> None:
    """A document is read from a file in UTF-8."""
    path = tmp_path / "document.rst"
    path.write_text(MADE_UP.document(MADE_UP.usual("Kunde ä", "Account")), "utf-8")

    assert "Kunde ä" == read_document(path).sections[0].left


@cases(
    "make",
    {
        "missing": lambda _: None,
        "folder": Path.mkdir,
    },
)
def test_no_document_is_one_sentence(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    """Where there is no text, a sentence says where, and what to do."""
    path = tmp_path / "document.rst"
    make(path)
    with pytest.raises(DocumentError) as error:
        read_document(path)

    assert (
        f"There is no document to be read at {path}: name a reStructuredText file, as"
        " in `dataflow checklist document.rst`." == str(error.value)
    )


TEXT = MADE_UP.document(MADE_UP.usual("Kunde ä", "Account"))
SAVE, LATIN = "save it as UTF-8.", "Latin-1 or Windows-1252"


@cases(
    "content, reason",
    {
        "utf-16": (TEXT.encode("utf-16"), f"is UTF-16: {SAVE}"),
        "utf-16-be": (b"\xfe\xff" + TEXT.encode("utf-16-be"), f"is UTF-16: {SAVE}"),
        "utf-32": (TEXT.encode("utf-32"), f"is UTF-32: {SAVE}"),
        "utf-32-be": (
            b"\0\0\xfe\xff" + TEXT.encode("utf-32-be"),
            f"is UTF-32: {SAVE}",
        ),
        "without-a-mark": (
            TEXT.encode("utf-16-le"),
            f"is UTF-16 without a byte-order mark: {SAVE}",
        ),
        "latin-1": (
            TEXT.encode("latin-1"),
            f"is not UTF-8, but perhaps {LATIN} (line 6 has the byte 0xE4): {SAVE}",
        ),
        "a-picture": (
            b"\x89PNG\r\n\x1a\n\0 and so on",
            "is no text: name a reStructuredText file.",
        ),
    },
)
def test_another_encoding_is_one_sentence(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    """A file in another encoding is refused with its encoding and what to do."""
    path = tmp_path / "document.rst"
    path.write_bytes(content)
    with pytest.raises(DocumentError) as error:
        read_document(path)

    assert f"{path} {reason}" == str(error.value)


@cases(
    "change",
    {
        "byte-order-mark": lambda text: text.encode("utf-8-sig"),
        "line-ends": lambda text: text.replace("\n", "\r\n").encode(),
    },
)
def test_a_document_may_come_from_another_system(
    change: Callable[[str], bytes], tmp_path: Path
) -> None:
    """A byte-order mark and other line ends do not change a document."""
    path = tmp_path / "document.rst"
    path.write_bytes(change(TEXT))

    assert parse_document(TEXT) == read_document(path)


_DOCUMENT = """
A to B Dataflow
===============

A x to B y
----------

{text}
"""


@cases(
    "text, says",
    {
        "substitutions": (
            ".. |a| replace:: b\n.. |c| replace:: |a| |a| |a|",
            "the document, line 9: a substitution contains another one",
        ),
        "a substitution on two lines": (
            ".. |a| replace:: b\n.. |c| replace::\n   |a| |a|",
            "line 9: a substitution contains another one",
        ),
        "bullets": (
            "\n".join(f"{'  ' * n}- x\n" for n in range(400)),
            "is nested too deeply",
        ),
        "length": ("x " * 600_000, "has more than 1,000,000 characters"),
    },
)
def test_a_hostile_document_is_one_sentence(text: str, says: str) -> None:
    """A document without an end for docutils is refused at once, with its line."""
    with pytest.raises(DocumentError, match=re.escape(says)):
        parse_document(_DOCUMENT.format(text=text))


@pytest.mark.parametrize("character", "\x0b\x0c\x1c\x85\u2028\u2029")
def test_an_odd_end_of_a_line_drops_no_cell(character: str) -> None:
    """A character that only Python takes for the end of a line stays in its cell."""
    table = f".. list-table::\n\n   * - a{character}b\n     - c\n   * - d\n     - e\n"
    text = "The following properties are synchronized between an x and a y:\n\n" + table
    (section,) = parse_document(_DOCUMENT.format(text=text)).sections

    assert "a b" in str(section)
