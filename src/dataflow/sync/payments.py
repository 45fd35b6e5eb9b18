"""Give a backing invoice the payment state of an invoice: pure functions.

====================  ============================================================
in Invoiced           imported into Chargebee
====================  ============================================================
nothing to pay        `paid`, with one payment of what was paid
paid in part          `posted` or `payment_due`, with one payment of that part
nothing paid          `posted` or `payment_due`
closed with a balance `paid`, with the balance written off
====================  ============================================================

`payment_due` is one whose due date has passed. A closed invoice that is not paid is a
bad debt (documented). Invoiced names no payment methods on an invoice: it is `other`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Self

from dataflow.sync.clients.http import Record
from dataflow.sync.errors import MappingError
from dataflow.sync.mapping import get_at_path
from dataflow.sync.model import Observed
from dataflow.sync.values import parse_amount, round_to_minor, to_minor


class PaymentPolicy(StrEnum):
    """What a backing invoice says about payment: as in Invoiced, or that all is due."""

    MIRROR = "mirror"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Receivable:
    """What an invoice in Invoiced has asked for, in major units."""

    total: Decimal
    paid: Decimal
    is_written_off: bool
    is_voided: bool

    @classmethod
    def read(cls, left: Record) -> Self:
        """Return the receivable of an invoice; raises MappingError."""
        total = parse_amount(left.get("total") or 0)
        status = left.get("status")
        balance = parse_amount(total if (due := left.get("balance")) is None else due)
        is_paid = left.get("paid") is True or status == "paid" or balance <= 0
        is_bad_debt = left.get("closed") is True or status == "bad_debt"
        is_voided = status == "voided"
        return cls(
            total,
            total if is_paid else total - balance,
            is_written_off=is_bad_debt and not is_paid and not is_voided,
            is_voided=is_voided,
        )

    def __str__(self) -> str:
        """Return total and payment as a text, to detect and to report a change."""
        total = f"a total of {_format(self.total)}"
        if self.is_voided:
            return f"{total}, voided"
        rest = ", the rest written off" if self.is_written_off else ""
        return f"{total}, {_format(self.paid)} of it paid{rest}"


def describe(left: Record) -> str:
    """Return total and payment of an invoice as a text, or nothing if unreadable."""
    try:
        return str(Receivable.read(left))
    except MappingError:
        return ""


def describe_change(left: Observed, before: str) -> str:
    """Return a sentence about a change of total or payment since `before`."""
    if left.frozen:
        return f"invoice {left.id} {left.frozen}."
    return (
        f"invoice {left.id} had {before} in Invoiced, and has {left.money} now; the"
        " invoice behind its order stays as it is."
    )


def import_payment(left: Record, currency: str, policy: PaymentPolicy) -> Record:
    """Return the parameters that give a new backing invoice its payment state.

    The time of the payment is the last change of the invoice, which does not name it:
    Invoiced closes an invoice when it is paid (unconfirmed).
    """
    receivable = Receivable.read(left)
    is_mirrored = policy is PaymentPolicy.MIRROR
    total = to_minor(round_to_minor(receivable.total, currency), currency)
    paid = to_minor(round_to_minor(receivable.paid, currency), currency)
    paid = min(paid, total) if is_mirrored else 0
    time = left.get("updated_at") or left.get("created_at")
    payment = {"amount": [paid], "payment_method": ["other"], "date": [time]}
    payments = {"payments": payment} if paid > 0 else {}
    if total <= paid:
        return {"status": "paid", "paid_at": time, **payments}
    if is_mirrored and receivable.is_written_off:
        loss = {"write_off_amount": total - paid, "write_off_date": time}
        return {"status": "paid", "is_written_off": True, **loss, **payments}
    is_overdue = left.get("status") == "past_due"
    return {"status": "payment_due" if is_overdue else "posted", **payments}


def amount_due(invoice: Record) -> int:
    """Return what will be due of an invoice with these parameters of an import."""
    total, paid = invoice["total"], get_at_path(invoice, "payments.amount")
    lost = invoice.get("write_off_amount", 0)
    settled = [*(paid if isinstance(paid, list) else []), lost]
    return int(str(total)) - sum(int(str(amount)) for amount in settled)


def name_payment(invoice: Record, order_id: str) -> Record:
    """Return an import whose payment, if any, has an id that its line has too."""
    payments, lines = invoice.get("payments"), invoice["line_items"]
    if not isinstance(payments, Mapping) or not isinstance(lines, Mapping):
        return invoice
    ids = {"id": [payment_id(order_id)]}
    return {**invoice, "payments": {**payments, **ids}, "line_items": {**lines, **ids}}


def payment_id(order_id: str) -> str:
    """Return the id of the payment of an order's backing invoice."""
    return f"pay-{order_id}"


def has_own_payment(invoice: Record, payment: str) -> bool:
    """Return whether an invoice was imported with this payment, removed or not."""
    lines = invoice.get("line_items")
    ids = [get_at_path(line, "id") for line in lines] if isinstance(lines, list) else []
    return ids == [payment]


def is_linked(invoice: Record, payment: str) -> bool:
    """Return whether an invoice has this payment now."""
    linked = invoice.get("linked_payments")
    rows = linked if isinstance(linked, list) else []
    return payment in {get_at_path(row, "txn_id") for row in rows}


def _format(amount: Decimal) -> str:
    return f"{amount.normalize() + 0:f}"
