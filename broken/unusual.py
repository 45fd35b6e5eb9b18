"""Broken syncs that trip over what is rare: odd records, a page that is just full."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from broken.api import Record, RefusedError
from broken.entries import broken
from broken.manners import Counts, Remembers, scribble
from broken.plain import KINDS, PlainSync

_PAGE = 100


@broken("misses records", "*.every.full-page")
class DropsAFullLastPage(PlainSync):
    """A list that ends with a full page loses that page."""

    def read(self, kind: str) -> list[Record]:
        """Wait for a page that is not full, and take the rest with it."""
        records = super().read(kind)
        return records if len(records) % _PAGE else records[:-_PAGE]


@broken("takes one for another", "customers-person-customer.every.company")
class TakesAuthoritiesForPersons(PlainSync):
    """Whoever is no company is served as a person."""

    def is_person(self, customer: Record) -> bool:
        """Ask for the other type."""
        return bool(customer["type"] != "company")


@broken("misses records", "invoices-order.every.all-sorts")
class LeavesTheTaxedOut(PlainSync):
    """An invoice with a tax on it gets no order."""

    def open(self, key: str, invoice: Record) -> None:
        """Open what nothing is added to."""
        if not invoice["taxes"]:
            super().open(key, invoice)


@broken("misses records", "invoices-order.every.all-sorts")
class LeavesTheReducedOut(PlainSync):
    """An invoice with a discount gets no order."""

    def open(self, key: str, invoice: Record) -> None:
        """Open what nothing is taken from."""
        if not invoice["discounts"]:
            super().open(key, invoice)


@broken("misses records", "items-item.every.all-sorts")
class LeavesOddIdsOut(PlainSync):
    """An item whose id has more in it than letters, digits and lines gets no item."""

    def serve_item(self, key: str, item: Record) -> None:
        """Serve plain ids."""
        if key.replace("_", "").replace("-", "").isalnum():
            super().serve_item(key, item)


class Numbers(Remembers, Counts):
    """Writes the number of each run into the metadata of records of Invoiced."""

    def run(self) -> None:
        """Count the runs in Invoiced."""
        super().run()
        for kind, key in self.numbered():
            number = {"metadata": {"run": str(self.number)}}
            with suppress(RefusedError):
                self.invoiced.edit(KINDS[kind], key, number)

    def numbered(self) -> Iterator[tuple[str, str]]:
        """Yield kind and id of those records."""
        raise NotImplementedError


@broken("echoes for ever", "invoices-order.every.draft")
class EchoesOnDrafts(Numbers):
    """Every run writes something new on every draft."""

    def numbered(self) -> Iterator[tuple[str, str]]:
        """Yield the drafts."""
        for key, invoice in self.here["orders"].items():
            if invoice["draft"]:
                yield "orders", key


@broken("echoes for ever", "invoices-order.every.of-a-company")
class EchoesOnCompanies(Numbers):
    """Every run writes something new on every company's invoice."""

    def numbered(self) -> Iterator[tuple[str, str]]:
        """Yield the invoices that are nobody's who is served."""
        for key, invoice in self.here["orders"].items():
            if not self.is_persons(invoice):
                yield "orders", key


@broken("echoes for ever", "invoices-order.kept.paid")
class EchoesOnThePaid(Remembers, Counts):
    """Every run writes something new on the order of every invoice that is paid."""

    def run(self) -> None:
        """Count the runs in Chargebee."""
        super().run()
        for kind, key in self.known():
            if kind == "orders" and self.here[kind].get(key, {}).get("paid"):
                scribble(self, kind, key, str(self.number))


@broken("echoes for ever", "*.kept.deleted-in-chargebee")
class EchoesOnTheBereft(Numbers):
    """Every run writes something new on a record whose counterpart is gone."""

    def numbered(self) -> Iterator[tuple[str, str]]:
        """Yield those that had one."""
        for kind, key in self.known():
            if self.pairs[kind][key]["id"] not in self.there[kind]:
                yield kind, key
