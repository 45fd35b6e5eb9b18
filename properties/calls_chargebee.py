"""Calls to Chargebee at random: some as they should be, most of them not quite.

They are put together from names and values that mean something somewhere; chance only
puts them in the wrong place.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from dataflow.twin.chargebee import (
    customers,
    invoices,
    item_prices,
    items,
    orders,
)
from dataflow.twin.clock import START
from dataflow.twin.messages import Request
from properties.calls_invoiced import headers, words
from properties.values import LETTERS

_TEA = {"line_items[description][0]": "Tea", "line_items[amount][0]": "100"}
_BILL = {"currency_code": "EUR", "date": str(START), "total": "100", **_TEA}
_DATES = dict.fromkeys(("created_at", "order_date", "shipping_date"), str(START))
_ORDER = {"invoice_id": "inv", "status": "queued", **_DATES}
_CHARGE = {"charges[amount][0]": "100", "charges[description][0]": "Tea"}
_PRICE = {"id": "t-eur", "name": "Tea in euros", "item_id": "t", "price": "100"}

#: What makes one of each, if nothing is put in its way.
_MADE: Sequence[tuple[str, dict[str, str]]] = (
    ("customers", {"id": "ada"}),
    ("customers", {"billing_address[zip]": "1"}),
    ("item_families", {"id": "food", "name": "Food"}),
    ("items", {"id": "t", "name": "Tea", "type": "charge", "item_family_id": "food"}),
    ("item_prices", {**_PRICE, "currency_code": "EUR"}),
    ("invoices/import_invoice", {"id": "inv", "customer_id": "ada", **_BILL}),
    (
        "invoices/create_for_charge_items_and_charges",
        {"customer_id": "ada", "currency_code": "EUR", **_CHARGE},
    ),
    ("orders/import_order", _ORDER),
    ("orders/import_order", {**_ORDER, "id": "o"}),
)
_RECORDS = words("customers/ada invoices/inv invoices/1 orders/1 orders/o items/t")
_RECORDS += words("item_prices/t-eur item_families/food currencies/cur_EUR events/1")
_ENDS = words("/delete /void /cancel /orders /update_billing_info /record_payment /no")
_KINDS = words(
    "customers invoices orders items item_prices item_families events configurations"
    " currencies currencies/list customers/merge nope"
)
_PATHS = [*_KINDS, *_RECORDS, *(f"{one}{end}" for one in _RECORDS for end in _ENDS)]

_TABLES = (
    *(customers.FIELDS.all, items.FIELDS.all, item_prices.FIELDS.of("update")),
    *(invoices.FIELDS.all, orders.FIELDS.all),
)
_NESTED = words(
    "billing_address[zip] line_items[amount][0] line_items[quantity][0] a[b x[][] odd"
    " line_items[description][1] payments[amount][0] payments[payment_method][0]"
    " order_line_items[id][0] applicable_items[0] transaction[amount] forex_type"
    " transaction[payment_method] item_prices[item_price_id][0] charges[amount][0]"
)
_NAMES = sorted({param.name for table in _TABLES for param in table})
_WORDS = words(
    "0 1 -1 100 99 1.5 true false EUR JPY eur ada inv food t Tea t-eur queued paid"
    " cancelled archived active voided on off a@b.example others cash manual {}"
    ' {"a":1e999} {"a":"\\ud800"}'
)
_LONG = ["x" * 700, "9" * 20, "[" * 5000, str(START), str(START + 60), ""]
_VALUES = st.sampled_from([*_WORDS, *_LONG]) | st.text(LETTERS, max_size=4)
_FORMS = st.dictionaries(st.sampled_from([*_NAMES, *_NESTED]), _VALUES, max_size=3)

_ASKED = words(
    "limit offset sort_by[asc] sort_by[desc] sort_by include_deleted id[is] id[in] id"
    " id[not_in] id[is][x] status[in] status[is_present] name[is] updated_at[after]"
    " updated_at[between] created_at[on] total[gte] customer_id[is] invoice_id[in]"
    " nope[is] email[starts_with] occurred_at[after] event_type[is]"
)
_SOUGHT = [
    *words("1 0 100 101 -1 true updated_at created_at name nope ada [1,2] [[]] \\"),
    *("['ada', 'inv']", '["o"]', "{[]: 1}", "('a'", "", str(START), "[1e999,1]"),
    *(f"[{START},{START + 60}]", f'["{START}000","1"]', '["1",null]', "[{},[]]"),
    *(f"[{'9' * 4000},1]", "-" * 9000, "[" * 9000, "9" * 5000, "\0"),
]
_QUERIES = st.lists(
    st.tuples(st.sampled_from(_ASKED), st.sampled_from(_SOUGHT)), max_size=3
).map(tuple)


def _posted(path: str, form: dict[str, str] | bytes, key: str = "") -> Request:
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    sent = headers("chargebee-idempotency-key", key)
    return Request("POST", f"/api/v2/{path}", (), sent, body)


def _made(which: tuple[str, dict[str, str]], more: dict[str, str]) -> Request:
    return _posted(which[0], {**which[1], **more})


def _asked(method: str, path: str, query: tuple[tuple[str, str], ...]) -> Request:
    return Request(method, f"/api/v2/{path}", query, headers())


#: Fills an empty site.
FILLING = [_made(which, {}) for which in _MADE]

_METHODS = st.sampled_from(words("GET GET GET GET PUT DELETE HEAD"))
_KEYS = st.sampled_from(["", "", "", "a-key", "x" * 101])

CALLS: SearchStrategy[Request] = st.one_of(
    st.builds(_made, st.sampled_from(_MADE), _FORMS),
    st.builds(_posted, st.sampled_from(_PATHS), _FORMS | st.binary(max_size=8), _KEYS),
    st.builds(_asked, st.just("GET"), st.sampled_from(_KINDS), _QUERIES),
    st.builds(_asked, _METHODS, st.sampled_from(_PATHS), _QUERIES),
)
