"""Two edits of one property: the later one wins, if it is proved which one that is."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.cases import cases
from tests.sync.world import World, call_of

ROWS = (("email", "email"), ("phone", "phone"))


@pytest.fixture
def person(world: World) -> str:
    """Return a person in sync, with two listed properties."""
    world.rows["customer"] = ROWS
    person = world.customer(email="ada@example.com", phone="1")
    world.sync()
    world.clock.advance(3600)
    world.sync()
    return person


def edit_left(world: World, person: str, **values: object) -> None:
    """Edit in Invoiced, ten minutes after whatever was before."""
    world.clock.advance(600)
    world.left("PATCH", f"/customers/{person}", values)


def edit_right(world: World, person: str, **values: object) -> None:
    """Edit in Chargebee, ten minutes after whatever was before."""
    world.clock.advance(600)
    world.right("POST", f"/customers/{person}", **values)


@pytest.mark.parametrize("last", ["Invoiced", "Chargebee"])
def test_the_later_of_two_edits_wins(world: World, person: str, last: str) -> None:
    """Fault 6: ten minutes apart, two edits of one property are no conflict."""
    if last == "Invoiced":
        edit_right(world, person, phone="3")
        edit_left(world, person, phone="2")
    else:
        edit_left(world, person, phone="2")
        edit_right(world, person, phone="3")

    outcome = world.sync()

    winner = {"Invoiced": "2", "Chargebee": "3"}[last]
    assert ((winner, winner), []) == (world.both(person, "phone"), outcome.conflicts)


def test_a_fingerprint_saves_the_events(world: World, person: str) -> None:
    """If nothing else in the records changed, their own times decide.

    The one call finds deletions.
    """
    edit_left(world, person, phone="2")
    edit_right(world, person, phone="3")

    world.sync()

    assert 1 == world.calls.count("GET /events")


@pytest.mark.parametrize("last", ["Invoiced", "Chargebee"])
def test_the_time_of_the_record_is_no_proof(
    world: World, person: str, last: str
) -> None:
    """A later edit of something else does not make the edit of the property later."""
    if last == "Invoiced":
        edit_right(world, person, phone="3")
        edit_left(world, person, phone="2")
        edit_right(world, person, last_name="King")
    else:
        edit_left(world, person, phone="2")
        edit_right(world, person, phone="3")
        edit_left(world, person, notes="a note")

    world.sync()

    winner = {"Invoiced": "2", "Chargebee": "3"}[last]
    assert (winner, winner) == world.both(person, "phone")


def test_each_property_has_its_own_winner(world: World, person: str) -> None:
    """Of two properties edited on both sides, each gets its latest value."""
    edit_left(world, person, phone="2")
    edit_right(world, person, email="right@example.com")
    edit_right(world, person, phone="3")
    edit_left(world, person, email="left@example.com")

    world.sync()

    assert (("3", "3"), ("left@example.com",) * 2) == (
        world.both(person, "phone"),
        world.both(person, "email"),
    )


@cases(
    "seconds, conflicts",
    {"same": (0, 1), "one": (1, 1), "two": (2, 0), "three": (3, 0)},
)
def test_two_edits_close_together_are_a_conflict(
    world: World, person: str, seconds: int, conflicts: int
) -> None:
    """Closer than the resolution of both clocks, no edit is known to be the later."""
    edit_left(world, person, phone="2")
    world.clock.advance(seconds)
    world.right("POST", f"/customers/{person}", phone="3")

    assert conflicts == len(world.sync().conflicts)


def test_a_conflict_writes_nothing(world: World, person: str) -> None:
    """Both values, both times and the reason are reported, and both values stay."""
    edit_left(world, person, phone="2")
    world.right("POST", f"/customers/{person}", phone="3")

    outcome = world.sync()

    (text,) = outcome.conflicts
    parts = ["'2'", "'3'", "edited 20", "less than 2 seconds"]
    assert ([], ("2", "3"), parts) == (
        world.writes,
        world.both(person, "phone"),
        [part for part in parts if part in text],
    )


def without_events(
    request: httpx.Request, answer: Callable[[], httpx.Response]
) -> httpx.Response:
    """Answer as two accounts that have kept no events."""
    if call_of(request) != "GET /events":
        return answer()
    is_right = request.url.path.startswith("/api/v2")
    return httpx.Response(200, json={"list": []} if is_right else [])


def test_an_unproved_order_is_a_conflict(world: World, person: str) -> None:
    """With events gone and something else edited too, nothing is written."""
    edit_left(world, person, phone="2", notes="a note")
    edit_right(world, person, phone="3", last_name="King")

    with world.failing(without_events):
        outcome = world.sync()

    assert ([], 1, True) == (
        world.writes,
        len(outcome.conflicts),
        "nothing proves" in outcome.conflicts[0],
    )


def test_a_bound_can_be_a_proof(world: World, person: str) -> None:
    """A record not changed since before the other side's edit holds the earlier one."""
    edit_right(world, person, phone="3", last_name="King")
    edit_left(world, person, phone="2")

    world.sync()

    events = world.calls.count("GET /events")
    assert (("2", "2"), 1) == (world.both(person, "phone"), events)


def test_an_open_conflict_is_decided_by_a_later_edit(world: World, person: str) -> None:
    """Whichever side is edited again has the latest version."""
    edit_left(world, person, phone="2")
    world.right("POST", f"/customers/{person}", phone="3")
    world.sync()
    edit_right(world, person, phone="4")

    outcome = world.sync()

    assert (("4", "4"), []) == (world.both(person, "phone"), outcome.conflicts)


def test_an_open_conflict_waits_for_the_user(world: World, person: str) -> None:
    """Fault 6: while it is open, the exit status is 11, also of runs without news."""
    world.left("PATCH", f"/customers/{person}", {"phone": "2"})
    world.right("POST", f"/customers/{person}", phone="3")

    assert (11, 11) == (world.sync().status, world.sync().status)


def test_all_conflicts_are_shown(world: World) -> None:
    """Fault 6: the report leaves no open conflict out, however many there are."""
    world.rows["customer"] = ROWS
    people = [world.customer(phone="1") for _ in range(60)]
    world.sync()
    for person in people:
        world.left("PATCH", f"/customers/{person}", {"phone": "2"})
        world.right("POST", f"/customers/{person}", phone="3")

    lines = world.sync().lines()

    assert 60 == sum(line.startswith("conflict: ") for line in lines)


def test_a_failed_search_for_times_is_a_conflict(world: World, person: str) -> None:
    """A site that refuses its events leaves the edits where they are."""
    edit_left(world, person, phone="2", notes="a note")
    edit_right(world, person, phone="3", last_name="King")

    def refusing_events(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        is_events = call_of(request) == "GET /events"
        return httpx.Response(400, json={"message": "no"}) if is_events else answer()

    with world.failing(refusing_events):
        outcome = world.sync()

    assert ([], 1) == (world.writes, len(outcome.conflicts))


def test_an_open_conflict_costs_no_call(world: World) -> None:
    """A run in which nothing has changed reads the lists and Invoiced's events.

    One more call shows that the site was not emptied.
    """
    world.rows["item"] = (("name", "name"),)
    world.item()
    world.sync()
    world.clock.advance(3600)
    world.left("PATCH", "/items/delivery", {"name": "Courier"})
    world.right("POST", "/items/delivery", name="Post")
    world.sync()
    world.clock.advance(3600)
    world.item("later", name="Later")
    world.sync()
    world.clock.advance(3600)
    world.sync()

    outcome = world.sync()

    assert (7 + 1, 1) == (len(world.calls), len(outcome.conflicts))
