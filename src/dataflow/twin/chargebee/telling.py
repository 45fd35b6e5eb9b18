"""What an event says: the shape is recorded in part, its types are the SDK's."""

from __future__ import annotations

from collections.abc import Mapping

from dataflow.twin.chargebee.records import Record, is_deleted

#: What a new, a changed and a deleted record of a kind is called.
_NAMES: Mapping[str, tuple[str, str, str]] = {
    "customer": ("created", "changed", "deleted"),
    "invoice": ("generated", "updated", "deleted"),
}
_USUAL = ("created", "updated", "deleted")

#: The statuses of an order whose coming has an event of its own.
_STATUSES = frozenset({"cancelled", "delivered", "returned"})


def event_type(kind: str, before: Record | None, after: Record) -> str:
    """Return the type of the event about a record that is new or has changed."""
    created, changed, deleted = _NAMES.get(kind, _USUAL)
    if before is None:
        return f"{kind}_{created}"
    if is_deleted(after):
        return f"{kind}_{deleted}"
    status = after.get("status")
    if kind == "order" and status in _STATUSES and status != before.get("status"):
        return f"{kind}_{status}"
    return f"{kind}_{changed}"


def event(number: int, source: str, moment: int, kind: str, record: Record) -> Record:
    """Return an event but for its type; `moment` is in seconds."""
    return {
        "id": f"ev_Tw{number:012d}",
        "occurred_at": moment,
        "source": source,
        "user": "full_access_key_v1",
        "object": "event",
        "api_version": "v2",
        "content": {kind: record},
        "webhook_status": "not_configured",
        "webhooks": [],
    }
