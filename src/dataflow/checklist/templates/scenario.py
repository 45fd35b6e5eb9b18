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
from dataflow.record_types.model import Edits, RecordType


@dataclass(frozen=True)
class Scene:
    """One section, and the steps of its scenarios."""

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

    @property
    def left_system(self) -> str:
        """Return the name of the left system."""
        return self.document.left_system

    @property
    def right_system(self) -> str:
        """Return the name of the right system."""
        return self.document.right_system

    @property
    def left_edits(self) -> Edits:
        """Return known edits of unlisted properties of the left record."""
        return self.left_type.other_edits({row.left for row in self.section.properties})

    @property
    def right_edits(self) -> Edits:
        """Return known edits of unlisted properties of the right record."""
        listed = {row.right for row in self.section.properties}
        return self.right_type.other_edits(listed)

    @cached_property
    def rows(self) -> tuple[tuple[PropertyRow, Examples], ...]:
        """Return the rows that can be checked, each with values for its checks."""
        return tuple((row, examples) for row, examples in self._all_rows if examples)

    @cached_property
    def unknown_rows(self) -> tuple[PropertyRow, ...]:
        """Return the unclear rows, and repeated ones: two checks would share an id."""
        return tuple(row for row, examples in self._all_rows if examples is None)

    @cached_property
    def _all_rows(self) -> tuple[tuple[PropertyRow, Examples | None], ...]:
        rows = self.section.properties
        return tuple(
            (row, None if _repeats(row, rows[:number]) else _examples_of(row))
            for number, row in enumerate(rows)
        )

    def stated(self, name: str, title: str, *steps: Step | str) -> Check:
        """Return a check that the document states."""
        return self._check(name, Basis.STATED, title, steps)

    def inferred(
        self, name: str, title: str, *steps: Step | str, counts: bool = True
    ) -> Check:
        """Return a check that QA concluded; `counts` is whether it counts records."""
        return self._check(name, Basis.INFERRED, title, steps, counts=counts)

    def observed(self, name: str, title: str, *steps: Step | str) -> Check:
        """Return a check of what the document leaves open."""
        return self._check(name, Basis.OBSERVED, title, steps)

    def _check(
        self,
        name: str,
        basis: Basis,
        title: str,
        steps: Iterable[Step | str],
        *,
        counts: bool = True,
    ) -> Check:
        """Return a check of this section; each ends with what must not happen."""
        last = (
            *(["And no system has a record too many"] if counts else []),
            f"And nothing else was changed in {self.left_system}",
            "And the neighbour is unchanged",
        )
        parsed = tuple(_parse(step) for step in (*steps, *last))
        return Check(f"{self.section.id}.{name}", basis, title, parsed)

    def neighbour(self, keyword: str = "Given") -> Step:
        """Return the step that creates the neighbour."""
        text = f'a neighbour {self.left} in "{JPY.left}"'
        return Step(keyword, text, self._given("neighbour"))

    def bystanders(self) -> Iterator[Step]:
        """Yield the step that creates a record of another section."""
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
        """Return the step that creates a record in Invoiced, the first or `another`."""
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
        """Return the step that creates several records; `more` ends its line."""
        many = self.left_type.many
        text = f'{count} new {many} in "{currency.left}"{more}'
        return Step(keyword, text, self._given("first"))

    def changed(
        self,
        name: str,
        value: str,
        system: str,
        *,
        may_fail: bool = False,
        keyword: str = "When",
    ) -> Step:
        """Return the step that edits the record or its counterpart in one system."""
        shown = value if value == "another customer" else f'"{value}"'
        tail = ", if the API lets it" if may_fail else ""
        return Step(keyword, f'its "{name}" is changed to {shown} in {system}{tail}')

    def pairs(
        self,
        subject: str | None = None,
        cells: Mapping[str, Example] | None = None,
        others: str = "",
        their_cells: Mapping[str, Example] | None = None,
        keyword: str = "Then",
    ) -> Step:
        """Return the step that expects exactly one counterpart each, with values.

        `subject` is the scenario's record by default, and none if it is empty. `cells`
        replaces values of a new record, by the left property's name, and `their_cells`
        those of the `others`.
        """
        subject = f"the {self.left}" if subject is None else subject
        neighbours = {row.left: examples.neighbour for row, examples in self.rows}
        records = [(subject, self._first | dict(cells or {}))] if subject else []
        records += [(others, self._first | dict(their_cells or {}))] if others else []
        records.append(("the neighbour", neighbours))
        body = tuple(self._cells(label, values) for label, values in records)
        return Step(
            keyword, f"each has exactly one {self.right}:", (self._head(), *body)
        )

    def agreement(self, noun: str) -> Step:
        """Return the step that expects the values of a pair, if it exists."""
        right = self.right_type.a
        body = self._cells(f"the {noun}", self._first)
        return Step("And", f"if the {noun} has {right}, it says:", (self._head(), body))

    @property
    def _first(self) -> dict[str, Example]:
        return {row.left: examples.first for row, examples in self.rows}

    def agreement_on_one(self, choices: Iterable[Mapping[str, Example]]) -> Step:
        """Return the step that expects one of these values, given as in `pairs`."""
        lines = (self._cells("", self._first | dict(each)) for each in choices)
        body = tuple(line[1:] for line in lines)
        text = f"the {self.left} and its {self.right} agree on one of these:"
        return Step("And", text, (self._head()[1:], *body))

    def linked(self) -> tuple[Step | str, ...]:
        """Return the steps that create a neighbour and a record, both linked."""
        return (self.neighbour(), self.new(), "And the sync has caught up")

    def synced(
        self,
        subject: str | None = None,
        cells: Mapping[str, Example] | None = None,
        others: str = "",
        their_cells: Mapping[str, Example] | None = None,
    ) -> tuple[Step | str, ...]:
        """Return the steps that run the sync, and expect `pairs`, also after a run."""
        return (
            "And the sync catches up",
            self.pairs(subject, cells, others, their_cells),
            "And it stays so when the sync runs again",
        )

    def suffix(self, system: str) -> str:
        """Return the end of the id of a check that is about one system."""
        return f"in-{'-'.join(system.lower().split())}"

    def _head(self) -> tuple[str, ...]:
        left, right = self.left_system, self.right_system
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


def _parse(step: Step | str) -> Step:
    """Return a step that begins with its keyword as a `Step`."""
    if isinstance(step, Step):
        return step
    keyword, text = step.split(" ", 1)
    return Step(keyword, text)


def _repeats(row: PropertyRow, rows: Iterable[PropertyRow]) -> bool:
    clear = [other for other in rows if _examples_of(other) is not None]
    return any(row.left == other.left or row.right == other.right for other in clear)


def _examples_of(row: PropertyRow) -> Examples | None:
    return find_examples(row.left, row.right, row.type) if row.is_pair else None
