"""Makes records in Chargebee that no sync has made: they are nobody's counterpart."""

from __future__ import annotations

from typing import Any, TypeAlias

from dataflow.harness.chargebee_site import ChargebeeSite
from dataflow.harness.kinds import CARRIER, CUSTOMER, FAMILY, ORDER, Kind

Record: TypeAlias = dict[str, Any]


def make_stranger(site: ChargebeeSite, kind: Kind, name: str) -> Record:
    """Make a record of this name, with what it needs to be there.

    An item has a family of its own, an order a customer and an invoice.
    """
    key = name.replace(" ", "-")
    if kind is CUSTOMER:
        return site.create(kind, {"last_name": name})
    if kind is ORDER:
        return _order(site, key)
    family = site.create(FAMILY, {"id": f"family-{key}", "name": name})
    values = {"id": key, "name": name, "type": "charge"}
    return site.create(kind, {**values, "item_family_id": family["id"]})


def _order(site: ChargebeeSite, key: str) -> Record:
    customer = site.create(CUSTOMER, {"id": f"customer-{key}"})
    now = customer["created_at"]
    invoice = {
        "id": f"invoice-{key}",
        "customer_id": customer["id"],
        "currency_code": "EUR",
        "date": now,
        "total": 4000,
        "status": "payment_due",
        "line_items": [{"description": "Rent", "amount": 4000}],
    }
    order = {
        "id": key,
        "invoice_id": site.create(CARRIER, invoice)["id"],
        "status": "queued",
        **dict.fromkeys(("created_at", "order_date", "shipping_date"), now),
    }
    return site.create(ORDER, order)
