"""How far lists have been read: what they counted first, and their furthest page.

Both are read about and unconfirmed. A list is its path and all that is asked of it but
the page.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeAlias

from dataflow.twin.wire import Request

#: A count is believed for five minutes, and pages have to come in turn from here on.
COUNTED_FOR, FAR = 300, 10_000

#: What makes two calls pages of one list.
ListKey: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]


def list_key(request: Request) -> ListKey:
    """Return of which list a call asks for a page."""
    return request.path, tuple(pair for pair in request.query if pair[0] != "page")


class Progress:
    """What an account remembers of the lists that are being read."""

    def __init__(self) -> None:
        # Its oldest entry is found at once, also after many were dropped.
        self._counts: OrderedDict[ListKey, tuple[int, int]] = OrderedDict()
        self._furthest: dict[ListKey, int] = {}

    def count(self, key: ListKey, page: int, found: int, now: int) -> int:
        """Return how many records a page says there are, of so many found now.

        `now` is in seconds. The first page counts anew, and later ones trust it.
        """
        self._forget(now - COUNTED_FOR)
        if page > 1 and key in self._counts:
            return self._counts[key][1]
        self._counts.pop(key, None)
        self._counts[key] = now, found
        return found

    def is_in_turn(self, key: ListKey, page: int, per_page: int) -> bool:
        """Tell whether a page may be read now; if so, note that it has been."""
        furthest = self._furthest.get(key, 0)
        if (page - 1) * per_page >= FAR and page > furthest + 1:
            return False
        if page * per_page >= FAR:
            self._furthest[key] = max(page, furthest)
        return True

    def _forget(self, latest: int) -> None:
        while self._counts:
            moment, _ = next(iter(self._counts.values()))
            if moment > latest:
                return
            self._counts.popitem(last=False)
