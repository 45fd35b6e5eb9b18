"""Broken syncs that are wrong only where the network or a vendor is in trouble."""

from __future__ import annotations

from broken.api import Record, TryAgainError
from broken.entries import broken
from broken.plain import PlainSync


@broken(
    "creates twice", "customers-person-customer.every.sync-again", weather="rough:2"
)
class MakesAnewAfterTrouble(PlainSync):
    """A call that was not answered is made again, for another record."""

    def serve_customer(self, key: str, customer: Record) -> None:
        """Make one without the right id where the first try failed."""
        try:
            super().serve_customer(key, customer)
        except TryAgainError:
            self.chargebee.post("customers", "customers", {"last_name": "Again"})
            raise


@broken("creates twice", "invoices-order.every.already-there", weather="storm:8")
class DoublesOrderAfterLostAnswer(PlainSync):
    """An order whose answer was lost is made once more, under a new id."""

    def open(self, key: str, invoice: Record) -> None:
        """Count the tries, and name the order by their number."""
        tries = self.memory.setdefault("tries", {})
        tries[key] = tries.get(key, 0) + 1
        values = self.values_here(invoice)
        if values["customer"]:
            self.make_order(key, invoice, values, tries[key])


@broken("misses records", "items-item.every.already-there", weather="rough:1")
class GivesUpAfterTrouble(PlainSync):
    """A record that could not be served at once is never served."""

    def serve_item(self, key: str, item: Record) -> None:
        """Try each once."""
        tried: list[str] = self.memory.setdefault("tried", [])
        if key not in tried:
            tried.append(key)
            super().serve_item(key, item)
