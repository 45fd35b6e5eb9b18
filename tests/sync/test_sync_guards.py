"""A run that would change too much, or other accounts, stops before its first write."""

from __future__ import annotations

import pytest

from dataflow.errors import DataflowError
from dataflow.sync.errors import StateError
from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.invoiced.api import InvoicedTwin
from tests.sync.world import KEY, World

EMAIL = (("email", "email"),)


def twenty(world: World) -> list[str]:
    """Make twenty persons, in sync, and return their ids."""
    world.rows["customer"] = EMAIL
    ids = [world.customer(email=f"{n}@example.com") for n in range(20)]
    world.sync()
    world.clock.advance(3600)
    return ids


def edit(world: World, ids: list[str]) -> None:
    """Edit the address of persons in Invoiced."""
    for person in ids:
        body = {"email": f"{person}@example.org"}
        world.left("PATCH", f"/customers/{person}", body)


@pytest.mark.parametrize("side", ["Invoiced", "Chargebee"])
def test_many_deletions_stop_a_run(world: World, side: str) -> None:
    """18 of 20 records deleted on one side are no ordinary change (fault 7)."""
    ids = twenty(world)
    for person in ids[:18]:
        if side == "Invoiced":
            world.left("DELETE", f"/customers/{person}")
        else:
            world.right("POST", f"/customers/{person}/delete")
    world.clock.advance(180)
    world.customer()
    with pytest.raises(DataflowError, match="18 of 20 linked customers were deleted"):
        world.sync(full=True)

    assert [] == world.writes


def test_many_edits_stop_a_run(world: World) -> None:
    """All 20 addresses edited at once are no ordinary change (fault 7)."""
    edit(world, twenty(world))
    with pytest.raises(DataflowError, match="20 of 20 linked customers would be"):
        world.sync()

    assert [] == world.writes


def test_a_guard_of_a_later_kind_stops_all_kinds(world: World) -> None:
    """The guards of all kinds come before the first write of any."""
    world.rows["item"] = (("name", "name"),)
    for number in range(10):
        world.item(f"item-{number}", name=f"Item {number}")
    world.sync()
    for number in range(10):
        world.left("PATCH", f"/items/item-{number}", {"name": f"Article {number}"})
    world.customer()
    with pytest.raises(DataflowError, match="10 of 10 linked items"):
        world.sync()

    assert [] == world.writes


def test_a_guard_is_passed_on_request(world: World) -> None:
    """The user has seen that it is right."""
    ids = twenty(world)
    edit(world, ids)

    assert 20 == world.sync(force=True).counts["changed"]


def test_deletions_stop_one_run_only(world: World) -> None:
    """What a forced run has reported as deleted stops no later run."""
    for person in twenty(world)[:18]:
        world.left("DELETE", f"/customers/{person}")
    world.sync(full=True, force=True)

    assert 18 == len(world.sync(full=True).broken)


@pytest.mark.parametrize("count", [5, 10])
def test_some_edits_pass(world: World, count: int) -> None:
    """Half of the records may be edited between two runs."""
    ids = twenty(world)
    edit(world, ids[:count])

    assert count == world.sync().counts["changed"]


def test_a_handful_of_edits_passes(world: World) -> None:
    """In a small account all records may be edited between two runs."""
    world.rows["customer"] = EMAIL
    ids = [world.customer(email=f"{n}@example.com") for n in range(5)]
    world.sync()
    edit(world, ids)

    assert 5 == world.sync().counts["changed"]


@pytest.mark.parametrize("full", [False, True])
def test_an_emptied_site_stops_a_run(world: World, *, full: bool) -> None:
    """A Chargebee site without any known record is not filled again (fault 7)."""
    ids = twenty(world)
    world.chargebee = ChargebeeTwin(world.clock, key=KEY, site="acme-test")
    edit(world, ids[:1])
    world.customer()
    with pytest.raises(DataflowError, match=r"emptied|20 of 20 .* deleted"):
        world.sync(full=full)

    assert [] == world.writes


def test_an_emptied_site_is_reported_without_news(world: World) -> None:
    """A run with nothing to write does not end as if all were well."""
    twenty(world)
    world.chargebee = ChargebeeTwin(world.clock, key=KEY, site="acme-test")
    with pytest.raises(StateError, match="emptied"):
        world.sync()

    assert [] == world.writes


def test_an_account_with_items_only_is_verified(world: World) -> None:
    """Items count where no other record is known (fault 7)."""
    for number in range(3):
        world.item(f"item-{number}", name=f"Item {number}")
    world.sync()
    world.invoiced = InvoicedTwin(world.clock, key=KEY, first_id=5_000_001)
    world.item("another", name="Another")
    with pytest.raises(StateError, match="key"):
        world.sync()

    assert [] == world.writes
