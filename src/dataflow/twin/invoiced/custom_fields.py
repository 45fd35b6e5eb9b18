"""Custom fields, which give metadata a type (sdk; effects are unconfirmed)."""

from __future__ import annotations

import re

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.calls import Resource
from dataflow.twin.invoiced.encoding import Body
from dataflow.twin.invoiced.errors import RefusalError
from dataflow.twin.invoiced.fields import STAMPS, Fields
from dataflow.twin.invoiced.lists import ListSpec
from dataflow.twin.messages import Json
from dataflow.twin.resource import Field, Sent

_ID = re.compile(r"[A-Za-z0-9_-]{2,40}")


def _complete(account: Account, old: Record, given: Record, _body: Body) -> Record:
    if old:
        return given
    key = given["id"], given["object"]
    if key in {(each["id"], each["object"]) for each in account.custom_fields}:
        message = f"Given ID is already taken by another custom field: {key[0]}"
        raise RefusalError(message, b.SIDE_RECORDS, param="id")
    return given


def _read_id(param: str, value: Json) -> Json:
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise RefusalError("Id is not valid", b.SIDE_RECORDS, param=param)


def _read_choices(_param: str, value: Json) -> Json:
    return value if isinstance(value, list) else []


_OBJECTS = (
    "credit_note customer estimate invoice item line_item payment plan subscription"
    " transaction"
)
_TYPES = "string boolean double integer enum date money"

FIELDS = Fields(
    "CustomField",
    Field("id", _read_id, required=True, sent=Sent.CREATE, stored=False),
    Field("name", types.text, required=True),
    Field("object", types.OneOf(_OBJECTS, b.SIDE_RECORDS), required=True),
    Field("type", types.OneOf(_TYPES, b.SIDE_RECORDS), default="string"),
    Field("choices", _read_choices, default=[]),
    Field("external", types.boolean, default=True),
    Field("internal_id", types.not_built),
    *STAMPS[1:],
    required=b.SIDE_RECORDS,
)

CUSTOM_FIELD = Resource(
    noun="Custom field",
    spec=ListSpec(table=lambda account: account.custom_fields, fields=FIELDS),
    cites=lambda _record: (b.SIDE_RECORDS,),
    complete=_complete,
    key="internal_id",
    has_events=False,
)
