"""What a payment does to invoices: it covers them, or is taken back from them.

The form of `applied_to` is documented, what comes of it and what is refused is not.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import fields, filing, states
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.amounts import major, minor
from dataflow.twin.invoiced.errors import RefusedError, misfit
from dataflow.twin.wire import Json

PARAM = "applied_to"

#: An invoice, and how much of a payment it gets, in major units.
Share: TypeAlias = tuple[Record, Any]


def read_shares(account: Account, sent: Json) -> list[Share]:
    """Return what goes to which invoice."""
    if sent is not None and not isinstance(sent, list):
        raise misfit(PARAM, "a list")
    return [_share(account, entry) for entry in sent or []]


def refuse_misfits(payment: Record, shares: list[Share]) -> None:
    """Raise if an invoice cannot take what it is to get of a payment."""
    left = {invoice["id"]: invoice["balance"] for invoice, _ in shares}
    for invoice, amount in shares:
        if invoice["currency"] != payment["currency"]:
            raise _refused("The invoice has another currency")
        if invoice["voided"] or invoice["draft"] or invoice["closed"]:
            raise _refused("The invoice takes no payments")
        left[invoice["id"]] -= amount
        if amount <= 0 or minor(left[invoice["id"]], invoice["currency"]) < 0:
            raise _refused("The amount does not fit the invoice's balance")


def receive(account: Account, identifier: int, amount: float) -> None:
    """Note on an invoice what was received for it; less than 0 takes it back."""
    old = account.invoices.get(identifier)
    if old is None:
        return
    account.rests_on(b.PAYMENT_APPLIED)
    currency, share = old["currency"], minor(amount, old["currency"])
    received = major(minor(old["received"], currency) + share, currency)
    balance = major(minor(old["balance"], currency) - share, currency)
    sums: Record = {"received": received, "balance": balance}
    if old["paid"] and balance > 0:
        sums["closed"] = False
    filing.file_again(account, old, states.settled(old | sums))


def _share(account: Account, entry: Json) -> Share:
    if not isinstance(entry, dict) or entry.get("type") != "invoice":
        raise RefusedError(
            "This twin applies payments to invoices only", b.PAYMENT_KINDS, param=PARAM
        )
    identifier = fields.moment("invoice", entry.get("invoice"))
    invoice = account.invoices.get(int(str(identifier)))
    if invoice is None:
        raise _refused(f"No such invoice: {identifier}")
    return invoice, fields.quantity("amount", entry.get("amount"))


def _refused(message: str) -> RefusedError:
    return RefusedError(message, b.PAYMENT_REFUSED, param=PARAM)
