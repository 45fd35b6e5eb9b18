"""Readings of what the document leaves open: what counts, and what is ended how.

Each is right, and may be interrupted at any call: what one run has not come to do, the
next one finds undone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from broken.api import Record, RefusedError
from broken.plain import KINDS, PlainSync

_WRONG_STATE = 409


def attempt(sync: PlainSync, what: str, action: Callable[[], object]) -> None:
    """Do something that a vendor may refuse, and keep what it says as a complaint."""
    try:
        action()
    except RefusedError as refusal:
        sync.complaints.append(f"{what}: {refusal}")


class OrdersForDraftsAndVoided(PlainSync):
    """Drafts and voided invoices have orders like any other."""

    def serve_invoice(self, key: str, invoice: Record) -> None:
        """Leave only the order of a voided invoice as it is."""
        if key not in self.pairs["orders"]:
            if self.is_wanted("orders", key, invoice) and self.is_persons(invoice):
                self.open(key, invoice)
        elif invoice["status"] != "voided":
            self.settle(key, invoice)


class ServesCompaniesWithInvoices(PlainSync):
    """A company that has an invoice is served like a person."""

    def is_person(self, customer: Record) -> bool:
        """Take a company with invoices for one to be served."""
        owners = {str(invoice["customer"]) for invoice in self.here["orders"].values()}
        return super().is_person(customer) or str(customer["id"]) in owners


class ServesTheMadeAnew(PlainSync):
    """An item that was made anew under its id is served anew, where it has to be."""

    def look(self) -> None:
        """Forget the pairs of items whose counterparts went with the old ones."""
        super().look()
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
        """Delete the counterparts of what is gone, orders before their customers."""
        super().run()
        for kind in reversed(KINDS):
            for key, pair in self.pairs[kind].items():
                if key not in self.here[kind] and pair["id"] in self.there[kind]:
                    end = partial(self.chargebee.end, kind, pair["id"], "delete")
                    attempt(self, f"{kind} {key}", end)


class DeletesInInvoiced(PlainSync):
    """What is deleted in Chargebee is deleted in Invoiced."""

    def run(self) -> None:
        """Delete what has lost its counterpart, invoices before their customers."""
        super().run()
        for kind in reversed(KINDS):
            for key, pair in self.pairs[kind].items():
                unseen = pair["id"] not in self.there[kind]
                if unseen and key in self.here[kind] and self.is_gone(kind, pair["id"]):
                    end = partial(self.invoiced.delete, KINDS[kind], key)
                    attempt(self, f"{kind} {key}", end)

    def is_gone(self, kind: str, key: str) -> bool:
        """Ask for the record itself: a list may not have it yet."""
        try:
            record = self.chargebee.get(kind, key)
        except RefusedError as refusal:
            return refusal.is_gone()
        return bool(record.get("deleted") or record.get("status") == "deleted")


class DeletesCustomersOfCompanies(PlainSync):
    """A person who becomes a company loses its customer in Chargebee."""

    def run(self) -> None:
        """Delete the customers of those who are no persons any more."""
        super().run()
        for key, pair in self.pairs["customers"].items():
            owner = self.here["customers"].get(key)
            is_company = owner is not None and not self.is_person(owner)
            if is_company and pair["id"] in self.there["customers"]:
                end = partial(self.chargebee.end, "customers", pair["id"], "delete")
                attempt(self, f"customers {key}", end)


class ArchivesItems(PlainSync):
    """The item of an item that is deleted in Invoiced is archived in Chargebee."""

    def run(self) -> None:
        """Archive the counterparts of items that are gone, until they are back."""
        super().run()
        for key, pair in self.pairs["items"].items():
            item = self.there["items"].get(pair["id"])
            wanted = "active" if key in self.here["items"] else "archived"
            if item is not None and item["status"] != wanted:
                self.chargebee.edit("items", pair["id"], {"status": wanted})


class CancelsReplacedOrders(PlainSync):
    """The order that another one replaces is cancelled, and stays to be seen."""

    def retire(self) -> None:
        """Cancel what has been replaced; one that is cancelled already is refused."""
        replaced = self.memory.setdefault("replaced", [])
        while replaced:
            try:
                self.cancel(replaced[-1]["id"])
            except RefusedError as refusal:
                if refusal.status != _WRONG_STATE:
                    raise
            replaced.pop()

    def cancel(self, order: str) -> None:
        """Cancel one order."""
        reason = {"cancellation_reason": "others"}
        self.chargebee.post("orders", f"orders/{order}/cancel", reason)


class ReplacesAtEachEdit(PlainSync):
    """Each edit of an invoice that could be seen on its order replaces the order."""

    def settle(self, key: str, invoice: Record) -> None:
        """Replace the order if the invoice was edited since it was made."""
        is_there = self.pairs["orders"][key]["id"] in self.there["orders"]
        if is_there and self.memory["seen"][key] != self.visible(invoice):
            self.replace(key, invoice, self.values_here(invoice))
        else:
            super().settle(key, invoice)

    def make_order(
        self,
        key: str,
        invoice: Record,
        values: Mapping[str, str],
        count: int,
        note: str = "",
    ) -> None:
        """Remember how the invoice was when its order was made."""
        super().make_order(key, invoice, values, count, note)
        self.memory.setdefault("seen", {})[key] = self.visible(invoice)

    def visible(self, invoice: Record) -> list[str | None]:
        """Return what could be seen on an order."""
        return [invoice["currency"], invoice["notes"]]


#: Those of this module.
READINGS: tuple[type[PlainSync], ...] = (
    OrdersForDraftsAndVoided,
    ServesCompaniesWithInvoices,
    DeletesInChargebee,
    DeletesInInvoiced,
    DeletesCustomersOfCompanies,
    ArchivesItems,
    CancelsReplacedOrders,
    ReplacesAtEachEdit,
)
