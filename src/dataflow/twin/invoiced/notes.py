"""Notes on customers and invoices (documented in part)."""

from __future__ import annotations

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.calls import Resource
from dataflow.twin.invoiced.encoding import Body
from dataflow.twin.invoiced.errors import RefusalError
from dataflow.twin.invoiced.fields import NUMBER, STAMPS, Fields
from dataflow.twin.invoiced.lists import ListSpec
from dataflow.twin.messages import Json
from dataflow.twin.resource import Field, Sent, fields, unread

FIELDS = Fields(
    "Note",
    Field("notes", types.text, required=True),
    *fields(
        types.reference,
        "customer_id invoice_id",
        sent=Sent.CREATE,
        stored=False,
        filter=NUMBER,
    ),
    Field("user_id", types.not_built, stored=False),
    *fields(unread, "customer invoice user", sent=Sent.NEVER),
    Field("object", sent=Sent.NEVER, default="note"),
    *STAMPS,
    required=b.SIDE_RECORDS,
    strict=b.SIDE_RECORDS,
)


def _complete(account: Account, old: Record, given: Record, _body: Body) -> Record:
    if old:
        return given
    customer, invoice = given.pop("customer_id", None), given.pop("invoice_id", None)
    if invoice is not None:
        found = accounts.require_record(account.invoices, "Invoice", str(invoice))
        customer = found["customer"]
    if customer is None:
        message = "Missing customer!"
        raise RefusalError(message, b.SIDE_RECORDS, param="customer")
    accounts.require_record(account.customers, "Customer", str(customer))
    return {**given, "customer": customer, "invoice": invoice}


def _find_note_value(_account: Account, record: Record, field: str) -> Json:
    value: Json = record[field.removesuffix("_id")]
    return value


NOTE = Resource(
    noun="Note",
    spec=ListSpec(
        table=lambda account: account.notes, fields=FIELDS, value=_find_note_value
    ),
    cites=lambda _record: (b.SIDE_RECORDS,),
    complete=_complete,
)
