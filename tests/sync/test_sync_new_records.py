"""New records: each gets one counterpart, and waits for what it needs."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from dataflow.sync.create import SyncSettings
from tests.cases import cases
from tests.sync.world import World, refusing


def test_a_person_becomes_a_customer(world: World) -> None:
    """A person's customer has the Invoiced id, as a mark too, and is never charged."""
    person = world.customer()

    world.sync()
    (customer,) = world.listed("customer")

    assert (person, {"invoiced_id": person}, "off") == (
        customer["id"],
        customer["meta_data"],
        customer["auto_collection"],
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace")),
        ("Ada King Lovelace", ("Ada King", "Lovelace")),
        ("Ada", ("Ada", None)),
        ("x" * 200, ("x" * 150, None)),
    ],
)
def test_a_name_is_split_at_its_last_space(
    world: World, name: str, expected: tuple[str, str | None]
) -> None:
    """First and last name come out of the one name, in the lengths that fit."""
    world.customer(name=name)

    world.sync()
    customer = world.listed("customer")[0]

    assert expected == (customer["first_name"], customer.get("last_name"))


def test_a_company_gets_no_counterpart(world: World) -> None:
    """Only persons are synchronised."""
    world.customer(type="company")

    outcome = world.sync()

    assert ([], 0) == (world.listed("customer"), outcome.written)


def test_a_refused_extra_is_left_out(world: World) -> None:
    """A customer whose e-mail address Chargebee refuses still gets a counterpart."""
    person = world.customer(email="ada@example.com")

    with world.failing(refusing("POST /customers", "email", param="email")):
        world.sync()

    assert [person] == world.ids("customer")


def test_what_was_made_before_the_start_is_of_no_interest(world: World) -> None:
    """Records created before the time to start from get no counterpart."""
    world.customer()
    world.item()
    world.clock.advance(10)
    world.since = world.clock.seconds()

    outcome = world.sync()

    assert (0, []) == (outcome.written, world.listed("customer"))


def test_what_a_record_of_interest_refers_to_is_of_interest(world: World) -> None:
    """An older customer gets a counterpart when a newer invoice names it."""
    person = world.customer()
    world.customer(name="Charles Babbage")
    world.clock.advance(10)
    world.since = world.clock.seconds()
    invoice = world.invoice(person)

    world.sync()

    assert ([person], [f"invoiced-{invoice}"]) == (
        world.ids("customer"),
        world.ids("order"),
    )


def test_an_item_keeps_its_id_and_name(world: World) -> None:
    """An item's counterpart has its id, its name and the family of the settings."""
    world.item()
    world.settings = SyncSettings(item_family="goods", item_type="addon")

    world.sync()
    item = world.listed("item")[0]

    assert ("delivery", "Delivery", "goods", "addon") == (
        item["id"],
        item["name"],
        item["item_family_id"],
        item["type"],
    )


@cases(
    "names, held",
    {
        "taken": (["Delivery", "Delivery"], ["Delivery", "Delivery (two)"]),
        "too-long": (["x" * 150, "Two"], [f"{'x' * 94} (one)", "Two"]),
    },
)
def test_a_name_that_does_not_do_gets_the_id_beside(
    world: World, names: list[str], held: list[str]
) -> None:
    """Chargebee's item names are unique and have 100 characters, the id among them."""
    for item_id, name in zip(("one", "two"), names, strict=True):
        world.item(item_id, name=name)

    world.sync()

    assert held == [item["name"] for item in world.listed("item")]


def test_more_than_a_page_is_read_to_the_end(world: World) -> None:
    """101 records get 101 counterparts."""
    people = {world.customer(name=f"Person {number}") for number in range(101)}

    world.sync()
    found = world.right("GET", "/customers", limit=100)
    rest = world.right("GET", "/customers", limit=100, offset=found["next_offset"])

    assert people == {x["customer"]["id"] for x in found["list"] + rest["list"]}


def test_a_second_run_writes_nothing(world: World) -> None:
    """What is in agreement is left alone, and so are the stored pairs and issues."""
    world.invoice(world.customer())
    world.item()
    world.sync()
    before = stored(world)

    world.sync()

    assert ([], before) == (world.writes, stored(world))


def stored(world: World) -> list[object]:
    """Return the pairs and the issues in the state file."""
    with closing(sqlite3.connect(world.path)) as db:
        return [
            db.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - two literals
            for name in ("links", "issues")
        ]


def test_a_stranger_keeps_its_record(world: World) -> None:
    """A Chargebee record that happens to have the id is not touched."""
    person = world.customer()
    world.right("POST", "/customers", id=person, first_name="Stranger")

    world.sync()

    assert {person: "Stranger", f"invoiced-{person}": "Ada"} == {
        customer["id"]: customer["first_name"] for customer in world.listed("customer")
    }


def test_one_bad_record_does_not_stop_the_others(world: World) -> None:
    """A record that is refused is reported, and the rest is synchronised."""
    world.item("one", name="One")
    world.item("two", name="Two")
    world.item("three", name="Three")

    with world.failing(refusing("POST /items", "two")):
        outcome = world.sync()

    assert (["one", "three"], 1, 11) == (
        world.ids("item"),
        len(outcome.failed),
        outcome.status,
    )


def test_a_refused_record_is_tried_again(world: World) -> None:
    """The next run deals with what was refused, though nothing has changed."""
    person = world.customer()
    with world.failing(refusing("POST /customers", person)):
        world.sync()
    world.clock.advance(3600)

    outcome = world.sync()

    assert ([person], [], 0) == (world.ids("customer"), outcome.failed, outcome.status)
