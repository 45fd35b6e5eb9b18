"""Create the counterpart of a record, with the fields that an API requires."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.http import Record
from dataflow.sync.errors import DuplicateError, NotFoundError, RefusedError
from dataflow.sync.mapping import set_at_path
from dataflow.sync.matching import backing_invoice_line, is_ours, propose_ids
from dataflow.sync.model import Link
from dataflow.sync.record_types import ITEM, Kind
from dataflow.sync.values import round_to_minor, to_minor

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


def customer_fields(record: Record) -> dict[str, object]:
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


def item_fields(record: Record, settings: SyncSettings) -> dict[str, object]:
    """Return the parameters of a new item, but for its id, name and mark."""
    params: dict[str, object] = {
        "type": settings.item_type,
        "item_family_id": settings.item_family,
    }
    if description := str(record.get("description") or "")[:DESCRIPTION]:
        params["description"] = description
    return params


def propose_item_names(name: str, item_id: str) -> Iterator[str]:
    """Yield the names to try for an item: Chargebee's are unique (documented)."""
    if 0 < len(name) <= ITEM_NAME:
        yield name
    for number in range(1, NAMES):
        suffix = f" ({item_id})" if number == 1 else f" ({item_id}) {number}"
        yield f"{name[: max(0, ITEM_NAME - len(suffix))]}{suffix}".strip()[-ITEM_NAME:]


def backing_invoice_fields(record: Record, currency: str) -> dict[str, object]:
    """Return the parameters of the invoice that carries an order, but for its ids.

    One line of the invoice's total, for an order's sums are not listed; a total that
    Chargebee cannot hold is rounded. By the line's text it is known as ours. It is
    imported as `posted`: issued, and not paid as far as Chargebee knows, so that no
    payment has to be made up; with automatic collection off none is sought.
    """
    amount = to_minor(round_to_minor(_total(record), currency), currency)
    text = backing_invoice_line(
        record.get("number") or record["id"], str(record["id"]), LINE
    )
    params: dict[str, object] = {
        "currency_code": currency,
        "date": issue_time(record),
        "total": amount,
        "status": "posted",
        "line_items": {"description": [text], "amount": [amount]},
    }
    return params


def describe_rounding(record: Record, currency: str) -> str:
    """Return in a sentence what rounding the total has changed; nothing if nothing."""
    total = round_to_minor(_total(record), currency)
    if total == Decimal(str(_total(record))):
        return ""
    return (
        f"invoice {record['id']} of {record['total']} {currency} is carried as"
        f" {total:f}: Chargebee holds no more decimals."
    )


def order_fields(record: Record) -> dict[str, object]:
    """Return the parameters of a new order, but for its ids."""
    date = record.get("date") or issue_time(record)
    return {
        "status": "queued",
        "created_at": issue_time(record),
        "order_date": date,
        "shipping_date": record.get("due_date") or date,
    }


def issue_time(record: Record) -> object:
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


#: Good to have at creation; a site that refuses one gets the record without it.
OPTIONAL = frozenset(
    {"first_name", "last_name", "email", "preferred_currency_code", "description"}
)


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A Chargebee record; `before` says that it was there already."""

    record: Record
    before: bool = False


@dataclass(slots=True)
class Creator:
    """Makes customers and items; `tell` is told what had to be left out."""

    right: Chargebee
    settings: SyncSettings
    report: Callable[[str], None]
    _family_exists: bool = field(default=False, init=False)

    def create(
        self, kind: Kind, left: Record, wanted: dict[str, object]
    ) -> FoundRecord:
        """Return the counterpart of `left`, made now or by a call that got lost.

        `wanted` holds the listed properties in Chargebee's own names. A record of
        somebody else's that has the id keeps it.
        """
        left_id = str(left["id"])
        for right_id in propose_ids(left_id):
            for params in self._attempts(kind, left, wanted):
                params["id"] = right_id
                set_at_path(params, kind.mark, left_id)
                try:
                    return FoundRecord(self._create(kind, params, frozenset(wanted)))
                except DuplicateError:
                    existing = self.right.find(kind, right_id)
                if existing is not None and is_ours(kind, existing, left_id):
                    return FoundRecord(existing, before=True)
                if existing is not None:
                    break  # The id is taken; had it been free, the name would be.
        raise RefusedError(
            self.right.api.vendor,
            400,
            f"every id or name for {kind.name} {left_id} is taken",
        )

    def update(self, kind: Kind, link: Link, body: Mapping[str, object]) -> Record:
        """Edit a counterpart; an item whose new name is taken gets its id beside."""
        if kind is not ITEM or not body.get("name"):
            return self.right.update(kind, link.right_id, body)
        *names, last = propose_item_names(str(body["name"]), link.left_id)
        for name in names:
            with suppress(DuplicateError):
                return self.right.update(kind, link.right_id, {**body, "name": name})
        return self.right.update(kind, link.right_id, {**body, "name": last})

    def _attempts(
        self, kind: Kind, left: Record, wanted: dict[str, object]
    ) -> Iterator[dict[str, object]]:
        """Yield the parameters to try, one set for each name an item may get."""
        if kind is not ITEM:
            yield {**customer_fields(left), **wanted}
            return
        self._make_family()
        params = {**item_fields(left, self.settings), **wanted}
        name = str(params.get("name") or left.get("name") or "")
        for candidate in propose_item_names(name, str(left["id"])):
            yield {**params, "name": candidate}

    def _create(
        self, kind: Kind, params: dict[str, object], listed: frozenset[str]
    ) -> Record:
        while True:
            try:
                return self.right.create(kind, params)
            except DuplicateError:
                raise
            except RefusedError as error:
                spare = OPTIONAL & params.keys() - listed
                if error.param not in spare:
                    raise
                del params[error.param]
                self.report(f"{kind.name} {params['id']} has no {error.param}: {error}")

    def _make_family(self) -> None:
        if self._family_exists:
            return
        family = self.settings.item_family
        try:
            self.right.item_family(family)
        except NotFoundError:
            self.right.create_item_family({"id": family, "name": family})
        self._family_exists = True
