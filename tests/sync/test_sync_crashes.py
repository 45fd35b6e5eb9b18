"""Killed, cut off, forgetful: one counterpart each, and nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from properties.trouble import POINTS, UNANSWERED, UNSENT, KilledError, Trouble
from tests.sync.world import World, lost, once


def standing(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Return what is in force in Chargebee, without ids and times."""
    orders = world.live("order")
    return {
        "customers": sorted(
            (x["meta_data"]["invoiced_id"],) for x in world.live("customer")
        ),
        "items": sorted(
            (x["metadata"]["invoiced_id"], x["name"]) for x in world.live("item")
        ),
        "orders": sorted(
            (x["reference_id"], x["customer_id"], x["currency_code"], x.get("note", ""))
            for x in orders
        ),
        "invoices of orders": sorted(
            (x["invoice_id"] in {i["id"] for i in world.live("invoice")},)
            for x in orders
        ),
        "invoices": sorted(
            (str(x["total"]), x["currency_code"]) for x in world.live("invoice")
        ),
        "people": [
            (side.get("email"), side.get("phone"))
            for side in (*world.left("GET", "/customers"), *world.listed("customer"))
        ],
        "names": sorted(
            (side["name"],)
            for side in (*world.left("GET", "/items"), *world.live("item"))
        ),
    }


def new_records(world: World) -> None:
    """Leave new records of every kind to be synchronised."""
    world.invoice(world.customer())
    world.item("one")
    world.item("two")


def an_edit_of_currency(world: World) -> None:
    """Leave an order to be replaced that somebody has written on."""
    invoice = world.invoice(world.customer())
    world.sync()
    world.right(
        "POST", f"/orders/invoiced-{invoice}", note="with care", fulfillment_status="ok"
    )
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})


def edits_everywhere(world: World) -> None:
    """Leave edits on both sides of pairs of all types, a replaced order among them."""
    world.rows["customer"] = (("email", "email"), ("phone", "phone"))
    world.rows["item"] = (("name", "name"),)
    people = [world.customer(email=f"p{n}@example.com", phone="1") for n in range(2)]
    invoice = world.invoice(people[0])
    items = [world.item(name, name=name) for name in ("one", "two")]
    world.sync()
    world.right("POST", f"/orders/invoiced-{invoice}", note="with care")
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})
    world.left("PATCH", f"/customers/{people[0]}", {"phone": "2"})
    world.right("POST", f"/customers/{people[0]}", email="q@example.com")
    world.right("POST", f"/customers/{people[1]}", phone="3")
    world.left("PATCH", f"/items/{items[0]}", {"name": "uno"})
    world.right("POST", f"/items/{items[1]}", name="due")


def test_an_unharmed_run_carries_the_edits_over(world: World) -> None:
    """What the killed runs are compared with is right itself."""
    edits_everywhere(world)
    world.sync()
    found = standing(world)

    assert (
        [("q@example.com", "2"), ("p1@example.com", "3")] * 2,
        [("due",), ("due",), ("uno",), ("uno",)],
        [("USD", "with care")],
    ) == (found["people"], found["names"], [one[2:] for one in found["orders"]])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prepare", "forgetful"),
    [
        (new_records, False),
        (new_records, True),
        (an_edit_of_currency, False),
        (an_edit_of_currency, True),
        (edits_everywhere, False),
    ],
)
def test_killed_at_any_point_the_next_run_heals(
    tmp_path: Path,
    prepare: Callable[[World], None],
    *,
    forgetful: bool,
) -> None:
    """Killed around any call or commit, the next run ends where an unharmed one does.

    Of new records and a replaced order, that holds even when the state file is lost
    along with the process.
    """
    unharmed = World(tmp_path / "unharmed")
    prepare(unharmed)
    unharmed.sync()
    expected = standing(unharmed)
    points: Counter[str] = Counter()
    while True:
        world = World(tmp_path / f"killed {points.total() + 1}")
        prepare(world)
        point = kill(world, points.total() + 1)
        if not point:
            break
        points[point] += 1
        if forgetful:
            world.path.unlink(missing_ok=True)
        world.sync()

        assert expected == standing(world), (points.total(), point)
    print(prepare.__name__, dict(points))  # noqa: T201 - the number of points

    assert set(POINTS) == points.keys()


@pytest.mark.parametrize(
    "call",
    [
        "POST /customers",
        "POST /item_families",
        "POST /items",
        "POST /invoices/import_invoice",
        "POST /orders/import_order",
    ],
)
def test_a_lost_answer_makes_no_second_record(world: World, call: str) -> None:
    """A write whose answer was lost is recognised by the next run."""
    new_records(world)
    with world.failing(once(call, lost)):
        first = world.sync()
    world.sync()

    assert (75, 1, 1, 2) == (
        first.status,
        len(world.live("customer")),
        len(world.live("order")),
        len(world.live("item")),
    )


def test_an_edit_between_a_crash_and_its_healing_is_not_lost(world: World) -> None:
    """A half-made replacement that is out of date already is replaced in turn."""
    invoice = world.invoice(world.customer())
    world.sync()
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})
    with world.failing(once("POST /orders/import_order", lost)):
        world.sync()
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "gbp"})

    world.sync()

    assert (["GBP"], ["GBP"]) == (
        [order["currency_code"] for order in world.live("order")],
        [found["currency_code"] for found in world.live("invoice")],
    )


def test_a_carrier_that_never_got_its_order_is_voided(world: World) -> None:
    """An invoice imported before a crash is not left standing with an old total."""
    invoice = world.invoice(world.customer())
    with world.failing(once("POST /invoices/import_invoice", lost)):
        world.sync()
    lines = [{"name": "Tea", "quantity": 3, "unit_cost": 5}]
    world.left("PATCH", f"/invoices/{invoice}", {"items": lines})

    world.sync()

    assert ([1500], [invoice]) == (
        [found["total"] for found in world.live("invoice")],
        [order["reference_id"] for order in world.live("order")],
    )


def test_lost_memory_makes_no_second_record(world: World) -> None:
    """Without the state file the pairs are found again by their marks."""
    new_records(world)
    world.sync()
    world.path.unlink()

    outcome = world.sync()

    assert ([], 4) == (world.writes, outcome.counts["adopted"])


def test_lost_memory_does_not_pick_a_winner(world: World) -> None:
    """What differs when the memory is lost is a conflict."""
    world.rows["customer"] = (("phone", "phone"),)
    person = world.customer(phone="12")
    world.sync()
    world.path.unlink()
    world.left("PATCH", f"/customers/{person}", {"phone": "13"})

    outcome = world.sync()

    assert ([], 1) == (world.writes, len(outcome.conflicts))


def test_lost_memory_does_not_lose_an_edited_currency(world: World) -> None:
    """An order cannot be edited, so that the invoice's value is the later one."""
    invoice = world.invoice(world.customer())
    world.sync()
    world.path.unlink()
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})

    world.sync()

    assert [(invoice, "USD")] == [
        (order["reference_id"], order["currency_code"]) for order in world.live("order")
    ]


def test_a_system_that_is_down_stops_the_run(world: World) -> None:
    """After a few records without an answer, and a read, no further one is tried."""
    for number in range(20):
        world.customer(name=f"Person {number}")

    def down(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        is_down = request.method == "POST" or world.writes
        return httpx.Response(503) if is_down else answer()

    with world.failing(down):
        outcome = world.sync()

    assert (75, 3, True) == (
        outcome.status,
        len(world.writes),
        outcome.lines()[-1].startswith("stopped early"),
    )


def test_what_was_not_reached_comes_next_time(world: World) -> None:
    """A run that was stopped early has not moved on in time."""
    people = {world.customer(name=f"Person {number}") for number in range(20)}

    def down(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        return httpx.Response(429) if request.method == "POST" else answer()

    with world.failing(down):
        world.sync()
    world.clock.advance(3600)
    world.sync()

    assert people == {customer["id"] for customer in world.listed("customer")}


def kill(world: World, number: int) -> str:
    """Run the sync and kill it at a point; return which, or nothing beyond the last."""
    trouble = Trouble(kill_at=number)

    def fault(
        _request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        trouble.reach(UNSENT)
        response = answer()
        trouble.reach(UNANSWERED)
        return response

    with world.failing(fault), trouble.at_commits(), suppress(KilledError):
        world.sync()
    return trouble.killed
