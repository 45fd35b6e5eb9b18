"""What an invoice comes to, what is left to pay of it, and until when (unconfirmed)."""

from __future__ import annotations

import re

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.amounts import major, minor, totals
from dataflow.twin.invoiced.errors import RefusedError
from dataflow.twin.invoiced.lines import read_lines, read_rates, sent_rates
from dataflow.twin.wire import Json

_DAY = 86_400
_NET = re.compile(r"\s*net\s+([0-9]{1,4})\s*", re.IGNORECASE)
#: What sums are made anew for.
_COUNTED = ("items", "discounts", "discount", "taxes", "tax")


def composed(account: Account, record: Record, body: dict[str, Json]) -> Record:
    """Return an invoice with the lines and rates of a body, and its sums.

    Raises `RefusedError` for lines and rates that do not fit, and for a total below 0.
    """
    changes: Record = {}
    if "items" in body:
        account.rests_on(b.LINES_REPLACED)
        changes["items"] = read_lines(
            account, body["items"], record["items"], record["currency"]
        )
    for kind, param in (("discount", "discounts"), ("tax", "taxes")):
        spoken, rates = sent_rates(body, kind)
        if spoken:
            changes[param] = read_rates(account, kind, rates, record[param])
    return _summed(account, record | changes)


def repriced(
    account: Account, old: Record, record: Record, body: dict[str, Json]
) -> Record:
    """Return an edited invoice with its sums.

    They are made anew only if lines or rates are sent. A new currency alone leaves
    them, and rounds the balance to its own digits.
    """
    if not body.keys().isdisjoint(_COUNTED):
        return composed(account, record, body)
    currency = record["currency"]
    if currency == old["currency"]:
        return record
    account.rests_on(b.INVOICE_CURRENCY, b.INVOICE_CURRENCY_AS_IS)
    return record | {"balance": _balance(record, minor(record["total"], currency))}


def terms(record: Record) -> tuple[Json, Json]:
    """Return what an invoice's due date follows from."""
    return record["date"], record["payment_terms"]


def due(account: Account, record: Record) -> int | None:
    """Return when an invoice is due by its terms, if they say so."""
    net = _NET.fullmatch(record["payment_terms"] or "")
    if net is None:
        return None
    account.rests_on(b.INVOICE_DUE)
    found: int = record["date"] + int(net[1]) * _DAY
    return found


def _summed(account: Account, record: Record) -> Record:
    subtotal, total = totals(record)
    if total < 0:
        raise RefusedError(
            "The total of an invoice cannot be negative", b.INVOICE_NEGATIVE
        )
    account.rests_on(b.INVOICE_TOTALS)
    currency = record["currency"]
    sums = {"subtotal": major(subtotal, currency), "total": major(total, currency)}
    return record | sums | {"balance": _balance(record, total)}


def _balance(record: Record, total: int) -> int | float:
    """Return what of a total, in minor units, has not been received yet."""
    currency = record["currency"]
    return major(total - minor(record["received"], currency), currency)
