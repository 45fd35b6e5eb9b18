"""Broken syncs that go wrong if records change during a run, or lists lag."""

from __future__ import annotations

import time

from broken.api import Record, RefusedError
from broken.entries import broken
from broken.noticing import DroppingSync, NoticingSync
from broken.plain import KINDS, PlainSync

_KIND = "changes during a run"
_GAP = "nothing happens during a run"


class _RereadingSync(PlainSync):
    """Reads Invoiced again at the end of its run."""

    def run(self) -> None:
        super().run()
        for kind, theirs in KINDS.items():
            again = {str(each["id"]): each for each in self.list_here(theirs)}
            self.note(kind, again)

    def note(self, kind: str, again: dict[str, Record]) -> None:
        """Do what is wrong with the records of the second reading."""
        raise NotImplementedError


@broken(_KIND, hole=_GAP)
class TakesItsCursorAtTheEnd(_RereadingSync):
    """What is created or edited during a run is taken for seen."""

    def note(self, kind: str, again: dict[str, Record]) -> None:
        found = self.here[kind]
        for key, each in again.items():
            if each["updated_at"] != found.get(key, {}).get("updated_at"):
                self.memory.setdefault("seen", {})[f"{kind}/{key}"] = each["updated_at"]

    def is_seen(self, kind: str, key: str, record: Record) -> bool:
        """Return whether the record is as it was at the end of the last run."""
        seen = self.memory.get("seen", {})
        return bool(seen.get(f"{kind}/{key}") == record["updated_at"])

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        seen = self.is_seen(kind, key, record)
        return not seen and super().is_wanted(kind, key, record)

    def update_pair(self, key: str, invoice: Record) -> None:
        if not self.is_seen("orders", key, invoice):
            super().update_pair(key, invoice)


@broken(_KIND, hole=_GAP)
class StoresWhatItReadLast(_RereadingSync):
    """A currency that is edited during a run is stored as if it were propagated."""

    def note(self, kind: str, again: dict[str, Record]) -> None:
        for key in again if kind == "orders" else {}:
            old, now = self.here[kind].get(key), again[key]["currency"]
            if old and old["currency"] != now and key in self.pairs[kind]:
                self.pairs[kind][key]["currency"] = now.upper()


@broken(_KIND, hole=_GAP)
class LosesWhatIsCreatedDuringARun(_RereadingSync):
    """A record that is created during a run never gets a counterpart."""

    def note(self, kind: str, again: dict[str, Record]) -> None:
        late = [f"{kind}/{key}" for key in again if key not in self.here[kind]]
        self.memory.setdefault("late", []).extend(late)

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        late = f"{kind}/{key}" in self.memory.get("late", [])
        return not late and super().is_wanted(kind, key, record)


@broken(_KIND, hole=_GAP)
class FollowsItsOwnClock(DroppingSync):
    """What a list shows only after a later run has begun is taken for old."""

    def read_both(self) -> None:
        self.cursor = self.memory.get("cursor", 0)
        self.memory["cursor"] = int(time.time()) - 1
        super().read_both()

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        new = key in self.find_new(kind)
        return new and int(record["created_at"]) < self.cursor


@broken(_KIND, hole=_GAP)
class FollowsTheNewestRecord(DroppingSync):
    """What a list shows only after a newer record is taken for old."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        seen = [int(each["created_at"]) for each in self.before["here"][kind].values()]
        new = key in self.find_new(kind)
        return new and int(record["created_at"]) < max(seen, default=0)


@broken(_KIND, hole=_GAP)
class TakesLaggingForDeleted(NoticingSync):
    """A counterpart that a list omits once is taken for deleted, and left alone."""

    def read_both(self) -> None:
        super().read_both()
        gone = self.memory.setdefault("gone", [])
        for key, pair in self.pairs["orders"].items():
            if pair["id"] not in self.there["orders"]:
                gone.append(key)

    def update_pair(self, key: str, invoice: Record) -> None:
        if key not in self.memory["gone"]:
            super().update_pair(key, invoice)


@broken(_KIND, hole=_GAP)
class ReadsShiftingPages(PlainSync):
    """The list of invoices is read by the last change, so that its pages shift."""

    def list_here(self, kind: str) -> list[Record]:
        order = {"sort": "updated_at desc"} if kind == "invoices" else {}
        return self.invoiced.list_all(kind, **order)[::-1]


@broken(_KIND, hole=_GAP)
class DropsWhatVanishes(DroppingSync):
    """After a record has vanished during a run, its kind gets no new counterparts."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        del record
        if kind not in self.memory.setdefault("vanished", []):
            try:
                self.invoiced.get(KINDS[kind], key)
            except RefusedError:
                self.memory["vanished"].append(kind)
        return kind in self.memory["vanished"] and key not in self.pairs[kind]


@broken(_KIND, hole=_GAP)
class WritesBackWhatItRead(PlainSync):
    """The notes of an invoice are written back as they were when the run began."""

    def link(self, kind: str, key: str, record: Record, **more: str) -> None:
        super().link(kind, key, record, **more)
        if kind == "orders":
            notes = self.here[kind][key]["notes"]
            if self.invoiced.get("invoices", key)["notes"] != notes:
                self.invoiced.edit("invoices", key, {"notes": notes})
