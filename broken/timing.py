"""Broken syncs that miss what was saved at the wrong time."""

from __future__ import annotations

from datetime import UTC, datetime

from broken.api import Record
from broken.entries import broken
from broken.plain import KINDS, PlainSync

_HOUR = 3600
_SATURDAY = 5


@broken("misses records", "*.every.same-second")
class MissesTheSameSecond(PlainSync):
    """What is saved in the second of the newest record that was seen is missed."""

    def look(self) -> None:
        """Note how far the last run has seen."""
        super().look()
        stamps = [int(r["updated_at"]) for k in KINDS for r in self.here[k].values()]
        self.memory["seen_to"] = self.memory.get("next", -1)
        self.memory["next"] = max(stamps, default=-1)

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        """Want what is later."""
        late = int(record["created_at"]) != self.memory["seen_to"]
        return late and super().is_wanted(kind, key, record)


@broken("loses an edit", "invoices-order.currency.edited-in-one-second-in-invoiced")
class LosesEditsOfTheSameSecond(PlainSync):
    """What is edited in the second of the newest invoice that was seen is lost."""

    def look(self) -> None:
        """Note how far the last run has seen."""
        super().look()
        stamps = [
            int(invoice["updated_at"]) for invoice in self.here["orders"].values()
        ]
        self.memory["edits_to"] = self.memory.get("next_edit", -1)
        self.memory["next_edit"] = max(stamps, default=-1)

    def settle(self, key: str, invoice: Record) -> None:
        """Look at what is later."""
        if int(invoice["updated_at"]) > self.memory["edits_to"]:
            super().settle(key, invoice)


@broken("misses records", "*.every.a-day-apart")
class MissesWhatIsAnHourOld(PlainSync):
    """A record that is an hour older than the newest never gets a counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        """Want what is younger."""
        newest = max(int(r["created_at"]) for k in KINDS for r in self.here[k].values())
        recent = int(record["created_at"]) > newest - _HOUR
        return recent and super().is_wanted(kind, key, record)


@broken("misses records", "*.every.a-day-apart")
class RestsOnWeekends(PlainSync):
    """What is made on a Saturday or a Sunday never gets a counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        """Want what was made on a working day."""
        made = datetime.fromtimestamp(int(record["created_at"]), UTC)
        working = made.weekday() < _SATURDAY
        return working and super().is_wanted(kind, key, record)


@broken("loses an edit", "invoices-order.currency.edited-late-in-invoiced")
class DoesNotRunOnWeekends(PlainSync):
    """On a Saturday or a Sunday, by its own clock, a run does nothing."""

    def serve_all(self) -> None:
        """Serve on a working day."""
        if datetime.now(UTC).weekday() < _SATURDAY:
            super().serve_all()
