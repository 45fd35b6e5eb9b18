"""Decide which checks a section gets, and which of them can be exercised.

The checks are Gherkin in `templates`, one template for each form of statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dataflow.checklist.document import Document, Form, PropertyRow, Section
from dataflow.checklist.templates import render
from dataflow.record_types import find_pair, find_record_type
from dataflow.record_types.invoiced import ITEM, PERSON
from dataflow.record_types.model import BY_TYPE, RecordType, Values

_NO_PROPERTY = (
    "The document lists no property for this section. Is none meant to be"
    " synchronised, or is the list not filled in yet?"
)
_UNKNOWN = (
    "Statement {number} of this section has a form that is not known yet, so nothing"
    " checks it. What does it ask for?"
)
_TWICE = (
    "Statement {number} of this section has the form of an earlier one and is not"
    " checked by itself. Does it ask for anything more?"
)
_UNCLEAR = (
    'The row "{row.left}" / "{row.right}" of type {row.type} is not checked:'
    " a side or the type is not understood, or a property is listed twice."
    " What does it ask for?"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One statement: its title and open questions, and its checks as Gherkin."""

    title: str
    questions: tuple[str, ...] = ()
    gherkin: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two record types of a section."""

    system: str
    name: str
    type: RecordType
    listed: frozenset[str]

    @property
    def context(self) -> dict[str, object]:
        """Return what the templates need to know of this side."""
        listed = set(self.listed)
        return {
            "": self.type.one,
            "s": self.type.many,
            "_type": self.type,
            "_system": self.system,
            "_edits": self.type.other_edits(listed),
            "_many_edits": self.type.many_edits(listed),
        }

    def explain_property(self, name: str, value_type: str) -> str:
        """Return why a property cannot be exercised; "" if it can."""
        place = f'"{self.name}" of {self.system}'
        found = self.type.find_property(name)
        if found is None:
            return f'no such property "{name}" in the adapter for {place}'
        if found.is_computed:
            return f'not offered by the API: no call writes "{name}" of {place}'
        if found.is_unique:
            return (
                f'"{name}" of {place} must be unique, but several records get a value'
            )
        if found.type != value_type:
            return f'"{name}" of {place} is of type {found.type}, not {value_type}'
        return ""


@dataclass(frozen=True, slots=True)
class Example:
    """One value in the spelling of each side, as the feature shows it."""

    left: str
    right: str


class Row:
    """A listed property, and the values that its checks use."""

    def __init__(self, row: PropertyRow, left: RecordType, right: RecordType) -> None:
        self.left, self.right, self.type = row.left, row.right, row.type
        in_left, in_right = _choose_values(row, left, right)
        found = left.find_property(row.left)
        self.is_given = in_left.given and (found is None or found.is_given)
        self.first = Example(in_left.first, in_right.first)
        self.edited_left = Example(in_left.edited_left, in_right.edited_left)
        self.edited_right = Example(in_left.edited_right, in_right.edited_right)
        self.neighbour = Example(in_left.neighbour, in_right.neighbour)
        # A boolean has no third value: it is edited back.
        has_third = self.edited_left != self.edited_right
        self.last = self.edited_right if has_third else self.first
        self.is_left_editable = left.is_editable(row.left)
        self.is_right_editable = right.is_editable(row.right)

    def outcome(self, new: Example, *, is_editable: bool) -> Example:
        """Return the value after an edit, which the vendor may refuse."""
        if is_editable:
            return new
        return Example(
            f"{new.left} if taken, else {self.first.left}",
            f"{new.right} if taken, else {self.first.right}",
        )


def _choose_values(
    row: PropertyRow, left: RecordType, right: RecordType
) -> tuple[Values, Values]:
    """Return the values of both sides: a text takes those of the other side."""
    found = left.find_property(row.left), right.find_property(row.right)
    in_left, in_right = (each.values if each else None for each in found)
    usual = BY_TYPE[row.type]
    return in_left or in_right or usual, in_right or in_left or usual


class SectionChecks:
    """The checks of one section; `not_exercised` is why none can be exercised."""

    def __init__(self, section: Section, document: Document) -> None:
        self._section = section
        self.left = Side(
            document.left_system,
            section.left,
            find_record_type(document.left_system, section.left),
            frozenset(row.left for row in section.properties),
        )
        self.right = Side(
            document.right_system,
            section.right,
            find_record_type(document.right_system, section.right),
            frozenset(row.right for row in section.properties),
        )
        self._others = [other.left for other in document.sections]
        self.not_exercised = self._explain_section()
        clear, self._unclear = _sort_rows(section.properties)
        self._rows = [
            (Row(row, self.left.type, self.right.type), self._explain_row(row))
            for row in clear
        ]

    def derive_rules(self) -> Iterator[Rule]:
        """Yield one rule for each statement of the section, in order."""
        seen: set[Form] = set()
        for number, statement in enumerate(self._section.statements, start=1):
            form, title = statement.form, f"Statement {number}"
            if form is Form.UNRECOGNISED:
                question = _UNKNOWN.format(number=number)
                yield Rule(f"{title} is not understood yet", (question,))
            elif form in seen:
                # A second statement of a form would give two checks one id.
                question = _TWICE.format(number=number)
                yield Rule(f"{title} repeats an earlier one", (question,))
            else:
                yield self._derive_rule(form)
            seen.add(form)

    def _derive_rule(self, form: Form) -> Rule:
        left, right = self.left.type, self.right.type
        if form is Form.EVERY:
            gherkin = self._render("every")
            return Rule(f"Every {left.one} has {right.a}", (), gherkin)
        if form is Form.KEPT_IN_SYNC:
            title = f"A linked {left.one} and {right.one} stay in sync"
            gherkin = self._render_rows("edited") + self._render("kept")
            return Rule(f"{title}, wherever they are edited", (), gherkin)
        if not self._section.properties:
            return Rule("No property is listed", (_NO_PROPERTY,))
        questions = tuple(_UNCLEAR.format(row=row) for row in self._unclear)
        gherkin = self._render_rows("listed")
        return Rule("The listed properties agree", questions, gherkin)

    def _render_rows(self, template: str) -> str:
        """Render a template once for each listed property that is clear."""
        exercised = self._exercised
        return "".join(
            self._render(
                template,
                row=row,
                rows=exercised if row in exercised else [*exercised, row],
                not_exercised=f"Not exercised: {reason}." if reason else "",
            )
            for row, reason in self._rows
        )

    def _render(self, template: str, **more: object) -> str:
        left, right = self.left.type, self.right.type
        context = {
            f"{side}{name}": value
            for side, each in (("left", self.left), ("right", self.right))
            for name, value in each.context.items()
        }
        context |= {
            "section": self._section.id,
            "a_left": left.a,
            "a_right": right.a,
            "in_left": _suffix(self.left.system),
            "in_right": _suffix(self.right.system),
            "rows": self._exercised,
            "neighbours": {row.left: row.neighbour for row, _ in self._rows},
            "varied": {name for variant in left.variants for name in variant},
            "in_usd": {"currency": Example("usd", "USD")},
            "any_edit": self._find_edits()[:1],
            "is_persons": self._section.left == PERSON,
            "covers_companies": any("company" in n.lower() for n in self._others),
            "is_items": self._section.left == ITEM,
            "has_items": ITEM in self._others,
        }
        return render(template, context | more)

    @property
    def _exercised(self) -> list[Row]:
        return [row for row, reason in self._rows if not reason]

    def _find_edits(self) -> list[tuple[str, str]]:
        """Return edits in the left system, of listed properties first."""
        rows = (row for row in self._exercised if row.is_left_editable)
        listed = [(row.left, row.edited_left.left) for row in rows]
        return [*listed, *self.left.type.edits]

    def _explain_section(self) -> str:
        sides = (self.left, self.right)
        places = [f'"{side.name}" of {side.system}' for side in sides]
        unknown = [
            place
            for place, side in zip(places, sides, strict=True)
            if side.type.kind is None
        ]
        if unknown:
            return f"no adapter for {' and '.join(unknown)}"
        left, right = sides
        pair = find_pair((left.system, right.system), (left.name, right.name))
        return "" if pair else f"no adapter for the pair {' and '.join(places)}"

    def _explain_row(self, row: PropertyRow) -> str:
        """Return why a row alone cannot be exercised; "" if it can."""
        if self.not_exercised:
            return ""
        in_left = self.left.explain_property(row.left, row.type)
        return in_left or self.right.explain_property(row.right, row.type)


def _sort_rows(
    rows: Iterable[PropertyRow],
) -> tuple[list[PropertyRow], list[PropertyRow]]:
    """Return the clear rows and the others; two checks of one property share an id."""
    seen: list[PropertyRow] = []
    clear: list[PropertyRow] = []
    unclear: list[PropertyRow] = []
    for row in rows:
        is_clear = row.is_pair and row.type in BY_TYPE
        is_repeated = any(row.left == o.left or row.right == o.right for o in seen)
        (clear if is_clear and not is_repeated else unclear).append(row)
        if is_clear:
            seen.append(row)
    return clear, unclear


def _suffix(system: str) -> str:
    """Return the end of the id of a check that is about one system."""
    return f"in-{'-'.join(system.lower().split())}"
