"""Short ways to make and read records of Chargebee, through its own client.

The site has dollars and euros, several currencies switched on, and orders, which it
generates for paid invoices at the latest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx
import pytest
from chargebee import APIError

#: A record as it came: the client cannot tell what is absent from what is null.
Record: TypeAlias = dict[str, Any]

#: The client of Chargebee's own makers waits as long for a customer to be gone.
A_DELETION = 180

#: 2026-01-05 09:00:00 UTC, for dates that say nothing.
A_DATE = 1_767_603_600

_CLASSES = {
    "currency": "Currency",
    "customer": "Customer",
    "event": "Event",
    "invoice": "Invoice",
    "item": "Item",
    "item_family": "ItemFamily",
    "item_price": "ItemPrice",
    "order": "Order",
}


@dataclass(frozen=True)
class Site:
    """A site; `new` makes names that are this test's own."""

    sdk: Any
    raw: httpx.Client
    new: Callable[[str], str]

    def make(self, kind: str, **params: object) -> Record:
        """Make a record of a kind such as `item_family`, and what it needs."""
        if kind == "item_price":
            return self.price(self.item(), **params)
        makers = {
            "customer": self.customer,
            "item_family": self.family,
            "item": self.item,
            "invoice": self.invoice,
            "order": self.order,
        }
        return makers[kind](**params)

    def customer(self, **params: object) -> Record:
        """Make a customer under an id of its own."""
        return self._made("customer", {"id": self.new("ada")}, params)

    def family(self, **params: object) -> Record:
        """Make an item family."""
        known = {"id": self.new("tools"), "name": self.new("Tools")}
        return self._made("item_family", known, params)

    def item(self, **params: object) -> Record:
        """Make an item, in a family of its own."""
        known = {"id": self.new("nail"), "name": self.new("Nail"), "type": "charge"}
        if "item_family_id" not in params:
            known["item_family_id"] = self.family()["id"]
        return self._made("item", known, params)

    def price(self, item: Record, **params: object) -> Record:
        """Make a price of an item, one dollar."""
        name = self.new("price")
        known = {
            "id": name,
            "name": name,
            "item_id": item["id"],
            "price": 100,
            "currency_code": "USD",
        }
        return self._made("item_price", known, params)

    def invoice(self, **params: object) -> Record:
        """Import an unpaid invoice of one euro, for a customer of its own."""
        known: Record = {
            "id": self.new("inv"),
            "currency_code": "EUR",
            "date": A_DATE,
            "total": 100,
            "status": "payment_due",
            "line_items": [{"description": "A nail", "amount": 100}],
        }
        if "customer_id" not in params:
            known["customer_id"] = self.customer()["id"]
        return self._made("invoice", known, params)

    def charge(self, *prices: Record, **params: object) -> Record:
        """Make an invoice in dollars for these item prices, or for a plain charge.

        It is for a customer of its own, and nobody's card is charged.
        """
        known: Record = {"currency_code": "USD", "auto_collection": "off"}
        if prices:
            known["item_prices"] = [{"item_price_id": each["id"]} for each in prices]
        elif "item_prices" not in params:
            known["charges"] = [{"amount": 100, "description": "A nail"}]
        if "customer_id" not in params:
            known["customer_id"] = self.customer()["id"]
        create = self.sdk.Invoice.create_for_charge_items_and_charges
        return _only(create({**known, **params}), "invoice")

    def shippable(self) -> Record:
        """Make a price of something that is shipped, one dollar."""
        return self.price(self.item(is_shippable=True))

    def pay(self, invoice: Record, **transaction: object) -> Record:
        """Note that an invoice was paid in cash, in full unless told otherwise."""
        sent = {"transaction": {"payment_method": "cash", **transaction}}
        return _only(self.sdk.Invoice.record_payment(invoice["id"], sent), "invoice")

    def orders(self, invoice: Record) -> list[Record]:
        """Return the orders of an invoice."""
        listed = self.sdk.Order.list({"invoice_id": {"is": invoice["id"]}}).list
        return [_only(row, "order") for row in listed]

    def events(self, record: Record, **query: object) -> list[Record]:
        """Return what is told of a record since it was made, the latest first."""
        kind = record["object"]
        since = {"after": record["resource_version"] // 1000 - 1}
        order = {"sort_by": {"desc": "occurred_at"}, "limit": 100}
        asked = {"occurred_at": since, **order, **query}
        told = [_only(row, "event") for row in self.sdk.Event.list(asked).list]
        return [
            each
            for each in told
            if each["content"].get(kind, {}).get("id") == record["id"]
        ]

    def order(self, **params: object) -> Record:
        """Import an order, for an invoice of its own."""
        known: Record = {
            "id": self.new("order"),
            "status": "queued",
            "created_at": A_DATE,
            "order_date": A_DATE,
            "shipping_date": A_DATE,
        }
        if "invoice_id" not in params:
            known["invoice_id"] = self.invoice()["id"]
        return self._made("order", known, params)

    def update(self, record: Record, **params: object) -> Record:
        """Change a record."""
        resource = getattr(self.sdk, _CLASSES[record["object"]])
        return _only(resource.update(record["id"], params), record["object"])

    def delete(self, record: Record) -> Record:
        """Delete a record."""
        resource = getattr(self.sdk, _CLASSES[record["object"]])
        return _only(resource.delete(record["id"]), record["object"])

    def bill(self, customer: Record, **params: object) -> Record:
        """Change a customer's billing address or VAT number."""
        update = self.sdk.Customer.update_billing_info
        return _only(update(customer["id"], params), "customer")

    def void(self, invoice: Record) -> Record:
        """Void an invoice."""
        return _only(self.sdk.Invoice.void_invoice(invoice["id"]), "invoice")

    def cancel(self, order: Record, **params: object) -> Record:
        """Cancel an order."""
        return _only(self.sdk.Order.cancel(order["id"], params), "order")

    def merge(self, loser: Record, winner: Record) -> Record:
        """Merge a customer into another, which is returned."""
        named = {"from_customer_id": loser["id"], "to_customer_id": winner["id"]}
        return _only(self.sdk.Customer.merge(named), "customer")

    def read(self, record: Record) -> Record:
        """Return a record as it is now."""
        resource = getattr(self.sdk, _CLASSES[record["object"]])
        return _only(resource.retrieve(record["id"]), record["object"])

    def listed(self, kind: str, **query: object) -> list[str]:
        """Return the ids of one page of a list; `kind` is such as `item_family`."""
        return [row["id"] for row in self.rows(kind, **query)]

    def rows(self, kind: str, **query: object) -> list[Record]:
        """Return the records of one page of a list."""
        rows = getattr(self.sdk, _CLASSES[kind]).list(query).list
        return [_only(row, kind) for row in rows]

    def _made(self, kind: str, known: Record, params: Record) -> Record:
        imported = {"invoice": "import_invoice", "order": "import_order"}
        resource = getattr(self.sdk, _CLASSES[kind])
        create = getattr(resource, imported.get(kind, "create"))
        return _only(create({**known, **params}), kind)


def _only(answer: Any, kind: str) -> Record:  # noqa: ANN401 - untyped SDK
    record: Record = getattr(answer, kind).raw_data
    return record


def wrong(param: str) -> tuple[int, str, str]:
    """Return how a missing, malformed or too long parameter is refused."""
    return 400, "param_wrong_value", param


def unknown(param: str | None = None) -> tuple[int, str, str | None]:
    """Return how the id of no record is refused."""
    return 404, "resource_not_found", param


def taken(param: str) -> tuple[int, str, str]:
    """Return how a value is refused that another record has."""
    return 400, "duplicate_entry", param


#: How a call is refused that the state of a record does not allow.
WRONG_STATE = (409, "invalid_state_for_request", None)


def refused(
    call: Callable[..., object],
    *arguments: Any,  # noqa: ANN401 - what the call takes
    **params: Any,  # noqa: ANN401
) -> tuple[int, str, str | None]:
    """Make a call that must be refused; return status, error code and parameter."""
    with pytest.raises(APIError) as caught:
        call(*arguments, **params)
    error = caught.value
    return error.http_status_code, error.api_error_code, error.param
