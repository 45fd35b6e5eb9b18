"""Shows a Then a world in which it must fail: one system's records, spoiled.

What a system really holds is read once and then shown otherwise: all of it gone, all of
it there three times, one property altered. A Then that passes all the same looks away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, TypeAlias

from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.harness.scenario.world import CheckNotes, World
from dataflow.record_types.model import Kind
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import ListCache
from dataflow.vendors.invoiced import InvoicedAccount
from dataflow.vendors.marks import Marks

Record: TypeAlias = dict[str, Any]
Records: TypeAlias = dict[str, Record]
Reader: TypeAlias = Callable[[Kind], Records]
Spoil: TypeAlias = Callable[[Kind, Records], Records]

#: The two systems, by the names that a feature calls them.
SYSTEMS = (InvoicedAccount.name, ChargebeeSite.name)

#: What can be wrong with all that a system holds; a Then need notice one of them.
SPOILS = ("gone", "trebled", "claimed")


def as_it_is(kind: Kind, records: Records) -> Records:
    """Spoil nothing."""
    del kind
    return records


def gone(kind: Kind, records: Records) -> Records:
    """Lose every record."""
    del kind, records
    return {}


def trebled(kind: Kind, records: Records) -> Records:
    """Show each record three times: under other ids, with the same marks."""
    del kind
    return {
        f"{key}{more}": record | {"id": f"{key}{more}"}
        for more in ("", "0", "00")
        for key, record in records.items()
    }


def claimed(made: CreatedRecord, marks: Marks) -> Spoil:
    """Return what shows one record more, which bears the id and each mark of this one.

    The rest of it is another record's.
    """

    def spoil(kind: Kind, records: Records) -> Records:
        if kind is not made.kind:
            return records
        more = deepcopy(next(iter(records.values()), {})) | {"id": made.id}
        for mark in marks.by_kind[kind.name]:
            holder = more
            for name in mark.path[:-1]:
                holder = holder.setdefault(name, {})
            holder[mark.path[-1]] = mark.value.replace("{id}", made.id)
        return records | {made.id: more}

    return spoil


def altered(name: str) -> Spoil:
    """Return what gives each record another's value of a property, or no right one."""

    def spoil(kind: Kind, records: Records) -> Records:
        del kind
        values = [record.get(name) for record in records.values()]
        return {
            key: record | {name: _another(record.get(name), values)}
            for key, record in records.items()
        }

    return spoil


def _another(value: object, values: Sequence[object]) -> object:
    return next((v for v in values if str(v) != str(value)), f"?{value}")


class SpoiledAccount(InvoicedAccount):
    """An Invoiced account that can only be read, through a spoil."""

    def __init__(self, read: Reader, spoil: Spoil) -> None:
        self._read, self._spoil = read, spoil
        self.lists = ListCache()

    def list_all(self, kind: Kind) -> Records:
        """Return all records of a kind, spoiled."""
        return self._spoil(kind, self._read(kind))

    def get(self, kind: Kind, record_id: str) -> Record | None:
        """Return one of them."""
        return self.list_all(kind).get(record_id)


class SpoiledSite(ChargebeeSite):
    """A Chargebee site that can only be read, through a spoil."""

    def __init__(self, read: Reader, spoil: Spoil) -> None:
        self._read, self._spoil = read, spoil
        self.lists = ListCache()

    def list_all(self, kind: Kind) -> Records:
        """Return all records of a kind, spoiled."""
        return self._spoil(kind, self._read(kind))


class AtOnce:
    """In the place of `SyncDriver`: checks once, and runs no sync."""

    def wait_until(self, what: str, check: Callable[[], object]) -> object:
        """Look."""
        del what
        return check()

    def run_again(self) -> None:
        """Let nothing happen."""


@contextmanager
def shown(
    world: World, system: str, spoil: Spoil, read: Reader
) -> Iterator[CheckNotes]:
    """Show a world with one system spoiled; lend what is noted meanwhile.

    `read` returns what that system really holds.
    """
    kept = dict(vars(world))
    notes = world.notes = CheckNotes([])
    vars(world)["sync"] = AtOnce()
    if system == InvoicedAccount.name:
        world.invoiced = SpoiledAccount(read, spoil)
    else:
        world.chargebee = SpoiledSite(read, spoil)
    try:
        yield notes
    finally:
        vars(world).update(kept)


def spoils(
    world: World, table: Sequence[Sequence[str]]
) -> Iterator[tuple[str, str, Spoil]]:
    """Yield system, name and spoil of each world in which to show a Then.

    Each column of the table is altered by itself.
    """
    for system in SYSTEMS:
        more = claimed(world.subject, world.marks)
        for name, spoil in zip(SPOILS, (gone, trebled, more), strict=True):
            yield system, name, spoil
    for column in table[0][1:] if table else ():
        system, _, name = column.partition(" ")
        yield system, column, altered(name)
