"""Amounts of the Invoiced twin, as large as they come."""

from __future__ import annotations

from tests.twin.invoiced.calling import Raw

MOST = {"unit_cost": 999_999_999_999, "quantity": 999_999_999_999}


def test_no_amount_is_too_large_to_be_counted(invoiced_raw: Raw) -> None:
    """The largest lines add up, also in a currency with thousandths."""
    invoiced_raw("POST", "/customers", json={"name": "Ada"})
    lines = {"customer": 1_000_001, "items": [MOST] * 2000}
    made = invoiced_raw("POST", "/invoices", json=lines)
    path = f"/invoices/{made.json()['id']}"
    edited = invoiced_raw("PATCH", path, json={"currency": "kwd"})

    assert (201, 200) == (made.status_code, edited.status_code)
    assert made.json()["total"] == edited.json()["balance"]
