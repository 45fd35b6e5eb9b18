"""The reader: what is no document, and how it is refused."""

from __future__ import annotations

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
        "bytes": lambda path: path.write_bytes(b"\xff\xfe\x00"),
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
