"""Edits while the sync runs: a record is read right before it is written."""

from __future__ import annotations

import pytest

from tests.sync.world import World, meanwhile

ROWS = (("email", "email"), ("phone", "phone"))


@pytest.fixture
def people(world: World) -> list[str]:
    """Return three persons in sync, with two listed properties."""
    world.rows["customer"] = ROWS
    people = [world.customer(email=f"p{n}@example.com", phone="1") for n in range(3)]
    world.sync()
    world.clock.advance(3600)
    world.sync()
    return people


def test_an_edit_in_chargebee_before_the_write_is_not_overwritten(
    world: World, people: list[str]
) -> None:
    """Fault 1: an edit made after all pairs were read, before one is written, stays."""
    for person in people:
        world.left("PATCH", f"/customers/{person}", {"phone": "2"})
    last = people[-1]

    def edit() -> None:
        world.clock.advance(10)
        world.right("POST", f"/customers/{last}", phone="3")

    with world.failing(meanwhile(f"POST /customers/{people[0]}", edit, before=True)):
        world.sync()

    assert ("3", "3") == world.both(last, "phone")


def test_an_edit_of_another_property_before_the_write_stays(
    world: World, people: list[str]
) -> None:
    """Both edits of one record arrive, also the one made while the sync ran."""
    for person in people:
        world.left("PATCH", f"/customers/{person}", {"phone": "2"})
    last = people[-1]

    def edit() -> None:
        world.right("POST", f"/customers/{last}", email="new@example.com")

    with world.failing(meanwhile(f"POST /customers/{people[0]}", edit, before=True)):
        world.sync()

    assert (("2", "2"), ("new@example.com",) * 2) == (
        world.both(last, "phone"),
        world.both(last, "email"),
    )


@pytest.mark.parametrize("side", ["Invoiced", "Chargebee"])
def test_a_change_costs_two_calls(world: World, people: list[str], side: str) -> None:
    """A change of one side is one read of the other side's record, and its write."""
    edit_one(world, people[0], side, "2")

    world.sync()

    assert (7 + 2, 1) == (len(world.calls), len(world.writes))


@pytest.mark.parametrize("side", ["Invoiced", "Chargebee"])
def test_the_read_is_right_before_the_write(
    world: World, people: list[str], side: str
) -> None:
    """Of several changed records, each is read when it is its turn to be written."""
    for person in people:
        edit_one(world, person, side, "2")

    world.sync()

    pairs = zip(world.calls, world.calls[1:], strict=False)
    paths = [(a.partition(" ")[2], b) for a, b in pairs if not b.startswith("GET")]
    assert [] == [(read, write) for read, write in paths if read not in write]


def edit_one(world: World, person: str, side: str, phone: str) -> None:
    """Edit the telephone of a person on one side."""
    if side == "Invoiced":
        world.left("PATCH", f"/customers/{person}", {"phone": phone})
    else:
        world.right("POST", f"/customers/{person}", phone=phone)
