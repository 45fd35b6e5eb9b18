"""What Chargebee demands or is good to have, and the checklist does not list.

Everything here is filled in once, when a record is made, from the Invoiced record or
from the settings; later edits of it are nobody's business but the owner's.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from dataflow.mapping.money import rounded, to_minor
from dataflow.sync.identity import carrier_line
from dataflow.systems.http import Record

#: Longest texts that Chargebee takes (sdk).
NAME, EMAIL, ITEM_NAME, DESCRIPTION, LINE = 150, 70, 100, 500, 250

#: How many names are tried for an item before something else must be wrong.
NAMES = 10


class SyncSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The choices of the owner of the accounts: the [sync] table of dataflow.toml.

    Items of Chargebee belong to a family, `item_family` by its id, which is made when
    missing, and are of an `item_type`.
    """

    item_family: Annotated[str, msgspec.Meta(pattern=r"\S", description="a text")] = (
        "invoiced"
    )
    item_type: Annotated[
        Literal["plan", "addon", "charge"],
        msgspec.Meta(description="plan, addon or charge, as a text"),
    ] = "charge"


def customer(record: Record) -> dict[str, object]:
    """Return the parameters of a new customer, but for its id and mark.

    Automatic collection is off: what an order's invoice says is charged nowhere.
    """
    first, last = _names(str(record.get("name") or ""))
    email = str(record.get("email") or "")
    wanted = {
        "first_name": first,
        "last_name": last,
        "email": email if len(email) <= EMAIL else "",
        "preferred_currency_code": str(record.get("currency") or "").upper(),
    }
    given = {name: value for name, value in wanted.items() if value}
    return {"auto_collection": "off", **given}


def item(record: Record, settings: SyncSettings) -> dict[str, object]:
    """Return the parameters of a new item, but for its id, name and mark."""
    params: dict[str, object] = {
        "type": settings.item_type,
        "item_family_id": settings.item_family,
    }
    if description := str(record.get("description") or "")[:DESCRIPTION]:
        params["description"] = description
    return params


def item_names(name: str, item_id: str) -> Iterator[str]:
    """Yield the names to try for an item: Chargebee's are unique (documented)."""
    if 0 < len(name) <= ITEM_NAME:
        yield name
    for number in range(1, NAMES):
        suffix = f" ({item_id})" if number == 1 else f" ({item_id}) {number}"
        yield f"{name[: max(0, ITEM_NAME - len(suffix))]}{suffix}".strip()[-ITEM_NAME:]


def carrier(record: Record, currency: str) -> dict[str, object]:
    """Return the parameters of the invoice that carries an order, but for its ids.

    One line of the invoice's total, for an order's sums are not listed; a total that
    Chargebee cannot hold is rounded. By the line's text it is known as ours. It is
    imported as `posted`: issued, and not paid as far as Chargebee knows, so that no
    payment has to be made up; with automatic collection off none is sought.
    """
    amount = to_minor(rounded(_total(record), currency), currency)
    text = carrier_line(record.get("number") or record["id"], str(record["id"]), LINE)
    params: dict[str, object] = {
        "currency_code": currency,
        "date": issued(record),
        "total": amount,
        "status": "posted",
        "line_items": {"description": [text], "amount": [amount]},
    }
    return params


def rounding(record: Record, currency: str) -> str:
    """Return in a sentence what rounding the total has changed; nothing if nothing."""
    total = rounded(_total(record), currency)
    if total == Decimal(str(_total(record))):
        return ""
    return (
        f"invoice {record['id']} of {record['total']} {currency} is carried as"
        f" {total:f}: Chargebee holds no more decimals."
    )


def order(record: Record) -> dict[str, object]:
    """Return the parameters of a new order, but for its ids."""
    date = record.get("date") or issued(record)
    return {
        "status": "queued",
        "created_at": issued(record),
        "order_date": date,
        "shipping_date": record.get("due_date") or date,
    }


def issued(record: Record) -> object:
    """Return when an invoice came to be: its date, unless that is yet to come.

    An invoice may bear a later date than the day it was made; a record in Chargebee
    is imported as having existed already.
    """
    times = [record.get("date"), record.get("created_at")]
    return min((time for time in times if isinstance(time, int)), default=0)


def _total(record: Record) -> object:
    return record.get("total") or 0


def _names(name: str) -> tuple[str, str]:
    first, _, last = name.strip().rpartition(" ")
    if not first:
        first, last = last, ""
    return first.strip()[:NAME], last[:NAME]
