"""Invoiced: payments, and what they make of an invoice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import NOBODY, Account, Record, refused

AMOUNT = pytest.mark.unconfirmed("invoiced.payment.amount")
REFUSED = pytest.mark.unconfirmed("invoiced.payment.refused")
STRICT = pytest.mark.unconfirmed("invoiced.payment.strict")


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
        ({"amount": None}, "request", STRICT),
        ({"amount": "4 usd"}, "request", STRICT),
        ({"amount": -1, "applied_to": []}, "amount", AMOUNT),
        ({"amount": 3}, "amount", AMOUNT),
        ({"date": "1767603600"}, "request", STRICT),
        ({"notes": 7}, "request", STRICT),
        ({"shoe_size": 43}, "request", STRICT),
        ({"customer": 5}, None, REFUSED),
        ({"applied_to": "all"}, "applied_to", STRICT),
        ({"applied_to": [{"type": "coins", "amount": 4}]}, "applied_to", REFUSED),
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
    change: Record, param: str | None, account: Account
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
    "amount, void, customer",
    {
        "nothing": (0, False, False),
        "less": (-1, False, False),
        "voided": (4, True, False),
        "other-customer": (4, False, True),
    },
)
def test_a_share_is_refused(
    amount: float, account: Account, *, void: bool, customer: bool
) -> None:
    """A share is above nothing, of the invoice's customer, and not for a voided one."""
    made = account.invoice()
    if void:
        made.void()
    payer = {"customer": account.customer()["id"]} if customer else {}
    share = {"type": "invoice", "invoice": made["id"], "amount": amount}

    assert (400, "applied_to") == refused(
        account.sdk.Payment.create, amount=100, applied_to=[share], **payer
    )


@pytest.mark.unconfirmed("invoiced.payment.taken")
@cases(
    "amount, state, expected",
    {
        "draft": (4, {"draft": True}, ("not_sent", False, False, 6)),
        "whole-draft": (10, {"draft": True}, ("paid", True, True, 0)),
        "closed": (4, {"closed": True}, ("not_sent", False, True, 6)),
        "more-than-the-balance": (12.5, {}, ("paid", True, True, -2.5)),
    },
)
def test_an_invoice_takes_a_payment(
    amount: float,
    state: dict[str, bool],
    expected: tuple[object, ...],
    account: Account,
) -> None:
    """A payment issues a draft, is taken by a closed invoice, and may be too large."""
    made = account.invoice(**state)
    account.payment(made, amount)
    now = account.read(made)

    assert expected == tuple(
        now[key] for key in ("status", "paid", "closed", "balance")
    )


@pytest.mark.unconfirmed("invoiced.payment.refused")
def test_a_parent_can_pay(account: Account) -> None:
    """A payment of the parent of an invoice's customer is taken."""
    parent = account.customer()["id"]
    customer = account.customer(parent_customer=parent)["id"]
    made = account.invoice(customer=customer)
    share = {"type": "invoice", "invoice": made["id"], "amount": 10}
    account.sdk.Payment.create(amount=10, customer=parent, applied_to=[share])

    assert 0 == account.read(made)["balance"]


@cases(
    "change, expected",
    [
        ({"notes": "Thanks"}, ("Thanks", 4, 0, 6), pytest.mark.documented),
        ({"amount": 100}, (None, 100, 96, 6), pytest.mark.unconfirmed),
        ({"amount": "7.5"}, (None, 7.5, 3.5, 6), AMOUNT),
        ({"applied_to": []}, (None, 4, 4, 10), pytest.mark.unconfirmed),
    ],
)
def test_a_payment_can_be_edited(
    change: Record, expected: tuple[object, ...], account: Account
) -> None:
    """Notes, amount and shares of a payment can be edited; its invoice follows."""
    made = account.invoice()
    payment = account.payment(made, 4)
    payment.save(**change)
    shown = [payment[key] for key in ("notes", "amount", "balance")]

    assert expected == (*shown, account.read(made)["balance"])


@pytest.mark.unconfirmed
@cases(
    "change, param",
    [
        ({"amount": 3}, "amount"),
        ({"applied_to": "all"}, "applied_to"),
        ({"shoe_size": 43}, "request"),
    ],
)
def test_an_odd_edit_of_a_payment_is_refused(
    change: Record, param: str, account: Account
) -> None:
    """An amount below what is applied, and an unknown field, answer 400."""
    payment = account.payment(account.invoice(), 4)

    assert (400, param) == refused(payment.save, **change)


@pytest.mark.unconfirmed
def test_a_payment_of_another_customer_is_applied_to_nothing(account: Account) -> None:
    """An edit of the customer reverses the shares of a payment."""
    made = account.invoice()
    payment = account.payment(made, 4)
    payment.save(customer=account.customer()["id"])

    assert (4, 10) == (payment["balance"], account.read(made)["balance"])


@pytest.mark.unconfirmed("invoiced.payment.void")
def test_a_voided_payment_is_final(account: Account) -> None:
    """A voided payment takes no edit."""
    payment = account.payment(account.invoice(), 4)
    account.raw.delete(f"/payments/{payment['id']}")

    assert (400, "voided") == refused(payment.save, notes="Late")


@pytest.mark.unconfirmed
def test_payments_are_listed(account: Account) -> None:
    """Payments are listed and filtered like other records."""
    made = account.invoice()
    payment = account.payment(made, 4)
    account.sdk.Payment.create(amount=5)
    mine = {"customer": made["customer"]}

    assert [payment["id"]] == account.listed("Payment", filter=mine)


@pytest.mark.unconfirmed("invoiced.payment.strict")
def test_an_unknown_parameter_of_the_list_is_refused(account: Account) -> None:
    """The list of payments refuses a parameter that it does not have."""
    answer = account.raw.get("/payments", params={"shoe_size": 43})

    assert (400, "query") == (answer.status_code, answer.json()["param"])


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
