"""Both accounts as a whole: all records of all types, and how two states differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from dataflow.harness.scenario.world import World
from dataflow.record_types.model import CARRIER, FAMILY, KINDS, Kind
from dataflow.vendors.connection import Record

PRICE = Kind("item_price", "", "", "ItemPrice")
#: The types of records that are read of each system.
IN_INVOICED = KINDS
IN_CHARGEBEE = (*KINDS, CARRIER, FAMILY, PRICE)

#: The records by system and noun of Chargebee, and by id.
State: TypeAlias = dict[tuple[str, str], dict[str, Record]]

#: What a vendor renews with each change (documented, recorded).
_STAMPS = frozenset({"updated_at", "resource_version"})


def read_state(world: World) -> State:
    """Return all records of both accounts."""
    sides = (world.invoiced, IN_INVOICED), (world.chargebee, IN_CHARGEBEE)
    return {
        (side.name, kind.name): dict(side.list_all(kind))
        for side, kinds in sides
        for kind in kinds
    }


@dataclass(frozen=True, slots=True)
class Change:
    """One property of one record that has another value; `name` is empty for a record.

    `old` and `new` are None where there is no such record or property.
    """

    system: str
    noun: str
    id: str
    name: str
    old: object
    new: object

    def __str__(self) -> str:
        """Return the change like a line of a diff."""
        record = f"{self.system} {self.noun} {self.id}"
        if not self.name:
            return f"{record} {'is new' if self.old is None else 'is gone'}"
        return f"{record}: {self.name}\n    - {self.old!r}\n    + {self.new!r}"


def find_changes(before: State, after: State) -> Iterator[Change]:
    """Yield every difference: records that are new or gone, and each property."""
    for (system, noun), records in after.items():
        old = before[system, noun]
        for key in [*old, *(key for key in records if key not in old)]:
            for name, was, now in _compare(old.get(key), records.get(key)):
                yield Change(system, noun, key, name, was, now)


def _compare(
    old: Record | None, new: Record | None
) -> Iterator[tuple[str, object, object]]:
    if old is None or new is None:
        yield "", old, new
        return
    for name in sorted((old.keys() | new.keys()) - _STAMPS):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)
