"""A preview: what a sync would do, with its own code and without a write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.world import World


def change_everything(world: World) -> None:
    """Make records to create, edits on both sides and an order to replace."""
    person = world.customer()
    invoice = world.invoice(person)
    world.item()
    world.sync()
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})
    other = world.customer(name="Grace Hopper")
    world.invoice(other)
    world.item("service", name="Service")


def test_a_preview_of_a_first_run_has_its_counts(world: World) -> None:
    """The counts before the first sync are those of the sync."""
    for name in ("Ada Lovelace", "Grace Hopper"):
        world.invoice(world.customer(name=name))
    world.item()
    preview = world.preview().counts

    assert preview == world.sync().counts


def test_a_preview_of_edits_has_their_counts(world: World) -> None:
    """A replaced order and new records are counted as the sync counts them."""
    change_everything(world)
    preview = world.preview().counts

    assert preview == world.sync().counts


def test_a_preview_writes_to_no_system(world: World) -> None:
    """No call of a preview changes a record."""
    change_everything(world)
    world.preview()

    assert [] == world.writes


def test_a_preview_leaves_the_state_as_it_is(world: World) -> None:
    """The state file has the same bytes after a preview."""
    change_everything(world)
    before = world.path.read_bytes()
    world.preview()

    assert before == world.path.read_bytes()


def test_a_preview_before_the_first_sync_creates_no_state(
    world: World, tmp_path: Path
) -> None:
    """No file exists after a preview of accounts that were never synchronised."""
    world.customer()
    world.preview()

    assert [] == list(tmp_path.rglob("links.*"))


@pytest.mark.parametrize("edit", [{"currency": "usd"}, {}], ids=["edit", "no edit"])
def test_a_preview_shows_whether_there_is_something_to_do(
    world: World, edit: dict[str, str]
) -> None:
    """A preview writes something in its report only if a sync would."""
    invoice = world.invoice(world.customer())
    world.sync()
    if edit:
        world.left("PATCH", f"/invoices/{invoice}", edit)

    assert bool(edit) == bool(world.preview().written)
