"""The client for Chargebee: the calls that the sync needs."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Self
from urllib.parse import quote

from dataflow.errors import TryAgainError
from dataflow.sync.clients.connection import Connection
from dataflow.sync.clients.http import (
    Answer,
    Record,
    RecordList,
    Rows,
    VendorApi,
    encode_json,
    find_latest_change,
    read_date,
)
from dataflow.sync.clients.waiting import Pause, RateLimiter
from dataflow.sync.errors import NotFoundError
from dataflow.sync.record_types import Kind

VENDOR = "Chargebee"
PAGE = 100

#: With each write: no e-mail is sent for its events (documented). No call has a
#: parameter for this. Webhooks and other actions on the events are left as they are.
WITHOUT_EMAIL = {"chargebee-event-email": "all-disabled"}

#: The number of pages of events to read about one record.
EVENT_PAGES = 5

#: Sent as JSON text inside the form (sdk).
JSON_TEXTS = frozenset({"meta_data", "metadata"})

#: A customer's update drops these. Another call sets all of them, and removes those
#: that are not sent (documented).
BILLING = (
    *("billing_address", "vat_number", "vat_number_prefix"),
    *("registered_for_gst", "business_customer_without_vat_number"),
)

#: Parts of an address that Chargebee adds to its answers and does not accept (sdk).
ANSWERED_ONLY = frozenset({"object", "validation_status"})


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and its time by Chargebee's clock."""

    rows: list[object]
    date: int | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class Chargebee:
    """Reads and edits records of one Chargebee site."""

    api: VendorApi

    @classmethod
    def over(
        cls,
        connection: Connection,
        pause: Pause | None = None,
        limiter: RateLimiter | None = None,
    ) -> Self:
        """Return a client of this connection, which waits with `pause`."""
        return cls(VendorApi(VENDOR, connection, pause, limiter))

    def list_changed(
        self, kind: Kind, after: int | None, found: MutableMapping[str, Record]
    ) -> RecordList:
        """Put every record changed later than `after` into `found`, deleted ones too.

        None means all of them, also those too old to have a time of change. A record
        that changes during the reading moves to the end of the list; a page begins at a
        record and not at a position (recorded), so no record is missed.
        """
        query = {
            **kind.right_list_query,
            "sort_by[asc]": "updated_at",
            "limit": str(PAGE),
        }
        if after is not None:
            query["updated_at[after]"] = str(after)
        rows, date, latest = Rows(found), None, 0
        for page in self._pages(kind.right_path, query):
            listed = [_inside(entry, kind.right_name) for entry in page.rows]
            date = page.date if page.is_first else date
            latest = max(latest, find_latest_change(listed))
            rows.add(listed)
        return RecordList(latest if date is None else date, tuple(rows.unusable))

    def list_where(self, kind: Kind, query: Mapping[str, str]) -> list[Record]:
        """Return the first page of the records that a filter selects."""
        answer = self.api.get(kind.right_path, {**query, "limit": str(PAGE)})
        rows = _rows(_object(answer))
        return [_check(_inside(row, kind.right_name), kind.right_name) for row in rows]

    def has_invoices(self, customer_id: str) -> bool:
        """Return whether a customer has an invoice that is not voided."""
        query = {"customer_id[is]": customer_id, "limit": str(PAGE)}
        return any(
            _check(_inside(row, "invoice"), "invoice").get("status") != "voided"
            for page in self._pages("/invoices", query)
            for row in page.rows
        )

    def list_events(self, kind: Kind, until: int) -> Iterator[Record]:
        """Yield the events of a kind of record until a time, the latest first.

        Events cannot be filtered by the record. One older than 90 days is not listed
        (documented), and no more than `EVENT_PAGES` pages are read.
        """
        types = [f"{kind.right_name}_{verb}" for verb in kind.right_events]
        query = {
            "event_type[in]": json.dumps(types),
            "occurred_at[before]": str(until + 1),
            "sort_by[desc]": "occurred_at",
            "limit": str(PAGE),
        }
        for page in itertools.islice(self._pages("/events", query), EVENT_PAGES):
            yield from (_check(_inside(row, "event"), "event") for row in page.rows)

    def get(self, kind: Kind, right_id: str) -> Record:
        """Return one record; raises NotFoundError."""
        return self._one(kind.right_path, right_id, kind.right_name)

    def find(self, kind: Kind, right_id: str) -> Record | None:
        """Return one record, possibly one marked as deleted, or None."""
        with contextlib.suppress(NotFoundError):
            return self.get(kind, right_id)
        return None

    def create(self, kind: Kind, params: Mapping[str, object]) -> Record:
        """Create a customer or an item with the id in `params`."""
        record = self._send(kind.right_path, params, kind.right_name)
        if params["id"] and record["id"] != params["id"]:
            raise TryAgainError(
                f"{VENDOR} answered with {kind.right_name} {record['id']} instead of"
                f" {params['id']}: try again later."
            )
        return record

    def update(self, kind: Kind, right_id: str, params: Mapping[str, object]) -> Record:
        """Edit one record and return it."""
        path = f"{kind.right_path}/{quote(right_id, safe='')}"
        apart = BILLING if kind.name == "customer" else ()
        billing = {name: params[name] for name in params if name in apart}
        others = {name: params[name] for name in params if name not in apart}
        record: Record = {}
        if billing:
            now = self.get(kind, right_id)
            whole = {name: now[name] for name in BILLING if name in now} | billing
            record = self._send(f"{path}/update_billing_info", whole, kind.right_name)
        if others:
            record = self._send(path, others, kind.right_name)
        return record

    def delete(self, kind: Kind, right_id: str) -> None:
        """Delete a customer or an item."""
        path = f"{kind.right_path}/{quote(right_id, safe='')}/delete"
        self._send(path, {}, kind.right_name)

    def invoice(self, invoice_id: str) -> Record:
        """Return one invoice; raises NotFoundError.

        A deleted invoice is found by the list only (documented).
        """
        try:
            return self._one("/invoices", invoice_id, "invoice")
        except NotFoundError:
            query = {"id[is]": invoice_id, "include_deleted": "true"}
            page = next(self._pages("/invoices", query))
            for row in page.rows:
                return _check(_inside(row, "invoice"), "invoice")
            raise

    def list_invoice_ids(self, prefix: str) -> list[str]:
        """Return the ids of invoices that begin with a text, deleted ones too."""
        query = {"id[starts_with]": prefix, "include_deleted": "true"}
        query["limit"] = str(PAGE)
        rows = (row for page in self._pages("/invoices", query) for row in page.rows)
        return [str(_check(_inside(row, "invoice"), "invoice")["id"]) for row in rows]

    def import_invoice(self, params: Mapping[str, object]) -> Record:
        """Import an invoice, which an order requires (documented)."""
        return self._send("/invoices/import_invoice", params, "invoice")

    def void_invoice(self, invoice_id: str) -> Record:
        """Void one invoice."""
        return self._send(f"/invoices/{quote(invoice_id, safe='')}/void", {}, "invoice")

    def remove_payment(self, invoice_id: str, payment_id: str) -> Record:
        """Remove a payment from one invoice; it is an excess payment afterwards."""
        path = f"/invoices/{quote(invoice_id, safe='')}/remove_payment"
        return self._send(path, {"transaction": {"id": payment_id}}, "invoice")

    def delete_payment(self, payment_id: str) -> Record:
        """Delete a payment that was not collected and that no invoice has."""
        path = f"/transactions/{quote(payment_id, safe='')}/delete_offline_transaction"
        return self._send(path, {}, "transaction")

    def import_order(self, params: Mapping[str, object]) -> Record:
        """Import an order of an imported invoice."""
        return self._send("/orders/import_order", params, "order")

    def delete_order(self, order_id: str) -> Record:
        """Delete one order; only imported ones can be deleted (documented)."""
        return self._send(f"/orders/{quote(order_id, safe='')}/delete", {}, "order")

    def cancel_order(self, order_id: str) -> Record:
        """Cancel one order that cannot be deleted."""
        path = f"/orders/{quote(order_id, safe='')}/cancel"
        return self._send(path, {"cancellation_reason": "others"}, "order")

    def item_family(self, family_id: str) -> Record:
        """Return one item family; raises NotFoundError."""
        return self._one("/item_families", family_id, "item_family")

    def create_item_family(self, params: Mapping[str, object]) -> Record:
        """Create the family that the synchronised items belong to."""
        return self._send("/item_families", params, "item_family")

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[Page]:
        offset: Mapping[str, str] = {}
        while True:
            answer = self.api.get(path, {**query, **offset})
            body = _object(answer)
            yield Page(_rows(body), read_date(answer.headers), is_first=not offset)
            if not body.get("next_offset"):
                return
            offset = {"offset": str(body["next_offset"])}

    def _one(self, path: str, record_id: str, name: str) -> Record:
        answer = self.api.get(f"{path}/{quote(record_id, safe='')}")
        return _check(_object(answer).get(name), name)

    def _send(self, path: str, params: Mapping[str, object], name: str) -> Record:
        form = encode_form(params)
        answer = self.api.send_form(path, form, WITHOUT_EMAIL)
        return _check(_object(answer).get(name), name)


def encode_form(params: Mapping[str, object]) -> dict[str, str]:
    """Return values as form fields: `a[b][0]=1`, None as empty, to clear (sdk)."""
    fields: dict[str, str] = {}
    for name, value in params.items():
        if name in JSON_TEXTS and isinstance(value, Mapping):
            fields[name] = encode_json(value)
        else:
            fields.update(_flat(name, value))
    return fields


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            if key not in ANSWERED_ONLY:
                yield from _flat(f"{name}[{key}]", below)
    elif isinstance(value, (list, tuple)):
        for index, below in enumerate(value):
            yield from _flat(f"{name}[{index}]", below)
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    elif isinstance(value, Decimal):
        yield name, f"{value:f}"
    else:
        yield name, "" if value is None else str(value)


def _object(answer: Answer) -> Mapping[str, object]:
    if not isinstance(answer.body, dict):
        raise TryAgainError(f"{VENDOR} answered with no object: try again later.")
    return answer.body


def _rows(body: Mapping[str, object]) -> list[object]:
    listed = body.get("list")
    if not isinstance(listed, list):
        raise TryAgainError(f"{VENDOR} answered with no list: try again later.")
    return listed


def _inside(entry: object, name: str) -> object:
    """Return the record of a row, or the row itself if it has none."""
    record = entry.get(name) if isinstance(entry, dict) else None
    return entry if record is None else record


def _check(record: object, name: str) -> Record:
    if not isinstance(record, dict) or not isinstance(record.get("id"), str):
        raise TryAgainError(f"{VENDOR} answered without {name}: try again later.")
    return record
