"""Broken syncs that harm records of one section after an event of another."""

from __future__ import annotations

from collections.abc import Mapping

from broken.api import Record
from broken.entries import broken
from broken.noticing import EventSync, NoticingSync

_KIND = "harm across sections"
_GAP = "a scenario has records of its own type only, beside the customers of invoices"


@broken(_KIND, hole=_GAP)
class RenamesItemsWithEachOrder(EventSync):
    """A new invoice renames the counterparts of all items."""

    kind = "orders"

    def react(self, key: str) -> None:
        for item in self.find_counterparts("items"):
            self.edit_there("items", item, name=f"{item} {key}")


@broken(_KIND, hole=_GAP)
class DeletesCustomersOfTheVoided(EventSync):
    """An invoice that is voided deletes its customer in Chargebee, with all orders."""

    kind, fields = "orders", ("status",)

    def react(self, key: str) -> None:
        invoice = self.here["orders"][key]
        customer = self.customer_of(invoice)
        if invoice["status"] == "voided" and customer:
            self.chargebee.remove("customers", customer, "delete")


@broken(_KIND, hole=_GAP)
class EmptiesNotesOfThePerson(EventSync):
    """A person who is edited in Invoiced loses the notes of all orders."""

    kind, fields = "customers", ("updated_at",)

    def react(self, key: str) -> None:
        for invoice in self.find_orders(key):
            self.edit_there("orders", self.find_counterpart("orders", invoice), note="")


@broken(_KIND, hole=_GAP)
class NumbersPurchaseOrdersAnew(EventSync):
    """An item that is edited in Invoiced changes the purchase order of all invoices."""

    kind, fields = "items", ("updated_at",)

    def react(self, key: str) -> None:
        for invoice in self.here["orders"]:
            self.edit_here("orders", invoice, purchase_order=key[:30])


@broken(_KIND, "invoices-order.kept.replaced-currency")
class HoldsCreditOnNewItems(EventSync):
    """A new item puts all persons on credit hold in Invoiced."""

    kind = "items"

    def react(self, key: str) -> None:
        del key
        for person in self.pairs["customers"]:
            self.edit_here("customers", person, credit_hold=True)


@broken(_KIND, "invoices-order.kept.replaced-currency")
class ArchivesItemsOfNewPersons(EventSync):
    """A new person archives the counterparts of all items."""

    kind = "customers"

    def react(self, key: str) -> None:
        del key
        for item in self.find_counterparts("items"):
            self.edit_there("items", item, status="archived")


@broken(_KIND, hole=_GAP)
class CancelsOrdersOfGoneItems(NoticingSync):
    """An item that is gone from Invoiced cancels all orders."""

    def run(self) -> None:
        super().run()
        if self.find_gone("items"):
            for order in self.find_counterparts("orders"):
                self.edit_there("orders", order, status="cancelled")


@broken(_KIND, hole=_GAP)
class DescribesItemsOfThePaid(EventSync):
    """An invoice that is paid rewrites the description of all items in Invoiced."""

    kind, fields = "orders", ("paid",)

    def react(self, key: str) -> None:
        for item in self.here["items"]:
            self.edit_here("items", item, description=f"Paid with {key}")


@broken(_KIND, hole=_GAP)
class ForgetsCustomersOfTheReplaced(NoticingSync):
    """A replaced order empties phone and e-mail of its customer in Chargebee."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        super().replace(key, invoice, values)
        self.edit_there("customers", values["customer"], phone="", email="")


@broken(_KIND, hole=_GAP)
class ClosesInvoicesOfTheRenamed(EventSync):
    """A person who is renamed in Chargebee has all invoices closed in Invoiced."""

    kind, side = "customers", "there"
    fields = ("first_name", "last_name")

    def react(self, key: str) -> None:
        for person, pair in self.pairs["customers"].items():
            for invoice in self.find_orders(person) if pair["id"] == key else []:
                self.edit_here("orders", invoice, closed=True)
