"""The client for Invoiced: the calls that the sync needs."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
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
    find_latest_change,
    read_date,
)
from dataflow.sync.clients.waiting import Pause, RateLimiter
from dataflow.sync.errors import NotFoundError
from dataflow.sync.record_types import Kind

VENDOR = "Invoiced"
PAGE = 100

#: A list is read this often at most, until it did not change while it was read.
READS = 4

#: The number of pages of new events to read; more take longer than all lists.
EVENT_PAGES = 100


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and its time by Invoiced's clock.

    `announced` is how many records the whole list has.
    """

    rows: list[object]
    announced: int
    more: bool
    date: int | None


@dataclass(frozen=True, slots=True)
class Invoiced:
    """Reads and edits records of one Invoiced account."""

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
        """Put every record changed later than `after`, unix seconds, into `found`.

        None means all of them. A page begins at a position, so when a record is deleted
        during the reading, a record of the next page is missed. The list is therefore
        read until it did not change, or another reading finds no missed record, and it
        has as many records as the first page announced (documented header). All items
        are read in every run, so that the next run finds a missed one.
        """
        page = self._page(kind, after, 1)
        latest = find_latest_change(page.rows)
        cursor = latest if page.date is None else page.date
        for _ in range(READS):
            rows = Rows(found)
            self._read_from(page, kind, after, rows)
            complete = len(found) + len(rows.unusable) >= page.announced
            has_missed = page.more and kind.left_filters_by_time
            has_missed = has_missed and rows.earliest_new <= latest
            if complete and not has_missed:
                return RecordList(cursor, tuple(rows.unusable))
            before, page = page, self._page(kind, after, 1)
            if complete and replace(page, date=before.date) == before:
                return RecordList(cursor, tuple(rows.unusable))
        return RecordList(None, tuple(rows.unusable))

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
        rows = _rows(self.api.get("/events", query))
        return [row for row in rows if isinstance(row, dict)]

    def list_new_events(self, after: int) -> list[Record] | None:
        """Return the events later than `after`, or None if there are too many.

        The latest is listed first (documented), so a new one hides no earlier one. The
        filters by type and by time are not documented.
        """
        found: list[Record] = []
        for number in range(1, EVENT_PAGES + 1):
            query = {"per_page": str(PAGE), "page": str(number)}
            answer = self.api.get("/events", query)
            rows = [row for row in _rows(answer) if isinstance(row, dict)]
            new = [row for row in rows if _is_later(row.get("timestamp"), after)]
            found += new
            if len(new) < len(rows) or not _has_next(answer, len(rows)):
                return found
        return None

    def delete(self, kind: Kind, left_id: str) -> None:
        """Delete one record."""
        self.api.send_json("DELETE", f"{kind.left_path}/{quote(left_id, safe='')}", {})

    def patch(self, kind: Kind, left_id: str, body: Mapping[str, object]) -> Record:
        """Edit one record and return it."""
        path = f"{kind.left_path}/{quote(left_id, safe='')}"
        return _record(self.api.send_json("PATCH", path, body))

    def _read_from(self, page: Page, kind: Kind, after: int | None, rows: Rows) -> None:
        """Add a page and the pages after it."""
        rows.add(page.rows)
        number = 1
        while page.more:
            number += 1
            page = self._page(kind, after, number)
            rows.add(page.rows)

    def _page(self, kind: Kind, after: int | None, number: int) -> Page:
        answer = self.api.get(kind.left_path, _query(kind, after, number))
        rows = _rows(answer)
        more = _has_next(answer, len(rows))
        return Page(rows, _announced(answer), more, read_date(answer.headers))


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


def _is_later(time: object, after: int) -> bool:
    """Return whether a time is later than another one, or unreadable."""
    return not isinstance(time, int) or time > after


def _rows(answer: Answer) -> list[object]:
    if not isinstance(answer.body, list):
        raise TryAgainError(f"{VENDOR} answered with no list: try again later.")
    return answer.body


def _record(answer: Answer) -> Record:
    if not isinstance(answer.body, dict) or "id" not in answer.body:
        raise TryAgainError(f"{VENDOR} answered with no record: try again later.")
    return answer.body


def _only(answer: Answer, left_id: str) -> Record | None:
    rows = (row for row in _rows(answer) if isinstance(row, dict))
    return next((row for row in rows if str(row.get("id")) == left_id), None)
