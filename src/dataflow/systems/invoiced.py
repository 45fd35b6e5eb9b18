"""Invoiced, as far as the sync needs it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

import httpx

from dataflow.systems.errors import BusyError, NotFoundError
from dataflow.systems.http import Answer, Record, Wire, client
from dataflow.systems.kinds import Kind

VENDOR = "Invoiced"
PAGE = 100

#: How often a list is read again when records vanished from under its pages.
READS = 3


@dataclass(frozen=True, slots=True)
class Invoiced:
    """Reads and edits records of one Invoiced account."""

    wire: Wire

    @classmethod
    def at(cls, url: str, key: str) -> Self:
        """Return a client for the account of this key."""
        return cls.over(client(url, key))

    @classmethod
    def over(cls, http: httpx.Client) -> Self:
        """Return a client that calls through `http`."""
        return cls(Wire(VENDOR, http))

    def changed(self, kind: Kind, after: int | None) -> list[Record]:
        """Return every record changed later than `after`, unix seconds.

        None asks for all of them. Pages are cut by position, so a record deleted
        meanwhile pushes another one over the edge of a page: fewer records than the
        first page announced (documented header) mean another reading.
        """
        found: dict[str, Record] = {}
        for _ in range(READS):
            announced = self._read_pages(kind, after, found)
            if len(found) >= announced:
                break
        return list(found.values())

    def get(self, kind: Kind, left_id: str) -> Record:
        """Return one record; raises NotFoundError."""
        answer = self.wire.get(f"{kind.left_path}/{quote(left_id, safe='')}")
        return _record(answer)

    def find(self, kind: Kind, left_id: str) -> Record | None:
        """Return one record, or None when it is gone.

        A deleted item still answers by its id (unconfirmed), so items are looked
        for in the list, which hides it.
        """
        if not kind.left_filters_by_time:
            params = {"filter[id]": left_id}
            return _only(self.wire.get(kind.left_path, params), left_id)
        with contextlib.suppress(NotFoundError):
            return self.get(kind, left_id)
        return None

    def patch(self, kind: Kind, left_id: str, body: Mapping[str, object]) -> Record:
        """Edit one record and return it as it is now."""
        path = f"{kind.left_path}/{quote(left_id, safe='')}"
        return _record(self.wire.send_json("PATCH", path, body))

    def _read_pages(
        self, kind: Kind, after: int | None, found: dict[str, Record]
    ) -> int:
        announced, page, more = 0, 1, True
        while more:
            answer = self.wire.get(kind.left_path, _query(kind, after, page))
            records = _records(answer)
            found.update((str(record["id"]), record) for record in records)
            if page == 1:
                announced = _announced(answer)
            more = _has_next(answer, len(records))
            page += 1
        return announced


def _query(kind: Kind, after: int | None, page: int) -> dict[str, str]:
    # By id: what is edited meanwhile keeps its place, so no page skips it.
    query = {"sort": "id asc", "per_page": str(PAGE), "page": str(page)}
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
        raise BusyError(f"{VENDOR} answered with no list: try again later.")
    return answer.body


def _record(answer: Answer) -> Record:
    if not isinstance(answer.body, dict) or "id" not in answer.body:
        raise BusyError(f"{VENDOR} answered with no record: try again later.")
    return answer.body


def _only(answer: Answer, left_id: str) -> Record | None:
    matching = (r for r in _records(answer) if str(r.get("id")) == left_id)
    return next(matching, None)
