"""The invoices that carry the orders of the sync, and the replaced orders."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.sync.orders.ordering import in_dollars, killed_after, orders, pay
from tests.sync.world import ORDER_ROWS, Fault, KilledError, World, refusing


def test_a_carrier_of_an_invoice_that_is_voided_is_voided(
    world: World, person: str
) -> None:
    """Its order never came to be, and now it is not to be."""
    invoice = world.invoice(person)
    with world.failing(refusing("POST /orders/import_order", "", status=500)):
        world.sync()
    world.left("POST", f"/invoices/{invoice}/void")

    outcome = world.sync()

    assert ([], 1) == (world.live("invoice"), len(outcome.left_out))


def test_a_carrier_of_a_replacement_that_is_not_to_be_is_voided(
    world: World, invoice: str
) -> None:
    """With the currency set back, what was imported for the other one is cleared."""
    in_dollars(world, invoice)
    with world.failing(refusing("POST /orders/import_order", "", status=500)):
        world.sync()
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "eur"})

    world.sync()

    assert ([(f"invoiced-{invoice}", "EUR")], [f"inv-invoiced-{invoice}"]) == (
        orders(world),
        [found["id"] for found in world.live("invoice")],
    )


def test_a_carrier_is_not_forgotten_by_a_crash(world: World, person: str) -> None:
    """Killed between the two imports, the next run knows that the first was made."""
    invoice = world.invoice(person)
    world.sync()
    second = world.invoice(person)
    with pytest.raises(KilledError):
        killed_after(world, "POST /invoices/import_invoice")
    made = [found["id"] for found in world.live("invoice")]
    world.left("POST", f"/invoices/{second}/void")

    world.sync()

    assert (
        [f"inv-invoiced-{invoice}", f"inv-invoiced-{second}"],
        [f"inv-invoiced-{invoice}"],
    ) == (
        sorted(made),
        [found["id"] for found in world.live("invoice")],
    )


@pytest.mark.parametrize("paid", [0, 4, 10.5])
def test_a_permanently_refused_order_leaves_no_invoice(
    world: World, person: str, paid: float
) -> None:
    """The backing invoice is removed at once, and its payment with it."""
    invoice = world.invoice(person)
    if paid:
        pay(world, invoice, paid)

    with world.failing(refusing("POST /orders/import_order", "")):
        outcome = world.sync()

    assert ([], 0, 1, []) == (
        world.live("invoice"),
        world.right("GET", f"/customers/{person}")["customer"]["excess_payments"],
        len(outcome.failed),
        outcome.notes,
    )


def test_a_refused_property_keeps_no_order_out(world: World, person: str) -> None:
    """The order is imported without it, so that no retry needs another invoice."""
    world.rows["order"] = (*ORDER_ROWS, ("notes", "note"))
    invoice = world.invoice(person, notes="poison")

    with world.failing(is_refusing_notes):
        outcome = world.sync()
        world.sync()

    assert ([f"invoiced-{invoice}"], 1, 1) == (
        world.ids("order"),
        len(world.listed("invoice")),
        len(outcome.failed),
    )


def is_refusing_notes(
    request: httpx.Request, answer: Callable[[], httpx.Response]
) -> httpx.Response:
    """Refuse a note of an order, at its import and later."""
    if "note=poison" not in request.content.decode():
        return answer()
    return httpx.Response(400, json={"message": "not today", "param": "note"})


def test_a_refused_order_is_made_once_it_is_accepted(world: World, person: str) -> None:
    """A later run needs no edit: it imports another backing invoice."""
    invoice = world.invoice(person)
    with world.failing(refusing("POST /orders/import_order", "")):
        world.sync()

    world.sync()

    assert ([invoice], [f"inv-invoiced-{invoice}-2"]) == (
        [order["reference_id"] for order in world.live("order")],
        [found["id"] for found in world.live("invoice")],
    )


def test_each_further_attempt_costs_the_same(world: World, person: str) -> None:
    """One call finds the latest invoice that was used up, however many there are."""
    world.invoice(person)
    costs = []
    with world.failing(refusing("POST /orders/import_order", "")):
        for _ in range(5):
            world.sync()
            world.clock.advance(86_400)
            costs.append(len([x for x in world.calls if "inv-" in x]))

    assert costs[2] == costs[4]


def test_a_carrier_is_known_after_every_edit(world: World, person: str) -> None:
    """With number and total edited, the one of the earlier try is voided."""
    invoice = world.invoice(person)
    with world.failing(refusing("POST /orders/import_order", "", status=500)):
        world.sync()
    lines = [{"name": "Tea", "quantity": 3, "unit_cost": 5}]
    world.left("PATCH", f"/invoices/{invoice}", {"items": lines, "number": "X-1"})

    world.sync()

    assert [1500] == [found["total"] for found in world.live("invoice")]


def test_many_replaced_orders_are_all_cleared_away(world: World, invoice: str) -> None:
    """However many there are, they do not count as a record that never rests."""
    for number in range(14):
        in_dollars(world, invoice)
        currency = ("usd", "eur")[number % 2]
        world.left("PATCH", f"/invoices/{invoice}", {"currency": currency})
        world.sync()
    world.path.unlink()

    outcome = world.sync()

    assert (14, 0) == (outcome.counts["cleared"], outcome.status)


def keeping(order_id: str) -> Fault:
    """Return a fault that lets an order be neither deleted nor cancelled."""
    ends = (f"/orders/{order_id}/delete", f"/orders/{order_id}/cancel")

    def fault(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        if request.url.path.endswith(ends):
            return httpx.Response(409, json={"message": "not in this state"})
        return answer()

    return fault


def test_a_replaced_order_that_stays_blocks_nothing(world: World, invoice: str) -> None:
    """One that can be neither deleted nor cancelled is told, and edits still arrive."""
    with world.failing(keeping(f"invoiced-{invoice}")):
        in_dollars(world, invoice)
        world.sync()
        world.left("PATCH", f"/invoices/{invoice}", {"currency": "gbp"})
        outcome = world.sync()

    assert ([(f"invoiced-{invoice}", "EUR"), (f"invoiced-{invoice}-3", "GBP")], 1) == (
        orders(world),
        len(outcome.failed),
    )


def test_a_replaced_order_is_cleared_away_once_it_can_be(
    world: World, invoice: str
) -> None:
    """Every run tries again, and what is solved is not told any more."""
    in_dollars(world, invoice)
    with world.failing(keeping(f"invoiced-{invoice}")):
        world.sync()

    outcome = world.sync()

    assert ([(f"invoiced-{invoice}-2", "USD")], []) == (orders(world), outcome.failed)
