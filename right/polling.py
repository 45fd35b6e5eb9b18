"""Right syncs that poll: they ask only for what was saved since they last asked."""

from __future__ import annotations

import json
import time

from broken.api import Record
from broken.plain import PlainSync

#: Seconds that they look back further: lists lag, and clocks differ.
_OVERLAP = 3600


class PollsSinceItsLastRun(PlainSync):
    """Invoices and orders are asked for since the last run, by the sync's own clock."""

    def look(self) -> None:
        """Note until when everything is known, once it is."""
        self.now = int(time.time())
        self.after = max(0, int(self.memory.get("polled", self.since)) - _OVERLAP)
        super().look()
        self.memory["polled"] = self.now

    def read(self, kind: str) -> list[Record]:
        """Return all records of one kind in Invoiced, known invoices from memory."""
        if kind != "invoices":
            return super().read(kind)
        return self.with_known(kind, self.invoiced.everything(kind, **self.span_here()))

    def read_there(self, kind: str) -> list[Record]:
        """Return all records of one kind in Chargebee, known orders from memory."""
        if kind != "orders":
            return super().read_there(kind)
        query = {"include_deleted": "true", "sort_by[asc]": "created_at"}
        news = self.chargebee.everything(kind, **query, **self.span_there())
        return self.with_known(kind, news)

    def span_here(self) -> dict[str, str]:
        """Return what asks Invoiced for what was saved since the last run."""
        return {"updated_after": str(self.after)}

    def span_there(self) -> dict[str, str]:
        """Return what asks Chargebee for what was saved since the last run."""
        return {"updated_at[after]": str(self.after)}

    def with_known(self, kind: str, news: list[Record]) -> list[Record]:
        """Return what is known of a kind, with the news in it."""
        known: dict[str, Record] = self.memory.setdefault(f"known {kind}", {})
        known |= {str(record["id"]): record for record in news}
        return list(known.values())


class PollsUntilNow(PollsSinceItsLastRun):
    """Invoices and orders are asked for from the last run until now, by its clock."""

    def span_here(self) -> dict[str, str]:
        """Return the span for Invoiced, which leaves both its ends out."""
        return super().span_here() | {"updated_before": str(self.now + 1)}

    def span_there(self) -> dict[str, str]:
        """Return the span for Chargebee, which has both its ends in it."""
        return {"updated_at[between]": json.dumps([self.after, self.now])}


#: Those of this module.
POLLING: tuple[type[PlainSync], ...] = (PollsSinceItsLastRun, PollsUntilNow)
