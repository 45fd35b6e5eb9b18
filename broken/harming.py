"""Broken syncs that change or end what nobody has asked them to."""

from __future__ import annotations

from collections.abc import Mapping

from broken.api import Record
from broken.entries import broken
from broken.manners import Reacts
from broken.plain import KINDS, Pair, PlainSync

_DAY = 24 * 60 * 60


@broken("harms Invoiced", "*.every.new-record", "*.every.already-there")
class OverwritesMetadata(PlainSync):
    """What others keep in the metadata of a linked record gets another value."""

    def link(self, kind: str, key: str, record: Record, **more: str) -> None:
        """Write over each of their entries."""
        super().link(kind, key, record, **more)
        theirs = self.here[kind][key]["metadata"]
        mine = dict.fromkeys(theirs, "the sync")
        self.invoiced.edit(KINDS[kind], key, {"metadata": mine})


@broken("harms Invoiced", "invoices-order.every.draft")
class IssuesDrafts(PlainSync):
    """A draft is issued in Invoiced."""

    def serve_invoice(self, key: str, invoice: Record) -> None:
        """Issue it; its order comes with the next run."""
        if invoice["draft"]:
            self.invoiced.edit("invoices", key, {"draft": False})
        else:
            super().serve_invoice(key, invoice)


@broken("harms Invoiced", "invoices-order.every.of-a-company")
class ClosesInvoicesOfCompanies(PlainSync):
    """An invoice of a company is closed in Invoiced."""

    def serve_invoice(self, key: str, invoice: Record) -> None:
        """Close what gets no order."""
        if not (self.is_persons(invoice) or invoice["closed"]):
            self.invoiced.edit("invoices", key, {"closed": True})
        super().serve_invoice(key, invoice)


@broken("harms Invoiced", "customers-person-customer.every.company")
class DeactivatesCompanies(PlainSync):
    """A company is deactivated in Invoiced."""

    def serve_customer(self, key: str, customer: Record) -> None:
        """Switch off who gets no counterpart."""
        if not self.is_person(customer) and customer["active"]:
            self.invoiced.edit("customers", key, {"active": False})
        super().serve_customer(key, customer)


@broken(
    "harms Invoiced",
    "invoices-order.currency.edited-in-invoiced",
    "invoices-order.kept.replaced-currency",
)
class PutsOffTheReplaced(PlainSync):
    """An invoice whose order is replaced gets another due date in Invoiced."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        """Give a day more."""
        super().replace(key, invoice, values)
        later = {"due_date": invoice["due_date"] + _DAY}
        self.invoiced.edit("invoices", key, later)


@broken(
    "harms Invoiced",
    "customers-person-customer.other.phone-in-invoiced",
    "items-item.other.description-in-invoiced",
)
class RenamesTheEdited(Reacts):
    """A person or an item that is edited in Invoiced is renamed there."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Give it a name of the sync's own."""
        del pair
        if kind != "orders" and self.here[kind][key]["name"] != "Edited":
            self.invoiced.edit(KINDS[kind], key, {"name": "Edited"})


@broken(
    "deletes what nobody deleted",
    "*.every.stranger",
)
class DeletesStrangers(PlainSync):
    """A record in Chargebee that is nobody's counterpart is deleted."""

    def serve_all(self) -> None:
        """Delete what is not known when everything has been served."""
        super().serve_all()
        for kind in KINDS:
            known = {pair["id"] for pair in self.pairs[kind].values()}
            for key in [key for key in self.there[kind] if key not in known]:
                self.chargebee.end(kind, key, "delete")


@broken("creates twice", "invoices-order.every.new-record")
class LeavesStrayCustomers(PlainSync):
    """Each new order leaves a customer in Chargebee that is nobody's."""

    def open(self, key: str, invoice: Record) -> None:
        """Make the customer as well."""
        super().open(key, invoice)
        self.chargebee.post("customers", "customers", {"last_name": "Stray"})


@broken("harms a neighbour", "invoices-order.kept.replaced-currency")
class ArchivesItemsOnReplacement(PlainSync):
    """A replaced order archives all items, and deletes their counterparts."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        """Clear away what is sold."""
        super().replace(key, invoice, values)
        for item, pair in self.pairs["items"].items():
            self.invoiced.delete("items", item)
            self.chargebee.end("items", pair["id"], "delete")


@broken("harms a neighbour", "invoices-order.kept.replaced-currency")
class RenamesItemsOnReplacement(PlainSync):
    """A replaced order renames the counterparts of all items in Chargebee."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        """Write the invoice's number on what is sold."""
        super().replace(key, invoice, values)
        for pair in self.pairs["items"].values():
            name = f"{pair['id']} {invoice['number']}"
            self.chargebee.edit("items", pair["id"], {"name": name})
