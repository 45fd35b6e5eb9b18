"""Log, list and retrieve events, with the record as it was; items have none."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Account, Record, Subject, parse_id
from dataflow.twin.invoiced.errors import make_not_found
from dataflow.twin.invoiced.lists import Query
from dataflow.twin.unbuilt import NotBuiltError

#: The user of a documented event.
USER: Record = {
    "created_at": None,
    "email": None,
    "first_name": None,
    "id": -2,
    "last_name": None,
    "registered": True,
    "two_factor_enabled": False,
    "updated_at": None,
}


def log_event(account: Account, action: str, shown: Record) -> None:
    """Log an action, such as `created`, on a record, given as it is shown."""
    _add(account, action, shown, {"object": _expand(account, shown)})


def log_change(account: Account, before: Record, after: Record) -> None:
    """Log an edit; one that makes an invoice paid has only that event (unconfirmed)."""
    previous = {
        name: value
        for name, value in before.items()
        if name != "updated_at" and after.get(name) != value
    }
    if previous:
        paid = after.get("paid") is True and before.get("paid") is False
        data = {"object": _expand(account, after), "previous": previous}
        _add(account, "paid" if paid else "updated", after, data)


def retrieve(account: Account, identifier: str) -> Record:
    """Return the event that a path names."""
    event = account.log.get(parse_id(identifier))
    if event is None:
        raise make_not_found("Event", identifier)
    return read(account, event)


def select(account: Account, query: Query) -> Sequence[Record]:
    """Return the events of a list call, the latest first (documented)."""
    if "from" in query.plain or query.filters or query.metadata:
        raise NotBuiltError("the parameters from, filter and metadata")
    subject = _read_subject(account, query.plain.get("related_to", ""))
    start, end = query.number("start_date"), query.number("end_date")
    kind = query.plain.get("type", "")
    if kind or start is not None or end is not None:
        account.cite(b.EVENT_FILTERS)
    account.cite(b.EVENT_ORDER)
    events = account.log.list_latest(subject, start, end)
    if not kind:
        return events
    return [event for event in events if event["type"].startswith(f"{kind}.")]


def _read_subject(account: Account, asked: str) -> Subject | None:
    if not asked:
        return None
    kind, _, identifier = asked.partition(",")
    account.cite(b.EVENT_RELATED)
    if kind == "customer":
        account.cite(b.EVENT_OF_CUSTOMER)
    return kind, parse_id(identifier)


def _add(account: Account, action: str, shown: Record, data: Record) -> None:
    event: Record = {
        "data": data,
        "object": "event",
        "timestamp": account.now(),
        "type": f"{shown['object']}.{action}",
        "user": USER,
    }
    subjects = {(shown["object"], shown["id"])}
    if shown.get("customer") is not None:
        subjects.add(("customer", shown["customer"]))
    account.log.add(event, subjects)


def _expand(account: Account, shown: Record) -> Record:
    """Return a record with its customer in full, as documented for invoices."""
    customer = account.customers.get(shown.get("customer") or 0)
    return shown if customer is None else shown | {"customer": customer}


def read(account: Account, event: Record) -> Record:
    """Return an event as it is shown."""
    account.cite(b.EVENT_SHAPE, b.EVENT_UNCHANGED)
    if event["type"] == "invoice.paid":
        account.cite(b.EVENT_PAID)
    return event
