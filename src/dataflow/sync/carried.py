"""What people write on an order, and how it gets to the one that takes its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dataflow.systems.http import Record

#: An order can be imported with these, and edited afterwards (sdk).
WRITTEN = (
    *("note", "batch_id", "tracking_id", "tracking_url", "shipment_carrier"),
    *("order_date", "shipping_date", "shipped_at", "delivered_at"),
    *("cancelled_at", "cancellation_reason", "shipping_address"),
)

#: These only at the import, and this only by an edit (sdk).
AT_IMPORT = ("shipping_cut_off_date", "created_at")
BY_EDIT = ("fulfillment_status",)

#: What a cancelled order shows of that.
CANCELLING = frozenset({"status", "cancelled_at", "cancellation_reason"})

#: The reason that the sync gives itself when it cancels an order it may not delete.
REASON = "others"

#: The states that an order can be imported in (sdk).
STATES = frozenset(
    {"cancelled", "queued", "awaiting_shipment", "on_hold", "delivered", "shipped"}
    | {"partially_delivered", "returned"}
)

#: What a line has that nobody has written on.
UNTOUCHED = frozenset({None, "", "queued"})


def at_import(old: Record) -> dict[str, object]:
    """Return what the new order is imported with."""
    names = (*WRITTEN, *AT_IMPORT)
    carried = {name: old[name] for name in names if old.get(name) is not None}
    return {**carried, "status": _first_status(old)}


def owed(new: Record, old: Record) -> dict[str, object]:
    """Return what the new order still has to get from the old one, by an edit.

    What the new one lacks, it gets; where both hold something, the later written
    order has the say. Nothing is emptied.
    """
    later = _version(old) > _version(new)
    values = {
        name: old[name]
        for name in (*WRITTEN, *BY_EDIT)
        if old.get(name) is not None
        and (new.get(name) is None or (later and new[name] != old[name]))
    }
    if old.get("status") != new.get("status") and (
        later or new.get("status") == _first_status(old)
    ):
        values["status"] = old["status"]
    if old.get("status") == "cancelled" and old.get("cancellation_reason") == REASON:
        # The sync may have cancelled it itself, for the new one to take its place.
        values = {name: values[name] for name in values.keys() - CANCELLING}
    if lines := _lines_owed(new, old, later=later):
        values["order_line_items"] = lines
    return values


def lost_with(new: Record, old: Record) -> Iterator[str]:
    """Yield, in words, what stands on the old order and has no place on the new one."""
    had, has = old.get("reference_id"), new.get("reference_id")
    if had not in {None, has}:
        yield f"its reference is {has}, no more {had}"
    if len(_lines(old)) == len(_lines(new)) == 1:
        return
    written = [
        str(line[name])
        for line in _lines(old)
        for name in ("sku", "status")
        if line.get(name) not in {*UNTOUCHED, old.get("status")}
    ]
    if written:
        yield f"what was written on its lines is lost ({', '.join(written)})"


def _first_status(old: Record) -> str:
    """Return the status to import with: never a live one for what is not live."""
    status = str(old.get("status"))
    if status in STATES:
        return status
    return "cancelled" if status == "voided" else "queued"


def _lines_owed(new: Record, old: Record, *, later: bool) -> dict[str, list[object]]:
    """Return the edit that gives the one line what stands on the other's one line."""
    if not len(_lines(old)) == len(_lines(new)) == 1:
        return {}
    (line,), (had,) = _lines(new), _lines(old)
    first = {"sku": None, "status": new.get("status")}
    values = {
        name: [had[name]]
        for name, untouched in first.items()
        if had.get(name) not in {*UNTOUCHED, line.get(name)}
        and (later or line.get(name) == untouched)
    }
    return {"id": [line["id"]], **values} if values else {}


def _lines(order: Record) -> list[Mapping[str, object]]:
    lines = order.get("order_line_items")
    return lines if isinstance(lines, list) else []


def _version(order: Record) -> tuple[int, int]:
    """Return what grows with each edit: in seconds, and finer where it is told."""
    numbers = (order.get(name) for name in ("updated_at", "resource_version"))
    seconds, milliseconds = (x if isinstance(x, int) else 0 for x in numbers)
    return seconds, milliseconds
