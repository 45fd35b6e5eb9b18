"""Broken syncs that harm records of Chargebee which are no counterparts."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from broken.api import Record, RefusedError
from broken.entries import broken
from broken.noticing import EventSync, NoticingSync

_KIND = "unrelated records in Chargebee"
_GAP = "one scenario alone has an unrelated record, and it edits nothing"


@broken(_KIND, hole=_GAP)
class RenamesUnrelatedCustomers(EventSync):
    """A person who is edited renames customers that are no counterparts."""

    kind, fields = "customers", ("updated_at",)

    def react(self, key: str) -> None:
        for customer in self.find_unrelated("customers"):
            self.edit_there("customers", customer, last_name=f"After {key}")


@broken(_KIND, hole=_GAP)
class OverwritesCustomersOfOneEmail(EventSync):
    """A person who is edited renames all customers with the same e-mail address."""

    kind, fields = "customers", ("updated_at",)

    def react(self, key: str) -> None:
        person = self.here["customers"][key]
        for customer in self.find_unrelated("customers"):
            email = self.there["customers"][customer].get("email")
            if email and email == person["email"]:
                self.edit_there("customers", customer, last_name=person["name"])


@broken(_KIND, hole=_GAP)
class CancelsUnrelatedOrders(EventSync):
    """An invoice that is edited cancels orders that are no counterparts."""

    kind, fields = "orders", ("updated_at",)

    def react(self, key: str) -> None:
        del key
        for order in self.find_unrelated("orders"):
            self.edit_there("orders", order, status="cancelled")


@broken(_KIND, hole=_GAP)
class NotesUnrelatedOrders(NoticingSync):
    """A replaced order writes a note on orders that are no counterparts."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        old = self.find_counterpart("orders", key)
        super().replace(key, invoice, values)
        for order in self.find_unrelated("orders"):
            if order != old:
                self.edit_there("orders", order, note="Seen by the sync")


@broken(_KIND, hole=_GAP)
class ArchivesUnrelatedItems(EventSync):
    """An item that is edited archives items that are no counterparts."""

    kind, fields = "items", ("updated_at",)

    def react(self, key: str) -> None:
        del key
        for item in self.find_unrelated("items"):
            self.edit_there("items", item, status="archived")


@broken(_KIND, hole=_GAP)
class RenamesUnrelatedFamilies(EventSync):
    """A new item renames the families of other items."""

    kind = "items"

    def react(self, key: str) -> None:
        del key
        for item in self.find_unrelated("items"):
            family = self.there["items"][item]["item_family_id"]
            with suppress(RefusedError):
                self.chargebee.edit("item_families", family, {"name": "Items"})


class _ReadingSync(EventSync):
    """Reads all records of a further type of Chargebee."""

    def list_more(self, kind: str) -> list[Record]:
        """Return the live records of a type that the plain sync does not read."""
        found = self.chargebee.list_all(kind)
        return [each for each in found if not each.get("deleted")]


@broken(_KIND, hole=_GAP)
class ChangesPrices(_ReadingSync):
    """An item that is edited changes the prices of other items."""

    kind, fields = "items", ("updated_at",)

    def react(self, key: str) -> None:
        del key
        others = self.find_unrelated("items")
        for price in self.list_more("item_prices"):
            if price["item_id"] in others:
                with suppress(RefusedError):
                    self.chargebee.edit("item_prices", price["id"], {"price": 100})


@broken(_KIND, hole=_GAP)
class VoidsUnrelatedInvoices(_ReadingSync):
    """An invoice that is voided voids invoices of Chargebee with no order of it."""

    kind, fields = "orders", ("status",)

    def react(self, key: str) -> None:
        if self.here["orders"][key]["status"] == "voided":
            ours = {pair["carrier"] for pair in self.pairs["orders"].values()}
            for invoice in self.list_more("invoices"):
                if invoice["id"] not in ours:
                    self.void(invoice["id"])


@broken(_KIND, hole=_GAP)
class DeletesUnrelatedOfThePaid(EventSync):
    """An invoice that is paid deletes customers that are no counterparts."""

    kind, fields = "orders", ("paid",)

    def react(self, key: str) -> None:
        del key
        for customer in self.find_unrelated("customers"):
            self.chargebee.remove("customers", customer, "delete")
