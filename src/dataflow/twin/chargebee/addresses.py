"""Postal addresses inside of customers, invoices and orders."""

from __future__ import annotations

from dataflow.iso_codes import COUNTRIES, STATES
from dataflow.twin.behaviours import Touched
from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.errors import wrong_value
from dataflow.twin.chargebee.forms import Form
from dataflow.twin.chargebee.params import Param, Values, group, mail, one_of, text
from dataflow.twin.chargebee.records import Record, dropped, string
from dataflow.twin.wire import Json


def _country(name: str, given: str | Form) -> Json:
    """Read a country of ISO 3166-1; an invalid one is an error: documented."""
    code = text(50)(name, given)
    if code not in COUNTRIES:
        raise wrong_value(name, f"{code} is no country code")
    return code


#: Lengths as in the vendor's own schemas.
PARTS = (
    Param("first_name", text(150)),
    Param("last_name", text(150)),
    Param("email", mail),
    Param("company", text(250)),
    Param("phone", text(50)),
    Param("line1", text(150)),
    Param("line2", text(150)),
    Param("line3", text(150)),
    Param("city", text(50)),
    Param("state_code", text(50)),
    Param("state", text(50)),
    Param("zip", text(20)),
    Param("country", _country),
    Param(
        "validation_status",
        one_of("not_validated", "valid", "partially_valid", "invalid"),
    ),
)

ADDRESS = group(PARTS)
KINDS = ("billing_address", "shipping_address")


def completed(values: Values, record: Record, touched: Touched) -> Values:
    """Return the values with whole addresses in place of the parts that were sent.

    Parts that were not sent stay as they are in the record: unconfirmed.
    """
    whole = dict(values)
    for kind in KINDS:
        old, sent = record.get(kind), values.get(kind)
        if isinstance(sent, dict):
            merged = sent
            if isinstance(old, dict):
                touched.touch(behaviours.ADDRESS_MERGED)
                merged = {**old, **sent}
            whole[kind] = _filled(kind, _named(merged, sent, touched))
    return whole


def _named(parts: Record, sent: Record, touched: Touched) -> Record:
    """Return an address with its state's name, if a code for that was sent."""
    state = STATES.get((string(parts, "country"), string(parts, "state_code")))
    if state is None or not {"country", "state_code"} & sent.keys():
        return parts
    touched.touch(behaviours.STATE_OF_CODE)
    return {**parts, "state": state}


def _filled(kind: str, parts: Record) -> Record | None:
    kept = dropped(parts)
    if not kept.keys() - {"validation_status", "object"}:
        return None
    return {"validation_status": "not_validated", **kept, "object": kind}
