"""Finds the counterparts of a record by the marks that a sync leaves.

A mark says where the Invoiced id stands on the Chargebee record. The counterparts of a
record are the union over all marks of its kind: a sync that leaves two marks must not
get two records past the checklist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from dataflow.harness.vendors.chargebee_site import is_live, was_generated
from dataflow.harness.vendors.kinds import KINDS, ORDER, Kind
from dataflow.settings import DamagedSettingsError

Record: TypeAlias = Mapping[str, Any]

_MARK = re.compile(r"(?P<path>\w+(?:\.\w+)*)=(?P<value>.*\{id\}.*)")
_SHAPE = '"path={id}", such as "meta_data.invoiced_id={id}"'


@dataclass(frozen=True, slots=True)
class Mark:
    """One place where an Invoiced id stands: a dotted path, and a text with `{id}`."""

    path: tuple[str, ...]
    value: str

    def is_on(self, record: Record, invoiced_id: str) -> bool:
        """Return whether this record carries the id; values are compared as text."""
        return self.text_on(record) == self.text_of(invoiced_id)

    def text_of(self, invoiced_id: str) -> str:
        """Return what stands in this place on a record that carries the id."""
        return self.value.replace("{id}", invoiced_id)

    def text_on(self, record: Record) -> str | None:
        """Return what stands in this place on a record; None for nothing."""
        found: Any = record
        for name in self.path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return None if found is None else str(found)


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of every kind.

    `names_an_invoice` tells whether a text is the id of an invoice in Invoiced.
    """

    by_kind: Mapping[str, tuple[Mark, ...]]
    names_an_invoice: Callable[[str], bool]

    def counterparts(
        self, kind: Kind, invoiced_id: str, records: Iterable[Record]
    ) -> list[Record]:
        """Return the live records that carry a mark of this id, compared as text."""
        texts = [(m, m.text_of(invoiced_id)) for m in self.by_kind[kind.name]]
        return [
            record
            for record in records
            if (marks := [mark for mark, text in texts if mark.text_on(record) == text])
            and is_live(dict(record))
            and self._is_of(kind, record, invoiced_id, marks)
        ]

    def _is_of(
        self, kind: Kind, record: Record, invoiced_id: str, marks: Sequence[Mark]
    ) -> bool:
        """Return whether these marks on a record make it a counterpart."""
        if any(mark.path != ("id",) for mark in marks):
            return True
        return not self._is_nobodys_by_id(kind, record, invoiced_id)

    def _is_nobodys_by_id(self, kind: Kind, record: Record, invoiced_id: str) -> bool:
        """Orders may have any id: one that says whose it is, is not somebody else's."""
        if kind is not ORDER:
            return False
        reference = str(record.get("reference_id") or "")
        if was_generated(kind, dict(record)):
            return True
        # Ids of invoices are numbers: only one of those can name another invoice.
        other = reference.isdecimal() and reference != invoiced_id
        return other and self.names_an_invoice(reference)


def parse_marks(
    table: Mapping[str, object], *, source: str
) -> Mapping[str, tuple[Mark, ...]]:
    """Read the `[marks]` table; `source` names the file in error messages.

    Raises `DamagedSettingsError` where a kind has no mark or a mark no `{id}`.
    """
    unknown = set(table) - {kind.name for kind in KINDS}
    if unknown:
        raise DamagedSettingsError(
            f"{source} has marks of {min(unknown)!r}: there are only"
            f" {', '.join(kind.name for kind in KINDS)}."
        )
    return {kind.name: _marks_of(kind, table, source) for kind in KINDS}


def _marks_of(kind: Kind, table: Mapping[str, object], source: str) -> tuple[Mark, ...]:
    texts = table.get(kind.name)
    if not isinstance(texts, list) or not texts:
        raise DamagedSettingsError(
            f"{source} has no marks of {kind.name!r} below [marks]: list at least one,"
            f" in the form {_SHAPE}."
        )
    return tuple(_mark(text, source) for text in texts)


def _mark(text: object, source: str) -> Mark:
    found = _MARK.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise DamagedSettingsError(
            f"{source} has the mark {text!r}: a mark has the form {_SHAPE}."
        )
    return Mark(tuple(found["path"].split(".")), found["value"])
