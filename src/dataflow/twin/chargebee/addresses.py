"""Addresses and HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dataflow.iso_codes import COUNTRIES, STATES
from dataflow.twin.chargebee import behaviours, types
from dataflow.twin.chargebee.errors import wrong_value
from dataflow.twin.chargebee.types import (
    Form,
    Record,
    Values,
    drop_fields,
    string,
)
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.resource import Field

_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Html(types.Text):
    """HTML; `inner` is the limit without tags; both limits are the SDK's."""

    inner: int

    def __call__(self, name: str, given: str | Form) -> str:
        """Decode one value."""
        value = types.Text.__call__(self, name, given)
        if len(_TAG.sub("", value)) > self.inner:
            text = f"cannot have more than {self.inner} characters of text"
            raise wrong_value(name, text)
        return value


def drop_scripts(value: str) -> str:
    """Return HTML without scripts and styles."""
    return _SCRIPT.sub("", value)


@dataclass(frozen=True, slots=True)
class Country(types.Text):
    """A country of ISO 3166-1; an invalid one is an error: documented."""

    longest: int = 50

    def __call__(self, name: str, given: str | Form) -> str:
        """Decode one value."""
        code = types.Text.__call__(self, name, given)
        if code not in COUNTRIES:
            raise wrong_value(name, f"{code} is no country code")
        return code


#: Lengths as in the vendor's own schemas.
PARTS = (
    Field("first_name", types.Text(150)),
    Field("last_name", types.Text(150)),
    Field("email", types.Email()),
    Field("company", types.Text(250)),
    Field("phone", types.Text(50)),
    Field("line1", types.Text(150)),
    Field("line2", types.Text(150)),
    Field("line3", types.Text(150)),
    Field("city", types.Text(50)),
    Field("state_code", types.Text(50)),
    Field("state", types.Text(50)),
    Field("zip", types.Text(20)),
    Field("country", Country()),
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
