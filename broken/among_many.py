"""Broken syncs that find an edit only where it comes as most of them do."""

from __future__ import annotations

from collections.abc import Mapping

from broken.api import Record
from broken.entries import broken
from broken.manners import Reacts
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


@broken("misses records", "*.every.all-sorts")
class LeavesOddOnesOut(PlainSync):
    """A name in quotes, or nothing to pay, costs a record its counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        """Want what is plain."""
        amount = {"orders": "total", "items": "unit_cost"}.get(kind)
        odd = not record[amount] if amount else '"' in record["name"]
        return not odd and super().is_wanted(kind, key, record)
