"""Items of the catalogue.

The keys and the editable ones are documented. That an edit ignores the other keys, and
refuses unknown ones, is unconfirmed.
"""

from __future__ import annotations

import re

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.calls import Resource
from dataflow.twin.invoiced.encoding import Body
from dataflow.twin.invoiced.errors import RefusalError
from dataflow.twin.invoiced.fields import NUMBER, TEXT, Fields
from dataflow.twin.invoiced.lists import ListSpec
from dataflow.twin.invoiced.metadata import read_metadata
from dataflow.twin.messages import Json
from dataflow.twin.resource import Field, Sent, fields, unread

_ARCHIVED = "archived"
_ID = re.compile(r"[A-Za-z0-9_:-]{2,}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def identifier(param: str, value: Json) -> Json:
    """Read the id that a caller chooses."""
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise RefusalError(
        "An item's ID has at least two letters, digits, dashes, underscores or colons",
        b.ITEM_ID_FORMAT,
        param=param,
    )


#: An edit ignores these; that it applies gl_account and avalara_… is unconfirmed.
_FIXED = Sent.CREATE

FIELDS = Fields(
    "Item",
    Field("id", identifier, defaulted=True, stored=False, sent=_FIXED, filter=TEXT),
    Field("name", types.NAME, required=True, filter=TEXT),
    *fields(
        types.text,
        "description type gl_account avalara_location_code avalara_tax_code",
        filter=TEXT,
    ),
    Field("currency", types.currency, sent=_FIXED, filter=TEXT),
    Field("unit_cost", types.quantity, sent=_FIXED, default=0, filter=NUMBER),
    *fields(
        types.boolean,
        "discountable taxable",
        sent=_FIXED,
        default=True,
        filter=NUMBER,
    ),
    Field("taxes", types.no_rates, sent=_FIXED, default=[]),
    Field("metadata", read_metadata, default={}),
    Field("object", sent=Sent.NEVER, default="item"),
    *fields(unread, "created_at updated_at", sent=Sent.NEVER, filter=NUMBER),
    # Stored for the list.
    Field(_ARCHIVED, sent=Sent.NEVER, default=False, filter=NUMBER, shown=False),
    required=b.ITEM_NAME,
    strict=b.ITEM_STRICT,
)


def _complete(account: Account, old: Record, given: Record, body: Body) -> Record:
    """Return the values of an edit, or those of a new item with its id."""
    if old:
        account.cite(b.ITEM_EDITABLE)
        if not body.keys().isdisjoint(FIELDS.fixed):
            account.cite(b.ITEM_FIXED)
        return given
    account.cite(b.ITEM_ID if "id" in given else b.ITEM_ID_GIVEN)
    values = {"id": given.get("id") or _generate_id(account), **given}
    if given.get("currency") is None and given.get("unit_cost"):
        account.cite(b.ITEM_CURRENCY)
        values["currency"] = accounts.CURRENCY
    _replace_archived(account, values["id"])
    return values


def _archive(account: Account, record: Record) -> None:
    """Archive an item."""
    account.cite(b.ITEM_ARCHIVED)
    archived = {_ARCHIVED: True, "updated_at": account.now()}
    account.items.put(record["id"], record | archived)


def _replace_archived(account: Account, identifier: str) -> None:
    """Set an archived item of that id aside; refuse the id of a live one."""
    older = account.items.get(identifier)
    if older is None:
        return
    if not older[_ARCHIVED]:
        message = f"An item already exists with ID: {identifier}"
        raise RefusalError(message, b.ITEM_ID_TAKEN, param="id")
    account.replaced_items.append(older)
    account.items.drop(identifier)


def _generate_id(account: Account) -> str:
    """Return six letters and digits that no item has, without randomness."""
    while True:
        left, text = account.next_id(), ""
        while left or len(text) < 6:  # noqa: PLR2004  the length is not confirmed
            left, digit = divmod(left, len(_DIGITS))
            text = _DIGITS[digit] + text
        if account.items.get(text) is None:
            return text


ITEM = Resource(
    noun="Item",
    spec=ListSpec(
        table=lambda account: account.items,
        replaced=lambda account: account.replaced_items,
        fields=FIELDS,
        strict=True,
    ),
    # A path finds the newest item of its id, archived or not.
    cites=lambda item: (
        (b.ITEM_SHAPE, b.ITEM_ARCHIVED) if item[_ARCHIVED] else (b.ITEM_SHAPE,)
    ),
    complete=_complete,
    delete_by=_archive,
    has_text_ids=True,
    has_events=False,
)
