"""Contacts of customers (sdk; effects are unconfirmed)."""

from __future__ import annotations

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.calls import Resource
from dataflow.twin.invoiced.encoding import Body
from dataflow.twin.invoiced.fields import STAMPS, Fields
from dataflow.twin.invoiced.lists import ListSpec
from dataflow.twin.resource import Field, Sent, fields

FIELDS = Fields(
    "Contact",
    Field("name", types.NAME, required=True),
    Field("email", types.email),
    Field("country", types.country),
    *fields(
        types.text,
        "address1 address2 city department phone postal_code state title",
    ),
    Field("primary", types.boolean, default=True),
    *fields(types.boolean, "send_new_invoices sms_enabled", default=False),
    *fields(types.not_built, "customer_id role", stored=False),
    Field("object", sent=Sent.NEVER, default="contact"),
    *STAMPS,
    required=b.SIDE_RECORDS,
    strict=b.SIDE_RECORDS,
)


def _complete(account: Account, old: Record, given: Record, _body: Body) -> Record:
    if old:
        return given
    customer = account.customers.get(given["customer"]) or {}
    return {**given, "country": given.get("country") or customer.get("country")}


CONTACT = Resource(
    noun="Contact",
    spec=ListSpec(table=lambda account: account.contacts, fields=FIELDS),
    cites=lambda _record: (b.SIDE_RECORDS,),
    complete=_complete,
)
