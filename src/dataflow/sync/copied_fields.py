"""Choose the fields of a superseded order that the new order gets: pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dataflow.sync.clients.http import Record

#: These can be set at the import of an order and edited later (sdk).
WRITABLE = (
    *("note", "batch_id", "tracking_id", "tracking_url", "shipment_carrier"),
    *("order_date", "shipping_date", "shipped_at", "delivered_at"),
    *("cancelled_at", "cancellation_reason", "shipping_address", "fulfillment_status"),
)

#: These can be set only at the import (sdk).
ONLY_AT_IMPORT = (
    *("created_at", "shipping_cut_off_date", "document_number", "subscription_id"),
    *("billing_address", "refundable_credits_issued"),
)

#: Copied as well, but not as they are.
CONVERTED = ("status", "order_line_items")

#: A cancellation changes these.
CANCELLATION = frozenset({"status", "cancelled_at", "cancellation_reason"})

#: The cancellation reason that the sync uses for an order that it cannot delete.
REASON = "others"

#: The statuses that an order can be imported with (sdk).
IMPORT_STATUSES = frozenset(
    {"cancelled", "queued", "awaiting_shipment", "on_hold", "delivered", "shipped"}
    | {"partially_delivered", "returned"}
)

#: The values of a line's fields before the user edits them.
UNEDITED = frozenset({None, "", "queued"})


def fields_at_import(old: Record, customer_id: str) -> dict[str, object]:
    """Return the fields of the old order with which the new one is imported.

    The billing address is that of the customer: no edit can set it (sdk).
    """
    copied = {name: old[name] for name in (*WRITABLE, *ONLY_AT_IMPORT) if old.get(name)}
    if old.get("customer_id") != customer_id:
        copied.pop("billing_address", None)
    return {**copied, "status": _import_status(old)}


def find_missing_fields(new: Record, old: Record) -> dict[str, object]:
    """Return the edit that copies fields to the new order; the later edit counts."""
    is_later = _version(old) > _version(new)
    values = {
        name: old[name]
        for name in WRITABLE
        if old.get(name) is not None
        and (new.get(name) is None or (is_later and new[name] != old[name]))
    }
    if old.get("status") != new.get("status") and (
        is_later or new.get("status") == _import_status(old)
    ):
        values["status"] = old["status"]
    if old.get("status") == "cancelled" and old.get("cancellation_reason") == REASON:
        # The sync itself may have cancelled it, so that the new one replaces it.
        values = {name: values[name] for name in values.keys() - CANCELLATION}
    if lines := _find_missing_lines(new, old, is_later=is_later):
        values["order_line_items"] = lines
    return values


def find_lost_fields(new: Record, old: Record) -> Iterator[str]:
    """Describe each value of the old order that the new one cannot have."""
    before, now = old.get("reference_id"), new.get("reference_id")
    if before not in {None, now}:
        yield f"its reference is {now}, no more {before}"
    for name in ONLY_AT_IMPORT:
        if old.get(name) and not new.get(name):
            yield f"its {name} is lost ({old[name]})"
    if len(_lines(old)) == len(_lines(new)) == 1:
        return
    edited = [
        str(line[name])
        for line in _lines(old)
        for name in ("sku", "status")
        if line.get(name) not in {*UNEDITED, old.get("status")}
    ]
    if edited:
        yield f"what was written on its lines is lost ({', '.join(edited)})"


def _import_status(old: Record) -> str:
    """Return the status to import with: a live one only for a live order."""
    status = str(old.get("status"))
    if status in IMPORT_STATUSES:
        return status
    return "cancelled" if status == "voided" else "queued"


def _find_missing_lines(
    new: Record, old: Record, *, is_later: bool
) -> dict[str, list[object]]:
    """Return the edit that copies the line, if both orders have a single one."""
    if not len(_lines(old)) == len(_lines(new)) == 1:
        return {}
    (line,), (old_line,) = _lines(new), _lines(old)
    initial = {"sku": None, "status": new.get("status")}
    values = {
        name: [old_line[name]]
        for name, unedited in initial.items()
        if old_line.get(name) not in {*UNEDITED, line.get(name)}
        and (is_later or line.get(name) == unedited)
    }
    return {"id": [line["id"]], **values} if values else {}


def _lines(order: Record) -> list[Mapping[str, object]]:
    lines = order.get("order_line_items")
    return lines if isinstance(lines, list) else []


def _version(order: Record) -> tuple[int, int]:
    """Return what grows with each edit: seconds, then milliseconds if given."""
    numbers = (order.get(name) for name in ("updated_at", "resource_version"))
    seconds, milliseconds = (x if isinstance(x, int) else 0 for x in numbers)
    return seconds, milliseconds
