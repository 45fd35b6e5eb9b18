"""The time to start from: what is older, and of interest nevertheless or later."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx

from tests.sync.world import World


def test_an_old_item_that_a_line_names_is_of_interest(world: World) -> None:
    """An item of an invoice of interest gets its counterpart, however old it is."""
    person = world.customer()
    for item in ("named", "other"):
        world.item(item, name=item)
    world.clock.advance(3600)
    world.since = world.clock.seconds()
    line = {"catalog_item": "named", "name": "Tea", "quantity": 1, "unit_cost": 5}
    world.invoice(person, items=[line])

    world.sync()

    assert ["named"] == [item["id"] for item in world.listed("item")]


def test_an_item_becomes_of_interest_later(world: World) -> None:
    """A later invoice of an old item brings the item along."""
    person = world.customer()
    world.item("named")
    world.clock.advance(3600)
    world.since = world.clock.seconds()
    world.sync()
    line = {"catalog_item": "named", "name": "Tea", "quantity": 1, "unit_cost": 5}
    world.invoice(person, items=[line])

    world.sync()

    assert ["named"] == [item["id"] for item in world.listed("item")]


def test_an_earlier_start_brings_the_older_ones(world: World) -> None:
    """What was too old for the runs before is read once the start is put back."""
    old = world.customer()
    world.clock.advance(3600)
    world.since = world.clock.seconds()
    world.customer()
    world.sync()
    world.clock.advance(3600)
    world.since = 0

    world.sync()

    assert old in {customer["id"] for customer in world.listed("customer")}


def test_the_start_of_the_last_run_counts(world: World) -> None:
    """Put forward and back again, the start leaves out nothing that it passed over."""
    world.sync()
    world.clock.advance(3600)
    old = world.customer()
    world.clock.advance(3600)
    world.since = world.clock.seconds()
    world.customer()
    world.sync()
    world.clock.advance(3600)
    world.since = 0

    world.sync()

    assert old in {customer["id"] for customer in world.listed("customer")}


def test_a_later_start_reads_no_more_than_what_changed(world: World) -> None:
    """Only an earlier start asks for everything again."""
    world.customer()
    world.sync()
    world.clock.advance(3600)
    world.since = world.clock.seconds()
    world.sync()
    world.clock.advance(3600)

    world.sync()

    assert 7 == len(world.calls)


def test_a_start_is_kept_until_something_changes(world: World) -> None:
    """A run that found nothing new since the start does not read older ones next."""
    for _ in range(3):
        world.customer()
    world.clock.advance(3600)
    world.since = world.clock.seconds()
    world.sync()
    read: list[int] = []

    def listen(
        _request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        response = answer()
        read.append(len(json.loads(response.content)))
        return response

    with world.failing(listen):
        world.sync()

    assert 0 == read[world.calls.index("GET /customers")]
