"""Amounts of money as Chargebee counts them."""

from __future__ import annotations

from decimal import Decimal

_WITHOUT_CENTS = {
    *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
    *("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"),
}


def in_cents(amount: float, currency: str) -> int:
    """Return an amount in whole units as Chargebee writes it (documented).

    It takes hundredths, whatever the currency, but for those that have no smaller unit.
    """
    factor = 1 if currency.upper() in _WITHOUT_CENTS else 100
    return round(Decimal(str(amount)) * factor)
