"""The body of a write: one JSON object, the same as a form, or nothing.

Both go with a content type of their own (documented), which the vendor's client sends
with each call (sdk). How the service answers what is malformed, or comes with another
type or none, is unconfirmed.
"""

from __future__ import annotations

import json
import math
from typing import NoReturn

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.errors import RefusedError
from dataflow.twin.invoiced.forms import DEEPEST, is_form, read_form
from dataflow.twin.wire import Json, Request

_JSON = "application/json"

#: Whole floats are exact integers up to here.
_EXACT = 2**53


def read_body(request: Request) -> dict[str, Json]:
    """Return the object that a write carries; an empty body is an empty object.

    Whole numbers lose their point, as they do in every answer (documented).
    """
    body = _read(request)
    if not isinstance(body, dict) or _depth_left(body, DEEPEST) < 0:
        raise _malformed("The body must be a JSON object")
    return body


def _read(request: Request) -> Json:
    if not request.body:
        return {}
    if is_form(request):
        return _from_form(request.body)
    if request.content_type() == _JSON:
        return _from_json(request.body)
    raise RefusedError(f"JSON goes with the content type {_JSON}", b.BODY_TYPE)


def _from_form(body: bytes) -> Json:
    try:
        return read_form(body)
    except ValueError as error:
        raise _malformed("The body is not percent-encoded UTF-8") from error


def _from_json(text: bytes) -> Json:
    try:
        body: Json = json.loads(
            text, parse_float=_number, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise _malformed("The body is not valid JSON") from error
    return body


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large")
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _depth_left(value: Json, left: int) -> int:
    if left < 0 or not isinstance(value, dict | list):
        return left
    inner = value.values() if isinstance(value, dict) else value
    return min((_depth_left(held, left - 1) for held in inner), default=left)


def _malformed(message: str) -> RefusedError:
    return RefusedError(message, b.BODY_MALFORMED)
