"""Decode the body of a request, and encode an answer."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import NoReturn, TypeAlias

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Account, Record, list_key
from dataflow.twin.invoiced.errors import RefusalError, encode_answer, make_malformed
from dataflow.twin.invoiced.lists import Query, render_links
from dataflow.twin.messages import Json, Request, Response, decode_pairs, open_group

#: Deeper than any real body, and shallow enough to be encoded again.
DEEPEST = 32

_TYPE = "application/x-www-form-urlencoded"
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_STEP = re.compile(r"\[([^\[\]]*)\]")


def is_form(request: Request) -> bool:
    """Return whether a body is a form."""
    return request.content_type() == _TYPE


def read_form(body: bytes) -> Json:
    """Return the object in a form; the last of equal keys wins; raise ValueError."""
    found: dict[str, Json] = {}
    for key, text in decode_pairs(body.decode()):
        *groups, name = _split_key(key)
        open_group(found, groups)[name] = text
    return {name: _make_lists(value) for name, value in found.items()}


def _split_key(key: str) -> list[str]:
    match = _KEY.fullmatch(key)
    if match is None or key.count("[") > DEEPEST:
        return [key]
    return [match[1], *_STEP.findall(match[2])]


def _make_lists(value: Json) -> Json:
    """Return a group whose names count from 0, or are empty, as a list."""
    if not isinstance(value, dict):
        return value
    inner = {name: _make_lists(each) for name, each in value.items()}
    counted = [str(at) for at in range(len(inner))]
    return list(inner.values()) if list(inner) in (counted, [""]) else inner


_JSON = "application/json"

#: Whole floats are exact integers up to here.
_EXACT = 2**53


#: The object in the body of a request.
Body: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Call:
    """One call to be answered; `root` is the root of the links to other pages."""

    account: Account
    request: Request
    root: str

    def body(self) -> Body:
        """Return the object of a body, or an empty one; 1.0 becomes 1 (documented).

        JSON without its content type is no error: it has no effect (unconfirmed).
        """
        account, request = self.account, self.request
        if not request.body:
            return {}
        if not is_form(request) and request.content_type() != _JSON:
            account.cite(b.BODY_TYPE)
            return {}
        body = _decode(account, request)
        if not isinstance(body, dict) or _depth_left(body, DEEPEST) < 0:
            raise make_malformed()
        return body


def _decode(account: Account, request: Request) -> Json:
    if not is_form(request):
        return _decode_json(request.body) or {}
    try:
        form = read_form(request.body)
    except ValueError as error:
        message = "The body is not percent-encoded UTF-8"
        raise RefusalError(message, b.REQUEST_UNREADABLE) from error
    is_json = request.body.lstrip().startswith(b"{")
    account.cite(b.BODY_TYPE if is_json else b.FORM_TEXTS)
    return form


def _decode_json(text: bytes) -> Json:
    try:
        body: Json = _DECODER.decode(text.decode(json.detect_encoding(text), _HALVES))
    except (ValueError, RecursionError) as error:
        raise make_malformed() from error
    return body


def _read_number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large")
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


_DECODER = json.JSONDecoder(parse_float=_read_number, parse_constant=_refuse_constant)
#: How halves of characters are decoded, as `json.loads` does.
_HALVES = "surrogatepass"


def _depth_left(value: Json, left: int) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    if left < 0 or not isinstance(value, list):
        return left
    return min((_depth_left(held, left - 1) for held in value), default=left)


def render_record(response: Response) -> Response:
    """Return an answer with indents, as curl gets it (recorded)."""
    if not response.body or response.headers["Content-Type"] != _JSON:
        return response
    text = json.dumps(json.loads(response.body), indent=4)
    return replace(response, body=f"{text}\n".encode())


def encode_page(
    call: Call, records: Sequence[Record], show: Callable[[Record], Record]
) -> Response:
    """Return one page of these records."""
    account, request = call.account, call.request
    query, key = Query.read(request), list_key(request)
    total = account.progress.count(key, query.page, len(records), account.now())
    if total != len(records):
        account.cite(b.LIST_COUNT_CACHED)
    page = [show(record) for record in _slice(account, query, records)]
    if query.plain.get("paginate") == "none":
        account.cite(b.LIST_UNCOUNTED)
        return encode_answer(HTTPStatus.OK, page)
    heads = {
        "Link": render_links(request, call.root, query, total),
        "X-Total-Count": str(total),
    }
    return encode_answer(HTTPStatus.OK, page, heads)


def refuse_out_of_turn(call: Call, query: Query) -> None:
    """Refuse a page that cannot be read yet (documented, but vaguely)."""
    key = list_key(call.request)
    if not call.account.progress.is_in_turn(key, query.page, query.per_page):
        call.account.cite(b.LIST_IN_TURN)
        raise RefusalError(
            f"Page {query.page} cannot be read before those in front of it",
            b.LIST_IN_TURN_FAR,
        )


def _slice(
    account: Account, query: Query, records: Sequence[Record]
) -> Sequence[Record]:
    start = (query.page - 1) * query.per_page
    account.cite(b.LIST_HEADERS)
    if "per_page" not in query.plain:
        account.cite(b.LIST_PER_PAGE)
    if start:
        account.cite(b.LIST_PAGES if start < len(records) else b.LIST_PAST_END)
    return records[start : start + query.per_page]
