"""When invoices fall due, in order, so that each is looked at once its day is over."""

from __future__ import annotations

import heapq
from typing import Any


class DueDates:
    """The due dates of an account's invoices, the earliest first."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int]] = []

    def note(self, invoice: dict[str, Any]) -> None:
        """Note when an invoice falls due, unless that has come and been dealt with."""
        due = invoice["due_date"]
        if due is not None and due != invoice["noted_due"]:
            heapq.heappush(self._heap, (due, invoice["id"]))

    def over(self, now: int) -> list[int]:
        """Return, once, the ids whose due date is over at this second."""
        found = []
        while self._heap and self._heap[0][0] < now:
            found.append(heapq.heappop(self._heap)[1])
        return found
