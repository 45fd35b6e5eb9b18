"""What a document holds, as this project names it."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass


class Form(enum.StrEnum):
    """The forms of statement that are understood so far."""

    EVERY = "every"
    KEPT_IN_SYNC = "kept in sync"
    PROPERTIES = "properties"
    UNRECOGNISED = "unrecognised"


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """One row of a table of properties: a property on each side, and its type.

    Every text is as the document has it, but for the quotes around a type. A side
    that the document leaves empty is empty here.
    """

    left: str
    right: str
    type: str

    @property
    def is_pair(self) -> bool:
        """Tell whether both sides are plain property names, dots allowed."""
        return all(re.fullmatch(r"[\w.]+", side) for side in (self.left, self.right))


@dataclass(frozen=True, slots=True)
class Statement:
    """One paragraph of a section, and the body of the table that follows it."""

    form: Form
    text: str
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the document: a record type on each side, and statements.

    `id` names the section in check ids and file names and is unique in a document.
    """

    number: int
    id: str
    left: str
    right: str
    statements: tuple[Statement, ...]

    @property
    def properties(self) -> tuple[PropertyRow, ...]:
        """Return the rows of the section's tables of properties, in their order."""
        return tuple(
            _property_row(row)
            for statement in self.statements
            if statement.form is Form.PROPERTIES
            for row in statement.table
        )


def _property_row(cells: tuple[str, ...]) -> PropertyRow:
    left, right, kind = (*cells, "", "", "")[:3]
    plain = re.fullmatch(r'"(\w+)"', kind)
    return PropertyRow(left, right, plain[1] if plain else kind)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document: two systems, and the sections between them.

    `other_headings` are those that describe no dataflow, such as an introduction.
    """

    title: str
    generated: str
    left_system: str
    right_system: str
    sections: tuple[Section, ...]
    other_headings: tuple[str, ...]
