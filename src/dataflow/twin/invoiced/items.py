"""Create, read, update and archive the items of the catalogue.

The keys and the editable ones are documented. That an edit ignores the other keys, and
refuses unknown ones, is unconfirmed.
"""

from __future__ import annotations

import re

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import RefusalError, make_not_found
from dataflow.twin.invoiced.fields import Compare, Field, Fields, Sent, fields
from dataflow.twin.invoiced.lists import ListSpec, Resource
from dataflow.twin.messages import Json

TEXT, NUMBER = Compare.TEXT, Compare.NUMBER

#: Stored for the list; a read does not show it.
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


_FLAG = (types.boolean, NUMBER)
#: An edit ignores these; that it applies gl_account and avalara_… is unconfirmed.
_FIXED = Sent.CREATE

FIELDS = Fields(
    "Item",
    Field("id", identifier, TEXT, defaulted=True, stored=False, sent=_FIXED),
    Field("name", types.name, TEXT, required=b.ITEM_NAME),
    *fields("description type gl_account", types.text, TEXT),
    *fields("avalara_location_code avalara_tax_code", types.text, TEXT),
    Field("currency", types.currency, TEXT, sent=_FIXED),
    Field("unit_cost", types.quantity, NUMBER, default=0, sent=_FIXED),
    *fields("discountable taxable", *_FLAG, default=True, sent=_FIXED),
    Field("taxes", types.no_rates, default=[], sent=_FIXED),
    Field("metadata", types.metadata, default={}),
    Field("object", sent=Sent.NEVER, default="item"),
    *fields("created_at updated_at", compare=NUMBER, sent=Sent.NEVER),
    Field(_ARCHIVED, compare=NUMBER, sent=Sent.NEVER, default=False),
    strict=b.ITEM_STRICT,
)


def create(account: Account, body: dict[str, Json]) -> Record:
    """Store a new item under the sent id, or under a generated one."""
    FIELDS.check(account, body)
    now = {"created_at": account.now(), "updated_at": account.now()}
    record = {**FIELDS.first, **now, **FIELDS.read_new(account, body)}
    if "id" in record:
        account.cite(b.ITEM_ID)
    else:
        account.cite(b.ITEM_ID_GIVEN)
        record["id"] = _generate_id(account)
    if record["currency"] is None and record["unit_cost"]:
        account.cite(b.ITEM_CURRENCY)
        record["currency"] = accounts.CURRENCY
    _replace_archived(account, record["id"])
    account.items.put(record["id"], record)
    return record


def retrieve(account: Account, identifier: str) -> Record:
    """Return the newest item of that id, archived or not."""
    record = account.items.get(identifier)
    if record is None:
        raise make_not_found("Item", identifier)
    if record[_ARCHIVED]:
        account.cite(b.ITEM_ARCHIVED)
    return record


def update(account: Account, identifier: str, body: dict[str, Json]) -> Record:
    """Store the editable fields, ignore the fixed ones, refuse unknown ones."""
    old = retrieve(account, identifier)
    FIELDS.check(account, body)
    account.cite(b.ITEM_EDITABLE)
    if not body.keys().isdisjoint(FIELDS.fixed):
        account.cite(b.ITEM_FIXED)
    record = old | FIELDS.read_edit(account, body) | {"updated_at": account.now()}
    account.items.put(record["id"], record)
    return record


def delete(account: Account, identifier: str) -> None:
    """Archive an item."""
    record = retrieve(account, identifier)
    account.cite(b.ITEM_ARCHIVED)
    archived = {_ARCHIVED: True, "updated_at": account.now()}
    account.items.put(record["id"], record | archived)


def show(account: Account, record: Record) -> Record:
    """Return an item as it is shown."""
    account.cite(b.ITEM_SHAPE)
    return {key: value for key, value in record.items() if key != _ARCHIVED}


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


LISTING = ListSpec(
    table=lambda account: account.items,
    replaced=lambda account: account.replaced_items,
    fields=FIELDS,
    strict=True,
)

RESOURCE = Resource(create, retrieve, update, delete, show, LISTING)
