"""Find the counterparts of a record by the marks that a sync writes.

A mark is the place of the Invoiced id on the Chargebee record. The counterparts of a
record are the union over all marks of its kind: a sync that writes two marks must not
hide a duplicate from the checklist.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any, TypeAlias

import msgspec

from dataflow.record_types.model import KINDS, ORDER, Kind
from dataflow.settings import decode_table
from dataflow.vendors.chargebee import is_live, was_generated

Record: TypeAlias = Mapping[str, Any]

_MARK = re.compile(r"\A\w+(?:\.\w+)*=.*\{id\}.*\Z")
_SHAPE = '"path={id}", such as "meta_data.invoiced_id={id}"'


@dataclass(frozen=True, slots=True)
class Mark:
    """A place of an Invoiced id: a dotted path, and a text with `{id}`."""

    path: tuple[str, ...]
    value: str

    def is_on(self, record: Record, invoiced_id: str) -> bool:
        """Return whether this record has the id; values are compared as text."""
        return self.text_on(record) == self.text_of(invoiced_id)

    def matches(self, record: Record) -> bool:
        """Return whether the text on this record is that of the mark, or like it."""
        text = self.text_on(record)
        return text is not None and fnmatchcase(text, self.value)

    def text_of(self, invoiced_id: str) -> str:
        """Return the text in this place on a record that has the id."""
        return self.value.replace("{id}", invoiced_id)

    def text_on(self, record: Record) -> str | None:
        """Return the text in this place on a record, None for no value."""
        found: Any = record
        for name in self.path:
            # A record is JSON. A test for `Mapping` takes five times as long.
            found = found.get(name) if isinstance(found, dict) else None
        return None if found is None else str(found)


#: The marks of each kind, by its name.
MarksByKind: TypeAlias = Mapping[str, tuple[Mark, ...]]


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of every kind; `names_an_invoice` recognises an id in Invoiced."""

    by_kind: MarksByKind
    names_an_invoice: Callable[[str], bool]

    def find_counterparts(
        self, kind: Kind, invoiced_id: str, records: Iterable[Record]
    ) -> list[Record]:
        """Return the live records that have a mark of this id, compared as text."""
        return self.index(kind, records)(invoiced_id)

    def index(
        self, kind: Kind, records: Iterable[Record]
    ) -> Callable[[str], list[Record]]:
        """Return a function that finds an id's counterparts; marks are read once."""
        records, places = list(records), defaultdict[tuple[Mark, str], list[int]](list)
        for mark in self.by_kind[kind.name]:
            for place, record in enumerate(records):
                if (text := mark.text_on(record)) is not None:
                    places[mark, text].append(place)

        def find(invoiced_id: str) -> list[Record]:
            marks = defaultdict[int, list[Mark]](list)
            for mark in self.by_kind[kind.name]:
                for place in places.get((mark, mark.text_of(invoiced_id)), ()):
                    marks[place].append(mark)
            return [
                records[place]
                for place in sorted(marks)
                if is_live(dict(records[place]))
                and self._is_of(kind, records[place], invoiced_id, marks[place])
            ]

        return find

    def _is_of(
        self, kind: Kind, record: Record, invoiced_id: str, marks: Sequence[Mark]
    ) -> bool:
        """Return whether these marks on a record make it a counterpart."""
        if any(mark.path != ("id",) for mark in marks):
            return True
        return not self._is_chance_id(kind, record, invoiced_id)

    def _is_chance_id(self, kind: Kind, record: Record, invoiced_id: str) -> bool:
        """Return whether an order has this id by chance: orders may have any id."""
        if kind is not ORDER:
            return False
        reference = str(record.get("reference_id") or "")
        if was_generated(kind, dict(record)):
            return True
        # Ids of invoices are numbers: only one of those can name another invoice.
        other = reference.isdecimal() and reference != invoiced_id
        return other and self.names_an_invoice(reference)


#: The [marks] table: at least one mark for each kind.
_Table = msgspec.defstruct(
    "_Table",
    [
        (
            kind.name,
            Annotated[
                tuple[Annotated[str, msgspec.Meta(pattern=_MARK.pattern)], ...],
                msgspec.Meta(min_length=1, description=f"a list of marks {_SHAPE}"),
            ],
        )
        for kind in KINDS
    ],
    frozen=True,
    forbid_unknown_fields=True,
)


def parse_marks(
    table: Mapping[str, object], *, source: str
) -> Mapping[str, tuple[Mark, ...]]:
    """Decode `[marks]` of the file `source`, or raise `SettingsError`."""
    marks = msgspec.structs.asdict(decode_table(table, _Table, "[marks]", source))
    return {name: tuple(map(_parse_mark, texts)) for name, texts in marks.items()}


#: The [sync.own] table: the records that the sync keeps for itself, by kind.
_Own = msgspec.defstruct(
    "_Own",
    [
        (
            kind.name,
            Annotated[
                tuple[
                    Annotated[str, msgspec.Meta(pattern=r"\A\w+(?:\.\w+)*=.+\Z")], ...
                ],
                msgspec.Meta(description='a list of "path=value", such as "id=sync-*"'),
            ],
            (),
        )
        for kind in KINDS
    ],
    frozen=True,
    forbid_unknown_fields=True,
)


def parse_own(table: object, *, source: str) -> MarksByKind:
    """Decode `[sync.own]` of the file `source`, or raise `SettingsError`."""
    own = msgspec.structs.asdict(decode_table(table, _Own, "[sync.own]", source))
    return {name: tuple(map(_parse_mark, texts)) for name, texts in own.items()}


def _parse_mark(text: str) -> Mark:
    path, _, value = text.partition("=")
    return Mark(tuple(path.split(".")), value)
