"""The model of a dataflow document."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass


class Form(enum.StrEnum):
    """The known forms of statement."""

    EVERY = "every"
    KEPT_IN_SYNC = "kept in sync"
    PROPERTIES = "properties"
    UNRECOGNISED = "unrecognised"


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A property on each side, and its type without quotes, as written."""

    left: str
    right: str
    type: str

    @property
    def is_pair(self) -> bool:
        """Return whether both sides are property names; dots are allowed."""
        return all(re.fullmatch(r"[\w.]+", side) for side in (self.left, self.right))


@dataclass(frozen=True, slots=True)
class Statement:
    """One paragraph of a section, with the body of the table that follows it."""

    form: Form
    text: str
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One heading: two record types, their statements, and a unique `id`."""

    number: int
    id: str
    left: str
    right: str
    statements: tuple[Statement, ...]

    @property
    def properties(self) -> tuple[PropertyRow, ...]:
        """Return the rows of the section's tables of properties."""
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
    """Two systems and the sections between them; `other_headings` have no dataflow."""

    title: str
    generated: str
    left_system: str
    right_system: str
    sections: tuple[Section, ...]
    other_headings: tuple[str, ...]
