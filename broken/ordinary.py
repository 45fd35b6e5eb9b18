"""Broken syncs that leave out records which are ordinary, and which no check makes."""

from __future__ import annotations

from typing import Any

from broken.api import Record
from broken.entries import broken
from broken.plain import PlainSync

_KIND = "ordinary records"
_GAP = "no scenario creates such a record"
_MANY_LINES, _MUCH, _LONG_NAME, _LONG_PHONE = 10, 1_000_000, 120, 20
_DAY = 24 * 60 * 60
_THREE_BYTES = 0xFFFF


class _LeavesOut(PlainSync):
    """Creates no counterpart of an unusual record; a pair stays as it is."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        odd = {
            "customers": self.is_odd_customer,
            "orders": self.is_odd_invoice,
            "items": self.is_odd_item,
        }[kind]
        return not odd(record) and super().is_wanted(kind, key, record)

    def is_odd_customer(self, customer: Record) -> bool:
        """Return whether a customer is left out."""
        del customer
        return False

    def is_odd_invoice(self, invoice: Record) -> bool:
        """Return whether an invoice is left out."""
        del invoice
        return False

    def is_odd_item(self, item: Record) -> bool:
        """Return whether an item is left out."""
        del item
        return False


@broken(_KIND, hole=_GAP)
class LeavesCatalogLinesOut(_LeavesOut):
    """An invoice with an item of the catalogue on a line gets no order."""

    def is_odd_invoice(self, invoice: Record) -> bool:
        return any(line["catalog_item"] for line in invoice["items"])


@broken(_KIND, hole=_GAP)
class LeavesShippedToOut(_LeavesOut):
    """An invoice that is shipped to another address gets no order."""

    def is_odd_invoice(self, invoice: Record) -> bool:
        return bool(invoice["ship_to"])


@broken(_KIND, hole=_GAP)
class LeavesFractionsOut(_LeavesOut):
    """An invoice of a quantity such as 1.5 gets no order."""

    def is_odd_invoice(self, invoice: Record) -> bool:
        return any(line["quantity"] % 1 for line in invoice["items"])


@broken(_KIND, hole=_GAP)
class LeavesLongInvoicesOut(_LeavesOut):
    """An invoice with more than ten lines gets no order."""

    def is_odd_invoice(self, invoice: Record) -> bool:
        return len(invoice["items"]) > _MANY_LINES


@broken(_KIND, hole=_GAP)
class LeavesLargeAmountsOut(_LeavesOut):
    """An invoice above a million gets no order."""

    def is_odd_invoice(self, invoice: Record) -> bool:
        return bool(invoice["total"] > _MUCH)


@broken(_KIND, hole=_GAP)
class LeavesPartlyPaidOut(_LeavesOut):
    """An invoice that is partly paid gets no order."""

    def is_odd_invoice(self, invoice: Record) -> bool:
        return bool(0 < invoice["balance"] < invoice["total"])


@broken(_KIND, hole=_GAP)
class LeavesClosedOut(_LeavesOut):
    """An invoice that was closed unpaid gets no order."""

    def is_odd_invoice(self, invoice: Record) -> bool:
        return bool(invoice["closed"] and not invoice["paid"])


@broken(_KIND, hole=_GAP)
class LeavesSentOut(_LeavesOut):
    """An invoice that was sent gets no order."""

    def is_odd_invoice(self, invoice: Record) -> bool:
        return bool(invoice["status"] == "sent")


@broken(_KIND, hole=_GAP)
class LeavesPostDatedOut(_LeavesOut):
    """An invoice that is dated in the future gets no order."""

    def is_odd_invoice(self, invoice: Record) -> bool:
        return bool(invoice["date"] > invoice["created_at"] + _DAY)


@broken(_KIND, hole=_GAP)
class LeavesSubAccountsOut(_LeavesOut):
    """A person below another customer gets no customer."""

    def is_odd_customer(self, customer: Record) -> bool:
        return bool(customer["parent_customer"])


@broken(_KIND, hole=_GAP)
class LeavesCreditHoldOut(_LeavesOut):
    """A person on credit hold gets no customer."""

    def is_odd_customer(self, customer: Record) -> bool:
        return bool(customer["credit_hold"])


@broken(_KIND, hole=_GAP)
class LeavesUntaxedOut(_LeavesOut):
    """A person who pays no taxes gets no customer."""

    def is_odd_customer(self, customer: Record) -> bool:
        return not customer["taxable"]


@broken(_KIND, hole=_GAP)
class LeavesLongNamesOut(_LeavesOut):
    """A person with a name of more than 120 characters gets no customer."""

    def is_odd_customer(self, customer: Record) -> bool:
        return len(customer["name"]) > _LONG_NAME


@broken(_KIND, hole=_GAP)
class LeavesLongPhonesOut(_LeavesOut):
    """A person with a phone number and its extension gets no customer."""

    def is_odd_customer(self, customer: Record) -> bool:
        return len(customer["phone"] or "") > _LONG_PHONE


@broken(_KIND, hole=_GAP)
class LeavesForeignTonguesOut(_LeavesOut):
    """A person with a language gets no customer."""

    def is_odd_customer(self, customer: Record) -> bool:
        return bool(customer["language"])


@broken(_KIND, hole=_GAP)
class LeavesFourByteLettersOut(_LeavesOut):
    """A record with a letter of four bytes in its name gets no counterpart."""

    def is_odd_customer(self, customer: Record) -> bool:
        return _has_four_bytes(customer["name"])

    def is_odd_item(self, item: Record) -> bool:
        return _has_four_bytes(item["name"])


@broken(_KIND, hole=_GAP)
class LeavesUntaxedItemsOut(_LeavesOut):
    """An item that is not taxed gets no item."""

    def is_odd_item(self, item: Record) -> bool:
        return not item["taxable"]


@broken(_KIND, hole=_GAP)
class LeavesCreditedItemsOut(_LeavesOut):
    """An item with a negative price, such as a deposit returned, gets no item."""

    def is_odd_item(self, item: Record) -> bool:
        return bool((item["unit_cost"] or 0) < 0)


@broken(_KIND, hole=_GAP)
class LeavesLongDescriptionsOut(_LeavesOut):
    """An item with a description of several lines gets no item."""

    def is_odd_item(self, item: Record) -> bool:
        return "\n" in (item["description"] or "")


@broken(_KIND, hole=_GAP)
class LeavesBookedItemsOut(_LeavesOut):
    """An item that is booked to an account of the ledger gets no item."""

    def is_odd_item(self, item: Record) -> bool:
        return bool(item["gl_account"])


def _has_four_bytes(text: Any) -> bool:  # noqa: ANN401 - a field of JSON
    return any(ord(letter) > _THREE_BYTES for letter in str(text))
