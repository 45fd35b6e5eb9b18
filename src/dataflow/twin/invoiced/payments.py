"""Payments, and their shares in invoices."""

from __future__ import annotations

from typing import Any, TypeAlias

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import invoices, types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.calls import Refusal, Resource
from dataflow.twin.invoiced.encoding import Body
from dataflow.twin.invoiced.errors import (
    RefusalError,
    make_field_error,
)
from dataflow.twin.invoiced.fields import NUMBER, TEXT, Fields
from dataflow.twin.invoiced.lists import ListSpec
from dataflow.twin.invoiced.types import major, minor
from dataflow.twin.messages import Json, split_words
from dataflow.twin.resource import Field, Sent, fields, unread
from dataflow.twin.unbuilt import NotBuiltError

PARAM = "applied_to"
_UNBUILT_KINDS = split_words(
    "applied_credit convenience_fee credit credit_note document_adjustment estimate"
)

#: An invoice, and its share of a payment in major units.
Share: TypeAlias = tuple[Record, Any]


def read_shares(account: Account, sent: Json) -> list[Share]:
    """Return the shares of a payment."""
    if sent is not None and not isinstance(sent, list):
        raise make_field_error(PARAM, "a list")
    return [_read_share(account, entry) for entry in sent or []]


def refuse_shares(account: Account, payment: Record, shares: list[Share]) -> None:
    """Refuse a payment if an invoice cannot take its share.

    An invoice takes more than its balance, also as a draft or when it is closed.
    """
    for invoice, amount in shares:
        if invoice["currency"] != payment["currency"]:
            raise _refused("The invoice has another currency")
        if payment["customer"] not in _list_payers(account, invoice):
            raise _refused("The invoice does not belong to the payment's customer")
        if invoice["voided"]:
            raise _refused("The invoice is voided")
        if minor(amount, invoice["currency"]) <= 0:
            raise _refused("The amount must be greater than 0")


def _list_payers(account: Account, invoice: Record) -> tuple[int, int | None]:
    """Return the customers who can pay an invoice: its own, and that one's parent."""
    customer = account.customers.get(invoice["customer"]) or {}
    return invoice["customer"], customer.get("parent_customer")


def apply_share(account: Account, identifier: int, amount: float) -> None:
    """Add an amount to what an invoice has received; a negative amount reverses it."""
    old = account.invoices.get(identifier)
    if old is None:
        return
    account.cite(b.PAYMENT_APPLIED)
    if old["draft"] or old["closed"] or amount > old["balance"]:
        account.cite(b.PAYMENT_TAKEN)
    currency, share = old["currency"], minor(amount, old["currency"])
    received = major(minor(old["received"], currency) + share, currency)
    balance = major(minor(old["balance"], currency) - share, currency)
    closed = old["closed"] and amount > 0
    sums: Record = {"received": received, "balance": balance}
    states: Record = {"draft": False, "closed": closed}
    invoices.change(account, old, sums | states)


def _read_share(account: Account, entry: Json) -> Share:
    kind = entry.get("type") if isinstance(entry, dict) else None
    if kind in _UNBUILT_KINDS:
        raise NotBuiltError(f"{PARAM} of the type {kind}")
    if not isinstance(entry, dict) or kind != "invoice":
        raise _refused("A share needs a type")
    if entry.get("amount") is None:
        raise _refused("Missing `amount` parameter")
    identifier = types.reference("invoice", entry.get("invoice"))
    invoice = account.invoices.get(int(str(identifier or 0)))
    if invoice is None:
        raise _refused(f"No such invoice: {identifier}")
    return invoice, types.quantity("amount", entry["amount"])


def _refused(message: str) -> RefusalError:
    return RefusalError(message, b.PAYMENT_REFUSED, param=PARAM)


def _text(param: str, value: Json) -> Json:
    if value is None or isinstance(value, str):
        return value or None
    raise _refuse_type(param, "string")


def _whole(param: str, value: Json) -> Json:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return types.integer(param, value)
    raise _refuse_type(param, "integer")


def _amount(param: str, value: Json) -> Json:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number or (isinstance(value, str) and types.is_numeric(value)):
        return types.quantity(param, value)
    raise _refuse_type(param, "numeric")


def _currency(param: str, value: Json) -> Json:
    return types.currency(param, _text(param, value))


def _refuse_type(param: str, wanted: str) -> RefusalError:
    message = f"The option '{param}' is expected to be of type '{wanted}'."
    return RefusalError(message, b.PAYMENT_STRICT, param="request")


#: The types of these are checked, unlike those of customers and invoices.
FIELDS = Fields(
    "Payment",
    Field("amount", _amount, stored=False, filter=NUMBER),
    Field("currency", _currency, stored=False, filter=TEXT),
    Field("customer", _whole, filter=NUMBER),
    Field("date", _whole, stored=False, filter=NUMBER),
    Field("method", _text, default="other", filter=TEXT),
    Field("reference", _text, filter=TEXT),
    Field("source", _text, default="api", filter=TEXT),
    *fields(_text, "ach_sender_id notes"),
    *fields(
        types.not_built,
        "accounting_id accounting_system attachments metadata",
        stored=False,
    ),
    Field(PARAM, stored=False, shown=False),
    *fields(
        unread,
        "balance created_at id updated_at",
        sent=Sent.NEVER,
        stored=False,
        filter=NUMBER,
    ),
    Field("object", sent=Sent.NEVER, default="payment"),
    *fields(unread, "charge matched", sent=Sent.NEVER),
    Field("voided", sent=Sent.NEVER, default=False),
    strict=b.PAYMENT_STRICT,
)


def _complete(account: Account, old: Record, sent: Record, body: Body) -> Record:
    """Return a payment with its balance and its shares; null is no value."""
    given = {name: value for name, value in sent.items() if value is not None}
    if old:
        record = old | given
        shares = _find_shares(account, old, record, body)
    else:
        if "amount" not in given:
            message = "The required option 'amount' is missing."
            raise RefusalError(message, b.PAYMENT_AMOUNT, param="request")
        shares = read_shares(account, body.get(PARAM))
        record = _make_blank(account, _find_payer(account, given, shares)) | given
    refuse_shares(account, record, shares)
    balance = _compute_balance(record, shares)
    applied = [(invoice["id"], amount) for invoice, amount in shares]
    return record | {"balance": balance, PARAM: applied}


def _apply(account: Account, old: Record, record: Record) -> None:
    """Reverse the old shares of a payment, and apply the new ones."""
    before, after = old.get(PARAM, []), record[PARAM]
    if before == after:
        return
    for identifier, amount in before:
        apply_share(account, identifier, -amount)
    for identifier, amount in after:
        apply_share(account, identifier, amount)


def _find_shares(
    account: Account, old: Record, record: Record, body: Body
) -> list[Share]:
    """Return the shares after an edit: a payment of another customer keeps none."""
    if body.get(PARAM) is not None:
        return read_shares(account, body[PARAM])
    if record["customer"] != old["customer"]:
        return []
    known = [(account.invoices.get(number), amount) for number, amount in old[PARAM]]
    return [(invoice, amount) for invoice, amount in known if invoice is not None]


def _void(account: Account, old: Record) -> Record:
    """Void a payment, which stays, and reverse its shares."""
    account.cite(b.PAYMENT_VOID)
    now = account.now()
    voided = {"voided": True, "balance": 0, "updated_at": now, PARAM: []}
    return PAYMENT.save(account, old, old | voided, "deleted")


def _find_payer(account: Account, given: Record, shares: list[Share]) -> Record:
    """Return the payer and the currency, as defaults for those not sent."""
    sent = given.get("customer")
    customer = account.customers.get(sent or 0)
    if sent is not None and customer is None:
        message = f"No such customer: {sent}"
        raise RefusalError(message, b.PAYMENT_REFUSED)
    if shares:
        invoice = shares[0][0]
        return {"customer": invoice["customer"], "currency": invoice["currency"]}
    currency = customer["currency"] if customer else None
    return {"currency": currency or accounts.CURRENCY}


def _compute_balance(record: Record, shares: list[Share]) -> int | float:
    currency = record["currency"]
    spent = sum(minor(amount, currency) for _, amount in shares)
    left = minor(record["amount"], currency) - spent
    if left < 0 or record["amount"] < 0:
        message = "Amount is too small"
        raise RefusalError(message, b.PAYMENT_AMOUNT, param="amount")
    return major(left, currency)


def _make_blank(account: Account, payer: Record) -> Record:
    identifier = account.next_id()
    return {
        **FIELDS.first,
        "date": account.now(),
        "id": identifier,
        "pdf_url": f"{account.public}/payments/{identifier}/pdf",
        **payer,
    }


def _is_voided(_account: Account, record: Record, _body: Body) -> bool:
    return bool(record["voided"])


PAYMENT = Resource(
    noun="Payment",
    spec=ListSpec(
        table=lambda account: account.payments,
        fields=FIELDS,
        dated=True,
        strict_query=b.PAYMENT_STRICT,
    ),
    cites=lambda _record: (b.PAYMENT_SHAPE,),
    complete=_complete,
    refusals={
        "update": (
            Refusal(
                _is_voided,
                b.PAYMENT_VOID,
                "The payment is voided and cannot be edited.",
                "voided",
            ),
        ),
        "delete": (
            Refusal(
                _is_voided, b.PAYMENT_VOID, "This payment has already been voided."
            ),
        ),
    },
    after_save=_apply,
    delete_by=_void,
)
