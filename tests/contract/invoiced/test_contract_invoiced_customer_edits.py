"""Invoiced: edits of customers, their end, and those who get no more invoices."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.invoiced.account import Account, refused


@pytest.mark.documented
def test_an_edit_is_partial(account: Account) -> None:
    """A PATCH leaves alone what it does not name."""
    made = account.customer(phone="123")
    made.save(name=account.new("Bo"))

    assert "123" == account.read(made)["phone"]


@pytest.mark.unconfirmed("invoiced.patch.bumps")
def test_an_edit_without_a_change_bumps(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH that changes nothing moves updated_at."""
    made = account.customer()
    before = made["updated_at"]
    later(2)
    made.save(name=made["name"])

    assert before < account.read(made)["updated_at"]


@pytest.mark.unconfirmed("invoiced.patch.bumps", "invoiced.body.unknown-keys")
def test_an_edit_of_an_unknown_key_bumps(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH whose only key is ignored moves updated_at."""
    made = account.customer()
    before = made["updated_at"]
    later(2)
    made.save(shoe_size=43)

    assert before < account.read(made)["updated_at"]


@pytest.mark.unconfirmed("invoiced.patch.empty")
def test_an_empty_edit_does_not_bump(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH with an empty body leaves updated_at alone."""
    made = account.customer()
    later(2)
    account.raw.patch(f"/customers/{made['id']}", json={})

    assert made["updated_at"] == account.read(made)["updated_at"]


@pytest.mark.unconfirmed
def test_a_customers_edit_leaves_its_invoices(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH of a customer leaves updated_at of its invoices alone."""
    customer = account.customer()
    invoice = account.invoice(customer=customer["id"])
    later(2)
    customer.save(phone="123")

    assert invoice["updated_at"] == account.read(invoice)["updated_at"]


@pytest.mark.documented
def test_the_currency_can_be_edited(account: Account) -> None:
    """A customer's currency can be edited at any time."""
    made = account.customer(currency="usd")
    made.save(currency="eur")

    assert "eur" == account.read(made)["currency"]


# The end of a customer


@pytest.mark.documented("invoiced.record.unknown")
def test_a_deleted_customer_is_gone(account: Account) -> None:
    """A deleted customer answers 404."""
    made = account.customer()
    number = made["id"]
    made.delete()

    assert 404 == refused(lambda: account.sdk.Customer.retrieve(number))[0]


@pytest.mark.unconfirmed("invoiced.customer.kept")
def test_a_customer_with_an_invoice_stays(account: Account) -> None:
    """A customer with a draft is not deleted."""
    customer = account.customer()
    account.invoice(customer=customer["id"], draft=True)

    assert (400, None) == refused(customer.delete)


@pytest.mark.unconfirmed("invoiced.customer.inactive")
def test_an_inactive_customer_gets_no_invoice(account: Account) -> None:
    """An invoice for an inactive customer is refused."""
    customer = account.customer(active=False)["id"]

    assert (400, "customer") == refused(lambda: account.invoice(customer=customer))


@pytest.mark.unconfirmed("invoiced.customer.credit-hold")
def test_a_customer_on_hold_gets_no_invoice(account: Account) -> None:
    """An invoice for a customer on credit hold is refused."""
    customer = account.customer(credit_hold=True)["id"]

    assert (400, "total") == refused(lambda: account.invoice(customer=customer))


@pytest.mark.unconfirmed("invoiced.customer.credit-limit")
def test_a_customer_is_lent_no_more_than_the_limit(account: Account) -> None:
    """An invoice over more than the customer's credit limit is refused."""
    customer = account.customer(credit_limit=5)["id"]

    assert (400, "total") == refused(lambda: account.invoice(customer=customer))
