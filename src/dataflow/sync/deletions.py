"""Find out from Invoiced's events what its lists do not show: deletions and merges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dataflow.sync.clients.http import Record
from dataflow.sync.mapping import get_at_path
from dataflow.sync.record_types import KINDS

#: The name of the events among the lists of a run.
EVENT = "event"

#: The event of a customer who was merged into another one (documented). The other one
#: gets the invoices, whose own time and events do not show it (unconfirmed).
MERGED = "customer.merged"


@dataclass(frozen=True, slots=True)
class Deletions:
    """The ids of deleted records by kind; `is_known` unless the lists have to tell."""

    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_known: bool = True


def find_deletions(events: Iterable[Record] | None) -> Deletions:
    """Return what events prove; None are too many events to read."""
    if events is None:
        return Deletions(is_known=False)
    found: dict[str, set[str]] = {kind.left_name: set() for kind in KINDS}
    is_known = True
    for event in events:
        noun, _, verb = str(event.get("type")).partition(".")
        if verb == "deleted" and noun in found:
            found[noun].add(str(get_at_path(event, "data.object.id")))
        is_known = is_known and event.get("type") != MERGED
    ids = {kind.name: frozenset(found[kind.left_name]) for kind in KINDS}
    return Deletions(ids, is_known)
