"""Compares a table of a feature with what both systems say.

Each line names a record, each column a system and one of its properties; a cell holds
the value that the property must have, spelled as that system spells it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.harness.scenario.names import names_of_others
from dataflow.harness.scenario.world import World, how_many
from dataflow.record_types.model import CUSTOMER

Record: TypeAlias = dict[str, Any]

_IF_TAKEN = re.compile(r"(.+) if taken, else (.+)")

#: Whom an order may name whose customer need not be linked: nobody else's customer.
_NOBODYS = "a customer of nobody else"

#: A message names this many shortfalls; a hundred would say no more.
_SHOWN = 5


def shortfalls(world: World, table: Sequence[Sequence[str]]) -> list[str]:
    """Return a sentence for each way in which the systems differ from the table.

    `table` has a header line: `record`, then columns such as `Invoiced currency`.
    """
    head, *body = table
    look = _Look(world)
    return [
        sentence
        for label, *cells in body
        for made in _named(world, label)
        for sentence in look.shortfalls(made, head[1:], cells)
    ]


def in_words(sentences: Sequence[str]) -> str:
    """Return shortfalls as one text."""
    more = len(sentences) - _SHOWN
    tail = [f"... and {more} more"] if more > 0 else []
    return "\n".join([*sentences[:_SHOWN], *tail])


def _named(world: World, label: str) -> list[CreatedRecord]:
    if label == "the neighbour":
        assert world.neighbour is not None, "the scenario has made no neighbour"
        return [world.neighbour]
    if label.startswith("each other "):
        return world.subjects[:-1]
    if label.startswith("each "):
        return list(world.subjects)
    return [world.subject]


class _Look:
    """One look at both systems: each kind is read at most once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen: dict[str, list[Record]] = {}
        self._left: dict[str, dict[str, Record]] = {}

    def shortfalls(
        self, made: CreatedRecord, columns: Sequence[str], cells: Sequence[str]
    ) -> Iterator[str]:
        found = self._counterparts(made)
        if len(found) != 1:
            yield how_many(made, found)
            return
        for name in names_of_others(self._world, made, found[0]):
            yield f"{made.kind.name} {found[0]['id']} of {made} bears the name {name!r}"
        left = self._in_invoiced(made)
        if left is None:
            yield f"{made} is gone from Invoiced"
            return
        for column, cell in zip(columns, cells, strict=True):
            system, _, name = column.partition(" ")
            in_invoiced = system == self._world.invoiced.name
            record = left if in_invoiced else found[0]
            actual = _at(record, name)
            wanted = self._wanted(made, cell, in_invoiced=in_invoiced)
            if wanted is _NOBODYS and not self._is_somebodys(actual):
                continue
            if str(actual) != str(wanted):
                yield f"{made}: {name} in {system} is {actual!r}, not {wanted!r}"

    def _in_invoiced(self, made: CreatedRecord) -> Record | None:
        # From the list: an archived item still answers when it is asked for by id.
        if made.kind.name not in self._left:
            self._left[made.kind.name] = self._world.invoiced.list_all(made.kind)
        return self._left[made.kind.name].get(made.id)

    def _counterparts(self, made: CreatedRecord) -> list[Record]:
        if made.kind.name not in self._seen:
            self._seen[made.kind.name] = self._world.look(made.kind)
        return self._world.counterparts_among(made, self._seen[made.kind.name])

    def _wanted(self, made: CreatedRecord, cell: str, *, in_invoiced: bool) -> object:
        if choice := _IF_TAKEN.fullmatch(cell):
            cell = choice[1] if self._world.edits[-1].taken else choice[2]
        customers = {
            "its customer": made.customer,
            "another customer": self._world.another_customer,
        }
        if cell not in customers:
            return cell
        customer = customers[cell]
        assert customer is not None, f"{made} has nobody to be {cell}"
        return customer.id if in_invoiced else self._customer_id(customer)

    def _customer_id(self, customer: CreatedRecord) -> object:
        found = self._counterparts(customer)
        if not (found or customer.expected):
            return _NOBODYS
        if len(found) != 1:
            return f"the one {CUSTOMER.name} of {customer}"
        return found[0]["id"]

    def _is_somebodys(self, customer_id: object) -> bool:
        """Tell whether a Chargebee customer is the counterpart of one made here."""
        made = [one for one in self._world.made if one.kind is CUSTOMER]
        found = [record["id"] for one in made for record in self._counterparts(one)]
        return customer_id in found


def _at(record: Record, path: str) -> object:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
