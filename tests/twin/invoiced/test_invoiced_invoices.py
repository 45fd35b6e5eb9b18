"""Invoices of the Invoiced twin: their fields, numbers and dates."""

from __future__ import annotations

from typing import Any

import invoiced
import pytest

from dataflow.twin.clock import START
from tests.twin.invoiced.calling import TEN, refused

DAY = 86_400

#: The keys of the documented invoice.
DOCUMENTED_KEYS = """
    attempt_count autopay balance closed created_at currency customer date discounts
    draft due_date id items metadata name next_payment_attempt notes number object paid
    payment_plan payment_terms payment_url pdf_url purchase_order ship_to status
    subscription subtotal taxes total updated_at url
"""


def test_an_invoice_has_the_documented_keys(invoice: dict[str, Any]) -> None:
    """An invoice has the keys of the documented one, no more and no less."""
    assert set(DOCUMENTED_KEYS.split()) == set(invoice)


def test_an_invoice_is_issued_at_once(invoice: dict[str, Any]) -> None:
    """A new invoice is no draft, open, and not sent."""
    expected = {
        "balance": 10,
        "closed": False,
        "currency": "usd",
        "date": START,
        "draft": False,
        "name": "Invoice",
        "number": "INV-00001",
        "paid": False,
        "status": "not_sent",
        "total": 10,
    }
    assert expected == {key: invoice[key] for key in expected}


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"currency": "xyz"}, None),
        ({"currency": "au"}, None),
        ({"currency": ""}, "currency"),
        ({"currency": None}, "currency"),
        ({"currency": 7}, "currency"),
        ({"number": 7}, "number"),
        ({"date": "yesterday"}, "date"),
        ({"date": 1.5}, "date"),
        ({"date": True}, "date"),
        ({"due_date": "later"}, "due_date"),
        ({"purchase_order": "x" * 33}, "purchase_order"),
        ({"ship_to": "here"}, "ship_to"),
        ({"ship_to": {"name": {}}}, "ship_to"),
        ({"autopay": True}, "autopay"),
        ({"draft": "yes"}, "draft"),
        ({"metadata": {"a": None}}, "metadata"),
        ({"items": "all"}, "items"),
        ({"items": ["paper"]}, "items"),
        ({"items": [{"id": 5}]}, "items"),
        ({"items": [{"id": {}}]}, "items"),
        ({"items": [{"quantity": None}]}, "quantity"),
        ({"items": [{"unit_cost": "10"}]}, "unit_cost"),
        ({"items": [{"unit_cost": 10**12}]}, "unit_cost"),
        ({"items": [{"unit_cost": -1}]}, None),
        ({"taxes": ["vat"]}, "tax"),
        ({"taxes": [{"tax_rate": {"id": "vat"}}]}, "tax"),
        ({"taxes": {"amount": 1}}, "taxes"),
        ({"discounts": [{"coupon": "five", "amount": 5}]}, "discount"),
        ({"discount": "5%"}, "amount"),
        ({"status": "paid"}, None),
        ({"paid": True}, None),
        ({"balance": 0}, None),
        ({"total": 0}, None),
        ({"subtotal": 0}, None),
        ({"attempt_count": 0}, None),
        ({"created_at": 1}, None),
        ({"updated_at": 1}, None),
    ],
)
@pytest.mark.parametrize("call", ["create", "edit"])
def test_an_invoice_that_does_not_fit_is_refused(
    invoiced_client: invoiced.Client,
    draft: Any,  # noqa: ANN401
    call: str,
    sent: dict[str, object],
    param: str | None,
) -> None:
    """A wrong value answers 400 with the field at fault, new or edited."""
    calls = {
        "create": lambda: invoiced_client.Invoice.create(
            customer=draft["customer"], **sent
        ),
        "edit": lambda: draft.save(**sent),
    }

    assert (400, param) == refused(calls[call])


def test_unknown_keys_are_ignored_on_invoices(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """A key that no invoice has is ignored."""
    invoice = invoiced_client.Invoice.create(customer=customer["id"], shoe_size=43)

    assert "shoe_size" not in invoice


@pytest.mark.parametrize(
    ("own", "sent", "stored"),
    [
        (None, {}, "usd"),
        ("eur", {}, "eur"),
        ("eur", {"currency": "GBP"}, "gbp"),
    ],
)
def test_a_currency_comes_from_the_invoice_the_customer_or_the_account(
    invoiced_client: invoiced.Client,
    own: str | None,
    sent: dict[str, object],
    stored: str,
) -> None:
    """What an invoice does not say its customer says, and then the account."""
    customer = invoiced_client.Customer.create(name="Acme", currency=own)

    invoice = invoiced_client.Invoice.create(customer=customer["id"], **sent)

    assert stored == invoice["currency"]


# The currency of an invoice


def test_the_currency_can_be_edited(invoice: Any) -> None:  # noqa: ANN401
    """A PATCH of the currency is stored in lower case."""
    invoice.save(currency="EUR")

    assert "eur" == invoice["currency"]


def test_a_new_currency_converts_nothing(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """An edited currency leaves the sums, and rounds the balance to its digits."""
    invoice = invoiced_client.Invoice.create(
        customer=customer["id"], items=[{"unit_cost": 10.55}]
    )
    invoice.save(currency="JPY")

    sums = [invoice[key] for key in ("subtotal", "total", "balance")]
    assert [10.55, 10.55, 11] == sums


def test_the_customers_currency_leaves_invoices_alone(
    invoiced_client: invoiced.Client,
    customer: Any,  # noqa: ANN401
    invoice: dict[str, Any],
) -> None:
    """An edit of a customer's currency changes none of its invoices."""
    customer.save(currency="eur")

    assert "usd" == invoiced_client.Invoice.retrieve(invoice["id"])["currency"]


# Numbers


def test_a_draft_uses_a_number(
    invoiced_client: invoiced.Client, draft: dict[str, Any]
) -> None:
    """A draft is numbered like any other invoice."""
    following = invoiced_client.Invoice.create(customer=draft["customer"])

    assert ["INV-00001", "INV-00002"] == [draft["number"], following["number"]]


@pytest.mark.parametrize("voided", [False, True])
def test_a_voided_invoice_keeps_its_number(
    invoiced_client: invoiced.Client,
    invoice: Any,  # noqa: ANN401
    voided: bool,  # noqa: FBT001
) -> None:
    """The number of an invoice, voided or not, is taken."""
    if voided:
        invoice.void()

    answer = refused(
        lambda: invoiced_client.Invoice.create(
            customer=invoice["customer"], number="INV-00001"
        )
    )

    assert (400, "number") == answer


def test_a_deleted_invoice_frees_its_number(
    invoiced_client: invoiced.Client,
    invoice: Any,  # noqa: ANN401
) -> None:
    """The number of a deleted invoice can be taken."""
    customer = invoice["customer"]
    invoice.delete()

    again = invoiced_client.Invoice.create(customer=customer, number="INV-00001")

    assert "INV-00001" == again["number"]


# Dates


def test_terms_set_the_due_date(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """NET 14 is due 14 days after the date."""
    invoice = invoiced_client.Invoice.create(
        customer=customer["id"], payment_terms="NET 14", date=START - DAY
    )

    assert START + 13 * DAY == invoice["due_date"]


def test_terms_come_from_the_customer(invoiced_client: invoiced.Client) -> None:
    """An invoice without terms takes its customer's."""
    customer = invoiced_client.Customer.create(name="Acme", payment_terms="NET 7")
    invoice = invoiced_client.Invoice.create(customer=customer["id"])

    assert START + 7 * DAY == invoice["due_date"]


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({"payment_terms": "NET 30"}, START + 30 * DAY),
        ({"date": START + DAY}, START + 15 * DAY),
        ({"date": START + DAY, "due_date": 7}, 7),
        ({"payment_terms": "Due on Receipt"}, None),
        ({"payment_terms": "NET 14"}, 5),
        ({"name": "Other"}, 5),
    ],
)
def test_an_edit_of_date_or_terms_moves_the_due_date(
    invoiced_client: invoiced.Client,
    customer: dict[str, Any],
    change: dict[str, object],
    due: int | None,
) -> None:
    """The due date follows date and terms when they change, unless it is sent too."""
    invoice = invoiced_client.Invoice.create(
        customer=customer["id"], items=TEN, payment_terms="NET 14", due_date=5
    )
    invoice.save(**change)

    assert due == invoice["due_date"]
