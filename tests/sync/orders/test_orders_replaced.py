"""What goes along when another order takes the place of one."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.sync.orders.ordering import in_dollars, killed_after, orders
from tests.sync.world import (
    KilledError,
    World,
    answering,
    lost,
    meanwhile,
    once,
    refusing,
)


def test_an_edited_currency_replaces_the_order(world: World, invoice: str) -> None:
    """The one live order of the invoice has the new currency."""
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})

    world.sync()

    assert [(f"invoiced-{invoice}-2", invoice, "USD")] == [
        (order["id"], order["reference_id"], order["currency_code"])
        for order in world.live("order")
    ]


def test_a_replaced_order_takes_its_invoice_along(world: World, invoice: str) -> None:
    """The invoice that carried the old order is voided."""
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})

    world.sync()

    assert {
        f"inv-invoiced-{invoice}": "voided",
        f"inv-invoiced-{invoice}-2": "posted",
    } == {found["id"]: found["status"] for found in world.listed("invoice")}


def test_a_replacement_keeps_what_people_wrote(world: World, invoice: str) -> None:
    """Note, tracking, dates and status go along to the new order."""
    written = {
        "note": "handle with care",
        "tracking_id": "T1",
        "tracking_url": "https://example.com/T1",
        "batch_id": "B1",
        "fulfillment_status": "packed",
        "status": "awaiting_shipment",
        "shipping_date": world.clock.seconds() + 99,
    }
    world.right("POST", f"/orders/invoiced-{invoice}", **written)
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})

    world.sync()
    order = world.live("order")[0]

    assert ("USD", written) == (
        order["currency_code"],
        {name: order[name] for name in written},
    )


def test_a_replacement_can_be_replaced(world: World, invoice: str) -> None:
    """Two edits in two runs leave one order."""
    for currency in ("usd", "gbp"):
        world.left("PATCH", f"/invoices/{invoice}", {"currency": currency})
        world.sync()

    assert [(f"invoiced-{invoice}-3", "GBP")] == [
        (order["id"], order["currency_code"]) for order in world.live("order")
    ]


def test_an_order_that_cannot_be_deleted_is_cancelled(
    world: World, invoice: str
) -> None:
    """Where deleting is refused, the old order is out of force all the same."""
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})

    with world.failing(
        refusing(f"POST /orders/invoiced-{invoice}/delete", "", status=409)
    ):
        world.sync()

    assert {f"invoiced-{invoice}": "cancelled", f"invoiced-{invoice}-2": "queued"} == {
        order["id"]: order["status"] for order in world.listed("order")
    }


def test_an_invoice_that_moves_takes_its_order_along(
    world: World, invoice: str
) -> None:
    """A merge of customers in Invoiced moves invoices; their orders follow."""
    other = world.customer(name="Charles Babbage")
    moved = world.left("GET", f"/invoices/{invoice}") | {"customer": int(other)}

    with world.failing(answering("GET /invoices", [moved])):
        world.sync()

    assert [(invoice, other)] == [
        (order["reference_id"], order["customer_id"]) for order in world.live("order")
    ]


def test_a_voided_invoice_leaves_its_order_alone(world: World, invoice: str) -> None:
    """The order of an invoice that is voided later stays, and the report says so."""
    world.left("POST", f"/invoices/{invoice}/void")

    outcome = world.sync()

    assert ([], True) == (
        world.writes,
        f"invoice {invoice} is voided in Invoiced; its order is left as it is."
        in outcome.notes,
    )


@pytest.mark.parametrize(
    "status", ["voided", "complete", "processing", "new", "cancelled"]
)
def test_a_replacement_has_the_status(world: World, invoice: str, status: str) -> None:
    """Also a status that no order can be imported with goes along."""
    world.right("POST", f"/orders/invoiced-{invoice}", status=status)
    in_dollars(world, invoice)

    world.sync()

    assert [("USD", status)] == [
        (order["currency_code"], order["status"]) for order in world.listed("order")
    ]


def test_a_voided_order_is_never_live_again(world: World, invoice: str) -> None:
    """Killed as soon as it is imported, what replaces a voided order is not live."""
    world.right("POST", f"/orders/invoiced-{invoice}", status="voided")
    in_dollars(world, invoice)
    lively: list[str] = []

    def watch(
        _request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        response = answer()
        lively.extend(order["id"] for order in world.live("order"))
        return response

    with world.failing(watch):
        world.sync()

    assert [] == lively


def test_a_status_that_is_refused_is_told(world: World, invoice: str) -> None:
    """The order is replaced all the same, and a note says what it lacks."""
    world.right(
        "POST", f"/orders/invoiced-{invoice}", status="complete", fulfillment_status="x"
    )
    in_dollars(world, invoice)

    with world.failing(refusing(f"POST /orders/invoiced-{invoice}-2", "complete")):
        outcome = world.sync()
    (order,) = world.live("order")

    assert (1, "queued", "x", 0) == (
        len(outcome.notes),
        order["status"],
        order["fulfillment_status"],
        outcome.status,
    )


def spoil_replacement(world: World, invoice: str, *, forgetful: bool) -> None:
    """Leave a half-made replacement, and an edit of the old order after that."""
    world.right("POST", f"/orders/invoiced-{invoice}", note="one", tracking_id="T1")
    in_dollars(world, invoice)
    with world.failing(once("POST /orders/import_order", lost)):
        world.sync()
    world.right("POST", f"/orders/invoiced-{invoice}", note="two", status="on_hold")
    if forgetful:
        world.path.unlink()


@pytest.mark.parametrize("forgetful", [False, True], ids=["remembering", "forgetful"])
def test_a_healed_replacement_holds_the_latest(
    world: World, invoice: str, *, forgetful: bool
) -> None:
    """What was written on the old order after the crash is not deleted with it."""
    spoil_replacement(world, invoice, forgetful=forgetful)

    world.sync()

    assert [("USD", "two", "on_hold", "T1")] == [
        (x["currency_code"], x["note"], x["status"], x["tracking_id"])
        for x in world.live("order")
    ]


def test_a_half_made_order_keeps_its_carrier(world: World, invoice: str) -> None:
    """Cancelled by somebody before the healing, it still stands on its invoice."""
    in_dollars(world, invoice)
    with world.failing(once("POST /orders/import_order", lost)):
        world.sync()
    world.right("POST", f"/orders/invoiced-{invoice}-2", status="cancelled")

    world.sync()

    assert [f"inv-invoiced-{invoice}-2"] == [
        found["id"] for found in world.live("invoice")
    ]


def test_what_is_written_while_the_order_is_replaced_goes_along(
    world: World, invoice: str
) -> None:
    """An edit between the making of the new order and the end of the old one."""
    in_dollars(world, invoice)

    def write() -> None:
        world.clock.advance(1)
        world.right(
            "POST", f"/orders/invoiced-{invoice}", note="late", status="on_hold"
        )

    with world.failing(meanwhile("POST /orders/import_order", write)):
        world.sync()

    assert [("late", "on_hold")] == [
        (order["note"], order["status"]) for order in world.live("order")
    ]


def test_our_own_cancelling_is_not_carried_over(world: World, invoice: str) -> None:
    """Killed after the old order was cancelled, the new one stays live."""
    in_dollars(world, invoice)
    refused = refusing(f"POST /orders/invoiced-{invoice}/delete", "", status=409)
    with world.failing(refused), pytest.raises(KilledError):
        killed_after(world, f"POST /orders/invoiced-{invoice}/cancel")
    with world.failing(refused):
        world.sync()

    assert [(f"invoiced-{invoice}-2", "USD")] == orders(world)


def test_a_line_keeps_what_was_written_on_it(world: World, invoice: str) -> None:
    """Stock number and status of the one line go along."""
    (line,) = world.right("GET", f"/orders/invoiced-{invoice}")["order"][
        "order_line_items"
    ]
    written = {"id": [line["id"]], "sku": ["SKU-1"], "status": ["on_hold"]}
    world.right("POST", f"/orders/invoiced-{invoice}", order_line_items=written)
    in_dollars(world, invoice)

    world.sync()

    assert [("SKU-1", "on_hold")] == [
        (line["sku"], line["status"])
        for line in world.live("order")[0]["order_line_items"]
    ]
