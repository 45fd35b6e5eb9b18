"""Addresses, and the characters that a text may hold."""

from __future__ import annotations

import re

from dataflow.iso_codes import COUNTRIES, STATES
from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.errors import wrong_value
from dataflow.twin.chargebee.types import (
    Field,
    Form,
    Reader,
    Record,
    Values,
    drop_fields,
    email,
    group,
    one_of,
    string,
    text,
)
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.messages import Json

_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def html(longest: int, inner: int) -> Reader:
    """Return a reader of HTML of at most so many characters, `inner` without its tags.

    Both limits are those of the vendor's SDK.
    """
    whole = text(longest)

    def reader(name: str, given: str | Form) -> Json:
        value = str(whole(name, given))
        if len(_TAG.sub("", value)) > inner:
            raise wrong_value(name, f"cannot have more than {inner} characters of text")
        return value

    return reader


def without_scripts(value: str) -> str:
    """Return HTML without what would be run or would change how a page looks."""
    return _SCRIPT.sub("", value)


def _country(name: str, given: str | Form) -> Json:
    """Read a country of ISO 3166-1; an invalid one is an error: documented."""
    code = text(50)(name, given)
    if code not in COUNTRIES:
        raise wrong_value(name, f"{code} is no country code")
    return code


#: Lengths as in the vendor's own schemas.
PARTS = (
    Field("first_name", text(150)),
    Field("last_name", text(150)),
    Field("email", email),
    Field("company", text(250)),
    Field("phone", text(50)),
    Field("line1", text(150)),
    Field("line2", text(150)),
    Field("line3", text(150)),
    Field("city", text(50)),
    Field("state_code", text(50)),
    Field("state", text(50)),
    Field("zip", text(20)),
    Field("country", _country),
    Field(
        "validation_status",
        one_of("not_validated", "valid", "partially_valid", "invalid"),
    ),
)

ADDRESS = group(PARTS)
KINDS = ("billing_address", "shipping_address")


def completed(values: Values, record: Record, touched: EvidenceLog) -> Values:
    """Return the values with whole addresses in place of the parts that were sent.

    Parts that were not sent stay as they are in the record: unconfirmed.
    """
    whole = dict(values)
    for kind in KINDS:
        old, sent = record.get(kind), values.get(kind)
        if isinstance(sent, dict):
            merged = sent
            if isinstance(old, dict):
                touched.cite(behaviours.ADDRESS_MERGED)
                merged = {**old, **sent}
            whole[kind] = _filled(kind, _named(merged, sent, touched))
    return whole


def _named(parts: Record, sent: Record, touched: EvidenceLog) -> Record:
    """Return an address with its state's name, if a code for that was sent."""
    state = STATES.get((string(parts, "country"), string(parts, "state_code")))
    if state is None or not {"country", "state_code"} & sent.keys():
        return parts
    touched.cite(behaviours.STATE_OF_CODE)
    return {**parts, "state": state}


def _filled(kind: str, parts: Record) -> Record | None:
    kept = drop_fields(parts)
    if not kept.keys() - {"validation_status", "object"}:
        return None
    return {"validation_status": "not_validated", **kept, "object": kind}
