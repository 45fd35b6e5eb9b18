"""Invoiced: invoices, their fields, numbers, dates and currency."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import A_DATE, A_DAY, Account, Record, refused

unconfirmed = pytest.mark.unconfirmed
BYTES = unconfirmed("invoiced.body.length-in-bytes")
MISFIT = unconfirmed("invoiced.body.value-misfit")
FOREIGN = unconfirmed("invoiced.lines.foreign")
ISSUED = unconfirmed("invoiced.invoice.issued-at-once")
UNSET = unconfirmed("invoiced.invoice.currency-unset")


@cases(
    "sent, param",
    [
        ({"currency": "xyz"}, None, unconfirmed("invoiced.currency.checked")),
        ({"currency": "au"}, None, unconfirmed("invoiced.currency.checked")),
        ({"currency": ""}, "currency", UNSET),
        ({"currency": None}, "currency", UNSET),
        ({"currency": 7}, None, unconfirmed("invoiced.currency.checked")),
        ({"number": 7}, "number", unconfirmed("invoiced.number.text")),
        ({"date": [5]}, "date", MISFIT),
        ({"purchase_order": "x" * 33}, "purchase_order", MISFIT),
        ({"purchase_order": "é" * 17}, "purchase_order", BYTES),
        ({"payment_terms": "é" * 128}, "payment_terms", BYTES),
        ({"ship_to": "here"}, "ship_to", MISFIT),
        ({"ship_to": {"name": {}}}, "ship_to", MISFIT),
        ({"autopay": True}, "autopay", unconfirmed("invoiced.autopay.refused")),
        ({"metadata": {"a": None}}, "metadata", unconfirmed("invoiced.metadata.types")),
        ({"items": "all"}, "items", MISFIT),
        ({"items": ["paper"]}, "items", MISFIT),
        ({"items": [{"id": 5}]}, "items", FOREIGN),
        ({"items": [{"id": {}}]}, "items", FOREIGN),
        ({"items": [{"unit_cost": 10**12}]}, "unit_cost", MISFIT),
        (
            {"items": [{"unit_cost": -1}]},
            None,
            unconfirmed("invoiced.invoice.negative"),
        ),
        ({"taxes": {"amount": 1}}, "taxes", MISFIT),
    ],
)
def test_an_invoice_that_does_not_fit_is_refused(
    sent: Record, param: str | None, account: Account
) -> None:
    """A wrong value answers 400 with the field at fault, new or edited."""
    made = account.invoice(draft=True)

    assert [(400, param)] * 2 == [
        refused(account.sdk.Invoice.create, customer=made["customer"], **sent),
        refused(made.save, **sent),
    ]


@cases(
    "key, value",
    {
        "name": ("name", "Invoice", pytest.mark.documented("invoiced.invoice.name")),
        "draft": ("draft", False, ISSUED),
        "status": ("status", "not_sent", ISSUED),
        "closed": ("closed", False, unconfirmed),
        "paid": ("paid", False, unconfirmed),
        "balance": ("balance", 10, unconfirmed),
        "total": ("total", 10, unconfirmed),
    },
)
def test_a_new_invoice_shows(key: str, value: object, account: Account) -> None:
    """A new invoice is issued at once, open, and not sent."""
    assert value == account.read(account.invoice())[key]


@pytest.mark.unconfirmed
def test_an_invoice_is_dated_when_it_is_made(account: Account) -> None:
    """An invoice without a date has that of its creation."""
    made = account.invoice()

    assert made["created_at"] == made["date"]


# Numbers


@pytest.mark.unconfirmed("invoiced.invoice.number")
def test_drafts_are_numbered(account: Account) -> None:
    """A draft without a number is given one of the form INV-00001."""
    word, digits = account.invoice(draft=True)["number"].split("-")

    assert ("INV", 5) == (word, len(digits))


@pytest.mark.unconfirmed("invoiced.number.taken")
def test_a_number_is_free_after_a_delete(account: Account) -> None:
    """The number of a deleted invoice can be given again."""
    number = account.new("N")
    account.invoice(number=number).delete()

    assert number == account.invoice(number=number)["number"]


@pytest.mark.unconfirmed("invoiced.number.taken")
@pytest.mark.parametrize("is_voided", [False, True])
def test_a_number_stays_taken(account: Account, *, is_voided: bool) -> None:
    """The number of an invoice, voided or not, is taken."""
    made = account.invoice(number=account.new("N"))
    number = made["number"]
    if is_voided:
        made.void()

    assert (400, "number") == refused(account.invoice, number=number)


# Values


@pytest.mark.unconfirmed("invoiced.body.value-cast")
@cases(
    "sent, expected",
    {
        "yes": ({"draft": "yes"}, {"draft": True}),
        "no-word": ({"draft": "maybe"}, {"draft": False}),
        "time-as-text": ({"date": str(A_DATE)}, {"date": A_DATE}),
        "time-with-fraction": ({"date": A_DATE + 0.9}, {"date": A_DATE}),
        "date": ({"date": "2026-01-05T09:00:00Z"}, {"date": A_DATE}),
        "number": ({"items": [{"unit_cost": "10", "quantity": "2"}]}, {"total": 20}),
        "number-in-front": ({"items": [{"unit_cost": "10 usd"}]}, {"total": 10}),
        "no-number": ({"items": [{"unit_cost": "ten"}]}, {"total": 0}),
        "no-quantity": ({"items": [{"quantity": None, "unit_cost": 5}]}, {"total": 0}),
        "percent": ({"items": [{"unit_cost": 10}], "discount": "5%"}, {"total": 5}),
    },
)
def test_a_value_of_another_type_is_cast(
    sent: Record, expected: Record, account: Account
) -> None:
    """A value of another type is cast, whether the invoice is new or edited."""
    new, edited = account.invoice(**sent), account.invoice(draft=True)
    edited.save(**sent)

    assert [expected] * 2 == [
        {key: account.read(each)[key] for key in expected} for each in (new, edited)
    ]


# Dates


@pytest.mark.unconfirmed("invoiced.invoice.due-date")
def test_terms_set_the_due_date(account: Account) -> None:
    """NET 14 sets the due date 14 days after the date; a customer's terms count too."""
    own = account.invoice(date=A_DATE, payment_terms="NET 14")
    customer = account.customer(payment_terms="NET 7")["id"]
    inherited = account.invoice(customer=customer, date=A_DATE)

    assert [A_DATE + 14 * A_DAY, A_DATE + 7 * A_DAY] == [
        own["due_date"],
        inherited["due_date"],
    ]


@pytest.mark.unconfirmed("invoiced.invoice.due-date")
@cases(
    "terms, days",
    [
        ("NET-30", 30),
        ("Net 30 EOM", 30),
        ("2% 10 NET 30", 30),
        ("net30", None),
        ("NET  30", None),
        ("Due on Receipt", None),
    ],
)
def test_terms_are_searched_for_net(
    terms: str, days: int | None, account: Account
) -> None:
    """Terms contain NET, a blank or a hyphen, and days, whatever is around it."""
    due = account.invoice(date=A_DATE, payment_terms=terms)["due_date"]

    assert due == (None if days is None else A_DATE + days * A_DAY)


@pytest.mark.unconfirmed("invoiced.invoice.due-date")
@cases(
    "change, due",
    [
        ({"payment_terms": "NET 30"}, A_DATE + 30 * A_DAY),
        ({"date": A_DATE + A_DAY}, A_DATE + 15 * A_DAY),
        ({"date": A_DATE + A_DAY, "due_date": 7}, 7),
        ({"payment_terms": "Due on Receipt"}, None),
        ({"payment_terms": "NET 14"}, 5),
        ({"name": "Other"}, 5),
    ],
)
def test_an_edit_of_date_or_terms_moves_the_due_date(
    change: Record, due: int | None, account: Account
) -> None:
    """The due date follows date and terms when they change, unless it is sent too."""
    made = account.invoice(date=A_DATE, payment_terms="NET 14", due_date=5)
    made.save(**change)

    assert due == account.read(made)["due_date"]


# The currency of an invoice


@pytest.mark.documented("invoiced.invoice.currency-editable")
def test_the_currency_can_be_edited(account: Account) -> None:
    """The currency of an open invoice can be edited, and is stored in lower case."""
    made = account.invoice(currency="usd")
    made.save(currency="EUR")

    assert "eur" == account.read(made)["currency"]


@pytest.mark.unconfirmed("invoiced.invoice.currency-not-converted")
def test_a_new_currency_converts_nothing(account: Account) -> None:
    """An edited currency leaves the sums, and rounds the balance to its digits."""
    made = account.invoice(currency="usd", items=[{"unit_cost": 10.55}])
    made.save(currency="jpy")
    now = account.read(made)

    assert [10.55, 10.55, 11] == [now[key] for key in ("subtotal", "total", "balance")]


@pytest.mark.unconfirmed("invoiced.invoice.currency-default")
@pytest.mark.parametrize(
    ("own", "sent", "stored"),
    [("nok", {}, "nok"), ("nok", {"currency": "GBP"}, "gbp"), (None, {}, None)],
)
def test_a_currency_is_found(
    own: str | None, sent: Record, stored: str | None, account: Account
) -> None:
    """What an invoice does not say its customer says, and then the account."""
    customer = account.customer(currency=own)["id"]
    made = account.sdk.Invoice.create(customer=customer, **sent)

    assert (stored or account.item(unit_cost=5)["currency"]) == made["currency"]


@pytest.mark.unconfirmed
def test_amounts_are_as_large_as_they_come(account: Account) -> None:
    """The largest lines add up, also in a currency with thousandths."""
    most: Any = {"unit_cost": 999_999_999_999, "quantity": 999_999_999_999}
    made = account.invoice(items=[most] * 2000)
    total = made["total"]
    made.save(currency="bhd")

    assert total == made["balance"]
