"""Edits: either side's reaches the other."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.cases import cases
from tests.sync.world import Record, World, refusing

EMAILS = (("email", "email"), ("phone", "phone"))


@pytest.fixture
def person(world: World) -> str:
    """Return a person, in sync, with two listed properties."""
    world.rows["customer"] = EMAILS
    person = world.customer(email="ada@example.com")
    world.sync()
    return person


def edit(world: World, person: str, left: Record, right: Record) -> None:
    """Edit a person on one side, or on both."""
    if left:
        world.left("PATCH", f"/customers/{person}", left)
    if right:
        world.right("POST", f"/customers/{person}", **right)


@cases(
    "left, right, email, phone",
    {
        "none": ({}, {}, "ada@example.com", None),
        "invoiced": ({"email": "a@b.org"}, {}, "a@b.org", None),
        "chargebee": ({}, {"email": "a@b.org"}, "a@b.org", None),
        "two": ({"email": "a@b.org"}, {"phone": "12"}, "a@b.org", "12"),
        "company": ({"type": "company", "phone": "1"}, {}, "ada@example.com", "1"),
    },
)
def test_an_edit_reaches_the_other_side(  # noqa: PLR0913, PLR0917 - two sides
    world: World,
    person: str,
    left: Record,
    right: Record,
    email: str,
    phone: str | None,
) -> None:
    """A row of the checklist is enough for a property to be carried either way.

    Once linked, a customer is kept in sync whatever it becomes.
    """
    edit(world, person, left, right)

    world.sync()

    assert ((email, email), (phone, phone)) == (
        world.both(person, "email"),
        world.both(person, "phone"),
    )


@cases(
    "left, right",
    {
        "the-same": ({"phone": "12"}, {"phone": "12"}),
        "not-listed": ({"notes": "a note"}, {"last_name": "King"}),
    },
)
def test_what_agrees_is_no_conflict(
    world: World, person: str, left: Record, right: Record
) -> None:
    """Two edits to one value agree, and what is not listed is nobody's business."""
    edit(world, person, left, right)

    outcome = world.sync()

    assert ([], []) == (outcome.conflicts, world.writes)


def test_two_edits_of_one_property_are_a_conflict(world: World, person: str) -> None:
    """Nothing proves which is later, so nothing is written and both are shown."""
    edit(world, person, {"phone": "12"}, {"phone": "13"})

    outcome = world.sync()

    assert ([], ("12", "13"), True) == (
        world.writes,
        world.both(person, "phone"),
        "'12'" in outcome.conflicts[0] and "'13'" in outcome.conflicts[0],
    )


def test_a_conflict_is_told_until_it_is_solved(world: World, person: str) -> None:
    """The report names it in every run, though nothing has changed."""
    edit(world, person, {"phone": "12"}, {"phone": "13"})
    first = world.sync()
    world.clock.advance(3600)

    assert (1, first.conflicts) == (len(first.conflicts), world.sync().conflicts)


def test_a_conflict_ends_when_both_sides_agree(world: World, person: str) -> None:
    """Making them equal by hand solves it."""
    edit(world, person, {"phone": "12"}, {"phone": "13"})
    world.sync()
    world.left("PATCH", f"/customers/{person}", {"phone": "13"})

    assert [] == world.sync().conflicts


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

    assert ([], ("12", "12")) == (world.writes, world.both(person, "phone"))


def test_a_nested_property_is_carried_over(world: World) -> None:
    """Billing details, which have a call of their own, are edited like others."""
    world.rows["customer"] = (("city", "billing_address.city"),)
    person = world.customer(city="London")
    world.sync()
    world.left("PATCH", f"/customers/{person}", {"city": "Turin"})

    world.sync()
    customer = world.right("GET", f"/customers/{person}")["customer"]

    assert "Turin" == customer["billing_address"]["city"]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [({"city": "Turin"}, ("Turin", "GB1")), ({"tax_id": "GB2"}, ("London", "GB2"))],
)
def test_an_edit_keeps_the_rest_of_the_billing_info(
    edit: dict[str, str], expected: tuple[str, str], world: World
) -> None:
    """An edit of the city keeps the VAT number, and the other way round."""
    world.rows["customer"] = (
        ("city", "billing_address.city"),
        ("tax_id", "vat_number"),
    )
    person = world.customer(city="London", tax_id="GB1")
    world.sync()
    world.left("PATCH", f"/customers/{person}", edit)

    world.sync()
    customer = world.right("GET", f"/customers/{person}")["customer"]

    assert expected == (customer["billing_address"]["city"], customer["vat_number"])


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

    assert ("12", "12") == world.both(person, "phone")


def test_a_first_comparison_prefers_something_to_nothing(world: World) -> None:
    """Without a base, the empty side is filled, whichever it is."""
    person = world.customer()
    world.sync()
    world.right("POST", f"/customers/{person}", phone="13")
    world.rows["customer"] = EMAILS

    world.sync()

    assert ("13", "13") == world.both(person, "phone")


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


def test_a_refused_edit_is_told_and_harms_nobody(world: World, person: str) -> None:
    """A value that the other side refuses stays where it is."""
    other = world.customer(name="Charles Babbage")
    world.right("POST", f"/customers/{person}", email="ada@example.org")

    with world.failing(refusing(f"PATCH /customers/{person}", "example.org")):
        outcome = world.sync()

    assert (11, 1, "Charles") == (
        outcome.status,
        len(outcome.failed),
        world.right("GET", f"/customers/{other}")["customer"]["first_name"],
    )
