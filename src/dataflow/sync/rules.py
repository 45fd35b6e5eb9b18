"""Which Invoiced records get a counterpart, and why others do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dataflow.sync.model import Bar, Sort
from dataflow.systems.http import Record
from dataflow.systems.kinds import Kind

VOIDED = "voided"


def bar(kind: Kind, record: Record, since: int, *, referred: bool) -> Bar | None:
    """Return what keeps an unlinked Invoiced record from a counterpart, or None.

    What was created before `since`, in unix seconds, is of interest only when a
    record of interest refers to it.
    """
    created = record.get("created_at")
    if isinstance(created, int) and created < since and not referred:
        return Bar(f"was created before {since}, the time to start from")
    rule = _RULES.get(kind.name)
    return rule(record) if rule else None


def frozen(kind: Kind, record: Record) -> str:
    """Return why a linked Invoiced record takes no part any more, or nothing.

    A voided invoice takes no edit (unconfirmed), and its order may have been shipped.
    """
    if kind.name == "order" and record.get("status") == VOIDED:
        return "is voided in Invoiced; its order is left as it is"
    return ""


def _customer(record: Record) -> Bar | None:
    if record.get("type") == "person":
        return None
    return Bar(f"is a {record.get('type')}, and only persons are synchronised")


def _invoice(record: Record) -> Bar | None:
    if record.get("status") == VOIDED:
        return Bar("is voided, so it gets no order", Sort.LEFT_OUT)
    if record.get("draft") is True:
        return Bar("is a draft; it gets an order once it is issued", Sort.WAITING)
    return None


_RULES: Mapping[str, Callable[[Record], Bar | None]] = {
    "customer": _customer,
    "order": _invoice,
}
