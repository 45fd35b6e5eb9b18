"""Invoiced: payments, and what they make of an invoice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import NOBODY, Account, Record, refused

AMOUNT = pytest.mark.unconfirmed("invoiced.payment.amount")
REFUSED = pytest.mark.unconfirmed("invoiced.payment.refused")
KINDS = pytest.mark.unconfirmed("invoiced.payment.kinds")


@pytest.mark.documented("invoiced.payment.applied")
def test_a_payment_is_its_customers(account: Account) -> None:
    """A payment takes customer and currency from the invoice that it is for."""
    made = account.invoice()
    share = {"type": "invoice", "invoice": made["id"], "amount": 10}
    payment = account.sdk.Payment.create(amount=10, applied_to=[share])

    assert (made["customer"], made["currency"], 0) == (
        payment["customer"],
        payment["currency"],
        payment["balance"],
    )


@pytest.mark.documented("invoiced.payment.applied")
def test_a_payment_can_be_kept_for_later(account: Account) -> None:
    """A payment that is applied to nothing keeps its amount as its balance."""
    customer = account.customer()["id"]

    assert 7.5 == account.sdk.Payment.create(amount=7.5, customer=customer)["balance"]


@pytest.mark.documented("invoiced.payment.applied")
@pytest.mark.parametrize(
    ("amount", "expected"),
    [(4.25, ("not_sent", False, False, 5.75)), (10, ("paid", True, True, 0))],
    ids=["a part", "all"],
)
def test_a_payment_lowers_the_balance(
    amount: float, expected: tuple[object, ...], account: Account
) -> None:
    """An invoice that is paid in full is closed; in part, it owes the rest."""
    made = account.invoice()
    account.payment(made, amount)
    now = account.read(made)

    assert (*expected, 10) == tuple(
        now[key] for key in ("status", "paid", "closed", "balance", "total")
    )


@pytest.mark.unconfirmed
def test_a_payment_bumps_its_invoice(
    account: Account, later: Callable[[float], None]
) -> None:
    """A payment moves updated_at of the invoice that it is for."""
    made = account.invoice()
    later(2)
    account.payment(made, 4)

    assert made["updated_at"] < account.read(made)["updated_at"]


@cases(
    "change, param",
    [
        ({"amount": None}, "amount", AMOUNT),
        ({"amount": 0}, "amount", AMOUNT),
        ({"amount": 3}, "amount", AMOUNT),
        ({"customer": 5}, "customer", REFUSED),
        ({"applied_to": "all"}, "applied_to", KINDS),
        ({"applied_to": [{"type": "credit", "amount": 4}]}, "applied_to", KINDS),
        ({"applied_to": [{"type": "invoice", "amount": 4}]}, "applied_to", REFUSED),
        (
            {"applied_to": [{"type": "invoice", "invoice": NOBODY, "amount": 4}]},
            "applied_to",
            REFUSED,
        ),
        ({"currency": "eur"}, "applied_to", REFUSED),
    ],
)
def test_an_odd_payment_is_refused(
    change: Record, param: str, account: Account
) -> None:
    """A payment that does not add up is refused, and its invoice stays as it is."""
    made = account.invoice(currency="usd")
    share = {"type": "invoice", "invoice": made["id"], "amount": 4}
    sent = {"amount": 4, "applied_to": [share], **change}

    assert (400, param, 10) == (
        *refused(account.sdk.Payment.create, **sent),
        account.read(made)["balance"],
    )


@pytest.mark.unconfirmed("invoiced.payment.refused")
@cases(
    "amounts, state",
    {
        "nothing": ([0], {}),
        "less": ([-1], {}),
        "more": ([10.01], {}),
        "two-shares": ([6, 6], {}),
        "draft": ([4], {"draft": True}),
        "closed": ([4], {"closed": True}),
        "voided": ([4], {"void": True}),
    },
)
def test_an_invoice_takes_what_is_owed(
    amounts: list[float], state: dict[str, bool], account: Account
) -> None:
    """An open invoice takes more than nothing, and no more than its balance."""
    made = account.invoice(draft=state.get("draft", False))
    if state.get("closed"):
        made.save(closed=True)
    if state.get("void"):
        made.void()
    shares = [{"type": "invoice", "invoice": made["id"], "amount": x} for x in amounts]

    assert (400, "applied_to") == refused(
        account.sdk.Payment.create, amount=100, applied_to=shares
    )


@pytest.mark.unconfirmed
def test_a_payment_can_be_edited(account: Account) -> None:
    """What is noted on a payment can be edited, its amount cannot."""
    payment = account.payment(account.invoice(), 4)
    payment.save(notes="Thanks", amount=100)

    assert ("Thanks", 4) == (payment["notes"], payment["amount"])


@pytest.mark.unconfirmed
def test_payments_are_listed(account: Account) -> None:
    """Payments are listed and filtered like other records."""
    made = account.invoice()
    payment = account.payment(made, 4)
    account.sdk.Payment.create(amount=5)
    mine = {"customer": made["customer"]}

    assert [payment["id"]] == account.listed("Payment", filter=mine)


# Taken back


@pytest.mark.unconfirmed("invoiced.payment.void")
def test_a_deleted_payment_is_owed_again(account: Account) -> None:
    """A deleted payment stays as voided, once, and its invoice is open again."""
    made = account.invoice()
    payment = account.payment(made, 10)
    payment.delete()
    now = account.read(made)

    assert account.sdk.Payment.retrieve(payment["id"])["voided"] is True
    assert (10, False, False) == (now["balance"], now["paid"], now["closed"])
    assert (400, None) == refused(payment.delete)


# Money on an invoice


@pytest.mark.unconfirmed
@pytest.mark.parametrize("amount", [4, 10])
@pytest.mark.parametrize(("call", "param"), [("delete", "voided"), ("void", None)])
def test_money_keeps_an_invoice(
    amount: float, call: str, param: str | None, account: Account
) -> None:
    """An invoice on which anything was paid can be neither deleted nor voided."""
    made = account.invoice()
    account.payment(made, amount)

    assert (400, param) == refused(getattr(made, call))


@pytest.mark.unconfirmed
@cases(
    "change, expected",
    [
        ({"notes": "Thank you"}, {"notes": "Thank you", "balance": 6}),
        ({"currency": "eur"}, {"currency": "eur", "balance": 6}),
        ({"items": [{"unit_cost": 30}]}, {"total": 30, "balance": 26}),
    ],
)
def test_a_partly_paid_invoice_can_be_edited(
    change: Record, expected: dict[str, Any], account: Account
) -> None:
    """An invoice with a payment takes edits, and keeps what was received."""
    made = account.invoice(currency="usd")
    account.payment(made, 4)
    made.save(**change)
    now = account.read(made)

    assert expected == {key: now[key] for key in expected}
