"""Broken syncs that find an edit only where a record stands well in its list."""

from __future__ import annotations

from collections.abc import Mapping

from broken.api import Record
from broken.entries import broken
from broken.plain import PlainSync

_PAGE = 100


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
