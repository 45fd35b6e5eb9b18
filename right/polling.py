"""A right sync that polls: it asks only for what was saved since it last asked."""

from __future__ import annotations

import json
import time

from broken.api import Record
from broken.plain import PlainSync

#: Seconds that it looks back further: lists lag, and clocks differ.
_OVERLAP = 3600


class PollsByItsClock(PlainSync):
    """Invoices and orders are asked for from the last run until now, by its clock."""

    def look(self) -> None:
        """Note until when everything is known, once it is."""
        self.until = int(time.time())
        self.after = max(0, int(self.memory.get("polled", self.since)) - _OVERLAP)
        super().look()
        self.memory["polled"] = self.until

    def read(self, kind: str) -> list[Record]:
        """Return all records of one kind in Invoiced, known invoices from memory."""
        if kind != "invoices":
            return super().read(kind)
        # Both bounds leave their own second out.
        bounds = {
            "updated_after": str(self.after),
            "updated_before": str(self.until + 1),
        }
        return self.with_known(kind, self.invoiced.everything(kind, **bounds))

    def read_there(self, kind: str) -> list[Record]:
        """Return all records of one kind in Chargebee, known orders from memory."""
        if kind != "orders":
            return super().read_there(kind)
        query = {
            "updated_at[between]": json.dumps([self.after, self.until]),
            "include_deleted": "true",
            "sort_by[asc]": "created_at",
        }
        return self.with_known(kind, self.chargebee.everything(kind, **query))

    def with_known(self, kind: str, news: list[Record]) -> list[Record]:
        """Return what is known of a kind, with the news in it."""
        known: dict[str, Record] = self.memory.setdefault(f"known {kind}", {})
        known |= {str(record["id"]): record for record in news}
        return list(known.values())


#: Those of this module.
POLLING: tuple[type[PlainSync], ...] = (PollsByItsClock,)
