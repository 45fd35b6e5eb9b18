"""Invoiced: whose an invoice is, and who gets none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import NOBODY, Account, Record, refused

unconfirmed = pytest.mark.unconfirmed
UNKNOWN = unconfirmed("invoiced.invoice.customer-unknown")
NEEDED = pytest.mark.documented("invoiced.invoice.customer-needed")


@cases(
    "sent",
    [
        ({}, NEEDED),
        ({"customer": None}, NEEDED),
        ({"customer": NOBODY}, UNKNOWN),
        ({"customer": "Acme"}, UNKNOWN),
        ({"customer": True}, UNKNOWN),
        ({"customer": {"name": "New"}}, UNKNOWN),
    ],
)
def test_an_invoice_needs_a_known_customer(sent: Record, account: Account) -> None:
    """A new invoice without a known customer answers 400, not 404."""
    assert (400, "customer") == refused(account.sdk.Invoice.create, **sent)


@pytest.mark.unconfirmed
@cases("spell", {"id": int, "text": str, "object": lambda found: {"id": found}})
def test_a_customer_can_be_named_in_three_ways(spell: Any, account: Account) -> None:  # noqa: ANN401
    """The customer of a new invoice is an id, a text of it, or an object with it."""
    customer = account.customer()["id"]

    assert customer == account.invoice(customer=spell(customer))["customer"]


@cases(
    "state, amount, param",
    {
        "inactive": (
            {"active": False},
            10,
            "customer",
            unconfirmed("invoiced.customer.inactive"),
        ),
        "on-hold": (
            {"credit_hold": True},
            10,
            "total",
            unconfirmed("invoiced.customer.credit-hold"),
        ),
        "over-the-limit": (
            {"credit_limit": 25},
            25.01,
            "total",
            unconfirmed("invoiced.customer.credit-limit"),
        ),
    },
)
def test_some_customers_get_no_invoice(
    state: Record, amount: float, param: str, account: Account
) -> None:
    """An inactive customer, one on hold and one over the limit get no invoice."""
    customer = account.customer(**state)["id"]
    lines = [{"unit_cost": amount}]

    assert (400, param) == refused(account.invoice, customer=customer, items=lines)


@pytest.mark.unconfirmed("invoiced.customer.credit-limit")
@cases(
    "amount, params, is_taken",
    {
        "too-much": (15.01, {}, False),
        "just-enough": (15, {}, True),
        "a-draft": (20, {"draft": True}, True),
        "another-currency": (20, {"currency": "eur"}, True),
    },
)
def test_only_what_is_owed_counts_to_the_limit(
    amount: float, params: Record, account: Account, *, is_taken: bool
) -> None:
    """The limit itself can be reached, and what nobody owes yet leaves it alone."""
    customer = account.customer(credit_limit=25)["id"]
    account.invoice(customer=customer, items=[{"unit_cost": amount}], **params)
    if is_taken:
        assert 10 == account.invoice(customer=customer)["total"]
    else:
        assert (400, "total") == refused(account.invoice, customer=customer)


# Edits


@pytest.mark.unconfirmed("invoiced.invoice.customer-immutable")
@pytest.mark.parametrize("state", ["draft", "issued", "voided"])
def test_the_customer_cannot_be_edited(state: str, account: Account) -> None:
    """A PATCH of the customer is refused in any state, and changes nothing."""
    made = account.invoice(draft=state == "draft")
    others = [account.customer()["id"], None, "77", "Acme", {"id": 5}, True]
    if state == "voided":
        made.void()
    before = account.read(made)

    assert [(400, "customer")] * len(others) == [
        refused(made.save, customer=other, notes="Moved") for other in others
    ]
    assert before == account.read(made)


@pytest.mark.unconfirmed
@pytest.mark.parametrize("spelling", [int, str])
def test_the_same_customer_is_accepted(spelling: type, account: Account) -> None:
    """A PATCH with the customer that the invoice has changes nothing else."""
    made = account.invoice()
    before = {**made, "updated_at": 0}
    made.save(customer=spelling(made["customer"]))

    assert before == {**account.read(made), "updated_at": 0}


@pytest.mark.documented("invoiced.expand")
@pytest.mark.parametrize("to", ["", "/{}"])
def test_the_customer_can_be_expanded(to: str, account: Account) -> None:
    """expand=customer puts the customer in its id's place, in a list too."""
    customer = account.customer()
    made = account.invoice(customer=customer["id"])
    asked = {"expand": "customer", "filter[customer]": customer["id"]}
    answer = account.raw.get(f"/invoices{to.format(made['id'])}", params=asked).json()

    assert customer == (answer if to else answer[0])["customer"]
