"""What a run reads: little when little has changed, and nothing twice."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx

from tests.sync.world import World

#: The time that a list is cut by: Invoiced's way and Chargebee's.
AFTER = re.compile(r"updated_(at%5B|)after(?:%5D)?=(\d+)")


def test_the_first_run_reads_everything(world: World) -> None:
    """Without a memory no list is cut by time, so that old records are seen too."""
    queries = queries_of(world)
    world.sync()

    assert [] == [query for query in queries if "after" in query]


def test_a_full_run_reads_everything(world: World) -> None:
    """Asked for a full run, the sync cuts no list by time."""
    world.customer()
    world.sync()
    queries = queries_of(world)
    world.sync(full=True)

    assert [] == [query for query in queries if "after" in query]


def test_a_late_start_looks_back_in_chargebee(world: World) -> None:
    """A counterpart made before the memory was lost may bear an earlier second."""
    world.since = world.clock.seconds()
    queries = queries_of(world)
    world.sync()

    after = {match for query in queries for match in AFTER.findall(query)}

    assert {("", str(world.since - 1)), ("at%5B", str(world.since - 361))} == after


def test_later_runs_read_what_changed(world: World) -> None:
    """A run without changes makes one call for each list."""
    for number in range(120):
        world.customer(name=f"Person {number}")
    world.sync()
    world.sync()
    world.clock.advance(3600)
    world.customer(name="The last one")
    world.sync()
    world.sync()
    world.clock.advance(3600)

    world.sync()

    assert 7 == len(world.calls)


def test_an_idle_run_reads_nothing_again(world: World) -> None:
    """The overlap counts from the last run, not from the newest record (fault 9).

    One call for each list and for Invoiced's events, and one for each account, which
    may have been emptied.
    """
    for number in range(120):
        world.customer(name=f"Person {number}")
    world.item()
    world.sync()
    for _ in range(2):
        world.clock.advance(86_400)
        world.sync()

    assert (7, 2) == (
        len([call for call in world.calls if call.count("/") == 1]),
        len([call for call in world.calls if call.count("/") == 2]),
    )


def test_items_are_read_once_per_run(world: World) -> None:
    """Each page of the items, which no filter cuts, is one call (fault 9)."""
    for number in range(250):
        world.item(f"item-{number}", name=f"Item {number}")
    world.sync()
    world.clock.advance(86_400)
    pages: list[str] = []

    def listen(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        if request.url.path == "/items":
            pages.append(request.url.params["page"])
        return answer()

    with world.failing(listen):
        world.sync()

    assert ["1", "2", "3"] == pages


def test_a_vendor_without_a_clock_is_read_from_its_newest_record(world: World) -> None:
    """Without the time of an answer, no record is left out."""
    world.customer()
    queries = queries_of(world)
    listen = world.fault

    def timeless(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        response = answer() if listen is None else listen(request, answer)
        del response.headers["date"]
        return response

    world.fault = timeless
    world.sync()
    changed = world.clock.seconds() - 4
    queries.clear()
    world.clock.advance(86_400)
    world.sync()

    assert f"updated_after={changed - 1 - 60}" in "".join(queries)


def test_an_edit_costs_three_calls(world: World) -> None:
    """A changed record is made certain of and written, whatever else there is."""
    world.rows["customer"] = (("phone", "phone"),)
    people = [world.customer(name=f"Person {number}") for number in range(20)]
    world.sync()
    world.clock.advance(3600)
    world.sync()
    world.left("PATCH", f"/customers/{people[0]}", {"phone": "12"})

    world.sync()

    assert 7 + 2 == len(world.calls)


def test_a_change_in_the_second_of_the_last_reading_is_seen(world: World) -> None:
    """Times have a grain of one second; the next run looks back over the edge."""
    world.rows["customer"] = (("phone", "phone"),)
    person = world.customer()
    world.sync()
    stamp = world.left("GET", f"/customers/{person}")["updated_at"]
    patched = world.left("PATCH", f"/customers/{person}", {"phone": "12"})
    patched["updated_at"] = stamp
    seen: list[httpx.Request] = []

    def same_second(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        after = request.url.params.get("updated_after")
        if after is not None and request.url.path == "/customers":
            seen.append(request)
            return httpx.Response(200, json=[patched] if stamp > int(after) else [])
        return answer()

    with world.failing(same_second):
        world.sync()

    assert ("12", 1) == (
        world.right("GET", f"/customers/{person}")["customer"]["phone"],
        len(seen),
    )


def queries_of(world: World) -> list[str]:
    """Return a list that fills with the queries of the next calls."""
    queries: list[str] = []

    def listen(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        queries.append(str(request.url.params))
        return answer()

    world.fault = listen
    return queries


def test_a_customer_without_a_time_of_change_is_found(world: World) -> None:
    """The first run reads Chargebee's records that no filter of their change finds."""
    person = world.customer()
    world.right("POST", "/customers", id="old", meta_data={"invoiced_id": person})
    world.chargebee.age("customer", "old")

    world.sync()

    assert ["old"] == world.ids("customer")
