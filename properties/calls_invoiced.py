"""Calls to Invoiced at random: some as they should be, most of them not quite.

They are put together from names and values that mean something somewhere; chance only
puts them in the wrong place.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from dataflow.twin.clock import START
from dataflow.twin.invoiced import customers, invoices, items
from dataflow.twin.messages import Request

KEY, FIRST_ID = "twin-key-of-no-value", 1_000_001


def words(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


def headers(name: str = "", value: str = "") -> dict[str, str]:
    """Return the headers of a call, with the key that lets it in, and one more."""
    token = base64.b64encode(f"{KEY}:".encode()).decode()
    sent = {
        "authorization": f"Basic {token}",
        "content-type": "application/json",
        "host": "twin",
    }
    return {**sent, name: value} if value else sent


#: What makes one of each, if nothing is put in its way; the ids follow one another.
_MADE: Sequence[tuple[str, dict[str, Any]]] = (
    ("/customers", {"name": "Ada"}),
    ("/customers", {"name": "Bo", "currency": "jpy", "payment_terms": "NET 7"}),
    ("/items", {"name": "Tea", "id": "tea", "unit_cost": 7}),
    ("/invoices", {"customer": FIRST_ID, "items": [{"unit_cost": 12.5}]}),
    ("/invoices", {"customer": FIRST_ID, "draft": True, "tax": 3.85}),
    ("/payments", {"amount": 5, "customer": FIRST_ID}),
)
_INVOICE, _LINE = FIRST_ID + 2, FIRST_ID + 3

_TEXTS = words("EUR jpy kwd xyz A@b.example person no tea 0 CUST-00002 INV-00009")
_NUMBERS = [0, 1, -1, 1.5, 0.005, 10**30, 1e300, START, START + 10**6, FIRST_ID]
_HUGE = {"unit_cost": 999_999_999_999, "quantity": 999_999_999_999}
_LISTS: list[list[Any]] = [
    *([], [None], [{"unit_cost": 5}], [{"unit_cost": -1}], [_HUGE] * 20),
    *([{"unit_cost": 2.675, "quantity": 3}], [{"catalog_item": "tea"}]),
    *([{"id": _LINE}], [{"amount": 3}]),
    [{"type": "invoice", "invoice": _INVOICE, "amount": 5}],
]
_ODD: list[Any] = [None, True, False, {}, {"a": 1}, {"id": FIRST_ID}, str(FIRST_ID)]
_VALUES: SearchStrategy[Any] = st.one_of(
    st.sampled_from([*_ODD, *_LISTS]),
    st.sampled_from(
        [*_NUMBERS, *_TEXTS, "", "\ud800", " inv-00001 ", "NET 14", "x" * 300]
    ),
    st.text(max_size=4),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
_OTHERS = "customer items discounts taxes tax applied_to amount object updated_at odd"
_PARAMETERS = frozenset[str]().union(
    *(kind.FIELDS.parameters for kind in (customers, invoices, items))
)
_NAMES = st.sampled_from(sorted(_PARAMETERS | {*words(_OTHERS)}))
_CHANGES = st.dictionaries(_NAMES, _VALUES, max_size=3)
_RAW = st.binary(max_size=8) | st.sampled_from([b"[]", b"{", b"7", b"[" * 9999])

_RECORDS = [
    *(f"/customers/{FIRST_ID + n}" for n in range(3)),
    *(f"/invoices/{_INVOICE + n}" for n in range(3)),
    *("/items/tea", "/items/none", f"/payments/{FIRST_ID + 6}", "/events/1"),
    *(f"/invoices/{_INVOICE}/{end}" for end in ("void", "line_items")),
    *(f"/invoices/{_INVOICE}/line_items/{_LINE}", "/", "/nope", "/customers/x/y"),
]
_KINDS = words("/customers /invoices /items /events /payments /catalog_items")
_ASKED = words(
    "page per_page sort updated_after updated_before expand archived include"
    " filter[currency] filter[paid] filter[id] filter[nope] metadata[a] metadata[?]"
    " start_date end_date related_to type total"
)
_ANSWERS = words(
    f"1 0 -1 2 100 1e9 True {START} {FIRST_ID} eur id customer {'9' * 400}"
    f" customer,{FIRST_ID}"
)
_ORDERS = ["updated_at asc", "updated_at desc", "name desc,id asc", "nope asc", ""]
_QUERIES = st.lists(
    st.tuples(st.sampled_from(_ASKED), st.sampled_from([*_ANSWERS, *_ORDERS])),
    max_size=3,
).map(tuple)


def _sent(method: str, path: str, body: object, key: str = "") -> Request:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request(method, path, (), headers("idempotency-key", key), content)


def _made(which: tuple[str, dict[str, Any]], more: dict[str, Any]) -> Request:
    return _sent("POST", which[0], {**which[1], **more})


def _listed(path: str, query: tuple[tuple[str, str], ...]) -> Request:
    return Request("GET", path, query, headers())


#: Fills an empty account.
FILLING = [_made(which, {}) for which in _MADE]

_METHODS = st.sampled_from(words("GET POST DELETE PUT HEAD"))
_ANYWHERE = st.sampled_from([*_RECORDS, *_KINDS])
_KEYS = st.sampled_from(["", "", "", "key-of-a-call", "short"])

CALLS: SearchStrategy[Request] = st.one_of(
    st.builds(_made, st.sampled_from(_MADE), _CHANGES),
    st.builds(_sent, st.just("PATCH"), st.sampled_from(_RECORDS), _CHANGES, _KEYS),
    st.builds(_sent, _METHODS, _ANYWHERE, _CHANGES | _RAW, _KEYS),
    st.builds(_listed, st.sampled_from(_KINDS), _QUERIES),
)
