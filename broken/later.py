"""Broken syncs that are right at first: what is wrong comes with further runs."""

from __future__ import annotations

from broken.api import Record
from broken.entries import broken
from broken.manners import Counts, Remembers, make_second, scribble
from broken.plain import KINDS, PlainSync

_FIFTH, _EIGHTH = 5, 8


@broken("echoes for ever", "*.every.sync-again")
class EchoesFromTheFifthRun(Remembers, Counts):
    """From the fifth run on, every run writes something new on everything."""

    def run(self) -> None:
        """Count the runs on the counterparts."""
        known = self.known()
        super().run()
        for kind, key in known:
            if self.number >= _FIFTH:
                scribble(self, kind, key, str(self.number))


@broken("creates twice", "*.every.sync-again")
class DoublesOnTheEighthRun(Remembers, Counts):
    """The eighth run makes a second counterpart of everything."""

    def run(self) -> None:
        """Make it once."""
        known = self.known()
        super().run()
        for kind, key in known:
            if self.number == _EIGHTH and key in self.here[kind]:
                make_second(self, kind, key)


@broken("echoes for ever", "invoices-order.kept.goes-on")
class ReplacesForEver(PlainSync):
    """Once edited, an invoice's order is replaced anew in every run."""

    def settle(self, key: str, invoice: Record) -> None:
        """Replace what has been replaced before."""
        before = self.pairs["orders"][key]["count"]
        super().settle(key, invoice)
        if before == self.pairs["orders"][key]["count"] != "1":
            self.replace(key, invoice, self.values_here(invoice))


@broken("echoes for ever", "invoices-order.every.sync-again")
class BillsAgainEachRun(Counts):
    """Every run makes one more unpaid invoice in Chargebee for each order."""

    def run(self) -> None:
        """Make it for the orders of earlier runs."""
        known = list(self.pairs["orders"])
        super().run()
        for key in known:
            invoice = self.here["orders"].get(key)
            if invoice and self.values_here(invoice)["customer"]:
                name = f"again-{key}-{self.number}"
                self.make_carrier(name, invoice, self.values_here(invoice))


@broken("misses records", "*.every.edited-before")
class SkipsWhatWasEditedBefore(PlainSync):
    """What was edited before the sync saw it gets no counterpart."""

    def look(self) -> None:
        """Note what has been seen, and what came edited."""
        super().look()
        seen = self.memory.setdefault("known", [])
        late = self.memory.setdefault("late", [])
        for kind in KINDS:
            for key, record in self.here[kind].items():
                name = f"{kind}/{key}"
                if name not in seen and record["updated_at"] != record["created_at"]:
                    late.append(name)
                seen.append(name)

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        """Want what came as it was made."""
        late = f"{kind}/{key}" in self.memory["late"]
        return not late and super().is_wanted(kind, key, record)


@broken("ends what it made", "*.every.new-record")
class EndsItsOwnCounterparts(Remembers):
    """A counterpart is archived, cancelled or deleted by the run after its own."""

    def run(self) -> None:
        """End what earlier runs have made."""
        known = self.known()
        super().run()
        for kind, key in known:
            if self.is_first_time(kind, key):
                self.end_one(kind, self.pairs[kind][key]["id"])

    def end_one(self, kind: str, key: str) -> None:
        """Archive an item, and delete the others."""
        if kind == "items":
            self.chargebee.edit(kind, key, {"status": "archived"})
        else:
            self.chargebee.end(kind, key, "delete")
