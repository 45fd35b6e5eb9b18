"""Invoiced: invoices, their customer and their currency."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.invoiced.account import Account, refused

#: 2026-01-05 09:00:00 UTC.
A_DATE = 1_767_603_600


#: Keys that are always there, with the types of their values.
SHOWN = {
    "id": int,
    "object": str,
    "customer": int,
    "number": str,
    "currency": str,
    "draft": bool,
    "closed": bool,
    "paid": bool,
    "status": str,
    "date": int,
    "items": list,
    "discounts": list,
    "taxes": list,
    "metadata": dict,
    "url": str,
}


@pytest.mark.documented("invoiced.invoice.shape")
def test_an_invoice_shows(account: Account) -> None:
    """An issued invoice has these keys, with values of these types."""
    made = account.invoice()

    assert SHOWN == {key: type(made.get(key)) for key in SHOWN}


@pytest.mark.documented("invoiced.invoice.customer-needed")
def test_an_invoice_needs_a_customer(account: Account) -> None:
    """An invoice without a customer is refused."""
    assert (400, "customer") == refused(lambda: account.sdk.Invoice.create(name="x"))


@pytest.mark.unconfirmed("invoiced.invoice.customer-unknown")
def test_an_unknown_customer_is_no_404(account: Account) -> None:
    """An invoice for a customer that is not there answers 400."""
    found = refused(lambda: account.invoice(customer=999_999_999_999))

    assert (400, "customer") == found


@pytest.mark.documented("invoiced.invoice.name")
def test_an_invoice_is_named_invoice(account: Account) -> None:
    """An invoice without a name is named Invoice."""
    assert "Invoice" == account.read(account.invoice())["name"]


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
def test_a_number_stays_taken_after_a_void(account: Account) -> None:
    """The number of a voided invoice stays taken."""
    number = account.new("N")
    account.invoice(number=number).void()

    assert (400, "number") == refused(lambda: account.invoice(number=number))


@pytest.mark.unconfirmed("invoiced.invoice.due-date")
def test_terms_set_the_due_date(account: Account) -> None:
    """NET 14 sets the due date 14 days after the date."""
    made = account.invoice(date=A_DATE, payment_terms="NET 14")

    assert A_DATE + 14 * 86_400 == made["due_date"]


@pytest.mark.unconfirmed("invoiced.body.blocked-keys")
@pytest.mark.parametrize("key", ["total", "balance", "status", "paid", "updated_at"])
def test_computed_values_cannot_be_edited(key: str, account: Account) -> None:
    """A PATCH of what is computed answers 400."""
    made = account.invoice()

    assert 400 == refused(lambda: made.save(**{key: made[key]}))[0]


# The customer of an invoice


@pytest.mark.unconfirmed("invoiced.invoice.customer-immutable")
@pytest.mark.parametrize("draft", [False, True], ids=["issued", "draft"])
def test_the_customer_cannot_be_edited(account: Account, *, draft: bool) -> None:
    """A PATCH of the customer is refused, and its parameter named."""
    made, other = account.invoice(draft=draft), account.customer()["id"]

    assert (400, "customer") == refused(lambda: made.save(customer=other))


@pytest.mark.unconfirmed("invoiced.invoice.customer-immutable")
def test_a_refused_edit_changes_nothing(account: Account) -> None:
    """What else a refused PATCH of the customer holds is not applied."""
    made, other = account.invoice(), account.customer()["id"]
    refused(lambda: made.save(customer=other, notes="Moved"))

    assert account.read(made)["notes"] is None


@pytest.mark.unconfirmed
def test_the_same_customer_is_accepted(account: Account) -> None:
    """A PATCH with the customer that the invoice has is accepted."""
    made = account.invoice()
    customer = made["customer"]
    made.save(customer=customer)

    assert customer == account.read(made)["customer"]


# The currency of an invoice


@pytest.mark.documented("invoiced.invoice.currency-editable")
def test_the_currency_can_be_edited(account: Account) -> None:
    """The currency of an open invoice can be edited."""
    made = account.invoice(currency="usd")
    made.save(currency="eur")

    assert "eur" == account.read(made)["currency"]


@pytest.mark.unconfirmed("invoiced.invoice.currency-not-converted")
def test_a_new_currency_converts_nothing(account: Account) -> None:
    """An edit of the currency leaves the total as it was."""
    made = account.invoice(currency="usd")
    made.save(currency="nok")

    assert 10 == account.read(made)["total"]


@pytest.mark.unconfirmed("invoiced.invoice.currency-default")
def test_the_currency_is_the_customers(account: Account) -> None:
    """An invoice without a currency takes its customer's."""
    customer = account.customer(currency="nok")["id"]
    made = account.sdk.Invoice.create(customer=customer)

    assert "nok" == made["currency"]


@pytest.mark.unconfirmed("invoiced.invoice.currency-unset")
@pytest.mark.parametrize("value", ["", None], ids=["empty", "null"])
def test_the_currency_cannot_be_unset(value: str | None, account: Account) -> None:
    """An empty currency and none at all are refused."""
    made = account.invoice()

    assert (400, "currency") == refused(lambda: made.save(currency=value))


@pytest.mark.unconfirmed("invoiced.currency.checked")
def test_an_unknown_currency_is_refused(account: Account) -> None:
    """An edit to a currency outside ISO 4217 is refused, without a param."""
    made = account.invoice()

    assert (400, None) == refused(lambda: made.save(currency="xyz"))


@pytest.mark.unconfirmed("invoiced.patch.bumps")
def test_an_edit_of_the_notes_bumps(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH of the notes moves updated_at."""
    made = account.invoice()
    before = made["updated_at"]
    later(2)
    made.save(notes="Thank you")

    assert before < account.read(made)["updated_at"]
