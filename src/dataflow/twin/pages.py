"""The pages of lists that were answered last, so that their rows can come once more."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TypeAlias

from dataflow.twin.vendor import Vendor
from dataflow.twin.wire import Json, Request, Response

#: A list, whichever of its pages: the path, and what else was asked.
_List: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]


class Pages:
    """Remembers the latest answer of each route, however many lists there are.

    Whether it is a page of a list is looked at only when it is asked for.
    """

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._latest: dict[str, tuple[_List, Response]] = {}

    def clear(self) -> None:
        """Forget them all."""
        self._latest.clear()

    def noted(self, request: Request, response: Response) -> Response:
        """Remember an answer to a read, and return it."""
        if request.method == "GET":
            route = self._vendor.route_of(request.path)
            self._latest[route] = (self._list_of(request), response)
        return response

    def before(self, request: Request) -> list[Json] | None:
        """Return the rows of the page before the one that is asked for, or None."""
        if request.method != "GET" or not self._asks_on(request):
            return None
        latest = self._latest.get(self._vendor.route_of(request.path))
        if latest is None or latest[0] != self._list_of(request):
            return None
        return self._rows(json.loads(latest[1].body))

    def joined(self, rows: list[Json], response: Response) -> Response:
        """Return a page that begins with these rows; what is no page stays as it is."""
        page = json.loads(response.body)
        own = self._rows(page)
        if own is None:
            return response
        both: Json = [*rows, *own]
        if self._vendor.rows is not None:
            both = {**page, self._vendor.rows: both}
        return replace(response, body=json.dumps(both).encode())

    def _rows(self, page: Json) -> list[Json] | None:
        name = self._vendor.rows
        if name is not None:
            page = page.get(name) if isinstance(page, dict) else None
        return page if isinstance(page, list) else None

    def _asks_on(self, request: Request) -> bool:
        asked = dict(request.query).get(self._vendor.page, "")
        return asked not in self._vendor.first

    def _list_of(self, request: Request) -> _List:
        rest = [pair for pair in request.query if pair[0] != self._vendor.page]
        return request.path, tuple(sorted(rest))
