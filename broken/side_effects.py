"""Broken syncs that change or delete records without being asked to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from broken.api import Record
from broken.common import ReactingSync, RememberingSync, create_second
from broken.entries import broken
from broken.plain import KINDS, Pair, PlainSync


class WatchingSync(RememberingSync):
    """Acts wrongly on a pair after an edit in Invoiced of one of `fields`, by kind."""

    fields: ClassVar[Mapping[str, str]]

    def run(self) -> None:
        super().run()
        before = self.memory.setdefault("before", {})
        for kind, key in self.list_pairs():
            record = self.get_watched(kind, key)
            if kind in self.fields and record is not None and key in self.here[kind]:
                name, now = f"{kind}/{key}", str(record.get(self.fields[kind]))
                if before.setdefault(name, now) != now:
                    self.react(kind, key)
                before[name] = now

    def get_watched(self, kind: str, key: str) -> Record | None:
        """Return the record whose value is compared with that of the last run."""
        return self.here[kind].get(key)

    def react(self, kind: str, key: str) -> None:
        """Create a second counterpart."""
        create_second(self, kind, key)


class ChargebeeWatchingSync(WatchingSync):
    """Acts wrongly on a pair after an edit of one value in Chargebee."""

    def get_watched(self, kind: str, key: str) -> Record | None:
        return self.there[kind].get(self.pairs[kind][key]["id"])


@broken(
    "breaks a pair",
    "customers-person-customer.other.much-in-invoiced",
    "invoices-order.other.much-in-invoiced",
)
class DoublesTheRenumbered(WatchingSync):
    """A person or an invoice that gets another number gets a second counterpart."""

    fields: ClassVar[Mapping[str, str]] = {"customers": "number", "orders": "number"}


@broken(
    "breaks a pair",
    "customers-person-customer.other.much-in-chargebee",
    "invoices-order.other.much-in-chargebee",
    "items-item.other.much-in-chargebee",
)
class DoublesTheShipped(ChargebeeWatchingSync):
    """An edit in Chargebee of a status, a first name or a unit makes a second one."""

    fields: ClassVar[Mapping[str, str]] = {
        "customers": "first_name",
        "orders": "status",
        "items": "unit",
    }


@broken("breaks a pair", "invoices-order.other.lines-in-invoiced")
class DoublesOnAnotherTotal(WatchingSync):
    """An invoice whose total changes gets a second order."""

    fields: ClassVar[Mapping[str, str]] = {"orders": "total"}


@broken("breaks a pair", "invoices-order.kept.paid")
class DoublesThePaid(WatchingSync):
    """An invoice that is paid gets a second order."""

    fields: ClassVar[Mapping[str, str]] = {"orders": "paid"}


@broken("ends what it made", "invoices-order.kept.paid")
class EndsTheOrdersOfThePaid(WatchingSync):
    """An invoice that is paid loses its order."""

    fields: ClassVar[Mapping[str, str]] = {"orders": "paid"}

    def react(self, kind: str, key: str) -> None:
        self.chargebee.remove(kind, self.pairs[kind][key]["id"], "delete")


@broken("creates twice", "items-item.kept.made-anew")
class DoublesTheMadeAnew(WatchingSync):
    """An item that is made anew under its id gets a second item."""

    fields: ClassVar[Mapping[str, str]] = {"items": "created_at"}


@broken("breaks a pair", "customers-person-customer.kept.becomes-inactive")
class DoublesTheInactive(WatchingSync):
    """A person who becomes inactive gets a second customer."""

    fields: ClassVar[Mapping[str, str]] = {"customers": "active"}


@broken("harms a neighbour", "invoices-order.kept.voided")
class EndsOthersWhereOneIsVoided(WatchingSync):
    """An invoice that is voided takes the orders of all others along."""

    fields: ClassVar[Mapping[str, str]] = {"orders": "status"}

    def react(self, kind: str, key: str) -> None:
        if self.here[kind][key]["status"] == "voided":
            for other, pair in self.pairs[kind].items():
                if other != key:
                    self.chargebee.remove(kind, pair["id"], "delete")


@broken("loses an edit", "invoices-order.currency.edited-after-notes")
class LosesEditsAfterNotes(WatchingSync):
    """Once its notes were edited, edits of an invoice's currency are lost."""

    fields: ClassVar[Mapping[str, str]] = {"orders": "notes"}

    def react(self, kind: str, key: str) -> None:
        del kind
        self.memory.setdefault("noted", []).append(key)

    def update_pair(self, key: str, invoice: Record) -> None:
        if key not in self.memory.get("noted", []):
            super().update_pair(key, invoice)


_OF_PERSONS = (
    "customers-person-customer.other.phone-in-invoiced",
    "customers-person-customer.other.notes-in-invoiced",
)


@broken(
    "overwrites with nothing", *_OF_PERSONS, "invoices-order.other.notes-in-invoiced"
)
class EmptiesNeighbours(ReactingSync):
    """An edit of a person or an invoice empties a filled property of all others."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        del pair
        filled = {"customers": "currency", "orders": "due_date"}
        for other in self.pairs[kind]:
            if other != key and kind in filled:
                self.invoiced.edit(KINDS[kind], other, {filled[kind]: None})


@broken("overwrites with nothing", *_OF_PERSONS)
class EmptiesTheEditedRecord(ReactingSync):
    """An edit of a person in Invoiced empties another property of that person."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        del pair
        if kind == "customers":
            self.invoiced.edit(kind, key, {"currency": None})


@broken("overwrites with nothing", "*.every.new-record", "*.every.already-there")
class WipesMetadata(PlainSync):
    """All that stands in the metadata of a linked record of Invoiced is lost."""

    def link(self, kind: str, key: str, record: Record, **more: str) -> None:
        super().link(kind, key, record, **more)
        self.invoiced.edit(KINDS[kind], key, {"metadata": {"mine": "1"}})


_DAY = 24 * 60 * 60


@broken("harms Invoiced", "*.every.new-record", "*.every.already-there")
class OverwritesMetadata(PlainSync):
    """What others keep in the metadata of a linked record gets another value."""

    def link(self, kind: str, key: str, record: Record, **more: str) -> None:
        super().link(kind, key, record, **more)
        theirs = self.here[kind][key]["metadata"]
        mine = dict.fromkeys(theirs, "the sync")
        self.invoiced.edit(KINDS[kind], key, {"metadata": mine})


@broken("harms Invoiced", "invoices-order.every.draft")
class IssuesDrafts(PlainSync):
    """A draft is issued in Invoiced."""

    def serve_invoice(self, key: str, invoice: Record) -> None:
        if invoice["draft"]:
            self.invoiced.edit("invoices", key, {"draft": False})
        else:
            super().serve_invoice(key, invoice)


@broken("harms Invoiced", "invoices-order.every.of-a-company")
class ClosesInvoicesOfCompanies(PlainSync):
    """An invoice of a company is closed in Invoiced."""

    def serve_invoice(self, key: str, invoice: Record) -> None:
        if not (self.is_of_person(invoice) or invoice["closed"]):
            self.invoiced.edit("invoices", key, {"closed": True})
        super().serve_invoice(key, invoice)


@broken("harms Invoiced", "customers-person-customer.every.company")
class DeactivatesCompanies(PlainSync):
    """A company is deactivated in Invoiced."""

    def serve_customer(self, key: str, customer: Record) -> None:
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
        super().replace(key, invoice, values)
        later = {"due_date": invoice["due_date"] + _DAY}
        self.invoiced.edit("invoices", key, later)


@broken(
    "harms Invoiced",
    "customers-person-customer.other.phone-in-invoiced",
    "items-item.other.description-in-invoiced",
)
class RenamesTheEdited(ReactingSync):
    """A person or an item that is edited in Invoiced is renamed there."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
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
        super().serve_all()
        for kind in KINDS:
            known = {pair["id"] for pair in self.pairs[kind].values()}
            for key in [key for key in self.there[kind] if key not in known]:
                self.chargebee.remove(kind, key, "delete")


@broken("creates twice", "invoices-order.every.new-record")
class LeavesStrayCustomers(PlainSync):
    """Each new order leaves a customer in Chargebee that is nobody's."""

    def create_first_order(self, key: str, invoice: Record) -> None:
        super().create_first_order(key, invoice)
        self.chargebee.post("customers", "customers", {"last_name": "Stray"})


@broken("harms a neighbour", "invoices-order.kept.replaced-currency")
class ArchivesItemsOnReplacement(PlainSync):
    """A replaced order archives all items, and deletes their counterparts."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        super().replace(key, invoice, values)
        for item, pair in self.pairs["items"].items():
            self.invoiced.delete("items", item)
            self.chargebee.remove("items", pair["id"], "delete")


@broken("harms a neighbour", "invoices-order.kept.replaced-currency")
class RenamesItemsOnReplacement(PlainSync):
    """A replaced order renames the counterparts of all items in Chargebee."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        super().replace(key, invoice, values)
        for pair in self.pairs["items"].values():
            name = f"{pair['id']} {invoice['number']}"
            self.chargebee.edit("items", pair["id"], {"name": name})
