"""Amounts: major units on the wire, minor units in every sum (unconfirmed).

Each line is rounded to minor units, half away from zero, and only then added up.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

from dataflow.iso_codes import DIGITS
from dataflow.twin.invoiced.account import Record

_USUAL_DIGITS = 2
#: More digits than any sum of lines can have; the usual 28 are not enough.
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP)


def minor(amount: Decimal | float, currency: str) -> int:
    """Return an amount of major units in minor units of the currency."""
    exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    scaled = exact.scaleb(DIGITS.get(currency, _USUAL_DIGITS), _EXACT)
    return int(scaled.quantize(Decimal(1), context=_EXACT))


def major(amount: int, currency: str) -> int | float:
    """Return minor units as the wire shows them: whole amounts without a point."""
    exact = Decimal(amount).scaleb(-DIGITS.get(currency, _USUAL_DIGITS), _EXACT)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def line_amount(quantity: float, unit_cost: float, currency: str) -> int:
    """Return what a line costs, in minor units."""
    cost = _EXACT.multiply(Decimal(str(quantity)), Decimal(str(unit_cost)))
    return minor(cost, currency)


def totals(record: Record) -> tuple[int, int]:
    """Return subtotal and total of an invoice, in minor units.

    The subtotal is what the lines cost before discounts and taxes, theirs included.
    """
    currency = record["currency"]
    lines = record["items"]
    subtotal = sum(minor(line["amount"], currency) for line in lines)
    total = subtotal
    for holder in (record, *lines):
        total -= _flat(holder["discounts"], currency)
        total += _flat(holder["taxes"], currency)
    return subtotal, total


def _flat(rates: Iterable[Record], currency: str) -> int:
    return sum(minor(rate["amount"], currency) for rate in rates)
