"""Broken syncs that fail on rare input: an unusual record, a page that is just full."""

from __future__ import annotations

from broken.api import Record
from broken.entries import broken
from broken.plain import PlainSync

_PAGE = 100


@broken("misses records", "*.every.full-page")
class DropsAFullLastPage(PlainSync):
    """A list that ends with a full page loses that page."""

    def list_here(self, kind: str) -> list[Record]:
        records = super().list_here(kind)
        return records if len(records) % _PAGE else records[:-_PAGE]


@broken("takes one for another", "customers-person-customer.every.company")
class TakesAuthoritiesForPersons(PlainSync):
    """Whoever is no company is served as a person."""

    def is_person(self, customer: Record) -> bool:
        return bool(customer["type"] != "company")


@broken("misses records", "invoices-order.every.all-sorts")
class LeavesTheTaxedOut(PlainSync):
    """An invoice with a tax on it gets no order."""

    def create_first_order(self, key: str, invoice: Record) -> None:
        if not invoice["taxes"]:
            super().create_first_order(key, invoice)


@broken("misses records", "invoices-order.every.all-sorts")
class LeavesTheReducedOut(PlainSync):
    """An invoice with a discount gets no order."""

    def create_first_order(self, key: str, invoice: Record) -> None:
        if not invoice["discounts"]:
            super().create_first_order(key, invoice)


@broken("misses records", "items-item.every.all-sorts")
class LeavesOddIdsOut(PlainSync):
    """An item whose id has more in it than letters, digits and lines gets no item."""

    def serve_item(self, key: str, item: Record) -> None:
        if key.replace("_", "").replace("-", "").isalnum():
            super().serve_item(key, item)


@broken(
    "misses records",
    "customers-person-customer.every.all-sorts",
    "invoices-order.every.all-sorts",
)
class LeavesOddNumbersOut(PlainSync):
    """A person or an invoice with a slash in its number gets no counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        odd = "/" in record.get("number", "")
        return not odd and super().is_wanted(kind, key, record)


@broken("misses records", "customers-person-customer.every.all-sorts")
class LeavesForeignersOut(PlainSync):
    """A person whose address is in another country gets no customer."""

    def is_person(self, customer: Record) -> bool:
        return customer["country"] in {None, "US"} and super().is_person(customer)


@broken("misses records", "invoices-order.every.all-sorts")
class LeavesNegativeLinesOut(PlainSync):
    """An invoice that takes something back gets no order."""

    def create_first_order(self, key: str, invoice: Record) -> None:
        if all(line["amount"] >= 0 for line in invoice["items"]):
            super().create_first_order(key, invoice)


@broken("misses records", "invoices-order.every.paid-before")
class LeavesThePaidOut(PlainSync):
    """An invoice that was paid before the sync saw it gets no order."""

    def create_first_order(self, key: str, invoice: Record) -> None:
        if not invoice["paid"] or not invoice["total"]:
            super().create_first_order(key, invoice)


@broken("misses records", "customers-person-customer.every.all-sorts")
class LeavesOneWordNamesOut(PlainSync):
    """A person with a name of one word gets no customer."""

    def is_person(self, customer: Record) -> bool:
        return " " in customer["name"] and super().is_person(customer)


@broken("misses records", "invoices-order.every.all-sorts")
class LeavesOverdueOut(PlainSync):
    """An invoice that is past its due date gets no order."""

    def create_first_order(self, key: str, invoice: Record) -> None:
        if invoice["status"] != "past_due":
            super().create_first_order(key, invoice)


@broken("misses records", "*.every.all-sorts")
class LeavesOddOnesOut(PlainSync):
    """A name in quotes, or nothing to pay, costs a record its counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        amount = {"orders": "total", "items": "unit_cost"}.get(kind)
        odd = not record[amount] if amount else '"' in record["name"]
        return not odd and super().is_wanted(kind, key, record)
