"""Show the configuration of a site; create, read and update its currencies."""

from __future__ import annotations

import re

from dataflow.twin.chargebee import behaviours, types
from dataflow.twin.chargebee.calls import Answer, Call, wrap_list
from dataflow.twin.chargebee.errors import duplicate, missing, not_found
from dataflow.twin.chargebee.site import currency
from dataflow.twin.chargebee.types import Record, Values, drop_fields, string
from dataflow.twin.resource import Field

_CODE = re.compile(r"[A-Z]{3}")
_RATE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_SCHEMAS = {"v1": "plans_addons", "v2": "items"}


UPDATE = (
    Field("forex_type", types.OneOf("manual auto"), required=True),
    Field(
        "manual_exchange_rate",
        types.Checked(20, _RATE.fullmatch, "{} is no exchange rate"),
    ),
)
CREATE = (
    Field(
        "currency_code",
        types.Checked(3, _CODE.fullmatch, "{} is no currency code"),
        required=True,
    ),
    *UPDATE,
)


def configurations(call: Call) -> Answer:
    """Show the configuration; the shape is the SDK's, the values are unconfirmed."""
    version = call.site.switches.product_catalog
    one: Record = {
        "domain": call.site.name,
        "product_catalog_version": version,
        "chargebee_response_schema_type": _SCHEMAS[version],
    }
    return {"configurations": [one]}


def list_custom_fields(call: Call) -> Answer:
    """List the custom fields of an entity."""
    return wrap_list("custom_field_config", call.site.custom_fields.list_all(call.form))


ENTITY = (Field("entity_type", types.Text(50), required=True),)


def list_all(call: Call) -> Answer:
    """List the site's currencies, its own first; the shape is the SDK's."""
    return wrap_list("currency", call.site.currencies.values())


def retrieve(call: Call) -> Answer:
    """Show one currency."""
    return {"currency": _find(call)}


def create(call: Call) -> Answer:
    """Add a currency to the site."""
    values = call.read()
    code = string(values, "currency_code")
    if code in call.site.currencies:
        raise duplicate("currency_code", code, behaviours.CURRENCY_TAKEN)
    created = _set_rate(currency(code, is_base=False), values)
    call.site.currencies[code] = created
    return {"currency": created}


def update(call: Call) -> Answer:
    """Change the exchange rate of a currency to the site's own."""
    found = _find(call)
    updated = _set_rate(found, call.read())
    call.site.currencies[string(found, "currency_code")] = updated
    return {"currency": updated}


def _find(call: Call) -> Record:
    for found in call.site.currencies.values():
        if found["id"] == call.id:
            return found
    raise not_found(behaviours.UNKNOWN_RECORD)


def _set_rate(record: Record, values: Values) -> Record:
    """Return a currency with its rate, which a manual one needs: unconfirmed."""
    is_manual = values["forex_type"] == "manual"
    rate = values.get("manual_exchange_rate") if is_manual else None
    if is_manual and not rate:
        raise missing("manual_exchange_rate")
    return drop_fields({**record, **values, "manual_exchange_rate": rate})
