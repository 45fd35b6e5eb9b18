"""Edits: either side's reaches the other, and what cannot be edited is replaced."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.sync.world import World, answering, refusing

EMAILS = (("email", "email"), ("phone", "phone"))


@pytest.fixture
def person(world: World) -> str:
    """Return a person, in sync, with two listed properties."""
    world.rows["customer"] = EMAILS
    person = world.customer(email="ada@example.com")
    world.sync()
    return person


@pytest.fixture
def invoice(world: World) -> str:
    """Return an invoice in euro, in sync."""
    invoice = world.invoice(world.customer())
    world.sync()
    return invoice


def both(world: World, person: str, name: str) -> tuple[object, object]:
    """Return a property of a person as Invoiced and as Chargebee have it."""
    left = world.left("GET", f"/customers/{person}")
    right = world.right("GET", f"/customers/{person}")["customer"]
    return left.get(name), right.get(name)


def test_a_listed_text_needs_no_code(world: World, person: str) -> None:
    """A row of the checklist is enough for a property to be filled in."""
    assert ("ada@example.com",) * 2 == both(world, person, "email")


def test_an_edit_in_invoiced_reaches_chargebee(world: World, person: str) -> None:
    """A property edited in Invoiced is edited in Chargebee."""
    world.left("PATCH", f"/customers/{person}", {"email": "ada@example.org"})

    world.sync()

    assert ("ada@example.org",) * 2 == both(world, person, "email")


def test_an_edit_in_chargebee_reaches_invoiced(world: World, person: str) -> None:
    """A property edited in Chargebee is edited in Invoiced."""
    world.right("POST", f"/customers/{person}", email="ada@example.org")

    world.sync()

    assert ("ada@example.org",) * 2 == both(world, person, "email")


def test_a_cleared_property_is_cleared(world: World, person: str) -> None:
    """Emptying a property is an edit like another."""
    world.left("PATCH", f"/customers/{person}", {"email": None})

    world.sync()

    assert (None, None) == both(world, person, "email")


def test_edits_of_two_properties_do_not_meet(world: World, person: str) -> None:
    """One property edited here and another one there both arrive."""
    world.left("PATCH", f"/customers/{person}", {"email": "ada@example.org"})
    world.right("POST", f"/customers/{person}", phone="12")

    world.sync()

    assert (("ada@example.org",) * 2, ("12", "12")) == (
        both(world, person, "email"),
        both(world, person, "phone"),
    )


def test_the_same_edit_on_both_sides_is_no_conflict(world: World, person: str) -> None:
    """Two edits to one value agree."""
    world.left("PATCH", f"/customers/{person}", {"phone": "12"})
    world.right("POST", f"/customers/{person}", phone="12")

    outcome = world.sync()

    assert ([], []) == (outcome.conflicts, world.writes)


def test_two_edits_of_one_property_are_a_conflict(world: World, person: str) -> None:
    """Nothing proves which is later, so nothing is written and both are shown."""
    world.left("PATCH", f"/customers/{person}", {"phone": "12"})
    world.right("POST", f"/customers/{person}", phone="13")

    outcome = world.sync()

    assert ([], ("12", "13"), True) == (
        world.writes,
        both(world, person, "phone"),
        "'12'" in outcome.conflicts[0] and "'13'" in outcome.conflicts[0],
    )


def test_a_conflict_is_told_until_it_is_solved(world: World, person: str) -> None:
    """The report names it in every run, though nothing has changed."""
    world.left("PATCH", f"/customers/{person}", {"phone": "12"})
    world.right("POST", f"/customers/{person}", phone="13")
    first = world.sync()
    world.clock.advance(3600)

    assert (1, first.conflicts) == (len(first.conflicts), world.sync().conflicts)


def test_a_conflict_ends_when_both_sides_agree(world: World, person: str) -> None:
    """Making them equal by hand solves it."""
    world.left("PATCH", f"/customers/{person}", {"phone": "12"})
    world.right("POST", f"/customers/{person}", phone="13")
    world.sync()
    world.left("PATCH", f"/customers/{person}", {"phone": "13"})

    assert [] == world.sync().conflicts


def test_an_edit_of_something_else_writes_nothing(world: World, person: str) -> None:
    """What is not listed is nobody's business, though it touches the time stamp."""
    world.left("PATCH", f"/customers/{person}", {"notes": "a note"})
    world.right("POST", f"/customers/{person}", last_name="King")

    world.sync()

    assert [] == world.writes


def test_an_older_list_does_not_undo_an_edit(world: World, person: str) -> None:
    """A list that lags behind shows the old value; the record itself counts."""
    stale = world.right("GET", "/customers")
    world.left("PATCH", f"/customers/{person}", {"phone": "12"})
    world.sync()

    def lagging(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        listing = request.url.path == "/api/v2/customers"
        return httpx.Response(200, json=stale) if listing else answer()

    with world.failing(lagging):
        world.sync()

    assert ([], ("12", "12")) == (world.writes, both(world, person, "phone"))


def test_a_nested_property_is_carried_over(world: World) -> None:
    """Billing details, which have a call of their own, are edited like others."""
    world.rows["customer"] = (("city", "billing_address.city"),)
    person = world.customer(city="London")
    world.sync()
    world.left("PATCH", f"/customers/{person}", {"city": "Turin"})

    world.sync()
    customer = world.right("GET", f"/customers/{person}")["customer"]

    assert "Turin" == customer["billing_address"]["city"]


def test_metadata_beside_a_listed_key_survives(world: World) -> None:
    """An edit of one key in Invoiced leaves the other keys."""
    world.rows["customer"] = (("metadata.colour", "phone"),)
    person = world.customer(metadata={"colour": "1", "size": "2"})
    world.sync()
    world.right("POST", f"/customers/{person}", phone="3")

    world.sync()

    assert {"colour": "3", "size": "2"} == world.left("GET", f"/customers/{person}")[
        "metadata"
    ]


def test_a_new_row_is_applied_to_old_pairs(world: World) -> None:
    """Pairs that were linked before the row came are compared by it too."""
    person = world.customer(phone="12")
    world.sync()
    world.clock.advance(3600)
    world.customer(name="Charles Babbage")
    world.sync()
    world.sync()
    world.rows["customer"] = EMAILS

    world.sync()

    assert ("12", "12") == both(world, person, "phone")


def test_a_first_comparison_prefers_something_to_nothing(world: World) -> None:
    """Without a base, the empty side is filled, whichever it is."""
    person = world.customer()
    world.sync()
    world.right("POST", f"/customers/{person}", phone="13")
    world.rows["customer"] = EMAILS

    world.sync()

    assert ("13", "13") == both(world, person, "phone")


def test_an_edited_item_name_that_is_taken_gets_the_id(world: World) -> None:
    """A name that another item has comes with the id, and the report says so."""
    world.rows["item"] = (("name", "name"),)
    world.item("one", name="One")
    world.item("two", name="Two")
    world.sync()
    world.left("PATCH", "/items/two", {"name": "One"})

    outcome = world.sync()
    names = [item["name"] for item in world.listed("item")]

    assert (["One", "One (two)"], 1) == (names, len(outcome.conflicts))


def test_a_name_that_differs_for_good_is_written_once(world: World) -> None:
    """What could not be made equal is told again, and not tried again."""
    world.rows["item"] = (("name", "name"),)
    world.item("one")
    world.item("two")
    world.sync()
    world.clock.advance(3600)

    outcome = world.sync()

    assert ([], 1) == (world.writes, len(outcome.conflicts))


def test_an_edited_currency_replaces_the_order(world: World, invoice: str) -> None:
    """The one live order of the invoice has the new currency."""
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})

    world.sync()

    assert [(f"{invoice}-2", invoice, "USD")] == [
        (order["id"], order["reference_id"], order["currency_code"])
        for order in world.live("order")
    ]


def test_a_replaced_order_takes_its_invoice_along(world: World, invoice: str) -> None:
    """The invoice that carried the old order is voided."""
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})

    world.sync()

    assert {f"inv-{invoice}": "voided", f"inv-{invoice}-2": "posted"} == {
        found["id"]: found["status"] for found in world.listed("invoice")
    }


def test_a_replacement_keeps_what_people_wrote(world: World, invoice: str) -> None:
    """Note, tracking, dates and status go along to the new order."""
    written = {
        "note": "handle with care",
        "tracking_id": "T1",
        "tracking_url": "https://example.com/T1",
        "batch_id": "B1",
        "fulfillment_status": "packed",
        "status": "shipped",
        "shipping_date": world.clock.seconds() + 99,
    }
    world.right("POST", f"/orders/{invoice}", **written)
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

    assert [(f"{invoice}-3", "GBP")] == [
        (order["id"], order["currency_code"]) for order in world.live("order")
    ]


def test_an_order_that_cannot_be_deleted_is_cancelled(
    world: World, invoice: str
) -> None:
    """Where deleting is refused, the old order is out of force all the same."""
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})

    with world.failing(refusing(f"POST /orders/{invoice}/delete", "", status=409)):
        world.sync()

    assert {f"{invoice}": "cancelled", f"{invoice}-2": "queued"} == {
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


def test_a_person_who_becomes_a_company_stays_linked(world: World, person: str) -> None:
    """Once linked, a customer is kept in sync whatever it becomes."""
    world.left("PATCH", f"/customers/{person}", {"type": "company", "phone": "12"})

    world.sync()

    assert ("12", "12") == both(world, person, "phone")


def test_a_refused_edit_is_told_and_harms_nobody(world: World, person: str) -> None:
    """A value that the other side refuses stays where it is."""
    other = world.customer(name="Charles Babbage")
    world.right("POST", f"/customers/{person}", email="ada@example.org")

    with world.failing(refusing(f"PATCH /customers/{person}", "example.org")):
        outcome = world.sync()

    assert (1, 1, "Charles") == (
        outcome.status,
        len(outcome.failed),
        world.right("GET", f"/customers/{other}")["customer"]["first_name"],
    )
