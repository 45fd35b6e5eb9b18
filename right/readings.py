"""Right syncs that read in different ways what the document leaves open.

Each may be interrupted at any call: the next run finishes the work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from broken.api import Record, RefusedError, TryAgainError
from broken.plain import KINDS, Pair, PlainSync, in_smallest_unit

_WRONG_STATE = 409


def attempt(sync: PlainSync, what: str, action: Callable[[], object]) -> None:
    """Perform an action that a vendor may refuse; a refusal becomes a complaint."""
    try:
        action()
    except RefusedError as refusal:
        sync.complaints.append(f"{what}: {refusal}")


class OrdersForDraftsAndVoided(PlainSync):
    """Drafts and voided invoices have orders like any other."""

    def serve_invoice(self, key: str, invoice: Record) -> None:
        if key not in self.pairs["orders"]:
            if self.is_wanted("orders", key, invoice) and self.is_of_person(invoice):
                self.create_first_order(key, invoice)
        elif invoice["status"] != "voided":
            self.update_pair(key, invoice)


class ServesCompaniesWithInvoices(PlainSync):
    """A company that has an invoice is served like a person."""

    def is_person(self, customer: Record) -> bool:
        owners = {str(invoice["customer"]) for invoice in self.here["orders"].values()}
        return super().is_person(customer) or str(customer["id"]) in owners


class ServesTheMadeAnew(PlainSync):
    """An item that was made anew under its id is served anew, where it has to be."""

    def read_both(self) -> None:
        super().read_both()
        made = self.memory.setdefault("made", {})
        for key, item in self.here["items"].items():
            pair = self.pairs["items"].get(key)
            is_new = made.setdefault(key, item["created_at"]) < item["created_at"]
            if is_new and pair is not None and pair["id"] not in self.there["items"]:
                del self.pairs["items"][key]
                made[key] = item["created_at"]


class DeletesInChargebee(ServesTheMadeAnew):
    """What is deleted in Invoiced is deleted in Chargebee."""

    def run(self) -> None:
        """Delete orphaned counterparts, orders before their customers."""
        super().run()
        for kind in reversed(KINDS):
            for key, pair in self.pairs[kind].items():
                if key not in self.here[kind] and pair["id"] in self.there[kind]:
                    end = partial(self.chargebee.remove, kind, pair["id"], "delete")
                    attempt(self, f"{kind} {key}", end)


class DeletesInInvoiced(PlainSync):
    """What is deleted in Chargebee is deleted in Invoiced."""

    def run(self) -> None:
        """Delete records without counterpart, invoices before their customers."""
        super().run()
        for kind in reversed(KINDS):
            for key, pair in self.pairs[kind].items():
                unseen = pair["id"] not in self.there[kind]
                if unseen and key in self.here[kind] and self.is_gone(kind, pair["id"]):
                    end = partial(self.invoiced.delete, KINDS[kind], key)
                    attempt(self, f"{kind} {key}", end)

    def is_gone(self, kind: str, key: str) -> bool:
        """Return whether a record is deleted; a list may not contain a new one yet."""
        try:
            record = self.chargebee.get(kind, key)
        except RefusedError as refusal:
            return refusal.is_gone()
        return bool(record.get("deleted") or record.get("status") == "deleted")


class DeletesCustomersOfCompanies(PlainSync):
    """A person who becomes a company loses its customer in Chargebee."""

    def run(self) -> None:
        super().run()
        for key, pair in self.pairs["customers"].items():
            owner = self.here["customers"].get(key)
            is_company = owner is not None and not self.is_person(owner)
            if is_company and pair["id"] in self.there["customers"]:
                end = partial(self.chargebee.remove, "customers", pair["id"], "delete")
                attempt(self, f"customers {key}", end)


class ArchivesItems(PlainSync):
    """The item of an item that is deleted in Invoiced is archived in Chargebee."""

    def run(self) -> None:
        super().run()
        for key, pair in self.pairs["items"].items():
            item = self.there["items"].get(pair["id"])
            wanted = "active" if key in self.here["items"] else "archived"
            if item is not None and item["status"] != wanted:
                self.chargebee.edit("items", pair["id"], {"status": wanted})


class CancelsReplacedOrders(PlainSync):
    """The order that another one replaces is cancelled, and stays to be seen."""

    def remove_replaced(self) -> None:
        """Cancel replaced orders; Chargebee refuses one that is cancelled already."""
        replaced = self.memory.setdefault("replaced", [])
        while replaced:
            try:
                self.cancel(replaced[-1]["id"])
            except RefusedError as refusal:
                if refusal.status != _WRONG_STATE:
                    raise
            replaced.pop()

    def cancel(self, order: str) -> None:
        reason = {"cancellation_reason": "others"}
        self.chargebee.post("orders", f"orders/{order}/cancel", reason)


class ReplacesAtEachEdit(PlainSync):
    """Each edit of an invoice that could be seen on its order replaces the order."""

    def update_pair(self, key: str, invoice: Record) -> None:
        is_there = self.pairs["orders"][key]["id"] in self.there["orders"]
        if is_there and self.memory["seen"][key] != self.visible(invoice):
            self.replace(key, invoice, self.values_here(invoice))
        else:
            super().update_pair(key, invoice)

    def create_order(
        self,
        key: str,
        invoice: Record,
        values: Mapping[str, str],
        count: int,
        note: str = "",
    ) -> None:
        super().create_order(key, invoice, values, count, note)
        self.memory.setdefault("seen", {})[key] = self.visible(invoice)

    def visible(self, invoice: Record) -> list[str | None]:
        """Return the values that an order could show."""
        return [invoice["currency"], invoice["notes"]]


#: Properties outside the document that are propagated both ways, by name in Invoiced.
_CARRIED = {
    "customers": {"phone": "phone", "notes": "invoice_notes"},
    "items": {"description": "description"},
    "orders": {"notes": "note"},
}


class LooksFirst(PlainSync):
    """A run only looks, and the one after it works."""

    def run(self) -> None:
        self.memory["looked"] = not self.memory.get("looked")
        if self.memory["looked"]:
            raise TryAgainError("this run has only looked")
        try:
            super().run()
        except TryAgainError:
            self.memory["looked"] = True
            raise


class MarksInInvoicedToo(PlainSync):
    """The id in Chargebee is noted in the metadata of the record in Invoiced."""

    def run(self) -> None:
        super().run()
        for kind, theirs in KINDS.items():
            for key, pair in self.pairs[kind].items():
                record = self.here[kind].get(key, {})
                # Invoiced takes no change of a closed invoice (unconfirmed).
                metadata = None if record.get("closed") else record.get("metadata")
                noted = {"chargebee_id": pair["id"]}
                if metadata is not None and not noted.items() <= metadata.items():
                    self.invoiced.edit(theirs, key, {"metadata": metadata | noted})


class PricesItems(PlainSync):
    """An item has a price in Chargebee, in the currency that it has in Invoiced."""

    def run(self) -> None:
        super().run()
        priced = self.memory.setdefault("priced", [])
        for key in self.pairs["items"].keys() & self.here["items"].keys():
            is_there = self.pairs["items"][key]["id"] in self.there["items"]
            if is_there and key not in priced:
                self.chargebee.create(
                    "item_prices", self.price(self.here["items"][key])
                )
                priced.append(key)

    def price(self, item: Record) -> Record:
        """Return the price of an item, with the item's name."""
        key, currency = item["id"], item["currency"].upper()
        return {
            "id": f"{key}-{currency}",
            "name": f"{key} {currency}",
            "item_id": key,
            "currency_code": currency,
            "price": in_smallest_unit(item["unit_cost"], currency),
        }


class CarriesMore(PlainSync):
    """Phone numbers, notes and descriptions are carried over too, both ways."""

    def run(self) -> None:
        super().run()
        for kind in KINDS:
            for key, pair in self.pairs[kind].items():
                attempt(self, f"{kind} {key}", partial(self.carry, kind, key, pair))

    def carry(self, kind: str, key: str, pair: Pair) -> None:
        """Synchronise one pair; where both sides changed, Invoiced wins."""
        here = self.here[kind].get(key, {"status": "voided"})
        there = self.there[kind].get(pair["id"])
        if there is None or here.get("status") == "voided":
            return
        agreed = self.memory.setdefault("agreed", {}).setdefault(f"{kind} {key}", {})
        for ours, theirs in _CARRIED[kind].items():
            left, right = here.get(ours) or "", there.get(theirs) or ""
            if left not in (right, agreed.get(ours, "")):
                self.chargebee.edit(kind, pair["id"], {theirs: left})
            elif left != right:
                self.invoiced.edit(KINDS[kind], key, {ours: right or None})
                left = right
            agreed[ours] = left


class NumbersAsReferences(PlainSync):
    """An order has its invoice's id, and its invoice's number as a reference."""

    def marks(self, key: str, invoice: Record, count: int) -> dict[str, str]:
        """Mark a later order by its reference: its id must differ."""
        if count > 1:
            return super().marks(key, invoice, count)
        return {"id": key, **self.reference(invoice)}

    def reference(self, invoice: Record) -> dict[str, str]:
        """Return the reference of an invoice's first order."""
        return {"reference_id": invoice["number"]}


class NoReferences(NumbersAsReferences):
    """An order has its invoice's id, and no reference."""

    def reference(self, invoice: Record) -> dict[str, str]:
        del invoice
        return {}


class PathsAsReferences(NumbersAsReferences):
    """An order has its invoice's id, and a reference with slashes and dots in it."""

    def reference(self, invoice: Record) -> dict[str, str]:
        """Return a text that would change an address if it was a part of it."""
        return {"reference_id": f"../customers/{invoice['id']}?#void"}


#: The good syncs of this module, in the order of the catalogue.
READINGS: tuple[type[PlainSync], ...] = (
    OrdersForDraftsAndVoided,
    ServesCompaniesWithInvoices,
    DeletesInChargebee,
    DeletesInInvoiced,
    DeletesCustomersOfCompanies,
    ArchivesItems,
    CancelsReplacedOrders,
    ReplacesAtEachEdit,
    LooksFirst,
    MarksInInvoicedToo,
    PricesItems,
    CarriesMore,
    NumbersAsReferences,
    NoReferences,
    PathsAsReferences,
)
