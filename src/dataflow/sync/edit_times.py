"""Prove when a property was edited, from the vendors' events or a fingerprint."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import blake2b

from dataflow.sync.clients.http import Record
from dataflow.sync.errors import MappingError
from dataflow.sync.mapping import Lens, get_at_path
from dataflow.sync.model import EditTime, Flow, Link, Observed
from dataflow.sync.values import References, Value

#: These change with every edit, whatever was edited.
VOLATILE = frozenset({"updated_at", "resource_version"})

#: The index of a side in pairs: left is Invoiced, right is Chargebee.
LEFT_SIDE, RIGHT_SIDE = 0, 1

#: A record after an event: the time of the event, the record, and whether the event
#: created it.
Snapshot = tuple[int, Record, bool]


def make_fingerprint(flow: Flow, side: int, record: Record) -> str:
    """Return a digest of everything in a record that is neither listed nor volatile."""
    listed = {(lens.left, lens.right)[side] for lens in flow.lenses}
    rest = _without(record, listed | VOLATILE)
    text = json.dumps(rest, sort_keys=True, default=str)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def find_fingerprint(flow: Flow, side: int, link: Link, now: Observed) -> str:
    """Return the fingerprint of a record that has all base values, or nothing."""
    if now.record and not list_edited(flow, side, link, now):
        return make_fingerprint(flow, side, now.record)
    return ""


def list_edited(flow: Flow, side: int, link: Link, now: Observed) -> list[str]:
    """Return the names of the listed properties that differ from their base values."""
    return [
        lens.name
        for lens in flow.lenses
        if lens.name not in link.base
        or now.values[lens.name] != link.base[lens.name][side]
    ]


def is_unedited(flow: Flow, side: int, link: Link, now: Observed) -> bool:
    """Return whether it is proved that a record was not edited since it was agreed."""
    known = link.fingerprints[side]
    return bool(known) and known == find_fingerprint(flow, side, link, now)


def read_version(record: Record) -> int:
    """Return the version of a Chargebee record, which grows with each edit, or 0."""
    version = record.get("resource_version")
    return version if isinstance(version, int) else 0


def time_by_fingerprint(flow: Flow, side: int, link: Link, now: Observed) -> EditTime:
    """Return the record's own time: exact if nothing but one property has changed."""
    known = link.fingerprints[side]
    is_alone = len(list_edited(flow, side, link, now)) == 1
    if is_alone and known and known == make_fingerprint(flow, side, now.record):
        return EditTime(now.updated_at, now.updated_at)
    return EditTime(None, now.updated_at)


def time_by_events(
    read: Callable[[Record], Value], current: Value, snapshots: Iterable[Snapshot]
) -> EditTime:
    """Return when a property got its current value; the snapshots are latest first.

    The latest snapshot has to have the current value: otherwise an event is missing.
    """
    since: int | None = None
    for time, record, is_created in snapshots:
        try:
            value = read(record)
        except MappingError:
            return EditTime(None, since)
        if value != current:
            return EditTime(since, since)
        since = time
        if is_created:
            return EditTime(since, since)
    return EditTime(None, since)


def read_left_value(flow: Flow, lens: Lens) -> Callable[[Record], Value]:
    """Return what reads a property from the record of an event of Invoiced."""

    def read(record: Record) -> Value:
        field = flow.kind.customer_field
        customer = record.get(field) if field else None
        # Events contain the customer of an invoice as a whole (documented).
        if isinstance(customer, Mapping):
            record = {**record, field: customer.get("id")}
        return lens.from_left(record)

    return read


def read_right_value(lens: Lens, references: References) -> Callable[[Record], Value]:
    """Return what reads a property from the record of an event of Chargebee."""
    return lambda record: lens.from_right(record, references)


def list_left_snapshots(
    kind_name: str, left_id: str, events: Iterable[Record]
) -> Iterator[Snapshot]:
    """Yield an Invoiced record after and before each of its events, latest first."""
    for event in events:
        data = event.get("data")
        record = get_at_path(event, "data.object")
        noun, _, action = str(event.get("type")).partition(".")
        if not (isinstance(data, Mapping) and isinstance(record, Mapping)):
            continue
        if noun != kind_name or str(record.get("id")) != left_id:
            continue
        time = _time_of(event, "timestamp")
        if time is None:
            return
        yield time, record, action == "created"
        # Documented inside and beside `data`.
        previous = data.get("previous", event.get("previous"))
        if isinstance(previous, Mapping):
            yield time, {**record, **previous}, False


def list_right_snapshots(
    kind_name: str, right_id: str, events: Iterable[Record]
) -> Iterator[Snapshot]:
    """Yield a Chargebee record after each of its events, latest first."""
    for event in events:
        record = get_at_path(event, f"content.{kind_name}")
        if not isinstance(record, Mapping) or str(record.get("id")) != right_id:
            continue
        time = _time_of(event, "occurred_at")
        if time is None:
            return
        yield time, record, event.get("event_type") == f"{kind_name}_created"


def show_time(time: EditTime) -> str:
    """Return an edit's time as text."""
    if time.exact is not None:
        return f"edited {_show(time.exact)}"
    if time.latest is not None:
        return f"edited at an unknown time until {_show(time.latest)}"
    return "edited at an unknown time"


def _show(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%SZ}"


def _time_of(event: Record, name: str) -> int | None:
    time = event.get(name)
    return time if isinstance(time, int) else None


def _without(record: Record, paths: Iterable[str]) -> dict[str, object]:
    rest = dict(record)
    for path in paths:
        first, _, below = path.partition(".")
        inside = rest.get(first)
        if not below:
            rest.pop(first, None)
        elif isinstance(inside, Mapping):
            rest[first] = _without(inside, [below])
    return rest
