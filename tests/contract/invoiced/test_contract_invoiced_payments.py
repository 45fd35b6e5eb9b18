"""Invoiced: payments, and what they make of an invoice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.invoiced.account import Account, refused

#: Keys that are always there, with the types of their values.
SHOWN = {
    "id": int,
    "object": str,
    "customer": int,
    "amount": int,
    "currency": str,
    "date": int,
    "method": str,
    "created_at": int,
}


@pytest.mark.documented("invoiced.payment.shape")
def test_a_payment_shows(account: Account) -> None:
    """A payment has these keys, with values of these types."""
    made = account.payment(account.invoice(), 10)

    assert SHOWN == {key: type(made.get(key)) for key in SHOWN}


@pytest.mark.documented("invoiced.payment.applied")
def test_a_payment_lowers_the_balance(account: Account) -> None:
    """A part of an invoice that is paid is owed no longer."""
    made = account.invoice()
    account.payment(made, 4)

    assert 6 == account.read(made)["balance"]


@pytest.mark.documented("invoiced.payment.applied")
def test_a_payment_of_all_pays(account: Account) -> None:
    """An invoice without a balance has the status paid."""
    made = account.invoice()
    account.payment(made, 10)
    now = account.read(made)

    assert ("paid", True) == (now["status"], now["paid"])


@pytest.mark.unconfirmed
def test_a_paid_invoice_is_closed(account: Account) -> None:
    """An invoice that was paid is closed."""
    made = account.invoice()
    account.payment(made, 10)

    assert account.read(made)["closed"] is True


@pytest.mark.unconfirmed
def test_a_payment_bumps_its_invoice(
    account: Account, later: Callable[[float], None]
) -> None:
    """A payment moves updated_at of the invoice that it is for."""
    made = account.invoice()
    later(2)
    account.payment(made, 4)

    assert made["updated_at"] < account.read(made)["updated_at"]


@pytest.mark.unconfirmed("invoiced.payment.amount")
def test_a_payment_needs_an_amount(account: Account) -> None:
    """A payment without an amount is refused."""
    customer = account.customer()["id"]
    create = account.sdk.Payment.create

    assert (400, "amount") == refused(lambda: create(customer=customer, method="cash"))


@pytest.mark.unconfirmed("invoiced.payment.amount")
def test_a_payment_spends_what_it_has(account: Account) -> None:
    """A payment that is applied for more than its amount is refused."""
    made = account.invoice()

    assert 400 == refused(lambda: account.payment(made, 10, received=9))[0]


@pytest.mark.unconfirmed("invoiced.payment.refused")
def test_nobody_pays_more_than_is_owed(account: Account) -> None:
    """A payment that is applied for more than the balance is refused."""
    made = account.invoice()

    assert 400 == refused(lambda: account.payment(made, 11))[0]


@pytest.mark.unconfirmed("invoiced.payment.refused")
def test_a_payment_in_another_currency_is_refused(account: Account) -> None:
    """A payment in another currency than its invoice's is refused."""
    made = account.invoice(currency="usd")
    other = {"id": made["id"], "currency": "eur"}

    assert 400 == refused(lambda: account.payment(other, 10))[0]


@pytest.mark.unconfirmed("invoiced.payment.refused")
def test_a_payment_for_nothing_known_is_refused(account: Account) -> None:
    """A payment for an invoice that is not there answers 400."""
    nothing = {"id": 999_999_999_999, "currency": "usd"}

    assert 400 == refused(lambda: account.payment(nothing, 10))[0]


@pytest.mark.unconfirmed("invoiced.payment.refused")
def test_a_draft_is_not_paid(account: Account) -> None:
    """A payment for a draft is refused."""
    made = account.invoice(draft=True)

    assert 400 == refused(lambda: account.payment(made, 10))[0]


@pytest.mark.unconfirmed("invoiced.payment.refused")
def test_a_closed_invoice_is_not_paid(account: Account) -> None:
    """A payment for a closed invoice is refused."""
    made = account.invoice()
    made.save(closed=True)

    assert 400 == refused(lambda: account.payment(made, 10))[0]


@pytest.mark.unconfirmed("invoiced.payment.refused")
def test_a_voided_invoice_is_not_paid(account: Account) -> None:
    """A payment for a voided invoice is refused."""
    made = account.invoice()
    made.void()

    assert 400 == refused(lambda: account.payment(made, 10))[0]


# Taken back


@pytest.mark.unconfirmed("invoiced.payment.void")
def test_a_deleted_payment_stays_as_voided(account: Account) -> None:
    """A deleted payment can still be read, and says that it is void."""
    payment = account.payment(account.invoice(), 10)
    number = payment["id"]
    payment.delete()

    assert account.sdk.Payment.retrieve(number)["voided"] is True


@pytest.mark.unconfirmed("invoiced.payment.void")
def test_a_deleted_payment_is_owed_again(account: Account) -> None:
    """An invoice whose payment was deleted is open again."""
    made = account.invoice()
    account.payment(made, 10).delete()
    now = account.read(made)

    assert (10, False, False) == (now["balance"], now["paid"], now["closed"])


@pytest.mark.unconfirmed("invoiced.payment.void")
def test_a_payment_is_deleted_once(account: Account) -> None:
    """A deleted payment cannot be deleted again."""
    payment = account.payment(account.invoice(), 10)
    payment.delete()

    assert 400 == refused(payment.delete)[0]


# Partly paid


@pytest.mark.unconfirmed
def test_a_partly_paid_invoice_is_not_deleted(account: Account) -> None:
    """An invoice with a payment cannot be deleted."""
    made = account.invoice()
    account.payment(made, 4)

    assert (400, "voided") == refused(made.delete)


@pytest.mark.unconfirmed
def test_a_partly_paid_invoice_is_not_voided(account: Account) -> None:
    """An invoice with a payment cannot be voided."""
    made = account.invoice()
    account.payment(made, 4)

    assert (400, None) == refused(made.void)


@pytest.mark.unconfirmed
def test_a_partly_paid_invoice_can_be_edited(account: Account) -> None:
    """An invoice with a payment takes an edit of its notes."""
    made = account.invoice()
    account.payment(made, 4)
    made.save(notes="Thank you")

    assert "Thank you" == account.read(made)["notes"]


@pytest.mark.unconfirmed
def test_a_partly_paid_invoice_takes_another_currency(account: Account) -> None:
    """The currency of an invoice can be edited though it was paid in the old one."""
    made = account.invoice(currency="usd")
    account.payment(made, 4)
    made.save(currency="eur")
    now = account.read(made)

    assert ("eur", 6) == (now["currency"], now["balance"])
