"""Invoices of the Invoiced twin: their fields and their states."""

from __future__ import annotations

from typing import Any

import invoiced
import pytest

from dataflow.twin.clock import START, HandClock
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.invoiced import behaviours as b
from tests.twin.invoiced.calling import JSON, Raw, refused, rests_on

DAY = 86_400
TEN = [{"name": "Paper", "unit_cost": 10}]

#: The keys of the documented invoice.
DOCUMENTED_KEYS = """
    attempt_count autopay balance closed created_at currency customer date discounts
    draft due_date id items metadata name next_payment_attempt notes number object paid
    payment_plan payment_terms payment_url pdf_url purchase_order ship_to status
    subscription subtotal taxes total updated_at url
"""


@pytest.fixture
def customer(invoiced_client: invoiced.Client) -> Any:  # noqa: ANN401
    """Return a customer to send invoices to."""
    return invoiced_client.Customer.create(name="Acme")


@pytest.fixture
def invoice(invoiced_client: invoiced.Client, customer: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return an issued invoice over 10."""
    return invoiced_client.Invoice.create(customer=customer["id"], items=TEN)


@pytest.fixture
def draft(invoiced_client: invoiced.Client, customer: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return a draft over 10."""
    return invoiced_client.Invoice.create(
        customer=customer["id"], items=TEN, draft=True
    )


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


# The customer of an invoice


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
    invoiced_clock: HandClock,
    invoice: Any,  # noqa: ANN401
    spelling: type,
) -> None:
    """A PATCH with the same customer moves updated_at and nothing else."""
    before = dict(invoice)
    invoiced_clock.advance(5)
    invoice.save(customer=spelling(invoice["customer"]))

    assert before | {"updated_at": START + 5} == invoice


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


# States


def test_an_unpaid_invoice_becomes_past_due(
    invoiced_client: invoiced.Client,
    invoiced_clock: HandClock,
    invoice: Any,  # noqa: ANN401
) -> None:
    """An open invoice is past due from the second after its due date."""
    invoice.save(due_date=START + 5)
    statuses = []
    for _ in range(2):
        invoiced_clock.advance(5)
        statuses.append(invoiced_client.Invoice.retrieve(invoice["id"])["status"])

    assert ["not_sent", "past_due"] == statuses


def test_an_invoice_can_be_marked_as_sent(invoice: Any) -> None:  # noqa: ANN401
    """`sent` is written, and read back as the status alone."""
    invoice.save(sent=True)

    assert (False, "sent") == ("sent" in invoice, invoice["status"])


def test_a_draft_is_a_draft(draft: dict[str, Any]) -> None:
    """A draft has the status of one."""
    assert "draft" == draft["status"]


def test_a_draft_can_be_issued(draft: Any) -> None:  # noqa: ANN401
    """A PATCH issues a draft."""
    draft.save(draft=False)

    assert "not_sent" == draft["status"]


def test_an_issued_invoice_is_no_draft_again(invoice: Any) -> None:  # noqa: ANN401
    """A PATCH of an issued invoice to a draft answers 400, param draft."""
    assert (400, "draft") == refused(lambda: invoice.save(draft=True))


def test_nothing_to_pay_is_paid_and_closed(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """An invoice over nothing is created paid and closed."""
    invoice = invoiced_client.Invoice.create(customer=customer["id"])

    states = [invoice[key] for key in ("status", "paid", "closed")]
    assert ["paid", True, True] == states


def test_a_draft_over_nothing_is_not_paid(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """A draft over nothing stays an open draft."""
    invoice = invoiced_client.Invoice.create(customer=customer["id"], draft=True)

    states = [invoice[key] for key in ("status", "paid", "closed")]
    assert ["draft", False, False] == states


def test_a_paid_invoice_refuses_edits(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """A paid invoice is closed, and refuses edits as such."""
    invoice = invoiced_client.Invoice.create(customer=customer["id"])

    assert (400, "closed") == refused(lambda: invoice.save(name="Other"))


def test_a_paid_invoice_cannot_be_deleted(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """A paid invoice refuses to be deleted, param voided."""
    invoice = invoiced_client.Invoice.create(customer=customer["id"])

    assert (400, "voided") == refused(invoice.delete)


def test_a_paid_invoice_cannot_be_voided(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """A paid invoice refuses to be voided, without a param."""
    invoice = invoiced_client.Invoice.create(customer=customer["id"])

    assert (400, None) == refused(invoice.void)


def test_a_closed_invoice_refuses_edits(invoice: Any) -> None:  # noqa: ANN401
    """A PATCH of a closed invoice answers 400, param closed."""
    invoice.save(closed=True)

    assert (400, "closed") == refused(lambda: invoice.save(name="Other"))


def test_a_closed_invoice_keeps_its_status(invoice: Any) -> None:  # noqa: ANN401
    """There is no status for a closed invoice."""
    invoice.save(closed=True)

    assert "not_sent" == invoice["status"]


def test_a_closed_invoice_can_be_reopened_and_edited(
    invoice: Any,  # noqa: ANN401
) -> None:
    """A PATCH that reopens a closed invoice can edit it too."""
    invoice.save(closed=True)
    invoice.save(closed=False, name="Other")

    assert (False, "Other") == (invoice["closed"], invoice["name"])


@pytest.mark.parametrize("state", ["closed", "draft"])
def test_an_unpaid_invoice_can_be_deleted(
    invoice: Any,  # noqa: ANN401
    draft: Any,  # noqa: ANN401
    state: str,
) -> None:
    """A closed invoice or a draft that nothing was paid on can be deleted."""
    invoice.save(closed=True)

    assert {"closed": invoice, "draft": draft}[state].delete()


def test_a_voided_invoice_stays(
    invoiced_client: invoiced.Client,
    invoiced_clock: HandClock,
    invoice: Any,  # noqa: ANN401
) -> None:
    """A voided invoice is read with its status, no balance and no addresses."""
    invoiced_clock.advance(5)
    invoice.void()

    read = invoiced_client.Invoice.retrieve(invoice["id"])
    expected = {
        "balance": 0,
        "number": "INV-00001",
        "paid": False,
        "payment_url": None,
        "pdf_url": None,
        "status": "voided",
        "total": 10,
        "updated_at": START + 5,
        "url": None,
    }
    assert expected == {key: read[key] for key in expected}


@pytest.mark.parametrize("change", [{"name": "Other"}, {"closed": False}])
def test_a_voided_invoice_refuses_edits(
    invoice: Any,  # noqa: ANN401
    change: dict[str, object],
) -> None:
    """A PATCH of a voided invoice answers 400, param voided."""
    invoice.void()

    assert (400, "voided") == refused(lambda: invoice.save(**change))


def test_a_voided_invoice_is_not_voided_again(invoice: Any) -> None:  # noqa: ANN401
    """A second void answers 400 without a param."""
    invoice.void()

    assert (400, None) == refused(invoice.void)


def test_a_voided_invoice_can_be_deleted(invoice: Any) -> None:  # noqa: ANN401
    """A voided invoice can be deleted."""
    invoice.void()

    assert invoice.delete()


def test_a_deleted_invoice_is_gone(
    invoiced_client: invoiced.Client,
    invoice: Any,  # noqa: ANN401
) -> None:
    """A deleted invoice answers 404, and so does its void."""
    path = f"/invoices/{invoice['id']}"
    invoice.delete()

    answers = [
        refused(lambda: invoiced_client.request("GET", path)),
        refused(lambda: invoiced_client.request("POST", f"{path}/void")),
    ]
    assert [(404, None), (404, None)] == answers


def test_an_empty_edit_of_a_voided_invoice_is_no_edit(
    invoiced_raw: Raw,
    invoice: Any,  # noqa: ANN401
) -> None:
    """A PATCH with an empty body answers 200 in any state."""
    invoice.void()

    answer = invoiced_raw("PATCH", f"/invoices/{invoice['id']}", json={})

    assert 200 == answer.status_code
