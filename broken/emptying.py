"""Broken syncs that overwrite what was filled with nothing."""

from __future__ import annotations

from broken.api import Record
from broken.entries import broken
from broken.manners import Reacts
from broken.plain import KINDS, Pair, PlainSync

_OF_PERSONS = (
    "customers-person-customer.other.phone-in-invoiced",
    "customers-person-customer.other.notes-in-invoiced",
)


@broken(
    "overwrites with nothing", *_OF_PERSONS, "invoices-order.other.notes-in-invoiced"
)
class EmptiesNeighbours(Reacts):
    """An edit of a person or an invoice empties a filled property of all others."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Empty what the others hold."""
        del pair
        filled = {"customers": "currency", "orders": "due_date"}
        for other in self.pairs[kind]:
            if other != key and kind in filled:
                self.invoiced.edit(KINDS[kind], other, {filled[kind]: None})


@broken("overwrites with nothing", *_OF_PERSONS)
class EmptiesTheEditedRecord(Reacts):
    """An edit of a person in Invoiced empties another property of that person."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Empty it."""
        del pair
        if kind == "customers":
            self.invoiced.edit(kind, key, {"currency": None})


@broken("overwrites with nothing", "*.every.new-record", "*.every.already-there")
class WipesMetadata(PlainSync):
    """All that stands in the metadata of a linked record of Invoiced is lost."""

    def link(self, kind: str, key: str, record: Record, **more: str) -> None:
        """Put something else in its place."""
        super().link(kind, key, record, **more)
        self.invoiced.edit(KINDS[kind], key, {"metadata": {"mine": "1"}})
