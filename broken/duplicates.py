"""Broken syncs that create two counterparts, or one where none belongs."""

from __future__ import annotations

from broken.api import Record
from broken.common import EarlierPairsSync, RememberingSync, create_second
from broken.entries import broken
from broken.plain import PlainSync

_PAGE = 100


@broken("creates twice", "*.every.new-record")
class DoublesAtOnce(RememberingSync):
    """Each record gets two counterparts, the second under another mark."""

    def run(self) -> None:
        super().run()
        for kind, key in self.list_pairs():
            if self.is_first_time(kind, key):
                create_second(self, kind, key)


@broken("creates twice", "*.every.sync-again")
class DuplicatesOnSecondRun(EarlierPairsSync):
    """A later run makes a second counterpart, under another mark."""

    def act_on_pair(self, kind: str, key: str) -> None:
        if key in self.here[kind] and self.is_first_time(kind, key):
            create_second(self, kind, key)


@broken("creates twice", "*.every.sync-again")
class MakesAFurtherOneEachRun(EarlierPairsSync):
    """Every run makes one more counterpart of each record."""

    def act_on_pair(self, kind: str, key: str) -> None:
        if key in self.here[kind]:
            create_second(self, kind, key, self.number)


@broken("creates twice", "*.every.many-pages")
class DoublesOnPageBoundary(RememberingSync):
    """The last record of a full page is served again with the next page."""

    def run(self) -> None:
        super().run()
        for kind, key in self.list_pairs():
            on_boundary = list(self.here[kind])[_PAGE - 1 : _PAGE] == [key]
            if on_boundary and self.is_first_time(kind, key):
                create_second(self, kind, key)


@broken("creates twice", "*.every.many-pages")
class MakesAnewBeyondFirstPage(EarlierPairsSync):
    """A counterpart that is not on Chargebee's first page is made once more."""

    def act_on_pair(self, kind: str, key: str) -> None:
        beyond = list(self.there[kind])[_PAGE:]
        late = self.pairs[kind][key]["id"] in beyond
        if late and self.is_first_time(kind, key):
            create_second(self, kind, key)


@broken("creates twice", "invoices-order.currency.edited-in-invoiced")
class MakesReplacedOrderAgain(RememberingSync):
    """The run after an edit of the currency makes a second order."""

    def update_pair(self, key: str, invoice: Record) -> None:
        replaced = self.pairs["orders"][key]["count"] != "1"
        super().update_pair(key, invoice)
        if replaced and self.is_first_time("orders", key):
            create_second(self, "orders", key)


class _DoublesInvoices(RememberingSync):
    """Creates two orders for invoices that the document does not mention."""

    def is_odd(self, invoice: Record) -> bool:
        """Return whether an invoice is one of those."""
        raise NotImplementedError

    def serve_invoice(self, key: str, invoice: Record) -> None:
        if not self.is_odd(invoice):
            super().serve_invoice(key, invoice)
        elif self.is_first_time("orders", key):
            create_second(self, "orders", key)
            create_second(self, "orders", key, 2)

    def customer_of(self, invoice: Record) -> str:
        right = super().customer_of(invoice)
        return right or next(iter(self.there["customers"]), "")


@broken("creates twice", "invoices-order.every.draft")
class DoublesDrafts(_DoublesInvoices):
    """A draft invoice gets two orders, where one or none can be right."""

    def is_odd(self, invoice: Record) -> bool:
        return bool(invoice["draft"])


@broken("creates twice", "invoices-order.every.voided")
class DoublesVoidedInvoices(_DoublesInvoices):
    """A voided invoice gets two orders, where one or none can be right."""

    def is_odd(self, invoice: Record) -> bool:
        return bool(invoice["status"] == "voided")


@broken("creates twice", "invoices-order.every.of-a-company")
class DoublesInvoicesOfCompanies(_DoublesInvoices):
    """An invoice of a company gets two orders, where one or none can be right."""

    def is_odd(self, invoice: Record) -> bool:
        return not self.is_of_person(invoice)


@broken("takes one for another", "customers-person-customer.every.company")
class TakesCompaniesForPersons(PlainSync):
    """A company gets a counterpart like a person."""

    def is_person(self, customer: Record) -> bool:
        return "type" in customer


@broken("takes one for another", "customers-person-customer.every.company")
class TakesCompaniesForPersonsLater(PlainSync):
    """A company gets a counterpart in the run after the one that first saw it."""

    def read_both(self) -> None:
        before = self.memory.get("seen", [])
        super().read_both()
        self.memory["known"] = before
        self.memory["seen"] = list(self.here["customers"])

    def is_person(self, customer: Record) -> bool:
        return (
            super().is_person(customer) or str(customer["id"]) in self.memory["known"]
        )


@broken("creates twice", "*.every.new-record")
class DoublesWithoutMark(PlainSync):
    """Each record gets a second counterpart that bears no mark."""

    def link(self, kind: str, key: str, record: Record, **more: str) -> None:
        super().link(kind, key, record, **more)
        copy = f"copy-of-{record['id']}"
        if kind == "orders":
            days = ("created_at", "order_date", "shipping_date")
            fields = dict.fromkeys(days, self.here[kind][key]["created_at"])
            fields |= {"invoice_id": more["carrier"], "status": "queued", "id": copy}
            self.chargebee.post(kind, "orders/import_order", fields)
        elif kind == "items":
            family = {"type": "charge", "item_family_id": self.memory["family"]}
            self.chargebee.post(kind, kind, {"id": copy, "name": copy} | family)
        else:
            self.chargebee.post(kind, kind, {"last_name": copy})


@broken("creates twice", "customers-person-customer.every.new-record")
class DoublesInInvoiced(RememberingSync):
    """Each person is made once more in Invoiced, as a company."""

    def run(self) -> None:
        super().run()
        for kind, key in self.list_pairs():
            if kind == "customers" and self.is_first_time(kind, key):
                name = self.here[kind][key]["name"]
                self.invoiced.create(kind, {"name": name, "type": "company"})
