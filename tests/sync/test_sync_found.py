"""Deletions and open conflicts: what the state machine has found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from msgspec import structs

from dataflow.sync.clients.chargebee import Chargebee
from tests.sync.test_sync_crashes import kill
from tests.sync.world import World, connected, once


def lost_before(_answer: Callable[[], httpx.Response]) -> httpx.Response:
    """Do nothing, and give no answer."""
    raise httpx.ReadTimeout("no answer")


@pytest.fixture
def deleting(world: World) -> World:
    """Return a world whose sync propagates deletions."""
    world.settings = structs.replace(world.settings, propagate_deletions=True)
    return world


def test_a_merged_customer_with_orders_is_not_deleted(deleting: World) -> None:
    """Chargebee would delete the orders of the invoices that another one has now."""
    moved = deleting.customer(name="Ada Ek", email="ada@example.com")
    kept = deleting.customer(name="Bo Ek", email="bo@example.com")
    invoice = deleting.invoice(moved)
    deleting.sync()
    deleting.left("POST", f"/customers/{kept}/merge", {"customer": int(moved)})

    deleting.sync(full=True)
    deleting.clock.advance(400)
    orders = [(x["reference_id"], x["customer_id"]) for x in deleting.live("order")]

    assert [(invoice, kept)] == orders


def test_a_record_that_the_sync_has_deleted_is_no_new_one(deleting: World) -> None:
    """A row of the list from before its deletion creates no second counterpart."""
    deleting.customer(name="Bo Ek", email="bo@example.com")
    person = deleting.customer(name="Ada Ek", email="ada@example.com")
    deleting.sync()
    deleting.delete_right_customer(person)
    deleting.left("PATCH", f"/customers/{person}", {"type": "person"})

    deleting.sync()

    assert ["DELETE /customers/" + person] == deleting.writes


def test_an_edit_of_a_property_in_conflict_is_noticed(world: World) -> None:
    """Emptied on one side, a property in conflict gets the value of the other side."""
    world.rows["customer"] = (("phone", "phone"),)
    person = world.customer(phone="1")
    world.sync()
    world.clock.advance(600)
    world.left("PATCH", f"/customers/{person}", {"phone": "2"})
    world.right("POST", f"/customers/{person}", phone="3")
    world.sync()
    world.clock.advance(90_000)
    world.sync()
    world.left("PATCH", f"/customers/{person}", {"phone": None})

    world.sync()

    assert ("3", "3") == world.both(person, "phone")


def test_a_deletion_is_reported_after_a_crash(tmp_path: Path) -> None:
    """Wherever the run is killed that has noticed it, the next run reports it."""
    point, number, reports = "first", 0, []
    while point:
        number += 1
        world = World(tmp_path / str(number))
        person = world.customer()
        world.item()
        world.sync()
        world.delete_right_customer(person)
        point = kill(world, number)
        reports.append(len(world.sync().broken))

    assert [1] * number == reports


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), [("DELETE", ""), ("POST", "/void")])
def test_an_invoice_ended_after_a_crash_keeps_one_order(
    tmp_path: Path, method: str, path: str
) -> None:
    """Wherever the replacement of its order is killed, no second order stays."""
    point, number, found = "first", 0, []
    while point:
        number += 1
        world = World(tmp_path / str(number))
        world.item()
        invoice = world.invoice(world.customer())
        world.sync()
        world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})
        point = kill(world, number)
        world.left(method, f"/invoices/{invoice}{path}")
        world.sync(full=True)
        orders = [order["invoice_id"] for order in world.live("order")]
        found.append((len(orders), orders == [x["id"] for x in world.live("invoice")]))

    assert [(1, True)] * number == found


def test_an_invoice_on_a_later_page_keeps_its_customer() -> None:
    """Of a customer whose first page is voided invoices, the others are seen."""

    def answer(request: httpx.Request) -> httpx.Response:
        if "offset" in request.url.params:
            return httpx.Response(200, json={"list": [{"invoice": {"id": "2"}}]})
        rows = [{"invoice": {"id": "1", "status": "voided"}}]
        return httpx.Response(200, json={"list": rows, "next_offset": "next"})

    client = Chargebee.over(connected(answer))

    assert client.has_invoices("7")


def test_a_write_that_fails_makes_no_conflict(world: World) -> None:
    """The later edit of an item, which has no events, wins in the next run."""
    world.rows["item"] = (("name", "name"),)
    item = world.item()
    world.sync()
    world.right("POST", f"/items/{item}", name="earlier")
    world.clock.advance(600)
    world.left("PATCH", f"/items/{item}", {"name": "later"})
    with world.failing(once(f"POST /items/{item}", lost_before)):
        world.sync()

    world.sync()

    assert ["later"] == [found["name"] for found in world.live("item")]
