"""The log of what people did, from which it is known what has to be true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dataflow.sync.mapping import get_at_path
from properties.accounts import Record

LEFT, RIGHT = "Invoiced", "Chargebee"

#: What one record holds, by Invoiced's names.
Held: TypeAlias = dict[str, str | None]

#: What Invoiced calls the records, by what Chargebee calls them.
LEFT_KINDS = {"customer": "customer", "item": "item", "order": "invoice"}

#: Where each kind of record of Chargebee carries the Invoiced id.
MARKS = {
    "customer": "meta_data.invoiced_id",
    "item": "metadata.invoiced_id",
    "order": "reference_id",
}

#: Which properties Chargebee has other names for.
RIGHT_NAMES = {"currency": "currency_code"}

#: How the two systems spell what people write; all else they keep as it is. The case
#: of an address is a declared loss, so in Chargebee it is not looked at.
SPELLED: Mapping[tuple[str, str], Callable[[str], str]] = {
    (LEFT, "email"): str.lower,
    (RIGHT, "email"): str.lower,
    (LEFT, "currency"): str.lower,
    (RIGHT, "currency"): str.upper,
}


@dataclass(slots=True)
class Known:
    """One record as the log knows it.

    `wanted` is what people last wrote; `edited` says on which side they did since the
    last run; `note` is written by hand on an order, and listed nowhere.
    """

    kind: str
    left_id: str
    wanted: Held
    edited: dict[str, str] = field(default_factory=dict)
    synced: bool = False
    note: str | None = None

    @property
    def left_path(self) -> str:
        """Return the path of the record in Invoiced."""
        return f"/{LEFT_KINDS[self.kind]}s/{self.left_id}"

    @property
    def name(self) -> str:
        """Return what a person calls the record."""
        return f"{LEFT_KINDS[self.kind]} {self.left_id}"

    @property
    def edited_where(self) -> str:
        """Return in words on which sides how much was edited since the last run."""
        sides = set(self.edited.values())
        where = f"in {sides.pop()}" if len(sides) == 1 else "here and there"
        return f"{len(self.edited)} edited {where}"

    def held(self, side: str) -> Held:
        """Return what one system shall hold; Invoiced has no place for the note."""
        held = {
            name: None if value is None else SPELLED.get((side, name), str)(value)
            for name, value in self.wanted.items()
        }
        return {**held, "note": self.note} if side == RIGHT else held

    def is_open(self, name: str, side: str) -> bool:
        """Tell whether a property may be edited on one side now."""
        there = self.synced or side == LEFT
        return there and self.edited.get(name, side) == side

    def write(self, side: str, name: str, text: str | None) -> None:
        """Put an edit down, unless it has changed nothing."""
        before = self.held(LEFT)
        self.wanted[name] = text
        if before != self.held(LEFT):
            self.edited[name] = side


def mark_of(kind: str, right: Record) -> str | None:
    """Return the Invoiced id that a record of Chargebee carries."""
    found = get_at_path(right, MARKS[kind])
    return None if found is None else str(found)


def found_left(known: Known, record: Record) -> Held:
    """Return what Invoiced holds of what is known; ids are texts."""
    return {
        name: None if record[name] is None else str(record[name])
        for name in known.wanted
    }


def found_right(known: Known, record: Record, customers: Mapping[str, Record]) -> Held:
    """Return what Chargebee holds of what is known, by Invoiced's names and ids."""
    held: Held = {"note": record.get("note")}
    for name in known.wanted:
        text = record.get(RIGHT_NAMES.get(name, name))
        if name == "customer":
            text = mark_of("customer", customers[record["customer_id"]])
        elif name == "email" and text is not None:
            text = SPELLED[RIGHT, name](text)
        held[name] = text
    return held
