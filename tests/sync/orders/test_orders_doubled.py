"""What becomes of a second order of one invoice."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.sync.orders.ordering import by_hand, in_dollars, listing_all_but, orders
from tests.sync.world import World, refusing


def test_a_second_order_of_a_linked_invoice_is_told(
    world: World, person: str, invoice: str
) -> None:
    """An order that bears the mark beside the linked one is reported in every run."""
    by_hand(world, "copy", person, reference_id=invoice)
    first = world.sync()
    world.clock.advance(3600)

    assert (1, first.decisions, []) == (
        len(first.decisions),
        world.sync().decisions,
        world.writes,
    )


def test_a_second_order_that_is_gone_is_no_conflict(
    world: World, person: str, invoice: str
) -> None:
    """Deleting it by hand settles the matter."""
    by_hand(world, "copy", person, reference_id=invoice)
    world.sync()
    world.clock.advance(3600)
    world.right("POST", "/orders/copy/delete")

    assert [] == world.sync().decisions


def test_the_second_order_is_linked_when_the_first_is_deleted(
    world: World, person: str, invoice: str
) -> None:
    """A person may choose either: the one that is left is the counterpart."""
    by_hand(world, "copy", person, reference_id=invoice)
    world.sync()
    world.clock.advance(3600)
    world.right("POST", f"/orders/invoiced-{invoice}/delete")

    outcome = world.sync()

    assert (1, [], []) == (outcome.counts["adopted"], outcome.conflicts, outcome.broken)


def test_an_older_order_of_ours_is_cleared_away(world: World, invoice: str) -> None:
    """Replaced and then overlooked, the memory lost, it does not stay live."""
    in_dollars(world, invoice)
    down = refusing(f"POST /orders/invoiced-{invoice}/delete", "", status=500)
    with world.failing(down):
        world.sync()
    world.path.unlink()
    with world.failing(listing_all_but(invoice)):
        world.sync()

    world.sync(full=True)

    assert [(f"invoiced-{invoice}-2", "USD")] == orders(world)


def test_a_list_that_lags_makes_no_second_order(world: World, invoice: str) -> None:
    """The memory lost, an order that replaced another is found though not listed."""
    in_dollars(world, invoice)
    world.sync()
    world.path.unlink()

    with world.failing(listing_all_but(f"invoiced-{invoice}-2")):
        world.sync()

    assert [(f"invoiced-{invoice}-2", "USD")] == orders(world)


def test_an_old_memory_finds_the_order_of_today(
    world: World, tmp_path: Path, invoice: str
) -> None:
    """Restored from before a replacement, the memory takes up the new order."""
    shutil.copy(world.path, tmp_path / "old")
    in_dollars(world, invoice)
    world.sync()
    shutil.copy(tmp_path / "old", world.path)
    world.sync()
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "gbp"})

    outcome = world.sync()

    assert ([(f"invoiced-{invoice}-3", "GBP")], []) == (orders(world), outcome.broken)


def test_an_order_made_again_by_hand_is_taken_up(
    world: World, person: str, invoice: str
) -> None:
    """A broken pair mends under whatever id the one marked record has."""
    world.right("POST", f"/orders/invoiced-{invoice}/delete")
    world.sync()
    by_hand(world, "again", person, reference_id=invoice)

    outcome = world.sync()

    assert (1, []) == (outcome.counts["adopted"], outcome.broken)
