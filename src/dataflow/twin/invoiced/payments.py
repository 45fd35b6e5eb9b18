"""Create, read, update and void payments, and apply them to invoices."""

from __future__ import annotations

from typing import Any, TypeAlias

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events, invoice_states, types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import RefusalError, make_field_error
from dataflow.twin.invoiced.lists import ListSpec, Resource
from dataflow.twin.invoiced.types import Reader, major, minor, read_leniently
from dataflow.twin.messages import Json, split_words

PARAM = "applied_to"

#: An invoice, and its share of a payment in major units.
Share: TypeAlias = tuple[Record, Any]


def read_shares(account: Account, sent: Json) -> list[Share]:
    """Return the shares of a payment."""
    if sent is not None and not isinstance(sent, list):
        raise make_field_error(PARAM, "a list")
    return [_read_share(account, entry) for entry in sent or []]


def refuse_shares(payment: Record, shares: list[Share]) -> None:
    """Refuse a payment if an invoice cannot take its share."""
    left = {invoice["id"]: invoice["balance"] for invoice, _ in shares}
    for invoice, amount in shares:
        if invoice["currency"] != payment["currency"]:
            raise _refused("The invoice has another currency")
        if invoice["voided"] or invoice["draft"] or invoice["closed"]:
            raise _refused("The invoice takes no payments")
        left[invoice["id"]] -= amount
        if amount <= 0 or minor(left[invoice["id"]], invoice["currency"]) < 0:
            raise _refused("The amount does not fit the invoice's balance")


def apply_share(account: Account, identifier: int, amount: float) -> None:
    """Add an amount to what an invoice has received; a negative amount reverses it."""
    old = account.invoices.get(identifier)
    if old is None:
        return
    account.cite(b.PAYMENT_APPLIED)
    currency, share = old["currency"], minor(amount, old["currency"])
    received = major(minor(old["received"], currency) + share, currency)
    balance = major(minor(old["balance"], currency) - share, currency)
    sums: Record = {"received": received, "balance": balance}
    if old["paid"] and balance > 0:
        sums["closed"] = False
    invoice_states.update_invoice(account, old, invoice_states.settle(old | sums))


def _read_share(account: Account, entry: Json) -> Share:
    if not isinstance(entry, dict) or entry.get("type") != "invoice":
        message = "This twin applies payments to invoices only"
        raise RefusalError(message, b.PAYMENT_KINDS, param=PARAM)
    identifier = types.reference("invoice", entry.get("invoice"))
    invoice = account.invoices.get(int(str(identifier or 0)))
    if invoice is None:
        raise _refused(f"No such invoice: {identifier}")
    return invoice, types.quantity("amount", entry.get("amount"))


def _refused(message: str) -> RefusalError:
    return RefusalError(message, b.PAYMENT_REFUSED, param=PARAM)


EDITABLE: dict[str, Reader] = {
    "date": types.timestamp,
    "method": types.text,
    "notes": types.text,
    "reference": types.text,
}
READERS: dict[str, Reader] = {
    "amount": types.quantity,
    "currency": types.currency,
    "customer": types.integer,
    **EDITABLE,
}


def create(account: Account, body: dict[str, Json]) -> Record:
    """Store a new payment, and apply it to the invoices that it names."""
    if body.get("amount") is None:
        raise _refuse_amount("Amount is missing")
    given = read_leniently(account, body, READERS, (PARAM,))
    shares = read_shares(account, body.get(PARAM))
    record = _make_blank(account, _find_payer(account, given, shares)) | {
        name: value for name, value in given.items() if value is not None
    }
    refuse_shares(record, shares)
    record["balance"] = _compute_balance(record, shares)
    record[PARAM] = [(invoice["id"], amount) for invoice, amount in shares]
    account.payments.put(record["id"], record)
    for identifier, amount in record[PARAM]:
        apply_share(account, identifier, amount)
    events.log_event(account, "created", _render(record))
    return record


def retrieve(account: Account, identifier: str) -> Record:
    """Return the payment that a path names."""
    return accounts.require_record(account.payments, "Payment", identifier)


def update(account: Account, identifier: str, body: dict[str, Json]) -> Record:
    """Store the changes of a PATCH; sums and payer stay."""
    old = retrieve(account, identifier)
    given = read_leniently(account, body, EDITABLE, READERS.keys() - EDITABLE.keys())
    record = old | given | {"updated_at": account.now()}
    account.payments.put(record["id"], record)
    events.log_change(account, _render(old), _render(record))
    return record


def void(account: Account, identifier: str) -> Record:
    """Void a payment, which stays, and reverse its shares."""
    old = retrieve(account, identifier)
    account.cite(b.PAYMENT_VOID)
    if old["voided"]:
        raise RefusalError("This payment has already been voided.", b.PAYMENT_VOID)
    record = old | {"voided": True, "balance": 0, "updated_at": account.now()}
    account.payments.put(record["id"], record)
    for invoice, amount in old[PARAM]:
        apply_share(account, invoice, -amount)
    events.log_event(account, "deleted", _render(record))
    return record


def show(account: Account, record: Record) -> Record:
    """Return a payment as it is shown."""
    account.cite(b.PAYMENT_SHAPE)
    return _render(record)


def _render(record: Record) -> Record:
    return {key: value for key, value in record.items() if key != PARAM}


def _find_payer(account: Account, given: Record, shares: list[Share]) -> Record:
    """Return the payer and the currency, as defaults for those not sent."""
    sent = given.get("customer")
    customer = account.customers.get(sent or 0)
    if sent is not None and customer is None:
        message = f"No such customer: {sent}"
        raise RefusalError(message, b.PAYMENT_REFUSED, param="customer")
    if shares:
        invoice = shares[0][0]
        return {"customer": invoice["customer"], "currency": invoice["currency"]}
    currency = customer["currency"] if customer else None
    return {"currency": currency or accounts.CURRENCY}


def _compute_balance(record: Record, shares: list[Share]) -> int | float:
    currency = record["currency"]
    spent = sum(minor(amount, currency) for _, amount in shares)
    left = minor(record["amount"], currency) - spent
    if left < 0 or record["amount"] <= 0:
        raise _refuse_amount("Amount is too small")
    return major(left, currency)


def _refuse_amount(message: str) -> RefusalError:
    return RefusalError(message, b.PAYMENT_AMOUNT, param="amount")


def _make_blank(account: Account, payer: Record) -> Record:
    identifier, now = account.next_id(), account.now()
    return {
        "ach_sender_id": None,
        "charge": None,
        "created_at": now,
        "customer": None,
        "date": now,
        "id": identifier,
        "matched": None,
        "method": "other",
        "notes": None,
        "object": "payment",
        "pdf_url": f"{account.public}/payments/{identifier}/pdf",
        "reference": None,
        "source": "api",
        "updated_at": now,
        "voided": False,
        **payer,
    }


LISTING = ListSpec(
    table=lambda account: account.payments,
    texts=frozenset(("currency", "method", "reference", "source")),
    numbers=frozenset(
        split_words("amount balance created_at customer date id updated_at")
    ),
    dated=True,
)

RESOURCE = Resource(create, retrieve, update, void, show, LISTING)
