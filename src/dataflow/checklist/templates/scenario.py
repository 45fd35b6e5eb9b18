"""One scenario of a check, as Gherkin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from dataflow.checklist.check import Basis, Check, Step, Table
from dataflow.checklist.document import Document, PropertyRow, Section
from dataflow.record_types import find_record_type
from dataflow.record_types.examples import EUR, JPY, Example, Examples, find_examples
from dataflow.record_types.invoiced import ITEM
from dataflow.record_types.model import RecordType


@dataclass(frozen=True)
class Scene:
    """One section, and how its scenarios speak of it."""

    section: Section
    document: Document

    @property
    def left_type(self) -> RecordType:
        """Return the record type of the left side."""
        return find_record_type(self.section.left)

    @property
    def right_type(self) -> RecordType:
        """Return the record type of the right side."""
        return find_record_type(self.section.right)

    @cached_property
    def left(self) -> str:
        """Return the noun of the left record."""
        return self.left_type.one

    @cached_property
    def right(self) -> str:
        """Return the noun of the right record."""
        return self.right_type.one

    @cached_property
    def rows(self) -> tuple[tuple[PropertyRow, Examples], ...]:
        """Return the rows that can be checked, each with values to try it with."""
        return tuple((row, examples) for row, examples in self._all_rows if examples)

    @cached_property
    def unknown_rows(self) -> tuple[PropertyRow, ...]:
        """Return the rows that cannot be checked: a side or a type is not clear.

        Nor is a row that lists a property again: two checks would have one id.
        """
        return tuple(row for row, examples in self._all_rows if examples is None)

    @cached_property
    def _all_rows(self) -> tuple[tuple[PropertyRow, Examples | None], ...]:
        rows = self.section.properties
        return tuple(
            (row, None if _repeats(row, rows[:number]) else _examples_of(row))
            for number, row in enumerate(rows)
        )

    def check(self, name: str, standing: Basis, title: str, *steps: Step) -> Check:
        """Make a check of this section; every one ends with what must not happen."""
        last = (
            Step("And", "no system has a record too many"),
            self.unharmed(),
            Step("And", "the neighbour is unchanged"),
        )
        return Check(f"{self.section.id}.{name}", standing, title, (*steps, *last))

    def unharmed(self) -> Step:
        """Return the step that asks that nobody's values were written over."""
        return Step("And", f"nothing else was changed in {self.document.left_system}")

    def neighbour(self, keyword: str = "Given") -> Step:
        """Return the step that makes the second pair, the one to be left alone."""
        text = f'a neighbour {self.left} in "{JPY.left}"'
        return Step(keyword, text, self._given("neighbour"))

    def bystanders(self) -> Iterator[Step]:
        """Yield the step that makes a record of another section, to be left alone."""
        if any(section.left == ITEM for section in self.document.sections):
            yield Step(
                "And", f'a bystander {find_record_type(ITEM).one} in "{EUR.left}"'
            )

    def new(
        self,
        keyword: str = "And",
        noun: str = "",
        currency: Example = EUR,
        *,
        another: bool = False,
    ) -> Step:
        """Return the step that makes a record in Invoiced, the first or `another`."""
        made = " is made" if keyword == "When" else ""
        which = "another" if another else "a new"
        text = f'{which} {noun or self.left} in "{currency.left}"{made}'
        return Step(keyword, text, self._given("first"))

    def many(
        self,
        count: int,
        currency: Example = EUR,
        *,
        keyword: str = "And",
        more: str = "",
    ) -> Step:
        """Return the step that makes several records; `more` ends its line."""
        many = self.left_type.many
        text = f'{count} new {many} in "{currency.left}"{more}'
        return Step(keyword, text, self._given("first"))

    def changed(self, name: str, value: str, system: str, *, may_fail: bool) -> Step:
        """Return the step that edits the record, or its counterpart, in one system."""
        shown = value if value == "another customer" else f'"{value}"'
        tail = ", if the API lets it" if may_fail else ""
        return Step("When", f'its "{name}" is changed to {shown} in {system}{tail}')

    def pairs(
        self,
        subject: str,
        cells: Mapping[str, Example] | None = None,
        others: str = "",
        their_cells: Mapping[str, Example] | None = None,
    ) -> Step:
        """Return the step that asks for exactly one counterpart each, and its values.

        `subject` is left out where it is empty; `cells` replaces the values that a new
        record has, by the left property's name, and `their_cells` those of the
        `others`.
        """
        neighbours = {row.left: examples.neighbour for row, examples in self.rows}
        records = [(subject, self._first | dict(cells or {}))] if subject else []
        records += [(others, self._first | dict(their_cells or {}))] if others else []
        records.append(("the neighbour", neighbours))
        body = tuple(self._cells(label, values) for label, values in records)
        return Step(
            "Then", f"each has exactly one {self.right}:", (self._head(), *body)
        )

    def agreement(self, noun: str) -> Step:
        """Return the step that asks a pair which need not be there for its values."""
        right = self.right_type.a
        body = self._cells(f"the {noun}", self._first)
        return Step("And", f"if the {noun} has {right}, it says:", (self._head(), body))

    @property
    def _first(self) -> dict[str, Example]:
        return {row.left: examples.first for row, examples in self.rows}

    def agreement_on_one(self, choices: Iterable[Mapping[str, Example]]) -> Step:
        """Return the step that asks a pair to agree, on any one of these values.

        Each of the `choices` replaces values that a new record has, as in `pairs`.
        """
        lines = (self._cells("", self._first | dict(each)) for each in choices)
        body = tuple(line[1:] for line in lines)
        text = f"the {self.left} and its {self.right} agree on one of these:"
        return Step("And", text, (self._head()[1:], *body))

    def linked(self) -> tuple[Step, ...]:
        """Return the steps that begin with a neighbour and a record, both linked."""
        return (self.neighbour(), self.new(), self.caught_up())

    def caught_up(self) -> Step:
        """Return the step that begins with pairs that are whole."""
        return Step("And", "the sync has caught up")

    def catches_up(self, keyword: str = "And") -> Step:
        """Return the step that lets the sync do its work."""
        return Step(keyword, "the sync catches up")

    def suffix(self, system: str) -> str:
        """Return what ends the id of a check that is about one system."""
        return f"in-{'-'.join(system.lower().split())}"

    def stays(self) -> Step:
        """Return the step that asks the same again after one more turn of the sync."""
        return Step("And", "it stays so when the sync runs again")

    def rests(self) -> Step:
        """Return the step that asks it again once the sync has nothing more to do.

        It is for what the document leaves open: a sync may need a few turns to do what
        it thinks right, and then no more.
        """
        return Step("And", "it stays so until the sync has come to rest")

    def _head(self) -> tuple[str, ...]:
        left, right = self.document.left_system, self.document.right_system
        names = [
            name
            for row, _ in self.rows
            for name in (f"{left} {row.left}", f"{right} {row.right}")
        ]
        return ("record", *names)

    def _cells(self, label: str, values: Mapping[str, Example]) -> tuple[str, ...]:
        pairs = [values[row.left] for row, _ in self.rows]
        return (label, *(side for pair in pairs for side in (pair.left, pair.right)))

    def _given(self, which: str) -> Table:
        return tuple(
            (row.left, getattr(examples, which).left)
            for row, examples in self.rows
            if examples.given
        )


def _repeats(row: PropertyRow, rows: Iterable[PropertyRow]) -> bool:
    clear = [other for other in rows if _examples_of(other) is not None]
    return any(row.left == other.left or row.right == other.right for other in clear)


def _examples_of(row: PropertyRow) -> Examples | None:
    return find_examples(row.left, row.right, row.type) if row.is_pair else None
