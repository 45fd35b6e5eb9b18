"""The payment state of backing invoices, and later changes of the invoice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest

from dataflow.sync.create import SyncSettings
from dataflow.sync.payments import PaymentPolicy
from dataflow.sync.state import StateStore
from tests.cases import cases
from tests.sync.orders.ordering import in_dollars, killed_after, pay
from tests.sync.world import ACCOUNTS, KilledError, Record, World, answering, refusing


def close(world: World, invoice: str) -> None:
    """Close an invoice as a bad debt."""
    world.left("PATCH", f"/invoices/{invoice}", {"closed": True})


def pay_a_part_and_close(world: World, invoice: str) -> None:
    """Pay a part, and write the rest off."""
    pay(world, invoice, 4)
    close(world, invoice)


def let_fall_due(world: World, invoice: str) -> None:
    """Let the due date pass."""
    world.clock.advance(366 * 86_400)
    world.left("PATCH", f"/invoices/{invoice}", {"notes": "overdue"})


def states(world: World) -> list[tuple[object, ...]]:
    """Return status, paid, written off and due of each backing invoice."""
    names = ("status", "amount_paid", "write_off_amount", "amount_due")
    return [tuple(found[name] for name in names) for found in world.listed("invoice")]


@cases(
    "change, state",
    {
        "due": (lambda _world, _invoice: None, ("posted", 0, 0, 1050)),
        "overdue": (let_fall_due, ("payment_due", 0, 0, 1050)),
        "paid": (partial(pay, amount=10.5), ("paid", 1050, 0, 0)),
        "overpaid": (partial(pay, amount=99), ("paid", 1050, 0, 0)),
        "partly paid": (partial(pay, amount=4), ("posted", 400, 0, 650)),
        "written off": (close, ("paid", 0, 1050, 0)),
        "partly written off": (pay_a_part_and_close, ("paid", 400, 650, 0)),
    },
)
def test_a_backing_invoice_has_the_payment_state_of_the_invoice(
    world: World,
    person: str,
    change: Callable[[World, str], None],
    state: tuple[object, ...],
) -> None:
    """What is paid in Invoiced is never due in Chargebee."""
    change(world, world.invoice(person))

    world.sync()

    assert [state] == states(world)


def test_a_payment_is_imported_with_its_time(world: World, person: str) -> None:
    """It is the last change of the invoice, which the payment closed."""
    invoice = world.invoice(person)
    world.clock.advance(99)
    pay(world, invoice, 10.5)
    time = world.left("GET", f"/invoices/{invoice}")["updated_at"]

    world.sync()
    (found,) = world.listed("invoice")

    assert [(f"pay-invoiced-{invoice}", 1050, time)] == [
        (x["txn_id"], x["txn_amount"], x["txn_date"]) for x in found["linked_payments"]
    ]


def test_a_setting_makes_every_backing_invoice_due(world: World, person: str) -> None:
    """With `payments = "due"` Chargebee is to collect the payment."""
    world.settings = SyncSettings(payments=PaymentPolicy.DUE)
    pay(world, world.invoice(person), 10.5)

    world.sync()

    assert [("posted", 0, 0, 1050)] == states(world)


def test_an_invoice_without_a_balance_is_due(world: World, person: str) -> None:
    """An answer that does not name the balance is no payment."""
    invoice = world.invoice(person)
    record: Record = world.left("GET", f"/invoices/{invoice}")
    del record["balance"]

    with world.failing(answering("GET /invoices", [record])):
        world.sync()

    assert [("posted", 0, 0, 1050)] == states(world)


def test_a_payment_between_a_crash_and_its_recovery_counts(
    world: World, person: str
) -> None:
    """A backing invoice that is due does not serve an invoice that is paid now."""
    invoice = world.invoice(person)
    with world.failing(refusing("POST /orders/import_order", "", status=500)):
        world.sync()
    pay(world, invoice, 10.5)

    world.sync()

    assert [("paid", 0)] == [
        (found["status"], found["amount_due"]) for found in world.live("invoice")
    ]


@pytest.mark.parametrize("amount", [4, 10.5])
def test_a_replaced_order_takes_its_payment_along(
    world: World, person: str, amount: float
) -> None:
    """The customer has no excess payment, and the new invoice the same payment."""
    invoice = world.invoice(person)
    pay(world, invoice, amount)
    world.sync()
    (before,) = states(world)
    record = world.left("GET", f"/invoices/{invoice}") | {"currency": "usd"}
    with world.failing(answering("GET /invoices", [record])):
        world.sync()
    customer = world.right("GET", f"/customers/{person}")["customer"]

    assert ([before], 0) == (
        [
            state
            for state, found in zip(states(world), world.listed("invoice"), strict=True)
            if found["status"] != "voided"
        ],
        customer["excess_payments"],
    )


@pytest.mark.parametrize(
    "call", ["remove_payment", "delete_offline_transaction", "void"]
)
def test_a_payment_that_is_half_removed_is_removed(
    world: World, person: str, call: str
) -> None:
    """Killed after any of the calls, the next run leaves no excess payment."""
    invoice = world.invoice(person)
    pay(world, invoice, 4)
    world.sync()
    in_dollars(world, invoice)
    old = f"inv-invoiced-{invoice}"
    payment = f"/transactions/pay-invoiced-{invoice}"
    at = payment if call.startswith("delete") else f"/invoices/{old}"
    with pytest.raises(KilledError):
        killed_after(world, f"POST {at}/{call}")

    world.sync()

    assert ([f"{old}-2"], 0) == (
        [found["id"] for found in world.live("invoice")],
        world.right("GET", f"/customers/{person}")["customer"]["excess_payments"],
    )


def test_a_payment_that_chargebee_recorded_is_not_removed(
    world: World, invoice: str
) -> None:
    """The old backing invoice stays with it, and a note says so."""
    payment = {"payment_method": "cash", "amount": 5}
    path = f"/invoices/inv-invoiced-{invoice}/record_payment"
    world.right("POST", path, transaction=payment)
    in_dollars(world, invoice)

    outcome = world.sync()

    assert ([("posted", 5)], 1) == (
        [
            (found["status"], found["amount_paid"])
            for found in world.live("invoice")
            if found["amount_paid"]
        ],
        len(outcome.notes),
    )


def void(world: World, invoice: str) -> None:
    """Void an invoice in Invoiced."""
    world.left("POST", f"/invoices/{invoice}/void")


def charge_more(world: World, invoice: str) -> None:
    """Change the total of an invoice."""
    lines = [{"name": "Tea", "quantity": 3, "unit_cost": 5.25}]
    world.left("PATCH", f"/invoices/{invoice}", {"items": lines})


@cases(
    "change, words",
    {
        "paid": (partial(pay, amount=10.5), "10.5 of it paid"),
        "partly paid": (partial(pay, amount=4), "4 of it paid"),
        "total": (charge_more, "a total of 15.75"),
        "written off": (close, "the rest written off"),
        "voided": (void, "is voided"),
    },
)
def test_a_later_change_of_the_invoice_is_reported_once(
    world: World, invoice: str, change: Callable[[World, str], None], words: str
) -> None:
    """Nothing is written for it; the second run, and a full one, do not repeat it."""
    change(world, invoice)
    first = world.sync()
    writes = world.writes

    later = [*world.sync().notes, *world.sync(full=True).notes]

    assert ([True], [], []) == ([words in text for text in first.notes], writes, later)


def test_each_later_change_is_reported(world: World, invoice: str) -> None:
    """A second payment is another observation."""
    for _ in range(2):
        pay(world, invoice, 4)
        outcome = world.sync()

    assert [True] == ["had a total of 10.5, 4 of it paid" in x for x in outcome.notes]


def test_an_unchanged_invoice_is_no_observation(world: World, invoice: str) -> None:
    """An edit of something else leaves total and payment as they were."""
    world.left("PATCH", f"/invoices/{invoice}", {"notes": "fragile"})

    assert [] == world.sync().notes


def test_a_payment_before_a_replacement_is_no_observation(
    world: World, invoice: str
) -> None:
    """The new backing invoice has it."""
    pay(world, invoice, 4)
    in_dollars(world, invoice)

    outcome = world.sync()

    assert ([], [("posted", 400)]) == (
        [text for text in outcome.notes if "paid" in text],
        [(x["status"], x["amount_paid"]) for x in world.live("invoice")],
    )


def test_the_money_of_an_older_state_is_no_observation(
    world: World, invoice: str
) -> None:
    """What a link of an earlier version does not hold is stored, and not reported."""
    with closing(StateStore.open(world.path, ACCOUNTS)) as store:
        (link,) = store.links.list_of("order")
        store.save_link("order", replace(link, money=""))
    pay(world, invoice, 4)
    first = world.sync()
    pay(world, invoice, 4)

    second = world.sync()

    assert (0, 1) == (len(first.notes), len(second.notes))


def test_a_preview_of_a_paid_order_that_is_replaced_has_its_counts(
    world: World, person: str
) -> None:
    """It removes no payment, and shows what the sync would do."""
    invoice = world.invoice(person)
    pay(world, invoice, 4)
    world.sync()
    in_dollars(world, invoice)

    assert world.preview().counts == world.sync().counts


def test_a_written_off_backing_invoice_that_stays_is_reported(
    world: World, person: str
) -> None:
    """Chargebee voids none; nothing of it is due."""
    close(world, world.invoice(person))

    with world.failing(refusing("POST /orders/import_order", "")):
        outcome = world.sync()

    assert ([("paid", 0)], [True]) == (
        [(found["status"], found["amount_due"]) for found in world.live("invoice")],
        ["carries no order now" in text for text in outcome.notes],
    )
