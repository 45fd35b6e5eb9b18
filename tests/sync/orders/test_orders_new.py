"""New orders: what they take from an invoice, and what they wait for."""

from __future__ import annotations

import pytest

from tests.cases import cases
from tests.sync.orders.ordering import by_hand
from tests.sync.world import Record, World, answering

COMPANY = "is a company, and only persons are synchronised"


def test_an_order_names_customer_and_currency(world: World) -> None:
    """The order's customer is the linked one, its currency in upper case."""
    person = world.customer()
    world.invoice(person)

    world.sync()
    order = world.listed("order")[0]

    assert (person, "EUR") == (order["customer_id"], order["currency_code"])


@cases(
    "currency, lines, total",
    {
        "euro": ("eur", [{"quantity": 2, "unit_cost": 5.25}], 1050),
        "yen": ("jpy", [{"quantity": 1, "unit_cost": 500}], 500),
        "nothing": ("eur", [], 0),
    },
)
def test_an_order_stands_on_an_invoice_of_the_same_total(
    world: World, currency: str, lines: list[Record], total: int
) -> None:
    """The imported invoice has the total in minor units; zero is a total."""
    invoice = world.invoice(world.customer(), currency=currency, items=lines)

    world.sync()

    assert ([total], [f"invoiced-{invoice}"]) == (
        [found["total"] for found in world.listed("invoice")],
        world.ids("order"),
    )


def test_an_invoice_of_a_later_date_is_imported_as_of_its_making(world: World) -> None:
    """What is imported has existed already, whatever date it bears."""
    now = world.clock.seconds()
    world.invoice(world.customer(), date=now + 86_400)

    world.sync()
    order = world.listed("order")[0]

    assert (now, now + 86_400) == (order["created_at"], order["order_date"])


def test_a_draft_waits(world: World) -> None:
    """A draft gets no order, and the report says why."""
    invoice = world.invoice(world.customer(), draft=True)

    outcome = world.sync()

    assert [
        f"invoice {invoice} is a draft; it gets an order once it is issued."
    ] == outcome.waiting


def test_an_issued_draft_gets_its_order(world: World) -> None:
    """A draft is synchronised as soon as it is issued."""
    invoice = world.invoice(world.customer(), draft=True)
    world.sync()
    world.left("PATCH", f"/invoices/{invoice}", {"draft": False})

    outcome = world.sync()

    assert ([invoice], []) == (
        [order["reference_id"] for order in world.listed("order")],
        outcome.waiting,
    )


def test_a_voided_invoice_is_left_out(world: World) -> None:
    """An invoice that is voided before it has an order gets none."""
    invoice = world.invoice(world.customer())
    world.left("POST", f"/invoices/{invoice}/void")

    outcome = world.sync()

    assert ([], [f"invoice {invoice} is voided, so it gets no order."]) == (
        world.listed("order"),
        outcome.left_out,
    )


def test_an_invoice_of_a_company_waits(world: World) -> None:
    """It is not lost: the report says what it waits for and why."""
    company = world.customer(type="company")
    invoice = world.invoice(company)

    outcome = world.sync()

    assert [f"invoice {invoice} waits: its customer {company} {COMPANY}."] == (
        outcome.waiting
    )


def test_a_company_that_becomes_a_person_frees_its_invoices(world: World) -> None:
    """What waited for a customer is synchronised in the run that links it."""
    company = world.customer(type="company")
    invoice = world.invoice(company)
    world.sync()
    world.clock.advance(3600)
    world.invoice(world.customer(), draft=True)
    world.sync()
    world.left("PATCH", f"/customers/{company}", {"type": "person"})

    outcome = world.sync()

    assert ([(invoice, company)], 1) == (
        [(x["reference_id"], x["customer_id"]) for x in world.listed("order")],
        len(outcome.waiting),
    )


def test_a_stranger_keeps_its_order(world: World) -> None:
    """An order that names another invoice is nobody's, whatever its id.

    The invoice that was imported for an order that could not be is voided.
    """
    person = world.customer()
    invoice = world.invoice(person)
    world.right("POST", "/customers", id="stranger")
    by_hand(world, f"invoiced-{invoice}", "stranger", reference_id="other")

    world.sync()

    carrier = f"inv-invoiced-invoice-{invoice}"
    assert {
        ("other", "stranger", f"of invoiced-{invoice}"),
        (invoice, person, carrier),
    } == {
        (order["reference_id"], order["customer_id"], order["invoice_id"])
        for order in world.live("order")
    }
    assert {carrier, f"of invoiced-{invoice}"} == {
        found["id"] for found in world.live("invoice")
    }


@pytest.mark.parametrize(
    ("currency", "total", "held"),
    [("jpy", 10.5, 11), ("jpy", 10.4, 10), ("kwd", 1.234, 123), ("kwd", 1.235, 124)],
)
def test_an_amount_that_does_not_fit_is_rounded(
    world: World, currency: str, total: float, held: int
) -> None:
    """A total that Chargebee cannot hold goes half up, and a note says so."""
    invoice = world.invoice(world.customer(), currency=currency)
    patched: Record = world.left("GET", f"/invoices/{invoice}") | {"total": total}

    with world.failing(answering("GET /invoices", [patched])):
        outcome = world.sync()

    assert [held] == [found["total"] for found in world.listed("invoice")]
    assert [f"invoice {invoice} of {total} {currency.upper()} is carried as"] == [
        " ".join(text.split()[:8]) for text in outcome.notes
    ]
