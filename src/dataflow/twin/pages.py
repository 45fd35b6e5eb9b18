"""The pages of lists that were answered last, so that one can be given once more."""

from __future__ import annotations

from typing import TypeAlias

from dataflow.twin.vendor import Vendor
from dataflow.twin.wire import Request, Response

#: A list, whichever of its pages: the path, and what else was asked.
_List: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]

_OK = 200


class Pages:
    """Remembers the latest page of each route, however many lists there are."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._latest: dict[str, tuple[_List, Response]] = {}

    def clear(self) -> None:
        """Forget them all."""
        self._latest.clear()

    def noted(self, request: Request, response: Response) -> Response:
        """Remember an answer if it is a good one to a read, and return it."""
        if request.method == "GET" and response.status == _OK:
            route = self._vendor.route_of(request.path)
            self._latest[route] = (self._list_of(request), response)
        return response

    def before(self, request: Request) -> Response | None:
        """Return the page before the one that is asked for, or None."""
        if request.method != "GET" or not self._asks_on(request):
            return None
        latest = self._latest.get(self._vendor.route_of(request.path))
        if latest is None or latest[0] != self._list_of(request):
            return None
        return latest[1]

    def _asks_on(self, request: Request) -> bool:
        asked = dict(request.query).get(self._vendor.page, "")
        return asked not in self._vendor.first

    def _list_of(self, request: Request) -> _List:
        rest = [pair for pair in request.query if pair[0] != self._vendor.page]
        return request.path, tuple(sorted(rest))
