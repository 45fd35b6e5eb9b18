"""Whose an order is."""

from __future__ import annotations

import pytest

from tests.sync.orders.ordering import by_hand, in_dollars, listing_all_but, orders
from tests.sync.world import World


def test_an_order_known_only_by_its_id_is_left_alone(world: World, person: str) -> None:
    """People give orders ids like ours: such a one is neither adopted nor replaced."""
    invoice = world.invoice(person)
    by_hand(world, f"invoiced-{invoice}", person)

    outcome = world.sync()

    assert ([], 1) == (world.writes, len(outcome.decisions))


def test_an_order_that_cannot_be_told_is_told_until_it_can(
    world: World, person: str
) -> None:
    """The report names it in every run, though no list shows it any more."""
    invoice = world.invoice(person)
    by_hand(world, f"invoiced-{invoice}", person)
    first = world.sync()
    world.clock.advance(3600)
    world.invoice(person, draft=True)
    world.sync()
    world.clock.advance(3600)
    world.left("PATCH", f"/invoices/{invoice}", {"notes": "edited"})

    assert (1, first.decisions, []) == (
        len(first.decisions),
        world.sync().decisions,
        world.writes,
    )


def test_a_reference_makes_an_order_our_own(world: World, person: str) -> None:
    """A person settles it with the reference, and the next run adopts the order."""
    invoice = world.invoice(person)
    by_hand(world, f"invoiced-{invoice}", person)
    world.sync()
    world.right("POST", f"/orders/invoiced-{invoice}", reference_id=invoice)

    outcome = world.sync()

    assert ([], 1, []) == (world.writes, outcome.counts["adopted"], outcome.decisions)


def test_another_reference_makes_it_somebody_elses(world: World, person: str) -> None:
    """Said not to be ours, the order keeps its id, and the invoice gets another."""
    invoice = world.invoice(person)
    by_hand(world, f"invoiced-{invoice}", person)
    world.sync()
    world.right("POST", f"/orders/invoiced-{invoice}", reference_id="other")

    world.sync()

    assert {f"invoiced-{invoice}": "other", f"invoiced-invoice-{invoice}": invoice} == {
        order["id"]: order["reference_id"] for order in world.live("order")
    }


@pytest.mark.parametrize("reference", ["", "WMS-77"])
def test_what_the_sync_made_is_its_own_without_the_mark(
    world: World, invoice: str, reference: str
) -> None:
    """With memory and reference lost, an order is known by its id and its invoice."""
    world.right("POST", f"/orders/invoiced-{invoice}", reference_id=reference)
    world.path.unlink()

    world.sync()

    assert ([], [(f"invoiced-{invoice}", "EUR")]) == (world.writes, orders(world))


def test_a_reference_that_is_lost_is_told(world: World, invoice: str) -> None:
    """The order that takes the place bears our mark, and a note says what it was."""
    world.right("POST", f"/orders/invoiced-{invoice}", reference_id="WMS-77")
    in_dollars(world, invoice)

    outcome = world.sync()

    assert [f"its reference is {invoice}, no more WMS-77."] == [
        text.partition(": ")[2] for text in outcome.notes
    ]


def test_an_invoice_like_ours_stays_what_it_is(world: World, person: str) -> None:
    """A stranger's invoice with the very id and terms carries nothing and stays."""
    invoice = world.invoice(person)
    number = world.left("GET", f"/invoices/{invoice}")["number"]
    world.right(
        "POST",
        "/invoices/import_invoice",
        id=f"inv-invoiced-{invoice}",
        customer_id=person,
        currency_code="EUR",
        date=world.clock.seconds(),
        total=1050,
        status="posted",
        line_items={"description": [f"Invoice {number}"], "amount": [1050]},
    )
    world.sync()
    in_dollars(world, invoice)

    world.sync()

    assert {f"inv-invoiced-{invoice}", f"inv-invoiced-{invoice}-2"} == {
        found["id"] for found in world.live("invoice")
    }


def test_a_live_order_keeps_its_carrier(world: World, invoice: str) -> None:
    """Neither listed nor remembered, an order of ours is found, and nothing voided."""
    world.right("POST", f"/orders/invoiced-{invoice}", reference_id="WMS-77")
    world.path.unlink()

    with world.failing(listing_all_but(invoice)):
        world.sync()

    assert ([(f"invoiced-{invoice}", "EUR")], [f"inv-invoiced-{invoice}"]) == (
        orders(world),
        [found["id"] for found in world.live("invoice")],
    )
