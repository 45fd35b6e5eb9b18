"""What is refused, undone or deleted meanwhile: each by itself, and to its end."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest

from tests.cases import cases
from tests.sync.world import Record, World, meanwhile, refusing

REFUSED = "ada@example.org"
ROWS = (("email", "email"), ("phone", "phone"), ("city", "billing_address.city"))


@pytest.fixture
def person(world: World) -> str:
    """Return a person, in sync, with three listed properties."""
    world.rows["customer"] = ROWS
    person = world.customer(email="ada@example.com", phone="11")
    world.sync()
    world.clock.advance(3600)
    world.customer(name="Charles Babbage")
    world.sync()
    world.clock.advance(3600)
    return person


# Edited while the sync runs


def during(
    world: World, person: str, method: str, body: Record | None = None
) -> AbstractContextManager[None]:
    """Let a person edit or delete in Invoiced once the sync has read its lists."""
    path = f"/customers/{person}"
    edit = meanwhile(f"GET {path}", lambda: world.left(method, path, body), before=True)
    return world.failing(edit)


def test_an_edit_in_invoiced_while_the_sync_runs_stays(
    world: World, person: str
) -> None:
    """Edited after its list was read, an Invoiced record is not written over."""
    world.right("POST", f"/customers/{person}", phone="12")

    with during(world, person, "PATCH", {"phone": "13"}):
        outcome = world.sync()

    assert (("13", "13"), []) == (world.both(person, "phone"), outcome.conflicts)


def test_an_edit_of_something_else_while_the_sync_runs_stays(
    world: World, person: str
) -> None:
    """Two edits of two properties both arrive, the later one in the same run."""
    world.right("POST", f"/customers/{person}", phone="12")

    with during(world, person, "PATCH", {"email": "ada@example.org"}):
        world.sync()

    assert (("12", "12"), ("ada@example.org",) * 2) == (
        world.both(person, "phone"),
        world.both(person, "email"),
    )


def test_a_record_deleted_while_the_sync_runs_is_told(
    world: World, person: str
) -> None:
    """What is no more in Invoiced when it is to be written makes a broken pair."""
    world.right("POST", f"/customers/{person}", phone="12")

    with during(world, person, "DELETE"):
        outcome = world.sync()

    assert ([], 1, []) == (outcome.failed, len(outcome.broken), world.writes)


# Refused


@cases(
    "left, right, method",
    {
        "in-chargebee": ({"phone": "12", "email": REFUSED}, {}, "POST"),
        "in-invoiced": ({}, {"phone": "12", "email": REFUSED}, "PATCH"),
        "of-the-other-side": ({"phone": "12"}, {"email": REFUSED}, "PATCH"),
    },
)
def test_a_refused_property_blocks_no_other(
    world: World, person: str, left: Record, right: Record, method: str
) -> None:
    """Of two edits in one record, the one that is taken arrives."""
    if left:
        world.left("PATCH", f"/customers/{person}", left)
    if right:
        world.right("POST", f"/customers/{person}", **right)

    with world.failing(refusing(f"{method} /customers/{person}", "example.org")):
        outcome = world.sync()

    assert (("12", "12"), 1) == (world.both(person, "phone"), len(outcome.failed))


def test_a_refused_edit_is_tried_again(world: World, person: str) -> None:
    """The next run writes what was refused, though nothing has changed."""
    world.left("PATCH", f"/customers/{person}", {"email": "ada@example.org"})
    with world.failing(refusing(f"POST /customers/{person}", "example.org")):
        world.sync()
    world.clock.advance(3600)

    outcome = world.sync()

    assert (("ada@example.org",) * 2, []) == (
        world.both(person, "email"),
        outcome.failed,
    )


def test_a_name_that_is_taken_twice_gets_a_number(world: World) -> None:
    """Where the name with the id beside is taken too, a number follows."""
    world.right("POST", "/item_families", id="theirs", name="theirs")
    theirs = {"type": "charge", "item_family_id": "theirs"}
    world.right("POST", "/items", id="a", name="Tea", **theirs)
    world.right("POST", "/items", id="b", name="Tea (abc)", **theirs)
    world.item("abc", name="Tea")

    outcome = world.sync()

    assert ("Tea (abc) 2", 0) == (
        world.right("GET", "/items/abc")["item"]["name"],
        outcome.status,
    )


# Undone and deleted


@pytest.mark.parametrize("side", ["Invoiced", "Chargebee"])
def test_a_conflict_that_is_undone_is_solved(
    world: World, person: str, side: str
) -> None:
    """With one side as it was before, the other side's edit is carried over."""
    world.left("PATCH", f"/customers/{person}", {"phone": "12"})
    world.right("POST", f"/customers/{person}", phone="13")
    world.sync()
    world.clock.advance(3600)
    world.customer(name="George Boole")
    world.sync()
    world.clock.advance(3600)
    if side == "Invoiced":
        world.left("PATCH", f"/customers/{person}", {"phone": "11"})
    else:
        world.right("POST", f"/customers/{person}", phone="11")

    outcome = world.sync()

    kept = {"Invoiced": "13", "Chargebee": "12"}[side]
    assert ((kept, kept), []) == (world.both(person, "phone"), outcome.conflicts)


def test_a_pair_of_which_nothing_is_left_is_forgotten(world: World) -> None:
    """Deleted on both sides, one after the other, it is not told any more."""
    item = world.item()
    world.sync()
    world.left("DELETE", f"/items/{item}")
    world.sync()
    world.right("POST", f"/items/{item}/delete")

    assert [] == world.sync().broken


def test_a_forgotten_pair_can_begin_anew(world: World) -> None:
    """A record of the same id, made after both were deleted, gets a counterpart."""
    item = world.item()
    world.sync()
    world.left("DELETE", f"/items/{item}")
    world.right("POST", f"/items/{item}/delete")
    world.sync()
    world.item(item, name="Courier")

    world.sync()

    assert ["Courier"] == [found["name"] for found in world.listed("item")]


def test_a_person_made_again_by_hand_is_taken_up(world: World, person: str) -> None:
    """A broken pair mends under whatever id the one marked record has."""
    world.delete_right_customer(person)
    world.sync()
    world.right("POST", "/customers", id="again", meta_data={"invoiced_id": person})

    outcome = world.sync()

    assert (1, []) == (outcome.counts["adopted"], outcome.broken)


@pytest.mark.parametrize("draft", [True, False], ids=["waiting", "left out"])
def test_what_was_put_off_and_deleted_is_not_told(
    world: World, person: str, *, draft: bool
) -> None:
    """An invoice that gets no order, and is no more, is nobody's business."""
    invoice = world.invoice(person, draft=draft)
    if not draft:
        world.left("POST", f"/invoices/{invoice}/void")
    first = world.sync()
    world.clock.advance(3600)
    world.left("DELETE", f"/invoices/{invoice}")

    outcome = world.sync()

    assert (1, []) == (
        len(first.waiting + first.left_out),
        outcome.waiting + outcome.left_out,
    )


def test_many_that_were_put_off_cost_nothing(world: World, person: str) -> None:
    """None is read by its id but the one of which an event tells that it is deleted."""
    drafts = [world.invoice(person, draft=True) for _ in range(3)]
    world.sync()
    world.clock.advance(3600)
    world.left("DELETE", f"/invoices/{drafts[0]}")

    waiting = world.sync().waiting

    reads = [call for call in world.calls if call.startswith("GET /invoices/")]
    assert (2, [f"GET /invoices/{drafts[0]}"]) == (len(waiting), reads)
