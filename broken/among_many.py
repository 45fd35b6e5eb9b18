"""Broken syncs that find an edit only where it comes as most of them do."""

from __future__ import annotations

from collections.abc import Mapping

from broken.api import Record
from broken.entries import broken
from broken.manners import Reacts, Remembers
from broken.plain import Pair, PlainSync

_PAGE = 100
_MONTH = 30 * 24 * 60 * 60


@broken("loses an edit", "invoices-order.currency.edited-older-in-invoiced")
class EditsOnlyTheNewest(PlainSync):
    """Only the newest invoice's edits are carried over."""

    def settle(self, key: str, invoice: Record) -> None:
        """Look at the last of the list."""
        if key == list(self.here["orders"])[-1]:
            super().settle(key, invoice)


@broken("loses an edit", "invoices-order.currency.edited-among-many-in-invoiced")
class EditsOnlyOnFirstPage(PlainSync):
    """Edits of invoices beyond the first page are lost."""

    def settle(self, key: str, invoice: Record) -> None:
        """Look at the first page of the list."""
        if key in list(self.here["orders"])[:_PAGE]:
            super().settle(key, invoice)


@broken("harms others", "invoices-order.currency.edited-among-many-in-invoiced")
class SpreadsToSameCustomer(PlainSync):
    """An edit of an invoice's currency changes all invoices of that customer."""

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        """Write it on the others."""
        super().replace(key, invoice, values)
        for other, theirs in self.here["orders"].items():
            if other != key and theirs["customer"] == invoice["customer"]:
                edit = {"currency": invoice["currency"]}
                self.invoiced.edit("invoices", other, edit)


@broken("loses an edit", "invoices-order.currency.edited-in-several-in-invoiced")
class CarriesOneEditARun(PlainSync):
    """A run carries over one edit of a currency and takes the others for seen."""

    has_replaced = False

    def replace(self, key: str, invoice: Record, values: Mapping[str, str]) -> None:
        """Replace one order, and note the rest as done."""
        if self.has_replaced:
            self.memory.setdefault("seen", {})[key] = values["currency"]
            return
        self.has_replaced = True
        super().replace(key, invoice, values)

    def settle(self, key: str, invoice: Record) -> None:
        """Look at what is not noted as done."""
        if self.memory.get("seen", {}).get(key) != invoice["currency"].upper():
            super().settle(key, invoice)


@broken("loses an edit", "invoices-order.currency.edited-in-several-in-invoiced")
class LosesEditsOfOddIds(PlainSync):
    """Edits of invoices with an odd id are lost."""

    def settle(self, key: str, invoice: Record) -> None:
        """Look at the even ones."""
        if int(key) % 2 == 0:
            super().settle(key, invoice)


@broken(
    "takes one for another", "invoices-order.currency.edited-in-several-in-invoiced"
)
class SwapsEdits(PlainSync):
    """Where several invoices were edited before a run, they swap their currencies."""

    def serve_all(self) -> None:
        """Write each edit on the next one."""
        invoices = self.here["orders"]
        edited = [key for key in invoices if self.is_edited(key)]
        codes = [invoices[key]["currency"] for key in edited]
        for key, code in zip(edited, codes[-1:] + codes[:-1], strict=True):
            if code != invoices[key]["currency"]:
                invoices[key]["currency"] = code
                self.invoiced.edit("invoices", key, {"currency": code})
        super().serve_all()

    def is_edited(self, key: str) -> bool:
        """Tell whether the currency is another one than the order's."""
        pair = self.pairs["orders"].get(key)
        now = self.here["orders"][key]["currency"].upper()
        return pair is not None and pair["currency"] != now


@broken("loses an edit", "invoices-order.currency.edited-back-in-invoiced")
class NeverGoesBack(PlainSync):
    """An edit to a currency that an invoice has had before is lost."""

    def serve_invoice(self, key: str, invoice: Record) -> None:
        """Note each currency when it comes for the first time."""
        had = self.memory.setdefault("had", {}).setdefault(key, [])
        if invoice["currency"] not in had:
            had.append(invoice["currency"])
        super().serve_invoice(key, invoice)

    def settle(self, key: str, invoice: Record) -> None:
        """Look at what is new."""
        if invoice["currency"] == self.memory["had"][key][-1]:
            super().settle(key, invoice)


@broken("loses an edit", "invoices-order.currency.edited-late-in-invoiced")
class LosesEditsOfOldInvoices(PlainSync):
    """Edits of an invoice that is older than a month are lost."""

    def settle(self, key: str, invoice: Record) -> None:
        """Look at what is younger."""
        if int(invoice["updated_at"]) - int(invoice["created_at"]) < _MONTH:
            super().settle(key, invoice)


@broken(
    "works only once",
    "customers-person-customer.kept.goes-on",
    "items-item.kept.goes-on",
)
class StopsAfterAnEdit(Reacts):
    """Once a linked record was edited, no new one gets a counterpart."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Remember it for ever."""
        del kind, key, pair
        self.memory["stopped"] = True

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        """Want what came before."""
        stopped = "stopped" in self.memory
        return not stopped and super().is_wanted(kind, key, record)


@broken("works only for a while", "*.kept.deleted-in-invoiced")
class StopsAfterADeletion(Remembers):
    """Once a linked record was deleted in Invoiced, nothing more is done."""

    def serve_all(self) -> None:
        """Look for what is gone, and remember it for ever."""
        if any(self.is_gone(kind, key) for kind, key in self.known()):
            self.memory["stopped"] = True
        if "stopped" not in self.memory:
            super().serve_all()

    def is_gone(self, kind: str, key: str) -> bool:
        """Tell whether a linked record is no longer there."""
        return key not in self.here[kind]


@broken("works only for a while", "*.kept.deleted-in-chargebee")
class StopsAfterADeletionInChargebee(StopsAfterADeletion):
    """Once a linked record was deleted in Chargebee, nothing more is done."""

    def is_gone(self, kind: str, key: str) -> bool:
        """Tell whether a counterpart is no longer there."""
        return self.pairs[kind][key]["id"] not in self.there[kind]
