"""What a site says about itself, and the currencies that it can be given."""

from __future__ import annotations

import re

from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.calls import Answer, Call, listed
from dataflow.twin.chargebee.errors import duplicate, missing, not_found, wrong_value
from dataflow.twin.chargebee.site import currency
from dataflow.twin.chargebee.types import (
    Field,
    Form,
    Record,
    Values,
    drop_fields,
    one_of,
    string,
    text,
)
from dataflow.twin.messages import Json

_CODE = re.compile(r"[A-Z]{3}")
_RATE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


_SCHEMAS = {"v1": "plans_addons", "v2": "items"}


def _code(name: str, given: str | Form) -> Json:
    value = text(3)(name, given)
    if _CODE.fullmatch(str(value)) is None:
        raise wrong_value(name, f"{value} is no currency code")
    return value


def _rate(name: str, given: str | Form) -> Json:
    value = text(25)(name, given)
    if _RATE.fullmatch(str(value)) is None:
        raise wrong_value(name, f"{value} is no exchange rate")
    return value


UPDATE = (
    Field("forex_type", one_of("manual", "auto"), required=True),
    Field("manual_exchange_rate", _rate),
)
CREATE = (Field("currency_code", _code, required=True), *UPDATE)


def configurations(call: Call) -> Answer:
    """Say which site this is; the shape is the SDK's, the values are unconfirmed."""
    version = call.site.switches.product_catalog
    one: Record = {
        "domain": call.site.name,
        "product_catalog_version": version,
        "chargebee_response_schema_type": _SCHEMAS[version],
    }
    return {"configurations": [one]}


def list_all(call: Call) -> Answer:
    """List the site's currencies, its own first; the shape is the SDK's."""
    return listed("currency", call.site.currencies.values())


def retrieve(call: Call) -> Answer:
    """Show one currency."""
    return {"currency": _found(call)}


def create(call: Call) -> Answer:
    """Add a currency to the site."""
    values = call.read(CREATE)
    code = string(values, "currency_code")
    if code in call.site.currencies:
        raise duplicate("currency_code", code, behaviours.CURRENCY_TAKEN)
    made = _priced(currency(code, is_base=False), values)
    call.site.currencies[code] = made
    return {"currency": made}


def update(call: Call) -> Answer:
    """Change at what rate a currency is changed into the site's own."""
    found = _found(call)
    made = _priced(found, call.read(UPDATE))
    call.site.currencies[string(found, "currency_code")] = made
    return {"currency": made}


def _found(call: Call) -> Record:
    for found in call.site.currencies.values():
        if found["id"] == call.id:
            return found
    raise not_found(behaviours.UNKNOWN_RECORD)


def _priced(record: Record, values: Values) -> Record:
    """Return a currency with its rate, which a manual one needs: unconfirmed."""
    if values["forex_type"] == "manual" and not values.get("manual_exchange_rate"):
        raise missing("manual_exchange_rate")
    rate = values.get("manual_exchange_rate")
    kept = rate if values["forex_type"] == "manual" else None
    return drop_fields({**record, **values, "manual_exchange_rate": kept})
