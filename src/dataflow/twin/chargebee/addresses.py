"""Addresses and HTML."""

from __future__ import annotations

import re

from dataflow.iso_codes import COUNTRIES, STATES
from dataflow.twin.chargebee import behaviours, types
from dataflow.twin.chargebee.types import Record, Values, drop_fields, string
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.resource import Field, fields

_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LONGEST = 500


def _has_little_text(html: str) -> bool:
    return len(_TAG.sub("", html)) <= _LONGEST


#: HTML; the limits with and without tags are those of the SDK.
HTML = types.Checked(
    2000, _has_little_text, f"cannot have more than {_LONGEST} characters of text"
)


def drop_scripts(value: str) -> str:
    """Return HTML without scripts and styles."""
    return _SCRIPT.sub("", value)


#: Lengths as in the vendor's own schemas; an invalid country is an error: documented.
PARTS = (
    *fields(types.Text(150), "first_name last_name"),
    Field("email", types.EMAIL),
    Field("company", types.Text(250)),
    Field("phone", types.Text(50)),
    *fields(types.Text(150), "line1 line2 line3"),
    *fields(types.Text(50), "city state_code state"),
    Field("zip", types.Text(20)),
    Field(
        "country", types.Checked(50, COUNTRIES.__contains__, "{} is no country code")
    ),
    Field(
        "validation_status",
        types.OneOf("not_validated valid partially_valid invalid"),
    ),
)

ADDRESS = types.Group(PARTS)


def complete_addresses(values: Values, record: Record, evidence: EvidenceLog) -> Values:
    """Return whole addresses; parts not sent stay: unconfirmed."""
    completed = dict(values)
    for kind in ("billing_address", "shipping_address"):
        old, sent = record.get(kind), values.get(kind)
        if isinstance(sent, dict):
            merged = sent
            if isinstance(old, dict):
                evidence.cite(behaviours.ADDRESS_MERGED)
                merged = {**old, **sent}
            completed[kind] = _fill(kind, _name_state(merged, sent, evidence))
    return completed


def _name_state(parts: Record, sent: Record, evidence: EvidenceLog) -> Record:
    """Return an address with its state's name, if a code for it was sent."""
    state = STATES.get((string(parts, "country"), string(parts, "state_code")))
    if state is None or not {"country", "state_code"} & sent.keys():
        return parts
    evidence.cite(behaviours.STATE_OF_CODE)
    return {**parts, "state": state}


def _fill(kind: str, parts: Record) -> Record | None:
    kept = drop_fields(parts)
    if not kept.keys() - {"validation_status", "object"}:
        return None
    return {"validation_status": "not_validated", **kept, "object": kind}
