"""Amounts of money in Chargebee's unit."""

from __future__ import annotations

from decimal import Decimal

_WITHOUT_CENTS = {
    *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
    *("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"),
}


def in_cents(amount: float, currency: str) -> int:
    """Return an amount of whole units in Chargebee's unit (documented).

    The unit is a hundredth, except for currencies that have no smaller unit.
    """
    factor = 1 if currency.upper() in _WITHOUT_CENTS else 100
    return round(Decimal(str(amount)) * factor)
