"""Whose an order is, and what becomes of it when another takes its place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.sync.world import (
    Fault,
    KilledError,
    World,
    call_of,
    lost,
    once,
    refusing,
)


@pytest.fixture
def person(world: World) -> str:
    """Return a person in sync."""
    person = world.customer()
    world.sync()
    return person


@pytest.fixture
def invoice(world: World, person: str) -> str:
    """Return an invoice in euro, in sync."""
    invoice = world.invoice(person)
    world.sync()
    return invoice


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


def orders(world: World) -> list[tuple[str, str]]:
    """Return the live orders and their currencies."""
    return [(order["id"], order["currency_code"]) for order in world.live("order")]


# Whose it is


def test_an_order_known_only_by_its_id_is_left_alone(world: World, person: str) -> None:
    """People give orders ids like ours: such a one is neither adopted nor replaced."""
    invoice = world.invoice(person)
    by_hand(world, invoice, person)

    outcome = world.sync()

    assert ([], 1) == (world.writes, len(outcome.conflicts))


def test_an_order_that_cannot_be_told_is_told_until_it_can(
    world: World, person: str
) -> None:
    """The report names it in every run, though no list shows it any more."""
    invoice = world.invoice(person)
    by_hand(world, invoice, person)
    first = world.sync()
    world.clock.advance(3600)
    world.invoice(person, draft=True)
    world.sync()
    world.clock.advance(3600)
    world.left("PATCH", f"/invoices/{invoice}", {"notes": "edited"})

    assert (1, first.conflicts, []) == (
        len(first.conflicts),
        world.sync().conflicts,
        world.writes,
    )


def test_a_reference_makes_an_order_our_own(world: World, person: str) -> None:
    """A person settles it with the reference, and the next run adopts the order."""
    invoice = world.invoice(person)
    by_hand(world, invoice, person)
    world.sync()
    world.right("POST", f"/orders/{invoice}", reference_id=invoice)

    outcome = world.sync()

    assert ([], 1, []) == (
        world.writes,
        outcome.counts["adopted"],
        outcome.conflicts,
    )


def test_another_reference_makes_it_somebody_elses(world: World, person: str) -> None:
    """Said not to be ours, the order keeps its id, and the invoice gets another."""
    invoice = world.invoice(person)
    by_hand(world, invoice, person)
    world.sync()
    world.right("POST", f"/orders/{invoice}", reference_id="other")

    world.sync()

    assert {invoice: "other", f"invoiced-{invoice}": invoice} == {
        order["id"]: order["reference_id"] for order in world.live("order")
    }


@pytest.mark.parametrize("reference", ["", "WMS-77"])
def test_what_the_sync_made_is_its_own_without_the_mark(
    world: World, invoice: str, reference: str
) -> None:
    """With memory and reference lost, an order is known by its id and its invoice."""
    world.right("POST", f"/orders/{invoice}", reference_id=reference)
    world.path.unlink()

    world.sync()

    assert ([], [(invoice, "EUR")]) == (world.writes, orders(world))


def test_a_reference_that_is_lost_is_told(world: World, invoice: str) -> None:
    """The order that takes the place bears our mark, and a note says what it was."""
    world.right("POST", f"/orders/{invoice}", reference_id="WMS-77")
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
        id=f"inv-{invoice}",
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

    assert {f"inv-{invoice}", f"inv-{invoice}-2"} == {
        found["id"] for found in world.live("invoice")
    }


def test_a_live_order_keeps_its_carrier(world: World, invoice: str) -> None:
    """Neither listed nor remembered, an order of ours is found, and nothing voided."""
    world.right("POST", f"/orders/{invoice}", reference_id="WMS-77")
    world.path.unlink()

    with world.failing(listing_all_but(invoice)):
        world.sync()

    assert ([(invoice, "EUR")], [f"inv-{invoice}"]) == (
        orders(world),
        [found["id"] for found in world.live("invoice")],
    )


# Two of them


def test_a_second_order_of_a_linked_invoice_is_told(
    world: World, person: str, invoice: str
) -> None:
    """An order that bears the mark beside the linked one is reported in every run."""
    by_hand(world, "copy", person, reference_id=invoice)
    first = world.sync()
    world.clock.advance(3600)

    assert (1, first.conflicts, []) == (
        len(first.conflicts),
        world.sync().conflicts,
        world.writes,
    )


def test_a_second_order_that_is_gone_is_no_conflict(
    world: World, person: str, invoice: str
) -> None:
    """Deleting it by hand settles the matter."""
    by_hand(world, "copy", person, reference_id=invoice)
    world.sync()
    world.clock.advance(3600)
    world.right("POST", "/orders/copy/delete")

    assert [] == world.sync().conflicts


def test_the_second_order_is_linked_when_the_first_is_deleted(
    world: World, person: str, invoice: str
) -> None:
    """A person may choose either: the one that is left is the counterpart."""
    by_hand(world, "copy", person, reference_id=invoice)
    world.sync()
    world.clock.advance(3600)
    world.right("POST", f"/orders/{invoice}/delete")

    outcome = world.sync()

    assert (1, [], []) == (
        outcome.counts["adopted"],
        outcome.conflicts,
        outcome.broken,
    )


def test_an_older_order_of_ours_is_cleared_away(world: World, invoice: str) -> None:
    """Replaced and then overlooked, the memory lost, it does not stay live."""
    in_dollars(world, invoice)
    down = refusing(f"POST /orders/{invoice}/delete", "", status=500)
    with world.failing(down):
        world.sync()
    world.path.unlink()
    with world.failing(listing_all_but(invoice)):
        world.sync()

    world.sync(full=True)

    assert [(f"{invoice}-2", "USD")] == orders(world)


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


def test_a_list_that_lags_makes_no_second_order(world: World, invoice: str) -> None:
    """The memory lost, an order that replaced another is found though not listed."""
    in_dollars(world, invoice)
    world.sync()
    world.path.unlink()

    with world.failing(listing_all_but(f"{invoice}-2")):
        world.sync()

    assert [(f"{invoice}-2", "USD")] == orders(world)


def test_an_old_memory_finds_the_order_of_today(
    world: World, tmp_path: Path, invoice: str
) -> None:
    """Restored from before a replacement, the memory takes up the new order."""
    shutil.copy(world.path, tmp_path / "old")
    in_dollars(world, invoice)
    world.sync()
    shutil.copy(tmp_path / "old", world.path)
    world.sync()
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "gbp"})

    outcome = world.sync()

    assert ([(f"{invoice}-3", "GBP")], []) == (orders(world), outcome.broken)


def test_an_order_made_again_by_hand_is_taken_up(
    world: World, person: str, invoice: str
) -> None:
    """A broken pair mends under whatever id the one marked record has."""
    world.right("POST", f"/orders/{invoice}/delete")
    world.sync()
    by_hand(world, "again", person, reference_id=invoice)

    outcome = world.sync()

    assert (1, []) == (outcome.counts["adopted"], outcome.broken)


# What goes along


@pytest.mark.parametrize(
    "status", ["voided", "complete", "processing", "new", "returned", "cancelled"]
)
def test_a_replacement_has_the_status(world: World, invoice: str, status: str) -> None:
    """Also a status that no order can be imported with goes along."""
    world.right("POST", f"/orders/{invoice}", status=status)
    in_dollars(world, invoice)

    world.sync()

    assert [("USD", status)] == [
        (order["currency_code"], order["status"]) for order in world.listed("order")
    ]


def test_a_voided_order_is_never_live_again(world: World, invoice: str) -> None:
    """Killed as soon as it is imported, what replaces a voided order is not live."""
    world.right("POST", f"/orders/{invoice}", status="voided")
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
    world.right("POST", f"/orders/{invoice}", status="complete", fulfillment_status="x")
    in_dollars(world, invoice)

    with world.failing(refusing(f"POST /orders/{invoice}-2", "complete")):
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
    world.right("POST", f"/orders/{invoice}", note="one", tracking_id="T1")
    in_dollars(world, invoice)
    with world.failing(once("POST /orders/import_order", lost)):
        world.sync()
    world.right("POST", f"/orders/{invoice}", note="two", status="shipped")
    if forgetful:
        world.path.unlink()


@pytest.mark.parametrize("forgetful", [False, True], ids=["remembering", "forgetful"])
def test_a_healed_replacement_holds_the_latest(
    world: World, invoice: str, *, forgetful: bool
) -> None:
    """What was written on the old order after the crash is not deleted with it."""
    spoil_replacement(world, invoice, forgetful=forgetful)

    world.sync()

    assert [("USD", "two", "shipped", "T1")] == [
        (x["currency_code"], x["note"], x["status"], x["tracking_id"])
        for x in world.live("order")
    ]


def test_a_half_made_order_keeps_its_carrier(world: World, invoice: str) -> None:
    """Cancelled by somebody before the healing, it still stands on its invoice."""
    in_dollars(world, invoice)
    with world.failing(once("POST /orders/import_order", lost)):
        world.sync()
    world.right("POST", f"/orders/{invoice}-2", status="cancelled")

    world.sync()

    assert [f"inv-{invoice}-2"] == [found["id"] for found in world.live("invoice")]


def test_what_is_written_while_the_order_is_replaced_goes_along(
    world: World, invoice: str
) -> None:
    """An edit between the making of the new order and the end of the old one."""
    in_dollars(world, invoice)

    def meanwhile(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        response = answer()
        if call_of(request) == "POST /orders/import_order":
            world.clock.advance(1)
            world.right("POST", f"/orders/{invoice}", note="late", status="shipped")
        return response

    with world.failing(meanwhile):
        world.sync()

    assert [("late", "shipped")] == [
        (order["note"], order["status"]) for order in world.live("order")
    ]


def test_our_own_cancelling_is_not_carried_over(world: World, invoice: str) -> None:
    """Killed after the old order was cancelled, the new one stays live."""
    in_dollars(world, invoice)
    refused = refusing(f"POST /orders/{invoice}/delete", "", status=409)
    with world.failing(refused), pytest.raises(KilledError):
        _killed_after(world, f"POST /orders/{invoice}/cancel")
    with world.failing(refused):
        world.sync()

    assert [(f"{invoice}-2", "USD")] == orders(world)


def _killed_after(world: World, call: str) -> None:
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


def test_a_line_keeps_what_was_written_on_it(world: World, invoice: str) -> None:
    """Stock number and status of the one line go along."""
    (line,) = world.right("GET", f"/orders/{invoice}")["order"]["order_line_items"]
    written = {"id": [line["id"]], "sku": ["SKU-1"], "status": ["on_hold"]}
    world.right("POST", f"/orders/{invoice}", order_line_items=written)
    in_dollars(world, invoice)

    world.sync()

    assert [("SKU-1", "on_hold")] == [
        (line["sku"], line["status"])
        for line in world.live("order")[0]["order_line_items"]
    ]


def test_lines_that_find_no_place_are_told(world: World, person: str) -> None:
    """An order of several lines gets one: a note says what stood on the others."""
    invoice = world.invoice(person)
    date = world.clock.seconds()
    lines = {"amount": [1, 2], "description": ["x", "y"]}
    named = {"id": "theirs", "customer_id": person, "currency_code": "EUR"}
    sums = {"date": date, "total": 3, "status": "posted", "line_items": lines}
    world.right("POST", "/invoices/import_invoice", **named, **sums)
    dates = {"created_at": date, "order_date": date, "shipping_date": date}
    order = {"id": "hand", "reference_id": invoice, "status": "queued", **dates}
    made = world.right("POST", "/orders/import_order", invoice_id="theirs", **order)
    first = made["order"]["order_line_items"][0]["id"]
    numbered = {"id": [first], "sku": ["SKU-1"]}
    world.right("POST", "/orders/hand", order_line_items=numbered)
    world.sync()
    in_dollars(world, invoice)

    outcome = world.sync()

    assert [True] == ["lost (SKU-1)" in text for text in outcome.notes]


# What carries it


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

    assert ([(invoice, "EUR")], [f"inv-{invoice}"]) == (
        orders(world),
        [found["id"] for found in world.live("invoice")],
    )


def test_a_carrier_is_not_forgotten_by_a_crash(world: World, person: str) -> None:
    """Killed between the two imports, the next run knows that the first was made."""
    invoice = world.invoice(person)
    world.sync()
    second = world.invoice(person)
    with pytest.raises(KilledError):
        _killed_after(world, "POST /invoices/import_invoice")
    made = [found["id"] for found in world.live("invoice")]
    world.left("POST", f"/invoices/{second}/void")

    world.sync()

    assert ([f"inv-{invoice}", f"inv-{second}"], [f"inv-{invoice}"]) == (
        sorted(made),
        [found["id"] for found in world.live("invoice")],
    )


def test_a_carrier_whose_order_is_refused_is_told(world: World, person: str) -> None:
    """It is kept for the next try, and a note says that it carries nothing yet."""
    invoice = world.invoice(person)

    with world.failing(refusing("POST /orders/import_order", "")):
        outcome = world.sync()

    assert [f"invoice inv-{invoice} is in Chargebee, and carries no order yet."] == (
        outcome.notes
    )


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
    with world.failing(keeping(invoice)):
        in_dollars(world, invoice)
        world.sync()
        world.left("PATCH", f"/invoices/{invoice}", {"currency": "gbp"})
        outcome = world.sync()

    assert ([(invoice, "EUR"), (f"{invoice}-3", "GBP")], 1) == (
        orders(world),
        len(outcome.failed),
    )


def test_a_replaced_order_is_cleared_away_once_it_can_be(
    world: World, invoice: str
) -> None:
    """Every run tries again, and what is solved is not told any more."""
    in_dollars(world, invoice)
    with world.failing(keeping(invoice)):
        world.sync()

    outcome = world.sync()

    assert ([(f"{invoice}-2", "USD")], []) == (orders(world), outcome.failed)
