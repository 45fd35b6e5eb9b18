"""What a currency of a site looks like; the shape is the SDK's."""

from __future__ import annotations

from dataflow.twin.chargebee.records import Record


def currency(code: str, *, is_base: bool) -> Record:
    """Return a currency that is changed at the rate of the day."""
    return {
        "id": f"cur_{code}",
        "enabled": True,
        "forex_type": "auto",
        "currency_code": code,
        "is_base_currency": is_base,
        "object": "currency",
    }
