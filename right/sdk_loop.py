"""A good sync as one plain loop over the two SDKs: `python right/sdk_loop.py`.

Each run reads all records of both sides; it has no state. A customer and an item have
the id of their record in Invoiced, an order has it as `reference_id`. Chargebee refuses
edits of an order's currency and customer: if they differ, the invoice was edited.

Exit status: 0 done, 75 run me again, 1 error (one line).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from right.amounts import in_cents
from right.sdk_vendors import Record, RefusedError, TryAgainError, Vendors

DONE, FAILED, TRY_AGAIN = 0, 1, 75

FAMILY = "sdk-loop"
_ITEM_NAME = 100
_PERSON_NAME = 150
_NOTE = 600
DELETED_TOO = {"include_deleted": True, "sort_by": {"asc": "created_at"}}
DELETED_ITEMS_TOO = {"status": {"in": ["active", "archived", "deleted"]}}
_ENDED = {"deleted", "cancelled", "voided", "returned"}


class Wanted(NamedTuple):
    """The values that an order must have."""

    currency: str
    customer: str


def main() -> int:
    """Run once and return the exit status."""
    try:
        refusals = sync(Vendors(), int(os.environ["DATAFLOW_SINCE"]))
    except TryAgainError as trouble:
        return report(f"try again later: {trouble}", TRY_AGAIN)
    except KeyError as name:
        return report(f"{name} is missing", FAILED)
    except (RefusedError, ValueError) as error:
        return report(str(error), FAILED)
    return report("; ".join(refusals), FAILED) if refusals else DONE


def sync(vendors: Vendors, since: int) -> list[str]:
    """Synchronise records newer than `since`, and return the refusals."""
    both = Both(vendors, since)
    refusals: list[str] = []
    for serve, records in (
        (serve_person, both.persons),
        (serve_item, both.items),
        (serve_invoice, both.invoices),
    ):
        for key, record in records.items():
            try:
                serve(both, key, record)
            except RefusedError as refusal:
                refusals.append(f"{key}: {refusal}")
    return refusals


class Both:
    """The records of both sides by id, and orders by the invoice's id.

    `wanted` contains the ids of new records, and of those that new invoices refer to.
    """

    def __init__(self, vendors: Vendors, since: int) -> None:
        self.vendors = vendors
        self.persons = by_id(vendors.list_invoiced("Customer"))
        self.items = by_id(vendors.list_invoiced("Item"))
        self.invoices = by_id(vendors.list_invoiced("Invoice"))
        self.customers_there = by_id(vendors.list_chargebee("Customer", DELETED_TOO))
        self.items_there = by_id(vendors.list_chargebee("Item", DELETED_ITEMS_TOO))
        self.orders_there: dict[str, list[Record]] = {}
        for order in vendors.list_chargebee("Order", DELETED_TOO):
            self.orders_there.setdefault(order.get("reference_id", ""), []).append(
                order
            )
        self.wanted = {
            "persons": _since(since, self.persons),
            "items": _since(since, self.items),
            "invoices": _since(since, self.invoices),
        }
        for key in self.wanted["invoices"]:
            invoice = self.invoices[key]
            self.wanted["persons"].add(str(invoice["customer"]))
            self.wanted["items"] |= {
                str(i.get("catalog_item")) for i in invoice["items"]
            }


def _since(since: int, records: dict[str, Record]) -> set[str]:
    return {key for key, each in records.items() if each["created_at"] >= since}


def serve_person(both: Both, key: str, person: Record) -> None:
    """Create the customer of a person."""
    is_new = key not in both.customers_there
    if is_new and is_person(person) and key in both.wanted["persons"]:
        fields = {"id": key, **name_in_parts(person["name"])}
        both.vendors.create("Customer", fields)
        both.customers_there[key] = fields


def serve_item(both: Both, key: str, item: Record) -> None:
    """Create the counterpart of an item."""
    if key in both.items_there or key not in both.wanted["items"]:
        return
    names = {each["name"] for each in both.items_there.values() if is_live(each)}
    name = free_name(item["name"], key, names)
    fields = {"id": key, "name": name, "type": "charge", "item_family_id": FAMILY}
    both.vendors.create("ItemFamily", {"id": FAMILY, "name": FAMILY})
    both.vendors.create("Item", fields)
    both.items_there[key] = fields


def serve_invoice(both: Both, key: str, invoice: Record) -> None:
    """Create the order of a person's invoice, or update it."""
    owner = str(invoice["customer"])
    orders = both.orders_there.get(key, [])
    is_new = key in both.wanted["invoices"] and is_person(both.persons.get(owner, {}))
    if invoice["draft"] or invoice["status"] == "voided" or not (orders or is_new):
        return
    if owner in both.customers_there and is_live(both.customers_there[owner]):
        wanted = Wanted(invoice["currency"].upper(), owner)
        settle(both.vendors, invoice, orders, wanted)


def settle(
    vendors: Vendors, invoice: Record, orders: list[Record], wanted: Wanted
) -> None:
    """Keep or create the one order with the wanted values.

    The new order is created before the old ones are deleted: the next run finds what an
    interrupted run left. An order that was deleted or cancelled stays so.
    """
    live = [order for order in orders if is_live(order)]
    if orders and not live:
        return
    right = [order["id"] for order in live if says(order) == wanted][:1]
    if not right:
        note = " ".join(each["note"] for each in live if each.get("note"))
        create_order(vendors, invoice, len(orders) + 1, wanted, note)
    for order in live:
        if order["id"] not in right:
            # In this order: a deleted order would hide the invoice from the next run.
            vendors.void_invoice(order["invoice_id"])
            vendors.delete_order(order["id"])


def create_order(
    vendors: Vendors, invoice: Record, number: int, wanted: Wanted, note: str
) -> None:
    """Import a backing invoice, and the order on it.

    The id of the backing invoice contains all values that the order takes from it: an
    earlier run may have left one with other values.
    """
    key, total = str(invoice["id"]), in_cents(invoice["total"], wanted.currency)
    carrier = f"{key}-{number}-{wanted.currency}-{wanted.customer}"
    imported = {
        "id": carrier,
        "customer_id": wanted.customer,
        "currency_code": wanted.currency,
        "date": invoice["date"],
        "total": total,
        "status": "payment_due" if total else "paid",
        "line_items": [{"description": f"Invoice {key}", "amount": total}],
    }
    vendors.create("Invoice", imported, by="import_invoice")
    order = {
        "id": f"{key}-{number}",
        "invoice_id": carrier,
        "reference_id": key,
        "status": "queued",
        "created_at": invoice["created_at"],
        "order_date": invoice["date"],
        "shipping_date": invoice["date"],
        **({"note": note[:_NOTE]} if note else {}),
    }
    vendors.create("Order", order, by="import_order")


def says(order: Record) -> Wanted:
    """Return the values of an order."""
    return Wanted(order["currency_code"].upper(), order["customer_id"])


def by_id(records: list[Record]) -> dict[str, Record]:
    """Return records by their id, as text."""
    return {str(record["id"]): record for record in records}


def is_person(customer: Record) -> bool:
    """Return whether a customer of Invoiced gets a counterpart."""
    return customer.get("type") == "person"


def is_live(record: Record) -> bool:
    """Return whether a record of Chargebee is neither deleted nor ended."""
    return not record.get("deleted") and record.get("status") not in _ENDED


def free_name(name: str, key: str, taken: set[str]) -> str:
    """Return a name for a new item that no other item has."""
    if name not in taken and len(name) <= _ITEM_NAME:
        return name
    return f"{name[: _ITEM_NAME - len(key) - 1]} {key}"


def name_in_parts(name: str) -> dict[str, str]:
    """Return a name in Chargebee's two parts."""
    first, _, last = name.strip().rpartition(" ")
    parts = {"first_name": first, "last_name": last}
    return {part: text[:_PERSON_NAME] for part, text in parts.items() if text}


def report(sentence: str, status: int) -> int:
    """Print a message in one line, and return the status."""
    sys.stderr.write(f"sdk loop: {' '.join(sentence.split())}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
