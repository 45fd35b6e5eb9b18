"""Create the counterpart of a record, with the fields that an API requires."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

import msgspec

from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.http import Record
from dataflow.sync.errors import DuplicateError, NotFoundError, RefusedError
from dataflow.sync.mapping import set_at_path
from dataflow.sync.matching import (
    backing_invoice_line,
    is_counterpart,
    is_unmarked,
    propose_ids,
)
from dataflow.sync.model import Link
from dataflow.sync.payments import PaymentPolicy, import_payment
from dataflow.sync.record_types import CUSTOMER, ITEM, Kind
from dataflow.sync.values import round_to_minor, to_minor

#: The longest texts that Chargebee accepts (sdk).
NAME, EMAIL, ITEM_NAME, DESCRIPTION, LINE = 150, 70, 100, 500, 250

#: The number of names to try for an item.
NAMES = 10


Count: TypeAlias = Annotated[
    int, msgspec.Meta(ge=0, description="a whole number from 0")
]
Share: TypeAlias = Annotated[
    float, msgspec.Meta(gt=0, le=1, description="more than 0, to 1")
]


Names: TypeAlias = Annotated[
    tuple[Literal["id", "name", "email"], ...],
    msgspec.Meta(min_length=1, description="a list of id, name and email"),
]


class SyncSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The [sync] table of dataflow.toml: how records are made, and how a run goes.

    `item_family` and `item_type` are the id of the family and the type of new items;
    with `propagate_deletions`, what was deleted on one side, and not edited on the
    other, is deleted there too. At most `calls` calls are made at the same time, and of
    each vendor's limit of calls per minute, 0 if there is none, at most `rate_share`.
    A new record waits for the user if an unmarked one equals it in all of
    `match_customers` or `match_items`. A run stops that would change more than
    `guard_count` and `guard_share` of the linked records of one type.
    """

    item_family: Annotated[str, msgspec.Meta(pattern=r"\S", description="a text")] = (
        "invoiced"
    )
    item_type: Annotated[
        Literal["plan", "addon", "charge"],
        msgspec.Meta(description="plan, addon or charge, as a text"),
    ] = "charge"
    payments: Annotated[
        PaymentPolicy, msgspec.Meta(description="mirror or due, as a text")
    ] = PaymentPolicy.MIRROR
    propagate_deletions: Annotated[bool, msgspec.Meta(description="true or false")] = (
        False
    )
    calls: Annotated[int, msgspec.Meta(ge=1, le=20, description="from 1 to 20")] = 12
    rate_share: Share = 0.7
    invoiced_per_minute: Count = 150
    chargebee_per_minute: Count = 150
    match_customers: Names = ("name", "email")
    match_items: Names = ("id", "name")
    guard_share: Share = 0.5
    guard_count: Count = 5

    def get_matched_by(self, kind: Kind) -> tuple[str, ...]:
        """Return the properties that make an unmarked record a possible match."""
        chosen = {CUSTOMER.name: self.match_customers, ITEM.name: self.match_items}
        return chosen.get(kind.name, ())


def customer_fields(record: Record) -> dict[str, object]:
    """Return a new customer's fields; without collection no order is charged."""
    first, last = _split_name(str(record.get("name") or ""))
    email = str(record.get("email") or "")
    params = {
        "first_name": first,
        "last_name": last,
        "email": email if len(email) <= EMAIL else "",
        "preferred_currency_code": str(record.get("currency") or "").upper(),
    }
    return {"auto_collection": "off", **{k: v for k, v in params.items() if v}}


def item_fields(record: Record, settings: SyncSettings) -> dict[str, object]:
    """Return the parameters of a new item, without its id, name and mark."""
    description = str(record.get("description") or "")[:DESCRIPTION]
    return {
        "type": settings.item_type,
        "item_family_id": settings.item_family,
        **({"description": description} if description else {}),
    }


def propose_item_names(name: str, item_id: str) -> Iterator[str]:
    """Yield the names to try for an item: Chargebee's are unique (documented)."""
    if 0 < len(name) <= ITEM_NAME:
        yield name
    for number in range(1, NAMES):
        suffix = f" ({item_id})" if number == 1 else f" ({item_id}) {number}"
        yield f"{name[: max(0, ITEM_NAME - len(suffix))]}{suffix}".strip()[-ITEM_NAME:]


def backing_invoice_fields(
    record: Record, currency: str, policy: PaymentPolicy
) -> dict[str, object]:
    """Return the parameters of the backing invoice of an order, without its ids.

    It has one line with the invoice's total, rounded to what Chargebee can store, and
    the payment state of this moment. It follows no later change of the invoice: the
    amounts of an order are not listed. The text of the line identifies it.
    """
    amount = to_minor(round_to_minor(_total(record), currency), currency)
    number = record.get("number") or record["id"]
    text = backing_invoice_line(number, str(record["id"]), LINE)
    return {
        "currency_code": currency,
        "date": issue_time(record),
        "total": amount,
        **import_payment(record, currency, policy),
        "line_items": {"description": [text], "amount": [amount]},
    }


def describe_rounding(record: Record, currency: str) -> str:
    """Return a sentence about a total that was rounded, or nothing."""
    total = round_to_minor(_total(record), currency)
    if total == Decimal(str(_total(record))):
        return ""
    return (
        f"invoice {record['id']} of {record['total']} {currency} is carried as"
        f" {total:f}: Chargebee holds no more decimals."
    )


def order_fields(record: Record) -> dict[str, object]:
    """Return the parameters of a new order, without its ids."""
    date = record.get("date") or issue_time(record)
    return {
        "status": "queued",
        "created_at": issue_time(record),
        "order_date": date,
        "shipping_date": record.get("due_date") or date,
    }


def issue_time(record: Record) -> object:
    """Return the invoice's date, at most its creation: Chargebee imports the past."""
    times = [record.get("date"), record.get("created_at")]
    return min((time for time in times if isinstance(time, int)), default=0)


def _total(record: Record) -> object:
    return record.get("total") or 0


def _split_name(name: str) -> tuple[str, str]:
    first, _, last = name.strip().rpartition(" ")
    if not first:
        first, last = last, ""
    return first.strip()[:NAME], last[:NAME]


#: Optional at creation: if a site refuses one, the record is created without it.
OPTIONAL = frozenset(
    {"first_name", "last_name", "email", "preferred_currency_code", "description"}
)


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A Chargebee record, and whether it existed before this call.

    With `is_other`, it is the unmarked record of another program that has the id.
    """

    record: Record
    existed: bool = False
    is_other: bool = False


@dataclass(slots=True)
class Creator:
    """Creates customers and items; reports the properties that were refused."""

    right: Chargebee
    settings: SyncSettings
    report: Callable[[str], None]
    _family_exists: bool = field(default=False, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def create(
        self,
        kind: Kind,
        left: Record,
        wanted: dict[str, object],
        others: Collection[str] = (),
    ) -> FoundRecord:
        """Return the counterpart of `left`, created now or by an unanswered call.

        An unmarked record that has the id is returned too, unless it is one of
        `others`, which are known to be no counterparts.
        """
        left_id = str(left["id"])
        for right_id in propose_ids(left_id):
            if right_id not in others:
                found = self._create_as(right_id, kind, left, wanted)
                if found is not None:
                    return found
        raise RefusedError(
            self.right.api.vendor,
            400,
            f"every id or name for {kind.name} {left_id} is taken",
        )

    def _create_as(
        self, right_id: str, kind: Kind, left: Record, wanted: dict[str, object]
    ) -> FoundRecord | None:
        """Create or find the counterpart under this id; None if the id is taken."""
        left_id = str(left["id"])
        for params in self._list_attempts(kind, left, wanted):
            params["id"] = right_id
            set_at_path(params, kind.mark, left_id)
            try:
                return FoundRecord(self._create(kind, params, frozenset(wanted)))
            except DuplicateError:
                existing = self.right.find(kind, right_id)
            if existing is not None:  # The id is in use; otherwise the name is.
                if is_counterpart(kind, existing, left_id):
                    return FoundRecord(existing, existed=True)
                is_other = is_unmarked(kind, existing)
                return FoundRecord(existing, is_other=True) if is_other else None
        return None

    def update(self, kind: Kind, link: Link, body: Mapping[str, object]) -> Record:
        """Edit a counterpart; if an item's new name is in use, add its id to it."""
        if kind is not ITEM or not body.get("name"):
            return self.right.update(kind, link.right_id, body)
        *names, last = propose_item_names(str(body["name"]), link.left_id)
        for name in names:
            with suppress(DuplicateError):
                return self.right.update(kind, link.right_id, {**body, "name": name})
        return self.right.update(kind, link.right_id, {**body, "name": last})

    def _list_attempts(
        self, kind: Kind, left: Record, wanted: dict[str, object]
    ) -> Iterator[dict[str, object]]:
        """Yield the parameters to try: for an item one set per name."""
        if kind is not ITEM:
            yield {**customer_fields(left), **wanted}
            return
        self._ensure_family()
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
                if error.param not in OPTIONAL & params.keys() - listed:
                    raise
                del params[error.param]
                self.report(f"{kind.name} {params['id']} has no {error.param}: {error}")

    def _ensure_family(self) -> None:
        with self._lock:
            if self._family_exists:
                return
            family = self.settings.item_family
            try:
                self.right.item_family(family)
            except NotFoundError:
                self.right.create_item_family({"id": family, "name": family})
            self._family_exists = True
