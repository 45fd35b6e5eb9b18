"""Deletions: never carried over, always told."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from dataflow.sync.clients import invoiced
from dataflow.sync.create import SyncSettings
from tests.cases import cases
from tests.sync.world import World, call_of, meanwhile, refusing


@pytest.fixture
def item(world: World) -> str:
    """Return an item in sync, its name listed."""
    world.rows["item"] = (("name", "name"),)
    item = world.item()
    world.sync()
    return item


@pytest.fixture
def person(world: World) -> str:
    """Return a person in sync, the phone listed."""
    world.rows["customer"] = (("phone", "phone"),)
    person = world.customer()
    world.sync()
    return person


def test_a_deleted_item_leaves_its_counterpart(world: World, item: str) -> None:
    """Deleted in Invoiced, an item stays in Chargebee, and the report says so."""
    world.left("DELETE", f"/items/{item}")

    outcome = world.sync()

    assert (["active"], 1, []) == (
        [found["status"] for found in world.listed("item")],
        len(outcome.broken),
        world.writes,
    )


def test_an_item_deleted_in_chargebee_is_not_made_again(
    world: World, item: str
) -> None:
    """Deleted in Chargebee, it stays deleted, and Invoiced's stays as it is."""
    world.right("POST", f"/items/{item}/delete")

    outcome = world.sync()

    assert ([], 1, []) == (world.writes, len(outcome.broken), world.listed("item"))


def test_a_broken_pair_is_told_in_every_run(world: World, item: str) -> None:
    """The report names it until somebody mends it."""
    world.left("DELETE", f"/items/{item}")
    first = world.sync()
    world.clock.advance(3600)

    assert (1, first.broken) == (len(first.broken), world.sync().broken)


def test_an_edit_of_what_survives_stays(world: World, item: str) -> None:
    """An edit in Chargebee is not undone by the deletion in Invoiced."""
    world.left("DELETE", f"/items/{item}")
    world.right("POST", f"/items/{item}", name="Courier")

    world.sync()

    assert ["Courier"] == [found["name"] for found in world.listed("item")]


def test_an_item_that_comes_back_is_kept_in_sync_again(world: World, item: str) -> None:
    """Made again under its id, it takes its old counterpart up again."""
    world.left("DELETE", f"/items/{item}")
    world.sync()
    world.item(item, name="Courier")

    outcome = world.sync()

    assert (["Courier"], []) == (
        [found["name"] for found in world.listed("item")],
        outcome.broken,
    )


def test_a_customer_deleted_in_chargebee_is_not_made_again(
    world: World, person: str
) -> None:
    """The deletion is noticed without a full reading."""
    world.delete_right_customer(person)

    outcome = world.sync()

    assert ([], 1) == (world.writes, len(outcome.broken))


def test_a_customer_deleted_in_invoiced_is_noticed(world: World, person: str) -> None:
    """Invoiced's lists show no deletion, but its events do (documented)."""
    world.left("DELETE", f"/customers/{person}")
    world.clock.advance(3600)

    assert 1 == len(world.sync().broken)


def test_an_invoice_deleted_in_invoiced_is_noticed(world: World, person: str) -> None:
    """The same holds for an invoice, of which the order stays as it is."""
    invoice = world.invoice(person)
    world.sync()
    world.left("DELETE", f"/invoices/{invoice}")

    outcome = world.sync()

    assert (1, [f"invoiced-{invoice}"]) == (len(outcome.broken), world.ids("order"))


def test_a_merge_in_invoiced_is_noticed(world: World, person: str) -> None:
    """The merged customer is reported, and the order of a moved invoice is replaced.

    What else the event of a merge contains is unconfirmed, so the lists are read whole.
    """
    invoice = world.invoice(person)
    kept = world.customer(name="Grace")
    world.sync()
    world.left("POST", f"/customers/{kept}/merge", {"customer": int(person)})

    outcome = world.sync()

    assert (1, [(f"invoiced-{invoice}-2", kept)]) == (
        len(outcome.broken),
        [(order["id"], order["customer_id"]) for order in world.live("order")],
    )


def test_a_refused_list_of_events_is_reported(world: World, person: str) -> None:
    """A key that may not read events still synchronises edits."""
    world.left("PATCH", f"/customers/{person}", {"phone": "2"})

    with world.failing(refusing("GET /events", "", status=403)):
        outcome = world.sync()

    assert (["list of events in Invoiced"], "2") == (
        [text.partition(":")[0] for text in outcome.failed],
        world.both(person, "phone")[1],
    )


def test_a_deletion_is_noticed_after_a_run_without_events(
    world: World, person: str
) -> None:
    """Events that were not answered are read in the next run."""
    world.left("DELETE", f"/customers/{person}")
    world.clock.advance(3600)
    with world.failing(refusing("GET /events", "", status=503)):
        world.sync()
    world.clock.advance(3600)

    assert 1 == len(world.sync().broken)


def test_too_many_events_are_not_read(
    world: World, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lists, read whole, show a deletion as well."""
    monkeypatch.setattr(invoiced, "EVENT_PAGES", 1)
    monkeypatch.setattr(invoiced, "PAGE", 2)
    world.left("DELETE", f"/customers/{person}")
    world.customer()
    world.customer()

    assert 1 == len(world.sync().broken)


@pytest.mark.usefixtures("person")
def test_a_record_that_a_list_forgets_is_not_deleted(world: World) -> None:
    """What a list lacks is asked for by its id before it counts as deleted."""

    def forgetful(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        listing = call_of(request) == "GET /customers" and "per_page" in str(
            request.url
        )
        return httpx.Response(200, json=[]) if listing else answer()

    with world.failing(forgetful):
        outcome = world.sync(full=True)

    assert ([], []) == (outcome.broken, world.writes)


def test_an_invoice_of_a_deleted_customer_waits(world: World, person: str) -> None:
    """A new invoice is not lost when its customer is no more in Chargebee."""
    world.delete_right_customer(person)
    invoice = world.invoice(person)

    outcome = world.sync()

    assert [
        f"invoice {invoice} waits: its customer {person} was deleted in Chargebee."
    ] == outcome.waiting


# With the setting


@pytest.fixture
def propagating(world: World) -> World:
    """Return a world in which deletions are propagated."""
    world.settings = SyncSettings(propagate_deletions=True)
    return world


def test_a_deleted_item_is_deleted_in_chargebee(propagating: World, item: str) -> None:
    """With the setting, the unedited counterpart of a deleted record is deleted."""
    propagating.left("DELETE", f"/items/{item}")

    outcome = propagating.sync()

    assert ([], [], 1) == (
        propagating.listed("item"),
        outcome.broken,
        outcome.counts["deleted"],
    )


def test_a_deleted_customer_is_deleted_in_invoiced(
    propagating: World, person: str
) -> None:
    """The same holds for a deletion in Chargebee."""
    propagating.delete_right_customer(person)

    outcome = propagating.sync()

    assert (1, []) == (outcome.counts["deleted"], propagating.left("GET", "/customers"))


def test_a_deleted_invoice_takes_its_order_along(propagating: World) -> None:
    """Its order and the backing invoice are removed."""
    invoice = propagating.invoice(propagating.customer())
    propagating.sync()
    propagating.left("DELETE", f"/invoices/{invoice}")

    propagating.sync(full=True)

    assert ([], [], []) == (
        propagating.listed("order"),
        propagating.live("invoice"),
        propagating.sync().broken,
    )


@cases(
    "values",
    {"listed": {"name": "Courier"}, "not-listed": {"description": "by courier"}},
)
def test_an_edit_survives_a_deletion(
    propagating: World, item: str, values: dict[str, str]
) -> None:
    """An edited record is not deleted, whichever of its properties was edited."""
    propagating.left("DELETE", f"/items/{item}")
    propagating.right("POST", f"/items/{item}", **values)

    outcome = propagating.sync()

    assert (["active"], 1) == (
        [found["status"] for found in propagating.listed("item")],
        len(outcome.broken),
    )


def test_an_edit_in_invoiced_survives_a_deletion(
    propagating: World, person: str
) -> None:
    """The same holds for an edit in Invoiced."""
    propagating.delete_right_customer(person)
    propagating.left("PATCH", f"/customers/{person}", {"phone": "2"})

    outcome = propagating.sync()

    assert ([], 1) == (propagating.writes, len(outcome.broken))


def test_an_edit_while_the_sync_runs_survives_a_deletion(
    propagating: World, item: str
) -> None:
    """The record is read right before it would be deleted."""
    propagating.left("DELETE", f"/items/{item}")

    def edit() -> None:
        propagating.right("POST", f"/items/{item}", name="Courier")

    with propagating.failing(meanwhile(f"GET /items/{item}", edit)):
        propagating.sync()

    assert ["Courier"] == [found["name"] for found in propagating.listed("item")]


def test_a_shipped_order_survives_the_deletion_of_its_invoice(
    propagating: World,
) -> None:
    """What was handled is not undone, even if it was so when it was linked."""
    invoice = propagating.invoice(propagating.customer())
    propagating.sync()
    order = f"invoiced-{invoice}"
    propagating.right("POST", f"/orders/{order}", status="shipped")
    propagating.path.unlink()
    propagating.sync()
    propagating.left("DELETE", f"/invoices/{invoice}")

    outcome = propagating.sync(full=True)

    assert ([order], 1) == (propagating.ids("order"), len(outcome.broken))


def test_a_refused_deletion_is_reported(propagating: World, item: str) -> None:
    """The pair is broken, and a note says why its other side is still there."""
    propagating.left("DELETE", f"/items/{item}")

    with propagating.failing(refusing(f"POST /items/{item}/delete", "")):
        outcome = propagating.sync()

    assert (1, [True]) == (
        len(outcome.broken),
        ["not today" in note for note in outcome.notes],
    )
