"""Amounts: decimals of the currency itself in Invoiced, minor units in Chargebee.

Chargebee counts zero-decimal currencies in whole units and every other one in
hundredths, those with three decimals included (documented).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation

from dataflow.mapping.errors import MoneyError

#: ISO 4217 currencies without decimals; Chargebee names JPY, KRW, XAF and XOF
#: among its own (documented), the others follow ISO 4217 (unconfirmed).
ZERO_DECIMAL = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF"}
    | {"UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)

#: Sums that do not come out exactly are an error, and so are absurdly large ones.
_EXACT = Context(prec=28, Emax=27, traps=[Inexact])


def to_minor(amount: object, currency: str) -> int:
    """Return `amount`, in units of `currency`, as Chargebee counts it.

    Raises MoneyError for what is no amount or has more decimals than fit.
    """
    counted = _exactly(_EXACT.multiply, _decimal(amount), currency)
    if counted != counted.to_integral_value():
        raise MoneyError(
            f"{amount} {currency.upper()} has more decimals than Chargebee can hold:"
            " round it in Invoiced."
        )
    return int(counted)


def rounded(amount: object, currency: str) -> Decimal:
    """Return `amount`, in units of `currency`, as near to it as Chargebee can hold.

    A half goes up, away from zero. Raises MoneyError for what is no amount.
    """
    per_unit = _per_unit(currency)
    counted = _decimal(amount) * per_unit
    return counted.to_integral_value(ROUND_HALF_UP) / per_unit


def to_major(amount: int, currency: str) -> Decimal:
    """Return `amount`, as Chargebee counts it, in units of `currency`.

    Raises MoneyError for more digits than can be carried.
    """
    return _exactly(_EXACT.divide, Decimal(amount), currency)


def _exactly(
    reckon: Callable[[Decimal, int], Decimal], amount: Decimal, currency: str
) -> Decimal:
    try:
        return reckon(amount, _per_unit(currency))
    except Inexact:
        raise MoneyError(
            f"{amount} {currency.upper()} has more digits than can be carried: correct"
            " it in Invoiced."
        ) from None


def _per_unit(currency: str) -> int:
    return 1 if currency.upper() in ZERO_DECIMAL else 100


def _decimal(amount: object) -> Decimal:
    # Through text: a float's own digits are what Invoiced showed, not its binary tail.
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(amount, bool) or not number.is_finite():
        raise MoneyError(f"{amount!r} is no amount of money: correct it in Invoiced.")
    return number
