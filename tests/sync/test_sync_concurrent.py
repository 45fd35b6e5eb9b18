"""Several calls at the same time: as many as the setting allows, with one result."""

from __future__ import annotations

import threading
from collections.abc import Callable

import httpx
import pytest

from dataflow.sync.create import SyncSettings
from dataflow.sync.workers import work_through
from tests.sync.world import KilledError, World, call_of, killed_at

CALLS = 4


def concurrent(world: World) -> World:
    """Return a world whose sync makes four calls at a time."""
    world.settings = SyncSettings(calls=CALLS)
    return world


def test_calls_are_made_at_the_same_time(world: World) -> None:
    """Four creations are under way before the first of them is answered (fault 10)."""
    concurrent(world)
    people = {world.customer(name=f"Person {number}") for number in range(8)}
    meeting = threading.Barrier(CALLS, timeout=10)

    def meet(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        if call_of(request) == "POST /customers":
            meeting.wait()
        return answer()

    with world.failing(meet):
        world.sync()

    assert people == set(world.ids("customer"))


def test_one_call_at_a_time_is_made_in_order(world: World) -> None:
    """With one call at a time, two runs make the same calls in the same order."""
    for number in range(8):
        world.invoice(world.customer(name=f"Person {number}"))
    world.sync()
    first = list(world.calls)
    world.path.unlink()
    world.chargebee.reset()
    world.sync()

    assert first == world.calls


def test_the_result_is_the_same(world: World) -> None:
    """Customers, items and orders have one counterpart each."""
    concurrent(world)
    people = [world.customer(name=f"Person {number}") for number in range(20)]
    invoices = [world.invoice(person) for person in people]
    items = [world.item(f"item-{n}", name=f"Item {n}") for n in range(20)]
    outcome = world.sync()

    assert ({"created": 60}, set(people), set(items), sorted(invoices)) == (
        dict(outcome.counts),
        set(world.ids("customer")),
        set(world.ids("item")),
        sorted(order["reference_id"] for order in world.live("order")),
    )


def test_a_second_run_writes_nothing(world: World) -> None:
    """What several threads have stored is whole."""
    concurrent(world)
    for number in range(20):
        world.invoice(world.customer(name=f"Person {number}"))
    world.sync()
    world.sync()

    assert [] == world.writes


@pytest.mark.parametrize("call", [8, 20, 40])
def test_killed_at_a_call_the_next_run_heals(world: World, call: int) -> None:
    """A kill between calls of several threads leaves no duplicate."""
    concurrent(world)
    invoices = [
        world.invoice(world.customer(name=f"Person {number}")) for number in range(12)
    ]
    with world.failing(killed_at(call)), pytest.raises(KilledError):
        world.sync()
    world.sync()

    assert sorted(invoices) == sorted(x["reference_id"] for x in world.live("order"))


def test_an_error_of_a_task_ends_the_others() -> None:
    """After an error no further task is begun, and the error is raised."""
    begun: list[int] = []

    def work(task: int) -> None:
        begun.append(task)
        raise ValueError(task)

    with pytest.raises(ValueError, match=r"\d"):
        work_through(range(100), work, CALLS)

    assert len(begun) <= CALLS
