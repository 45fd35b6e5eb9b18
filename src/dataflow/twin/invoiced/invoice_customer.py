"""Whose invoice it is: found at its creation, and the same ever after."""

from __future__ import annotations

import re

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.amounts import minor
from dataflow.twin.invoiced.errors import RefusedError
from dataflow.twin.invoiced.states import is_owed
from dataflow.twin.wire import Json

_ID = re.compile("[0-9]{1,18}")


def customer_of(account: Account, sent: Json) -> Record:
    """Return the customer that a new invoice names, by id or as an object with one.

    Raises `RefusedError` for none (documented), and for one that is not there or gets
    no new invoices (both unconfirmed).
    """
    if sent is None:
        raise RefusedError(
            "Customer missing", b.INVOICE_CUSTOMER_NEEDED, param="customer"
        )
    identifier = sent.get("id") if isinstance(sent, dict) else sent
    known = account.customers.get(_as_id(identifier))
    if known is None:
        raise RefusedError(
            f"No such customer: {identifier}",
            b.INVOICE_CUSTOMER_UNKNOWN,
            param="customer",
        )
    _refuse_barred(known)
    return known


def refuse_another(record: Record, body: dict[str, Json]) -> None:
    """Raise if a PATCH names another customer than the invoice has (unconfirmed)."""
    if "customer" in body and _as_id(body["customer"]) != record["customer"]:
        raise RefusedError(
            "Invalid request parameter `customer`. The customer cannot be modified.",
            b.INVOICE_CUSTOMER_FIXED,
            param="customer",
        )


def refuse_beyond_limit(account: Account, customer: Record, record: Record) -> None:
    """Raise if a new invoice is more than its customer may owe (unconfirmed).

    What the customer owes in other currencies is left out.
    """
    limit = customer["credit_limit"]
    if limit is None:
        return
    account.rests_on(b.CUSTOMER_LIMIT)
    owed = record["balance"] + sum(
        each["balance"]
        for each in account.invoices
        if each["customer"] == customer["id"]
        and each["currency"] == record["currency"]
        and is_owed(each)
    )
    if minor(owed, record["currency"]) > minor(limit, record["currency"]):
        raise RefusedError(
            "This invoice exceeds the customer's credit limit",
            b.CUSTOMER_LIMIT,
            param="total",
        )


def _refuse_barred(customer: Record) -> None:
    if not customer["active"]:
        raise RefusedError(
            "This customer is inactive: it gets no new invoices",
            b.CUSTOMER_INACTIVE,
            param="customer",
        )
    if customer["credit_hold"]:
        raise RefusedError(
            "This customer is on credit hold: it gets no new invoices",
            b.CUSTOMER_HELD,
            param="total",
        )


def _as_id(sent: Json) -> int:
    """Return an id that may be written as a text; 0 is nobody's."""
    if isinstance(sent, int) and not isinstance(sent, bool):
        return sent
    if isinstance(sent, str) and _ID.fullmatch(sent):
        return int(sent)
    return 0
