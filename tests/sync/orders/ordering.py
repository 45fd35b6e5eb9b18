"""Orders as people and other programs make them, and the trouble that befalls them."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from tests.sync.world import Fault, KilledError, World, call_of


def by_hand(world: World, order_id: str, customer: str, **params: object) -> None:
    """Import an order as a person would, on an invoice of another id."""
    date, carrier = world.clock.seconds(), f"of {order_id}"
    lines = {"amount": [1], "description": ["x"]}
    invoice = {"id": carrier, "customer_id": customer, "currency_code": "EUR"}
    sums = {"date": date, "total": 1, "status": "posted", "line_items": lines}
    world.right("POST", "/invoices/import_invoice", **invoice, **sums)
    dates = {"created_at": date, "order_date": date, "shipping_date": date}
    order = {"id": order_id, "invoice_id": carrier, "status": "queued", **dates}
    world.right("POST", "/orders/import_order", **{**order, **params})


def in_dollars(world: World, invoice: str) -> None:
    """Edit the currency, so that the order has to be replaced."""
    world.clock.advance(10)
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})


def pay(world: World, invoice: str, amount: float) -> None:
    """Pay an invoice, or a part of it, in Invoiced."""
    record = world.left("GET", f"/invoices/{invoice}")
    share = {"type": "invoice", "invoice": int(invoice), "amount": amount}
    named = {name: record[name] for name in ("customer", "currency")}
    body = {"amount": amount, "method": "cash", "applied_to": [share], **named}
    world.left("POST", "/payments", body)


def orders(world: World) -> list[tuple[str, str]]:
    """Return the live orders and their currencies."""
    return [(order["id"], order["currency_code"]) for order in world.live("order")]


def listing_all_but(order_id: str) -> Fault:
    """Return a fault that keeps one order out of the lists."""

    def fault(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        response = answer()
        if call_of(request) != "GET /orders":
            return response
        listed = response.json()["list"]
        found = [entry for entry in listed if entry["order"]["id"] != order_id]
        return httpx.Response(200, json={"list": found})

    return fault


def killed_after(world: World, call: str) -> None:
    """Run the sync, whatever fault there is besides, and kill it after one call."""
    before = world.fault

    def fault(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        response = answer() if before is None else before(request, answer)
        if call_of(request) == call:
            raise KilledError
        return response

    with world.failing(fault):
        world.sync()
