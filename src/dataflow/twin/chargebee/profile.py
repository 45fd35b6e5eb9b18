"""The differences of Chargebee that the gateway needs: errors, lists, bodies, limit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from dataflow.twin.chargebee import behaviours as b
from dataflow.twin.chargebee.api import HEADER
from dataflow.twin.chargebee.errors import RefusalError, wrong_state
from dataflow.twin.chargebee.routes import PREFIX, find_route
from dataflow.twin.chargebee.unbuilt import UNBUILT
from dataflow.twin.clock import Clock
from dataflow.twin.evidence import BAD_GATEWAY, Behaviour, ErrorResponse
from dataflow.twin.faults import FaultKind
from dataflow.twin.messages import Json, Response
from dataflow.twin.profile import VendorProfile
from dataflow.twin.rate_limits import ConcurrencyLimit, Limit, RateLimit

#: Documented: the calls that a test site answers in a minute.
PER_MINUTE = 150

#: Documented: the reads, and the writes, that a test site answers at once.
AT_ONCE = 50

#: Seconds; documented that a refusal names a time, but not which.
RETRY_AFTER = 10

_HEADERS = {"Content-Type": "application/json;charset=utf-8"}
_BLOCKED = (
    "Sorry, access has been blocked temporarily due to request count exceeding"
    " acceptable limits."
)


def _make_error(
    status: int, code: str, text: str, behaviour: Behaviour, *, kept: bool = False
) -> ErrorResponse:
    error = RefusalError(status, code, text, behaviour, kind="operation_failed")
    body = json.dumps(error.body()).encode()
    return ErrorResponse(Response(status, body, _HEADERS), behaviour, kept)


def _refuse_too_many(behaviour: Behaviour) -> ErrorResponse:
    return _make_error(429, "api_request_limit_exceeded", _BLOCKED, behaviour)


def _refuse_for_a_while(behaviour: Behaviour) -> ErrorResponse:
    error = _refuse_too_many(behaviour)
    headers = {**error.response.headers, "Retry-After": str(RETRY_AFTER)}
    return replace(error, response=replace(error.response, headers=headers))


# The messages of lock_timeout and internal_error are unconfirmed.
ERRORS: Mapping[FaultKind, ErrorResponse] = {
    FaultKind.RATE_LIMIT: _refuse_for_a_while(b.TOO_MANY_CALLS),
    FaultKind.LOCK_TIMEOUT: _make_error(
        429,
        "lock_timeout",
        "Sorry, another request is being processed for this resource.",
        b.LOCK_TIMEOUT,
    ),
    FaultKind.SERVER_ERROR: _make_error(
        500,
        "internal_error",
        "Sorry, something went wrong when trying to process the request.",
        b.SERVER_ERROR,
        kept=True,
    ),
    FaultKind.BAD_GATEWAY: ErrorResponse(BAD_GATEWAY, b.BAD_GATEWAY),
}


def encode_form(values: Mapping[str, Json]) -> bytes:
    """Return parameters, attributes before indexes; metadata as JSON (sdk)."""
    flat: list[tuple[str, str]] = []
    for name, value in values.items():
        if name in {"metadata", "meta_data"} and not isinstance(value, str):
            flat.append((name, json.dumps(value)))
        else:
            flat += _flatten(name, value)
    return urlencode(flat).encode()


def _flatten(name: str, value: Json, index: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from _flatten(f"{name}[{inner}]", each, index)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _flatten(name, each, f"[{number}]")
    elif isinstance(value, bool):
        yield f"{name}{index}", str(value).lower()
    else:
        yield f"{name}{index}", "" if value is None else str(value)


def _make_key_in_use() -> ErrorResponse:
    text = "The previous request is still in progress. Please retry the request"
    error = wrong_state(text, b.KEY_IN_USE)
    body = json.dumps(error.body()).encode()
    return ErrorResponse(Response(error.status, body, _HEADERS), b.KEY_IN_USE)


def _make_limit(clock: Clock) -> RateLimit:
    return RateLimit(clock, lambda _most: _refuse_too_many(b.CALLS_OF_A_MINUTE))


def _limit_at_once(clock: Clock) -> Limit:
    refusal = _refuse_for_a_while(b.CALLS_AT_ONCE)
    limit = ConcurrencyLimit(
        clock, lambda _most: refusal, lambda request: str(request.method == "GET")
    )
    limit.most = AT_ONCE
    return limit


CHARGEBEE = VendorProfile(
    name="Chargebee",
    root=PREFIX.rstrip("/"),
    page="offset",
    first_pages=frozenset({""}),
    rows="list",
    content="application/x-www-form-urlencoded",
    encode=encode_form,
    find_route=find_route,
    unbuilt=UNBUILT,
    errors=ERRORS,
    limit=_make_limit,
    default_limit=PER_MINUTE,
    at_once=_limit_at_once,
    key_header=HEADER,
    key_in_use=_make_key_in_use(),
)
