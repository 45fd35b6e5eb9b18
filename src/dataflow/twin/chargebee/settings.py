"""What a site says about itself."""

from __future__ import annotations

from dataflow.twin.chargebee.calls import Answer, Call, listed
from dataflow.twin.chargebee.records import Record


def configurations(call: Call) -> Answer:
    """Say which site this is; the shape is the SDK's, the values are unconfirmed."""
    one: Record = {
        "domain": call.site.name,
        "product_catalog_version": "v2",
        "chargebee_response_schema_type": "items",
    }
    return {"configurations": [one]}


def currencies(call: Call) -> Answer:
    """List the site's currencies, its own first; the shape is the SDK's."""
    codes = call.site.currencies
    return listed("currency", [_currency(code, codes[0]) for code in codes])


def _currency(code: str, base: str) -> Record:
    return {
        "id": f"cur_{code}",
        "enabled": True,
        "forex_type": "auto",
        "currency_code": code,
        "is_base_currency": code == base,
        "object": "currency",
    }
