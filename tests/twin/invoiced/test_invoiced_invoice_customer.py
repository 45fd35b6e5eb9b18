"""Whose an invoice of the Invoiced twin is, and who gets none."""

from __future__ import annotations

from typing import Any

import invoiced
import pytest

from dataflow.twin.clock import START, ManualClock
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.invoiced import behaviours as b
from tests.twin.invoiced.calling import JSON, TEN, Raw, refused, rests_on

DAY = 86_400


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({}, "customer"),
        ({"customer": None}, "customer"),
        ({"customer": 77}, "customer"),
        ({"customer": "Acme"}, "customer"),
        ({"customer": True}, "customer"),
        ({"customer": {"name": "New"}}, "customer"),
    ],
)
def test_an_invoice_needs_a_known_customer(
    invoiced_client: invoiced.Client, sent: dict[str, object], param: str
) -> None:
    """A new invoice without a known customer answers 400, not 404."""
    answer = refused(lambda: invoiced_client.Invoice.create(**sent))

    assert (400, param) == answer


@pytest.mark.parametrize("spelling", ["{}", '"{}"', '{{"id": {}}}'])
def test_a_customer_can_be_named_in_three_ways(
    invoiced_raw: Raw, customer: dict[str, Any], spelling: str
) -> None:
    """The customer of a new invoice is an id, a text of it, or an object with it."""
    body = f'{{"customer": {spelling.format(customer["id"])}}}'

    answer = invoiced_raw("POST", "/invoices", data=body, headers=JSON)

    assert customer["id"] == answer.json()["customer"]


def test_an_inactive_customer_gets_no_invoice(
    invoiced_client: invoiced.Client,
    customer: Any,  # noqa: ANN401
) -> None:
    """A new invoice of an inactive customer answers 400, param customer."""
    customer.save(active=False)

    answer = refused(lambda: invoiced_client.Invoice.create(customer=customer["id"]))

    assert (400, "customer") == answer


def test_a_customer_on_hold_gets_no_invoice(
    invoiced_client: invoiced.Client,
    customer: Any,  # noqa: ANN401
) -> None:
    """A new invoice of a customer on credit hold answers 400, param total."""
    customer.save(credit_hold=True)

    answer = refused(lambda: invoiced_client.Invoice.create(customer=customer["id"]))

    assert (400, "total") == answer


@pytest.mark.parametrize("other", ["other", None, "77", "Acme", {"id": 5}, True])
@pytest.mark.parametrize("kind", ["draft", "issued", "voided"])
def test_the_customer_cannot_be_changed(
    invoiced_client: invoiced.Client,
    customer: dict[str, Any],
    other: object,
    kind: str,
) -> None:
    """A PATCH of the customer answers 400, whatever state the invoice is in."""
    if other == "other":
        other = invoiced_client.Customer.create(name="B")["id"]
    invoice = invoiced_client.Invoice.create(
        customer=customer["id"], items=TEN, draft=kind == "draft"
    )
    if kind == "voided":
        invoice.void()

    assert (400, "customer") == refused(lambda: invoice.save(customer=other))


def test_a_refused_customer_leaves_the_rest_alone(
    invoiced_client: invoiced.Client,
    invoice: Any,  # noqa: ANN401
) -> None:
    """Nothing else in a PATCH with another customer is applied."""
    refused(lambda: invoice.save(customer=5, name="Other"))

    assert "Invoice" == invoiced_client.Invoice.retrieve(invoice["id"])["name"]


def test_a_refused_customer_is_noted_as_unconfirmed(
    invoiced_twin: InvoicedTwin,
    invoice: Any,  # noqa: ANN401
) -> None:
    """A verdict that rests on the refusal can say that it is unconfirmed."""
    refused(lambda: invoice.save(customer=5))

    assert rests_on(invoiced_twin, b.INVOICE_CUSTOMER_FIXED)


@pytest.mark.parametrize("spelling", [int, str])
def test_the_same_customer_is_accepted(
    invoiced_clock: ManualClock,
    invoice: Any,  # noqa: ANN401
    spelling: type,
) -> None:
    """A PATCH with the same customer moves updated_at and nothing else."""
    before = dict(invoice)
    invoiced_clock.advance(5)
    invoice.save(customer=spelling(invoice["customer"]))

    assert before | {"updated_at": START + 5} == invoice


def owing(client: invoiced.Client, amount: float, **params: object) -> Any:  # noqa: ANN401
    """Return a customer who may owe 25, and has an invoice over so much."""
    customer = client.Customer.create(name="Acme", credit_limit=25)["id"]
    known = {"customer": customer, "items": [{"unit_cost": amount}]}
    client.Invoice.create(**known, **params)
    return customer


def test_a_customer_is_lent_no_more_than_the_limit(
    invoiced_client: invoiced.Client, invoiced_twin: InvoicedTwin
) -> None:
    """A new invoice that takes a customer's debt over the limit answers 400."""
    known = {"customer": owing(invoiced_client, 15.01), "items": TEN}

    assert (400, "total") == refused(lambda: invoiced_client.Invoice.create(**known))
    assert rests_on(invoiced_twin, b.CUSTOMER_LIMIT)


@pytest.mark.usefixtures("invoice")
@pytest.mark.parametrize(
    ("amount", "params"),
    [(15, {}), (20, {"draft": True}), (20, {"currency": "eur"})],
    ids=["just enough", "a draft", "another currency"],
)
def test_only_what_is_owed_counts_to_the_limit(
    invoiced_client: invoiced.Client, amount: float, params: dict[str, object]
) -> None:
    """The limit itself can be reached, and what nobody owes yet leaves it alone."""
    customer = owing(invoiced_client, amount, **params)

    assert 10 == invoiced_client.Invoice.create(customer=customer, items=TEN)["total"]
