"""Payments of the Invoiced twin, and the states that they bring an invoice into."""

from __future__ import annotations

from typing import Any

import invoiced
import pytest

from dataflow.twin.clock import START, ManualClock
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.invoiced import behaviours as b
from tests.twin.invoiced.calling import refused, rests_on


def pay(client: invoiced.Client, invoice: dict[str, Any], amount: float) -> Any:  # noqa: ANN401
    """Pay some of an invoice."""
    share = {"type": "invoice", "invoice": invoice["id"], "amount": amount}
    return client.Payment.create(amount=amount, method="cash", applied_to=[share])


def again(client: invoiced.Client, record: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return an invoice as it is now."""
    return client.Invoice.retrieve(record["id"])


def test_a_payment_has_the_documented_keys(
    invoiced_client: invoiced.Client, invoice: dict[str, Any]
) -> None:
    """A payment has the keys of the documented one, and when it was last changed."""
    documented = """
        ach_sender_id amount balance charge created_at currency customer date id matched
        method notes object pdf_url reference source updated_at voided
    """

    assert set(documented.split()) == set(pay(invoiced_client, invoice, 10))


def test_a_payment_is_its_customers(
    invoiced_client: invoiced.Client, invoice: dict[str, Any]
) -> None:
    """A payment takes customer and currency from the invoice that it is for."""
    payment = pay(invoiced_client, invoice, 10)

    assert (invoice["customer"], "usd", 0) == (
        payment["customer"],
        payment["currency"],
        payment["balance"],
    )


def test_a_payment_can_be_kept_for_later(invoiced_client: invoiced.Client) -> None:
    """A payment that is applied to nothing keeps its amount as its balance."""
    assert 7.5 == invoiced_client.Payment.create(amount=7.5)["balance"]


def test_a_covered_invoice_is_paid(
    invoiced_client: invoiced.Client, invoice: dict[str, Any]
) -> None:
    """An invoice that is paid in full is paid, closed and without balance."""
    pay(invoiced_client, invoice, 10)
    known = again(invoiced_client, invoice)

    assert ("paid", True, True, 0, 10) == (
        known["status"],
        known["paid"],
        known["closed"],
        known["balance"],
        known["total"],
    )


def test_a_partly_paid_invoice_stays_open(
    invoiced_client: invoiced.Client, invoice: dict[str, Any]
) -> None:
    """An invoice that is paid in part is open, and owes the rest."""
    pay(invoiced_client, invoice, 4.25)
    known = again(invoiced_client, invoice)

    assert ("not_sent", 5.75) == (known["status"], known["balance"])


def test_a_payment_moves_the_invoice(
    invoiced_client: invoiced.Client,
    invoiced_clock: ManualClock,
    invoice: dict[str, Any],
) -> None:
    """A payment bumps the invoice's `updated_at`."""
    invoiced_clock.advance(5)
    pay(invoiced_client, invoice, 4)

    assert START + 5 == again(invoiced_client, invoice)["updated_at"]


@pytest.mark.parametrize(
    ("amount", "told"), [(4, "invoice.updated"), (10, "invoice.paid")]
)
def test_a_payment_is_told(
    invoiced_client: invoiced.Client,
    invoice: dict[str, Any],
    amount: float,
    told: str,
) -> None:
    """What makes an invoice paid is told as that, and anything less as an update."""
    pay(invoiced_client, invoice, amount)
    events = invoiced_client.Event.list(related_to=f"invoice,{invoice['id']}")[0]

    assert [told, "invoice.created"] == [event["type"] for event in events]


def test_an_edit_keeps_what_was_paid(
    invoiced_client: invoiced.Client, invoice: dict[str, Any]
) -> None:
    """New lines of a partly paid invoice leave what was received."""
    pay(invoiced_client, invoice, 4)
    known = again(invoiced_client, invoice)
    known.save(items=[{"name": "Paper", "unit_cost": 30}])

    assert (30, 26) == (known["total"], known["balance"])


@pytest.mark.parametrize("amount", [4, 10])
@pytest.mark.parametrize(("call", "param"), [("delete", "voided"), ("void", None)])
def test_money_keeps_an_invoice(
    invoiced_client: invoiced.Client,
    invoice: Any,  # noqa: ANN401
    amount: float,
    call: str,
    param: str | None,
) -> None:
    """An invoice on which anything was paid can be neither deleted nor voided."""
    pay(invoiced_client, invoice, amount)

    assert (400, param) == refused(getattr(invoice, call))


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"amount": None}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": 3}, "amount"),
        ({"customer": 5}, "customer"),
        ({"applied_to": "all"}, "applied_to"),
        ({"applied_to": [{"type": "credit", "amount": 4}]}, "applied_to"),
        ({"applied_to": [{"type": "invoice", "amount": 4}]}, "invoice"),
        ({"currency": "eur"}, "applied_to"),
    ],
)
def test_an_odd_payment_is_refused(
    invoiced_client: invoiced.Client,
    invoice: dict[str, Any],
    change: dict[str, object],
    param: str,
) -> None:
    """A payment that does not add up is refused, and its invoice stays as it is."""
    share = {"type": "invoice", "invoice": invoice["id"], "amount": 4}
    sent = {"amount": 4, "applied_to": [share], **change}

    assert (400, param, 10) == (
        *refused(lambda: invoiced_client.Payment.create(**sent)),
        again(invoiced_client, invoice)["balance"],
    )


@pytest.mark.parametrize("amount", [-1, 0, 10.01])
def test_an_amount_that_does_not_fit_is_refused(
    invoiced_client: invoiced.Client, invoice: dict[str, Any], amount: float
) -> None:
    """An invoice takes more than nothing, and no more than its balance."""
    share = {"type": "invoice", "invoice": invoice["id"], "amount": amount}

    assert (400, "applied_to") == refused(
        lambda: invoiced_client.Payment.create(amount=100, applied_to=[share])
    )


def test_two_shares_do_not_exceed_the_balance(
    invoiced_client: invoiced.Client, invoice: dict[str, Any]
) -> None:
    """Shares of one invoice are added up before anything is received."""
    share = {"type": "invoice", "invoice": invoice["id"], "amount": 6}

    assert (400, "applied_to") == refused(
        lambda: invoiced_client.Payment.create(amount=12, applied_to=[share, share])
    )


@pytest.mark.parametrize("change", [{"closed": True}, {"void": True}])
def test_an_invoice_that_is_not_open_takes_no_payment(
    invoiced_client: invoiced.Client,
    invoice: Any,  # noqa: ANN401
    change: dict[str, bool],
) -> None:
    """A closed or voided invoice takes no payment."""
    if change.pop("void", False):
        invoice.void()
    else:
        invoice.save(**change)

    assert (400, "applied_to") == refused(lambda: pay(invoiced_client, invoice, 4))


def test_a_payment_can_be_edited(
    invoiced_client: invoiced.Client, invoice: dict[str, Any]
) -> None:
    """What is noted on a payment can be edited, its amount cannot."""
    payment = pay(invoiced_client, invoice, 4)
    payment.save(notes="Thanks", amount=100)

    assert ("Thanks", 4) == (payment["notes"], payment["amount"])


def test_payments_are_listed(
    invoiced_client: invoiced.Client, invoice: dict[str, Any]
) -> None:
    """Payments are listed and filtered like other records."""
    pay(invoiced_client, invoice, 4)
    invoiced_client.Payment.create(amount=5)
    found = invoiced_client.Payment.list(filter={"customer": invoice["customer"]})[0]

    assert [4] == [payment["amount"] for payment in found]


def test_a_deleted_payment_is_owed_again(
    invoiced_client: invoiced.Client, invoice: dict[str, Any]
) -> None:
    """A deleted payment stays as voided, and the invoice is open again."""
    payment = pay(invoiced_client, invoice, 10)
    payment.delete()
    known = again(invoiced_client, invoice)

    assert (True, False, False, 10) == (
        payment["voided"],
        known["paid"],
        known["closed"],
        known["balance"],
    )


def test_a_payment_is_deleted_once(
    invoiced_client: invoiced.Client, invoice: dict[str, Any]
) -> None:
    """A voided payment cannot be deleted again."""
    payment = pay(invoiced_client, invoice, 10)
    payment.delete()

    assert (400, None) == refused(payment.delete)


def test_what_a_deletion_rests_on_is_noted(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    invoice: dict[str, Any],
) -> None:
    """That a deletion opens the invoice again is only assumed."""
    pay(invoiced_client, invoice, 10).delete()

    assert rests_on(invoiced_twin, b.PAYMENT_VOID)
