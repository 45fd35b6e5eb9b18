"""The writes of the sync that keeps its marks outside the ids."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import count
from uuid import uuid4

from broken.api import Chargebee, Record, RefusedError
from right.amounts import in_cents

_FAMILY = "elsewhere"
_LONGEST_NAME = 100
_LONGEST_PART = 150
_LONGEST_NOTE = 600


def create_customer(person: Record, chargebee: Chargebee) -> None:
    """Create a customer, whose id Chargebee chooses."""
    first, _, last = person["name"].strip().rpartition(" ")
    fields = {
        "first_name": first[:_LONGEST_PART],
        "last_name": last[:_LONGEST_PART],
        "meta_data": json.dumps({"invoiced_id": person["id"]}),
    }
    chargebee.post("customers", "customers", fields)


def create_item(item: Record, is_name_taken: bool, chargebee: Chargebee) -> None:  # noqa: FBT001  partial fills it in
    """Create an item with an id of its own, and the family that it needs."""
    chargebee.create("item_families", {"id": _FAMILY, "name": _FAMILY})
    own = uuid4().hex
    name = item["name"][: _LONGEST_NAME - len(own) - 1]
    fields = {
        "id": own,
        "name": f"{name} {own}" if is_name_taken or name != item["name"] else name,
        "type": "charge",
        "item_family_id": _FAMILY,
        "metadata": json.dumps({"invoiced_id": item["id"]}),
    }
    chargebee.post("items", "items", fields)


def create_order(
    invoice: Record, wanted: tuple[str, str], note: str, chargebee: Chargebee
) -> None:
    """Create an order with the wanted currency and customer."""
    fields = {
        "invoice_id": _carrier(invoice, wanted, chargebee),
        "reference_id": str(invoice["id"]),
        "status": "queued",
        "created_at": invoice["created_at"],
        "order_date": invoice["date"],
        "shipping_date": invoice["date"],
        **({"note": note[:_LONGEST_NOTE]} if note else {}),
    }
    chargebee.post("orders", "orders/import_order", fields)


def remove_order(order: Record, chargebee: Chargebee) -> None:
    """Void the backing invoice of an order, where Chargebee allows it, and delete it.

    The order goes last: through it the next run finds an unfinished removal.
    """
    with suppress(RefusedError):  # paid or voided: no check counts it
        chargebee.remove("invoices", order["invoice_id"], "void")
    chargebee.remove("orders", order["id"], "delete")


def _carrier(invoice: Record, wanted: tuple[str, str], chargebee: Chargebee) -> str:
    """Return the id of a backing invoice, new or unused by an earlier run."""
    currency, customer = wanted
    total = in_cents(invoice["total"], currency)
    fields = {
        "customer_id": customer,
        "currency_code": currency,
        "date": invoice["date"],
        "total": total,
        "status": "payment_due" if total else "paid",
        "line_items[description][0]": f"Invoice {invoice['number']}",
        "line_items[amount][0]": total,
    }
    names = (f"for-{invoice['id']}-{number}" for number in count(1))
    carriers = (
        chargebee.create("invoices", {"id": name, **fields}, by="import_invoice")
        for name in names
    )
    return next(str(each["id"]) for each in carriers if _can_carry(each, wanted))


def _can_carry(carrier: Record, wanted: tuple[str, str]) -> bool:
    is_there = not carrier.get("deleted") and carrier["status"] != "voided"
    is_like_it = (carrier["currency_code"], carrier["customer_id"]) == wanted
    return is_there and is_like_it and not carrier.get("linked_orders")
