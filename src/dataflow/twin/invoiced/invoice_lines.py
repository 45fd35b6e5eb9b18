"""Line items of an invoice, and the sums over them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import RefusalError, make_field_error
from dataflow.twin.invoiced.fields import Fields
from dataflow.twin.invoiced.metadata import read_metadata
from dataflow.twin.messages import Json
from dataflow.twin.resource import Field, Sent, fields, unread
from dataflow.twin.unbuilt import NotBuiltError

_DAY = 86_400
#: Such as NET 30, NET-30, Net 30 EOM and 2% 10 NET 30, but not net30.
_NET = re.compile(r"net[\s-]([0-9]+)", re.ASCII | re.IGNORECASE)
#: Fields of a body that change the sums.
_COUNTED = ("items", "discounts", "discount", "taxes", "tax")
#: The fields of discounts and taxes, by kind.
_PARAMS = {"discount": "discounts", "tax": "taxes"}


def compose_lines(account: Account, record: Record, body: dict[str, Json]) -> Record:
    """Return an invoice with a body's lines, rates and sums, or refuse them."""
    changes: Record = {}
    if "items" in body:
        account.cite(b.LINES_REPLACED)
        changes["items"] = read_lines(
            account, body["items"], record["items"], record["currency"]
        )
    changes |= _read_all_rates(account, body, record)
    return _sum_up(account, record | changes)


def apply_rates(
    account: Account, old: Record, record: Record, body: dict[str, Json]
) -> Record:
    """Return an edited invoice; only new lines or rates need new sums."""
    if not body.keys().isdisjoint(_COUNTED):
        return compose_lines(account, record, body)
    currency = record["currency"]
    if currency == old["currency"]:
        return record
    account.cite(b.INVOICE_CURRENCY, b.INVOICE_CURRENCY_AS_IS)
    return record | {
        "balance": _balance(record, types.minor(record["total"], currency))
    }


def terms(record: Record) -> tuple[Json, Json]:
    """Return the values that determine an invoice's due date."""
    return record["date"], record["payment_terms"]


def due(account: Account, record: Record) -> int | None:
    """Return the due date of an invoice by its terms, if they state one."""
    net = _NET.search(record["payment_terms"] or "")
    if net is None:
        return None
    account.cite(b.INVOICE_DUE)
    found: int = record["date"] + int(net[1]) * _DAY
    return found


def _sum_up(account: Account, record: Record) -> Record:
    subtotal, total = types.totals(record)
    if total < 0:
        raise RefusalError(
            "The total of an invoice cannot be negative", b.INVOICE_NEGATIVE
        )
    account.cite(b.INVOICE_TOTALS)
    currency = record["currency"]
    if currency in types.OTHER_DIGITS:
        account.cite(b.CURRENCY_DIGITS)
    sums = {
        "subtotal": types.major(subtotal, currency),
        "total": types.major(total, currency),
    }
    return record | sums | {"balance": _balance(record, total)}


def _balance(record: Record, total: int) -> int | float:
    """Return the part of a total, in minor units, that has not been received yet."""
    currency = record["currency"]
    return types.major(total - types.minor(record["received"], currency), currency)


#: The reference of a discount and a tax that is no flat amount.
_RATE_OF = {"discount": "coupon", "tax": "tax_rate"}
#: The values that a line takes from its catalog item.
_FROM_ITEM = ("name", "description", "type", "unit_cost")

FIELDS = Fields(
    "LineItem",
    *fields(types.text, "catalog_item type"),
    *fields(types.trimmed, "name description"),
    Field("quantity", types.quantity, default=1),
    Field("unit_cost", types.quantity, default=0),
    *fields(types.boolean, "discountable taxable", default=True),
    Field("metadata", read_metadata, default={}),
    *fields(unread, "discounts taxes", default=[]),
    *fields(unread, "amount discount tax", stored=False),
    Field("plan", types.not_built, stored=False),
    Field("object", sent=Sent.NEVER, default="line_item"),
)


def read_lines(
    account: Account, sent: Json, old: Iterable[Record], currency: str
) -> list[Record]:
    """Return the lines that replace the old ones; a line sent with its id stays."""
    known = {line["id"]: line for line in old}
    return [
        _read_line(account, entry, _find_line(entry, known), currency)
        for entry in _read_entries("items", sent)
    ]


def _read_all_rates(account: Account, body: dict[str, Json], old: Record) -> Record:
    """Return discounts and taxes by field; `tax` is short for one flat amount."""
    rates: Record = {}
    for kind, param in _PARAMS.items():
        if param in body or kind in body:
            sent = body.get(param, [{"amount": body.get(kind)}])
            rates[param] = _read_rates(account, kind, sent, old.get(param, ()))
    return rates


def _read_rates(
    account: Account, kind: str, sent: Json, old: Iterable[Record]
) -> list[Record]:
    """Return the flat amounts that replace the old ones."""
    known = {rate["id"] for rate in old}
    entries = _read_list(_PARAMS[kind], sent)
    return [_read_rate(account, kind, entry, known) for entry in entries]


def _read_line(
    account: Account, sent: dict[str, Json], old: Record, currency: str
) -> Record:
    given: Record = FIELDS.read_edit(account, sent)
    line = {**FIELDS.first} | old | _copy_item(account, given) | given
    if "catalog_item" in given:
        line["catalog_item"] = _drop_unknown_item(account, given["catalog_item"])
    line |= _read_all_rates(account, sent, old)
    cost = types.line_amount(line["quantity"], line["unit_cost"], currency)
    line["amount"] = types.major(cost, currency)
    return line if "id" in line else line | {"id": account.next_id()}


def _find_line(sent: dict[str, Json], known: dict[int, Record]) -> Record:
    """Return the line that an entry edits, once; an entry without id edits none."""
    identifier = sent.get("id")
    if identifier is None:
        return {}
    if isinstance(identifier, int) and identifier in known:
        return known.pop(identifier)
    message = f"No such line item on this invoice: {identifier}"
    raise RefusalError(message, b.LINE_FOREIGN, param="items")


def _copy_item(account: Account, given: Record) -> Record:
    item = account.items.get(given.get("catalog_item") or "")
    if item is None:
        return {}
    account.cite(b.LINE_FILLED)
    return {name: item[name] for name in _FROM_ITEM}


def _drop_unknown_item(account: Account, identifier: str | None) -> str | None:
    if identifier is None or account.items.get(identifier) is not None:
        return identifier
    account.cite(b.LINE_ITEM_UNKNOWN)
    return None


def _read_rate(account: Account, kind: str, sent: Json, known: set[int]) -> Record:
    rate = _RATE_OF[kind]
    if not isinstance(sent, dict) or sent.get(rate) or "amount" not in sent:
        raise NotBuiltError(f"{_PARAMS[kind]} other than flat amounts")
    identifier = sent.get("id")
    if not isinstance(identifier, int) or identifier not in known:
        identifier = account.next_id()
    amount = types.quantity("amount", sent["amount"])
    return {"id": identifier, "object": kind, "amount": amount, rate: None}


def _read_entries(param: str, sent: Json) -> list[dict[str, Json]]:
    sent = _read_list(param, sent)
    entries = [entry for entry in sent if isinstance(entry, dict)]
    if len(entries) < len(sent):
        raise make_field_error(param, "a list of objects")
    return entries


def _read_list(param: str, sent: Json) -> list[Json]:
    if sent is None or isinstance(sent, list):
        return sent or []
    raise make_field_error(param, "a list")
