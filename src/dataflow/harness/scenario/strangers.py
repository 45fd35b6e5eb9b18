"""Makes records in Chargebee that no sync has made: they are nobody's counterpart."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from dataflow.harness.scenario.scope import Scope
from dataflow.harness.vendors.chargebee_site import ChargebeeSite
from dataflow.harness.vendors.kinds import CARRIER, CUSTOMER, FAMILY, ORDER, Kind

Record: TypeAlias = dict[str, Any]


def make_stranger(site: ChargebeeSite, kind: Kind, name: str, scope: Scope) -> Record:
    """Make a record of this name, with what it needs to be there.

    An item has a family of its own, an order a customer and an invoice. Each says of
    which run it is, as far as it has a place for it.
    """
    key = name.replace(" ", "-")
    if kind is CUSTOMER:
        return site.create(kind, {"last_name": name, **_marked("meta_data", scope)})
    if kind is ORDER:
        return _order(site, order_id(name, scope), scope)
    # A family has no place for a mark, as an order has none.
    group = order_id(name, scope) if scope.run else f"family-{key}"
    family = site.create(FAMILY, {"id": group, "name": name})
    values = {
        "id": key,
        "name": name,
        "type": "charge",
        **_marked("metadata", scope),
    }
    return site.create(kind, {**values, "item_family_id": family["id"]})


def _marked(field: str, scope: Scope) -> dict[str, object]:
    return {field: json.dumps(scope.marks)} if scope.marks else {}


def order_id(name: str, scope: Scope) -> str:
    """Return an id that says whose the order is: it has no other place for it."""
    last = name.rpartition(" ")[2]
    return f"{scope.run}-{last}" if scope.run else name.replace(" ", "-")


def owner_of(order: str) -> str:
    """Return the id of the customer of a stranger's order."""
    return f"customer-{order}"


def _order(site: ChargebeeSite, key: str, scope: Scope) -> Record:
    customer = site.create(
        CUSTOMER, {"id": owner_of(key), **_marked("meta_data", scope)}
    )
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
