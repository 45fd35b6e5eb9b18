"""An edit that is undone while the sync is interrupted: the undone value counts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from properties.trouble import UNSENT, KilledError
from tests.sync.test_sync_crashes import kill
from tests.sync.world import World, lost, once

#: A value set by a person.
Edit = Callable[[World, str, str], object]


def edit_left(world: World, person: str, phone: str) -> None:
    """Edit a person in Invoiced."""
    world.left("PATCH", f"/customers/{person}", {"phone": phone})


def edit_right(world: World, person: str, phone: str) -> None:
    """Edit a person in Chargebee."""
    world.right("POST", f"/customers/{person}", phone=phone)


def prepare(folder: Path) -> tuple[World, str]:
    """Return a world with a person in sync, and the person."""
    world = World(folder)
    world.rows["customer"] = (("phone", "phone"),)
    person = world.customer(phone="1")
    world.sync()
    return world, person


def killed(answer: Callable[[], httpx.Response]) -> httpx.Response:
    """Carry a call out, and end the process before it gets the answer."""
    answer()
    raise KilledError


@pytest.mark.parametrize("edit", [edit_left, edit_right])
@pytest.mark.parametrize("spoil", [killed, lost])
def test_an_edit_undone_after_a_crash_stays_undone(
    tmp_path: Path, edit: Edit, spoil: Callable[..., httpx.Response]
) -> None:
    """A write that was carried out, but not stored, is never taken for an edit."""
    world, person = prepare(tmp_path)
    edit(world, person, "2")
    call = "POST" if edit is edit_left else "PATCH"
    fault = once(f"{call} /customers/{person}", spoil)
    with world.failing(fault), suppress(KilledError):
        world.sync()
    edit(world, person, "1")

    world.sync()

    assert ("1", "1") == world.both(person, "phone")


def test_another_edit_after_a_kill_is_kept(tmp_path: Path) -> None:
    """What a person wrote to the other side meanwhile is no write of the sync."""
    world, person = prepare(tmp_path)
    edit_left(world, person, "2")
    with world.failing(once(f"POST /customers/{person}", lost)):
        world.sync()
    world.clock.advance(10)
    edit_right(world, person, "3")

    world.sync()

    assert ("3", "3") == world.both(person, "phone")


@pytest.mark.parametrize("spoil", [killed, lost])
def test_a_currency_undone_after_a_crash_stays_undone(
    tmp_path: Path, spoil: Callable[..., httpx.Response]
) -> None:
    """An order made by an interrupted replacement is removed again."""
    world, person = prepare(tmp_path)
    invoice = world.invoice(person)
    world.sync()
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})
    fault = once("POST /orders/import_order", spoil)
    with world.failing(fault), suppress(KilledError):
        world.sync()
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "eur"})

    world.sync()

    assert (["EUR"], ["EUR"]) == (
        [order["currency_code"] for order in world.live("order")],
        [found["currency_code"] for found in world.live("invoice")],
    )


def test_a_new_record_edited_after_a_crash_is_no_lost_edit(tmp_path: Path) -> None:
    """A record created right before a kill gets the edit, or a conflict names it."""
    world, _ = prepare(tmp_path)
    person = world.customer(phone="1")
    with world.failing(once("POST /customers", killed)), suppress(KilledError):
        world.sync()
    edit_left(world, person, "2")

    outcome = world.sync()

    assert (("2", "1"), 1) == (world.both(person, "phone"), len(outcome.conflicts))


def undo_phone(world: World, person: str, edit: Edit, number: int) -> tuple[str, bool]:
    """Edit a person, kill the sync at a point, and undo the edit."""
    edit(world, person, "2")
    point = kill(world, number)
    edit(world, person, "1")
    world.sync()
    return point, world.both(person, "phone") == ("1", "1")


def undo_currency(
    world: World, person: str, _edit: Edit, number: int
) -> tuple[str, bool]:
    """Edit the currency of an invoice, kill the sync at a point, and undo the edit."""
    invoice = world.invoice(person)
    world.sync()
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "usd"})
    point = kill(world, number)
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "eur"})
    world.sync()
    return point, ["EUR"] == [x["currency_code"] for x in world.live("order")]


@pytest.mark.night
@pytest.mark.parametrize(
    ("undo", "edit"),
    [(undo_phone, edit_left), (undo_phone, edit_right), (undo_currency, edit_left)],
)
def test_an_edit_undone_after_any_kill_stays_undone(
    tmp_path: Path,
    undo: Callable[[World, str, Edit, int], tuple[str, bool]],
    edit: Edit,
) -> None:
    """The same holds wherever the run was killed, at a call or at a commit."""
    found: dict[int, bool] = {}
    point = UNSENT
    while point:
        number = len(found) + 1
        world, person = prepare(tmp_path / str(number))
        point, found[number] = undo(world, person, edit, number)

    assert [] == [number for number, is_undone in found.items() if not is_undone]
