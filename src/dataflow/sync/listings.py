"""Read the lists of both systems since the last run."""

from __future__ import annotations

from collections.abc import (
    Callable,
    Container,
    Iterable,
    Iterator,
    Mapping,
    MutableMapping,
    Sequence,
)
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

from dataflow.errors import DataflowError, TryAgainError
from dataflow.sync.clients.http import Record, RecordList
from dataflow.sync.clients.systems import Systems
from dataflow.sync.deletions import EVENT, Deletions, find_deletions
from dataflow.sync.errors import KeyRefusedError, RefusedError
from dataflow.sync.isolation import ErrorIsolation
from dataflow.sync.mapping import get_at_path
from dataflow.sync.matching import find_exclusion
from dataflow.sync.model import LEFT, RIGHT, Flow
from dataflow.sync.record_types import CUSTOMER, ITEM, KINDS, Kind
from dataflow.sync.spool import RecordSpool
from dataflow.sync.state import StateStore
from dataflow.sync.workers import work_through

#: Seconds to read again before the time of the last reading. A call takes a minute at
#: most, and Chargebee's lists may lag by five minutes (documented).
OVERLAP: Mapping[str, int] = {LEFT: 60, RIGHT: 360}

#: The cursor of a side that was read and had no record.
EMPTY = 1


@dataclass(frozen=True, slots=True)
class Listings:
    """The lists of one kind, by id; `cursor` is None if its list changed meanwhile.

    `left_gone` are the Invoiced ids that were deleted since the last run; `unusable`
    describes the rows that are no records, by side.
    """

    left: MutableMapping[str, Record]
    right: MutableMapping[str, Record]
    cursor: Mapping[str, int | None]
    left_complete: bool = False
    right_complete: bool = False
    left_gone: frozenset[str] = frozenset()
    unusable: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def is_left_gone(self, left_id: str) -> bool:
        """Return whether an Invoiced record that is not listed seems to be deleted."""
        return self.left_complete or left_id in self.left_gone


@dataclass(slots=True)
class _List:
    """One list to read, and what became of it."""

    kind: Kind
    side: str
    after: int | None
    is_complete: bool
    records: RecordSpool
    listed: RecordList = field(default_factory=lambda: RecordList(None))
    error: Exception | None = None


@dataclass(slots=True)
class ListReader:
    """Reads the lists of the kinds; those in `full` whole, others since their cursor.

    `errors` holds why a list could not be read, by kind and side: the kind is then left
    out. No list is read on after `is_stopping` returns true. Closing it removes what
    was read.
    """

    systems: Systems
    store: StateStore | None
    since: int
    full: Container[str]
    calls: int = 1
    is_stopping: Callable[[], bool] = lambda: False
    errors: dict[tuple[str, str], Exception] = field(default_factory=dict, init=False)
    _is_reading: bool = field(default=True, init=False)
    _stack: ExitStack = field(default_factory=ExitStack, init=False)

    def read(self, kinds: Iterable[Kind]) -> dict[str, Listings]:
        """Return the lists by kind; raises KeyRefusedError, and if none was read."""
        chosen = list(kinds)
        gone = self._read_deletions(chosen)
        lists = [
            self._prepare(kind, side, is_known=gone.is_known)
            for kind in chosen
            for side in (LEFT, RIGHT)
        ]
        work_through(lists, self._read, self.calls)
        self._is_reading = False
        self.errors |= {(x.kind.name, x.side): x.error for x in lists if x.error}
        self._check_keys()
        pairs = list(zip(lists[::2], lists[1::2], strict=True))
        read = {
            left.kind.name: self._join(left, right, gone)
            for left, right in pairs
            if not (left.error or right.error)
        }
        if not read and self.errors:
            raise next(iter(self.errors.values()))
        return read

    def close(self) -> None:
        """Remove what was read."""
        self._stack.close()

    def _get_cursor(self, kind: Kind, side: str) -> int | None:
        """Return the time of the last reading, or None to read the whole list."""
        if self.store is None or kind.name in self.full:
            return None
        return self.store.get_cursor(kind.name, side)

    def _read_deletions(self, kinds: Iterable[Kind]) -> Deletions:
        """Return what was deleted since the last reading of the lists to continue."""
        filtered = (kind for kind in kinds if kind.left_filters_by_time)
        cursors = (self._get_cursor(kind, LEFT) for kind in filtered)
        known = [cursor for cursor in cursors if cursor is not None]
        if not known:
            return Deletions()
        after = _find_start(LEFT, min(known), self.since) or 0
        try:
            return find_deletions(self.systems.left.list_new_events(after))
        except KeyRefusedError:
            raise
        except DataflowError as error:
            self.errors[EVENT, LEFT] = error
            return Deletions()

    def _prepare(self, kind: Kind, side: str, *, is_known: bool) -> _List:
        cursor = self._get_cursor(kind, side)
        if side == LEFT and not is_known:
            cursor = None
        after = _find_start(side, cursor, self.since)
        is_filtered = side == RIGHT or kind.left_filters_by_time
        spool = self._stack.enter_context(closing(RecordSpool(self._check_stop)))
        return _List(kind, side, after, cursor is None or not is_filtered, spool)

    def _check_stop(self) -> None:
        if self._is_reading and self.is_stopping():
            raise TryAgainError(
                "The sync was stopped while it read the lists: the next run reads them."
            )

    def _read(self, task: _List) -> None:
        client = self.systems.left if task.side == LEFT else self.systems.right
        try:
            task.listed = client.list_changed(task.kind, task.after, task.records)
        except KeyRefusedError:
            raise
        except Exception as error:
            if self.systems.is_foreign(error):
                raise
            task.error = error

    def _join(self, left: _List, right: _List, gone: Deletions) -> Listings:
        cursor = left.listed.cursor
        if isinstance(self.errors.get((EVENT, LEFT)), TryAgainError):
            # The next run has to ask for the same events.
            cursor = self._get_cursor(left.kind, LEFT) or cursor
        return Listings(
            left.records,
            right.records,
            {LEFT: cursor, RIGHT: right.listed.cursor},
            left_complete=left.is_complete,
            right_complete=right.is_complete,
            left_gone=gone.ids.get(left.kind.name, frozenset()),
            unusable={LEFT: left.listed.unusable, RIGHT: right.listed.unusable},
        )

    def _check_keys(self) -> None:
        """Raise KeyRefusedError if a vendor has refused every call."""
        for api, side in zip(self.systems.apis, (LEFT, RIGHT), strict=True):
            for (_, found), error in self.errors.items():
                if api.is_accepted or found != side:
                    continue
                if isinstance(error, RefusedError):
                    raise api.make_key_error(error.status_code, error.message)


def _find_start(side: str, cursor: int | None, since: int) -> int | None:
    """Return the time to read after: filters exclude that second (documented)."""
    if cursor in {None, EMPTY}:
        after = since - 1 - (OVERLAP[side] if side == RIGHT else 0)
    else:
        after = cursor - 1 - OVERLAP[side]
    return after if after > 0 else None


@dataclass(frozen=True, slots=True)
class ReferenceReader:
    """Finds the records that the records of a run refer to."""

    systems: Systems
    store: StateStore
    isolation: ErrorIsolation
    since: int

    def find(
        self, flows: Sequence[Flow], listings: Mapping[str, Listings]
    ) -> Mapping[str, set[str]]:
        """Return the references by kind, and list the customers that are not listed."""
        found: dict[str, set[str]] = {kind.name: set() for kind in KINDS}
        for flow in flows:
            issues = self.store.list_issues(flow.kind.name)
            found[CUSTOMER.name] |= {issue.needs for issue in issues if issue.needs}
        for kind, left_id in self._list_references(flows, listings):
            found[kind].add(left_id)
            if kind == CUSTOMER.name and kind in listings:
                self._read_customer(left_id, listings[kind].left)
        return found

    def _list_references(
        self, flows: Sequence[Flow], listings: Mapping[str, Listings]
    ) -> list[tuple[str, str]]:
        found: dict[tuple[str, str], None] = {}
        for kind in (flow.kind for flow in flows if flow.kind.customer_field):
            for left_id, record in listings[kind.name].left.items():
                with self.isolation.isolate(kind.name, left_id):
                    if self._counts(kind, left_id, record):
                        found |= dict.fromkeys(list_references(kind, record))
        return list(found)

    def _counts(self, kind: Kind, left_id: str, record: Record) -> bool:
        """Return whether the references of a record count."""
        return self.store.links.by_left(kind.name, left_id) is not None or (
            find_exclusion(kind, record, self.since, referred=False) is None
        )

    def _read_customer(self, left_id: str, listed: MutableMapping[str, Record]) -> None:
        linked = self.store.links.right_of(CUSTOMER.name, left_id) is not None
        is_known = linked or self.store.is_forgotten(CUSTOMER.name, left_id)
        if is_known or left_id in listed:
            return
        with self.isolation.isolate(CUSTOMER.name, left_id):
            record = self.systems.left.find(CUSTOMER, left_id)
            self.isolation.note_answer()
            if record is not None:
                listed[left_id] = record


def list_references(kind: Kind, record: Record) -> Iterator[tuple[str, str]]:
    """Yield kind and id of an invoice's customer and items (documented)."""
    yield CUSTOMER.name, str(get_at_path(record, kind.customer_field))
    lines = record.get("items")
    for line in lines if isinstance(lines, list) else ():
        if (item := get_at_path(line, "catalog_item")) is not None:
            yield ITEM.name, str(item)
