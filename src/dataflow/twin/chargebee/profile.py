"""How Chargebee shows trouble, and how a call to it is put."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from dataflow.twin.chargebee import behaviours as b
from dataflow.twin.chargebee.api import PREFIX, route_of
from dataflow.twin.chargebee.errors import RefusalError
from dataflow.twin.clock import Clock
from dataflow.twin.evidence import BAD_GATEWAY, Behaviour, ErrorResponse
from dataflow.twin.faults import FaultKind
from dataflow.twin.messages import Json, Response
from dataflow.twin.profile import VendorProfile
from dataflow.twin.rate_limits import RateLimit

#: Documented: calls that a test site answers in a minute.
PER_MINUTE = 150

_HEADERS = {"Content-Type": "application/json;charset=utf-8"}
_BLOCKED = (
    "Sorry, access has been blocked temporarily due to request count exceeding"
    " acceptable limits."
)


def _trouble(
    status: int, code: str, text: str, rests_on: Behaviour, *, kept: bool = False
) -> ErrorResponse:
    error = RefusalError(status, code, text, rests_on, kind="operation_failed")
    body = json.dumps(error.body()).encode()
    return ErrorResponse(Response(status, body, _HEADERS), rests_on, kept)


def _too_many(rests_on: Behaviour) -> ErrorResponse:
    return _trouble(429, "api_request_limit_exceeded", _BLOCKED, rests_on)


# What the messages of the last two say in words is unconfirmed.
TROUBLES: Mapping[FaultKind, ErrorResponse] = {
    FaultKind.RATE_LIMIT: _too_many(b.TOO_MANY_CALLS),
    FaultKind.LOCK_TIMEOUT: _trouble(
        429,
        "lock_timeout",
        "Sorry, another request is being processed for this resource.",
        b.LOCK_TIMEOUT,
    ),
    FaultKind.SERVER_ERROR: _trouble(
        500,
        "internal_error",
        "Sorry, something went wrong when trying to process the request.",
        b.SERVER_ERROR,
        kept=True,
    ),
    FaultKind.BAD_GATEWAY: ErrorResponse(BAD_GATEWAY, b.BAD_GATEWAY),
}


def form_of(values: Mapping[str, Json]) -> bytes:
    """Return parameters as the vendor's clients send them: attributes, then indexes.

    Metadata is one text of JSON (sdk).
    """
    pairs = [
        pair
        for name, value in values.items()
        for pair in _pairs(name, _as_text(name, value))
    ]
    return urlencode(pairs).encode()


def _as_text(name: str, value: Json) -> Json:
    is_metadata = name in {"metadata", "meta_data"} and not isinstance(value, str)
    return json.dumps(value) if is_metadata else value


def _pairs(name: str, value: Json, index: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from _pairs(f"{name}[{inner}]", each, index)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _pairs(name, each, f"[{number}]")
    else:
        yield f"{name}{index}", _scalar(value)


def _scalar(value: bool | float | str | None) -> str:  # noqa: FBT001  a value of the API
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _limit(clock: Clock) -> RateLimit:
    return RateLimit(clock, lambda _most: _too_many(b.CALLS_OF_A_MINUTE))


CHARGEBEE = VendorProfile(
    name="Chargebee",
    root=PREFIX.rstrip("/"),
    page="offset",
    first=frozenset({""}),
    rows="list",
    content="application/x-www-form-urlencoded",
    encode=form_of,
    route_of=route_of,
    errors=TROUBLES,
    limit=_limit,
    most=PER_MINUTE,
)
