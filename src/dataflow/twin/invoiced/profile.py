"""The differences of Invoiced that the gateway needs: errors, lists, bodies, limit."""

from __future__ import annotations

import json
from collections.abc import Mapping

from dataflow.twin.clock import Clock
from dataflow.twin.evidence import BAD_GATEWAY, Behaviour, ErrorResponse
from dataflow.twin.faults import FaultKind
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.errors import encode_answer
from dataflow.twin.invoiced.routes import UNBUILT, find_route
from dataflow.twin.profile import VendorProfile
from dataflow.twin.rate_limits import ConcurrencyLimit

#: The open calls that one key may have: unconfirmed.
AT_ONCE = 20


def _refuse_too_many(most: int, behaviour: Behaviour) -> ErrorResponse:
    text = (
        "Too many concurrent requests! You can only make"
        f" {most} concurrent requests at a time."
    )
    body = {"type": "rate_limit_error", "message": text}
    return ErrorResponse(encode_answer(429, body), behaviour)


# The type `api` is documented; other sources state `api_error`.
_SERVER_ERROR = {
    "type": "api",
    "message": "We are sorry, something went wrong on our side.",
}

ERRORS: Mapping[FaultKind, ErrorResponse] = {
    FaultKind.RATE_LIMIT: _refuse_too_many(AT_ONCE, b.TOO_FAST),
    FaultKind.SERVER_ERROR: ErrorResponse(
        encode_answer(500, _SERVER_ERROR), b.SERVER_ERROR, kept=True
    ),
    FaultKind.BAD_GATEWAY: ErrorResponse(BAD_GATEWAY, b.BAD_GATEWAY),
}


def _make_limit(clock: Clock) -> ConcurrencyLimit:
    return ConcurrencyLimit(clock, lambda most: _refuse_too_many(most, b.CALLS_AT_ONCE))


INVOICED = VendorProfile(
    name="Invoiced",
    root="",
    page="page",
    first_pages=frozenset({"", "0", "1"}),
    rows=None,
    content="application/json",
    encode=lambda values: json.dumps(values).encode(),
    find_route=find_route,
    unbuilt=UNBUILT,
    errors=ERRORS,
    limit=_make_limit,
    default_limit=AT_ONCE,
)
