"""The client for Invoiced: the calls that the sync needs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from dataflow.errors import TryAgainError
from dataflow.sync.clients.connection import Connection
from dataflow.sync.clients.http import (
    Answer,
    Pause,
    Record,
    RecordList,
    VendorApi,
    find_latest_change,
)
from dataflow.sync.errors import NotFoundError
from dataflow.sync.record_types import Kind

VENDOR = "Invoiced"
PAGE = 100

#: A list is read this often at most, until it did not change while it was read.
READS = 4


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `announced` is how many records the whole list has."""

    records: list[Record]
    announced: int
    more: bool


@dataclass(frozen=True, slots=True)
class Invoiced:
    """Reads and edits records of one Invoiced account."""

    api: VendorApi

    @classmethod
    def over(cls, connection: Connection, pause: Pause | None = None) -> Self:
        """Return a client of this connection, which waits with `pause`."""
        return cls(VendorApi(VENDOR, connection, pause))

    def list_changed(self, kind: Kind, after: int | None) -> RecordList:
        """Return every record changed later than `after`, unix seconds.

        None means all of them. A page begins at a position, so when a record is deleted
        during the reading, a record of the next page is missed. The list is therefore
        read until it did not change, or another reading finds no missed record, and it
        has as many records as the first page announced (documented header).
        """
        page = self._page(kind, after, 1)
        cursor, found = find_latest_change(page.records), dict[str, Record]()
        for _ in range(READS):
            missed = self._read_from(page, kind, after, found)
            complete = len(found) >= page.announced
            if complete and not (page.more and _was_missed(kind, missed, cursor)):
                return RecordList(list(found.values()), cursor)
            before, page = page, self._page(kind, after, 1)
            if complete and kind.left_filters_by_time and page == before:
                return RecordList(list(found.values()), cursor)
        return RecordList(list(found.values()), None)

    def get(self, kind: Kind, left_id: str) -> Record:
        """Return one record; raises NotFoundError."""
        return _record(self.api.get(f"{kind.left_path}/{quote(left_id, safe='')}"))

    def find(self, kind: Kind, left_id: str) -> Record | None:
        """Return one record, or None if it was deleted.

        A deleted item can still be read by its id (unconfirmed), so items are searched
        in the list, which does not contain it.
        """
        if not kind.left_filters_by_time:
            params = {"filter[id]": left_id}
            return _only(self.api.get(kind.left_path, params), left_id)
        with contextlib.suppress(NotFoundError):
            return self.get(kind, left_id)
        return None

    def list_events(self, kind: Kind, left_id: str) -> list[Record]:
        """Return the latest events of one record, the latest first (documented)."""
        query = {"related_to": f"{kind.left_name},{left_id}", "per_page": str(PAGE)}
        return _records(self.api.get("/events", query))

    def delete(self, kind: Kind, left_id: str) -> None:
        """Delete one record."""
        self.api.send_json("DELETE", f"{kind.left_path}/{quote(left_id, safe='')}", {})

    def patch(self, kind: Kind, left_id: str, body: Mapping[str, object]) -> Record:
        """Edit one record and return it."""
        path = f"{kind.left_path}/{quote(left_id, safe='')}"
        return _record(self.api.send_json("PATCH", path, body))

    def _read_from(
        self, page: Page, kind: Kind, after: int | None, found: dict[str, Record]
    ) -> list[Record]:
        """Read the other pages; return the records that `found` lacked before."""
        known, number = set(found), 1
        _put(found, page)
        while page.more:
            number += 1
            page = self._page(kind, after, number)
            _put(found, page)
        return [record for left_id, record in found.items() if left_id not in known]

    def _page(self, kind: Kind, after: int | None, number: int) -> Page:
        answer = self.api.get(kind.left_path, _query(kind, after, number))
        records = _records(answer)
        return Page(records, _announced(answer), _has_next(answer, len(records)))


def _put(found: dict[str, Record], page: Page) -> None:
    found.update((str(record["id"]), record) for record in page.records)


def _was_missed(kind: Kind, missed: Iterable[Record], cursor: int) -> bool:
    """Return whether a record was missed that did not change after the cursor."""
    times = (record.get("updated_at") for record in missed)
    if not kind.left_filters_by_time:
        return any(True for _ in times)
    return any(not isinstance(time, int) or time <= cursor for time in times)


def _query(kind: Kind, after: int | None, page: int) -> dict[str, str]:
    # Latest change first: a record edited during the reading moves to the front,
    # so that no page skips another record, and is later than all of the first page.
    # Whether items can be sorted by time is unconfirmed; all of them are read anyway.
    order = "updated_at desc" if kind.left_filters_by_time else "id asc"
    query = {"sort": order, "per_page": str(PAGE), "page": str(page)}
    if after is not None and kind.left_filters_by_time:
        query["updated_after"] = str(after)
    return query


def _announced(answer: Answer) -> int:
    count = answer.headers.get("x-total-count", "")
    return int(count) if count.isdecimal() else 0


def _has_next(answer: Answer, count: int) -> bool:
    link = answer.headers.get("link")
    return count == PAGE if link is None else 'rel="next"' in link


def _records(answer: Answer) -> list[Record]:
    if not isinstance(answer.body, list):
        raise TryAgainError(f"{VENDOR} answered with no list: try again later.")
    return answer.body


def _record(answer: Answer) -> Record:
    if not isinstance(answer.body, dict) or "id" not in answer.body:
        raise TryAgainError(f"{VENDOR} answered with no record: try again later.")
    return answer.body


def _only(answer: Answer, left_id: str) -> Record | None:
    return next((r for r in _records(answer) if str(r.get("id")) == left_id), None)
