"""Line items of an invoice, and the sums over them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import RefusalError, make_field_error
from dataflow.twin.invoiced.types import (
    Reader,
    line_amount,
    major,
    metadata,
    minor,
    totals,
)
from dataflow.twin.messages import Json

_DAY = 86_400
_NET = re.compile(r"\s*net\s+([0-9]{1,4})\s*", re.IGNORECASE)
#: What sums are made anew for.
_COUNTED = ("items", "discounts", "discount", "taxes", "tax")


def compose_lines(account: Account, record: Record, body: dict[str, Json]) -> Record:
    """Return an invoice with the lines and rates of a body, and its sums.

    Raises `RefusedError` for lines and rates that do not fit, and for a total below 0.
    """
    changes: Record = {}
    if "items" in body:
        account.cite(b.LINES_REPLACED)
        changes["items"] = read_lines(
            account, body["items"], record["items"], record["currency"]
        )
    for kind, param in (("discount", "discounts"), ("tax", "taxes")):
        spoken, rates = sent_rates(body, kind)
        if spoken:
            changes[param] = read_rates(account, kind, rates, record[param])
    return _summed(account, record | changes)


def apply_rates(
    account: Account, old: Record, record: Record, body: dict[str, Json]
) -> Record:
    """Return an edited invoice with its sums.

    They are made anew only if lines or rates are sent. A new currency alone leaves
    them, and rounds the balance to its own digits.
    """
    if not body.keys().isdisjoint(_COUNTED):
        return compose_lines(account, record, body)
    currency = record["currency"]
    if currency == old["currency"]:
        return record
    account.cite(b.INVOICE_CURRENCY, b.INVOICE_CURRENCY_AS_IS)
    return record | {"balance": _balance(record, minor(record["total"], currency))}


def terms(record: Record) -> tuple[Json, Json]:
    """Return what an invoice's due date follows from."""
    return record["date"], record["payment_terms"]


def due(account: Account, record: Record) -> int | None:
    """Return when an invoice is due by its terms, if they say so."""
    net = _NET.fullmatch(record["payment_terms"] or "")
    if net is None:
        return None
    account.cite(b.INVOICE_DUE)
    found: int = record["date"] + int(net[1]) * _DAY
    return found


def _summed(account: Account, record: Record) -> Record:
    subtotal, total = totals(record)
    if total < 0:
        raise RefusalError(
            "The total of an invoice cannot be negative", b.INVOICE_NEGATIVE
        )
    account.cite(b.INVOICE_TOTALS)
    currency = record["currency"]
    sums = {"subtotal": major(subtotal, currency), "total": major(total, currency)}
    return record | sums | {"balance": _balance(record, total)}


def _balance(record: Record, total: int) -> int | float:
    """Return what of a total, in minor units, has not been received yet."""
    currency = record["currency"]
    return major(total - minor(record["received"], currency), currency)


#: What a discount and a tax refer to where they are no flat amount.
_RATE_OF = {"discount": "coupon", "tax": "tax_rate"}
#: What a catalog item lends to a line.
_LENT = ("name", "description", "type", "unit_cost")

READERS: dict[str, Reader] = {
    "catalog_item": types.text,
    "name": types.trimmed,
    "description": types.trimmed,
    "type": types.text,
    "quantity": types.quantity,
    "unit_cost": types.quantity,
    "discountable": types.boolean,
    "taxable": types.boolean,
    "metadata": metadata,
}


def read_lines(
    account: Account, sent: Json, old: Iterable[Record], currency: str
) -> list[Record]:
    """Return the lines that replace the old ones; a line sent with its id stays."""
    known = {line["id"]: line for line in old}
    lines = []
    for entry in _entries("items", sent):
        kept = _kept(entry, known)
        lines.append(_line(account, entry, kept, currency))
    return lines


def read_rates(
    account: Account, kind: str, sent: Json, old: Iterable[Record]
) -> list[Record]:
    """Return the flat amounts that replace the old ones; `kind` is discount or tax."""
    param = {"discount": "discounts", "tax": "taxes"}[kind]
    known = {rate["id"] for rate in old}
    return [
        _rate(account, kind, entry, known)
        for entry in ([] if sent is None else _listed(param, sent))
    ]


def sent_rates(body: dict[str, Json], kind: str) -> tuple[bool, Json]:
    """Return whether a body speaks of discounts or taxes, and what it says.

    A single `discount` or `tax` is short for a list of one flat amount.
    """
    param = {"discount": "discounts", "tax": "taxes"}[kind]
    if param in body:
        return True, body[param]
    if kind in body:
        return True, [{"amount": body[kind]}]
    return False, None


def _line(
    account: Account, sent: dict[str, Json], old: Record, currency: str
) -> Record:
    given: Record = types.read(sent, READERS)
    line = _blank() | old | _lent(account, given) | given
    if "catalog_item" in given:
        line["catalog_item"] = _known_item(account, given["catalog_item"])
    for kind, param in (("discount", "discounts"), ("tax", "taxes")):
        spoken, rates = sent_rates(sent, kind)
        if spoken:
            line[param] = read_rates(account, kind, rates, old.get(param, ()))
    cost = line_amount(line["quantity"], line["unit_cost"], currency)
    line["amount"] = major(cost, currency)
    return line if "id" in line else line | {"id": account.next_id()}


def _kept(sent: dict[str, Json], known: dict[int, Record]) -> Record:
    """Return the line that an entry edits, once; an entry without id edits none."""
    identifier = sent.get("id")
    if identifier is None:
        return {}
    if isinstance(identifier, int) and identifier in known:
        return known.pop(identifier)
    raise RefusalError(
        f"No such line item on this invoice: {identifier}",
        b.LINE_FOREIGN,
        param="items",
    )


def _lent(account: Account, given: Record) -> Record:
    item = account.items.get(given.get("catalog_item") or "")
    if item is None:
        return {}
    account.cite(b.LINE_FILLED)
    return {name: item[name] for name in _LENT}


def _known_item(account: Account, identifier: str | None) -> str | None:
    if identifier is None or account.items.get(identifier) is not None:
        return identifier
    account.cite(b.LINE_ITEM_UNKNOWN)
    return None


def _rate(account: Account, kind: str, sent: Json, known: set[int]) -> Record:
    rate = _RATE_OF[kind]
    if not isinstance(sent, dict) or sent.get(rate) or "amount" not in sent:
        raise RefusalError(
            f"This twin knows flat amounts only: a {kind} is an object with an amount",
            b.INVOICE_RATES,
            param=kind,
        )
    identifier = sent.get("id")
    if not isinstance(identifier, int) or identifier not in known:
        identifier = account.next_id()
    amount = types.quantity("amount", sent["amount"])
    return {"id": identifier, "object": kind, "amount": amount, rate: None}


def _entries(param: str, sent: Json) -> list[dict[str, Json]]:
    entries = [] if sent is None else _listed(param, sent)
    for entry in entries:
        if not isinstance(entry, dict):
            raise make_field_error(param, "a list of objects")
    return [entry for entry in entries if isinstance(entry, dict)]


def _listed(param: str, sent: Json) -> list[Json]:
    if isinstance(sent, list):
        return sent
    raise make_field_error(param, "a list")


def _blank() -> Record:
    return {
        "catalog_item": None,
        "description": None,
        "discountable": True,
        "discounts": [],
        "metadata": {},
        "name": None,
        "object": "line_item",
        "quantity": 1,
        "taxable": True,
        "taxes": [],
        "type": None,
        "unit_cost": 0,
    }
