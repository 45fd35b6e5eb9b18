"""Find unmarked Chargebee records that may be the counterpart of a new record: pure.

If all of the decisive properties are equal, the user has to decide; if only some are,
the record gets a counterpart of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dataflow.sync.clients.http import Record
from dataflow.sync.matching import is_unmarked
from dataflow.sync.model import Links, PossibleMatch
from dataflow.sync.record_types import CUSTOMER, ITEM, Kind

#: The properties that identify a record, by kind.
PROPERTIES = {CUSTOMER.name: ("id", "name", "email"), ITEM.name: ("id", "name")}


@dataclass(slots=True)
class MatchIndex:
    """The unmarked records of one kind, by their identifying properties."""

    kind: Kind
    links: Links
    _ids: dict[tuple[str, str], list[str]] = field(
        default_factory=lambda: defaultdict(list), init=False
    )

    def add(self, right: Record) -> None:
        """Add a Chargebee record, unless it is marked or deleted."""
        if is_unmarked(self.kind, right):
            for pair in read_right_properties(self.kind, right).items():
                self._ids[pair].append(str(right["id"]))

    def find(self, left: Record) -> tuple[PossibleMatch, ...]:
        """Return the unlinked records with at least one property of an Invoiced one."""
        equal: dict[str, list[str]] = {}
        for name, value in read_left_properties(self.kind, left).items():
            for right_id in self._ids.get((name, value), ()):
                if self.links.left_of(self.kind.name, right_id) is None:
                    equal.setdefault(right_id, []).append(name)
        return tuple(PossibleMatch(x, tuple(names)) for x, names in equal.items())


def compare(
    kind: Kind, left: Record, rights: Iterable[Record], links: Links
) -> tuple[PossibleMatch, ...]:
    """Return which of some Chargebee records are possible matches."""
    index = MatchIndex(kind, links)
    for right in rights:
        index.add(right)
    return index.find(left)


def make_query(kind: Kind, left: Record) -> Mapping[str, str]:
    """Return the filter of the list call that finds possible matches, or nothing.

    An item needs none: a second item of the same id or name is refused (documented).
    """
    if kind is not CUSTOMER:
        return {}
    if email := str(left.get("email") or ""):
        return {"email[is]": email}
    first, _, last = str(left.get("name") or "").strip().rpartition(" ")
    names = {"last_name[is]": last, "first_name[is]": first}
    if not first:
        names = {"first_name[is]": last}
    return {field: name for field, name in names.items() if name}


def read_left_properties(kind: Kind, record: Record) -> dict[str, str]:
    """Return the properties that identify an Invoiced record, in comparable form."""
    return _normalise(kind, record, str(record.get("name") or ""))


def read_right_properties(kind: Kind, record: Record) -> dict[str, str]:
    """Return the properties that identify a Chargebee record, in comparable form."""
    parts = (record.get(x) for x in ("first_name", "last_name"))
    whole = " ".join(str(part) for part in parts if part)
    return _normalise(kind, record, whole or str(record.get("name") or ""))


def _normalise(kind: Kind, record: Record, name: str) -> dict[str, str]:
    names = PROPERTIES.get(kind.name, ())
    values = {"id": record["id"], "name": name, "email": record.get("email")}
    texts = {x: " ".join(str(values[x] or "").split()).casefold() for x in names}
    return {x: text for x, text in texts.items() if text}
