"""Right syncs that leave work for later runs, or keep a record for themselves."""

from __future__ import annotations

import os
from collections.abc import Callable

from broken.api import Record
from broken.plain import PlainSync

_MINUTE = 60


class LeavesRecentChanges(PlainSync):
    """What has changed in the last five minutes is left alone until a later run."""

    #: Vendors advise so for polling: a change may be one of several.
    minutes = 5

    def serve(self, kind: str, one: Callable[[str, Record], None]) -> None:
        settled_at = int(os.environ["DATAFLOW_NOW"]) - self.minutes * _MINUTE

        def serve_settled(key: str, record: Record) -> None:
            pair = self.pairs[kind].get(key, {"id": ""})
            order = self.there[kind].get(pair["id"], {"updated_at": 0})
            changed = max(int(each["updated_at"]) for each in (record, order))
            if changed <= settled_at:
                one(key, record)

        super().serve(kind, serve_settled)


class LeavesChangesOfAQuarter(LeavesRecentChanges):
    """What has changed in the last fifteen minutes is left alone until a later run."""

    minutes = 15


class KeepsTechnicalCustomer(PlainSync):
    """A customer of its own in Chargebee is for what belongs to no person."""

    def serve_all(self) -> None:
        if not self.memory.get("technical"):
            fields = {"id": "plain-sync", "last_name": "Of the plain sync"}
            technical = self.chargebee.create("customers", fields)
            self.memory["technical"] = technical["id"]
        super().serve_all()


class ServesFivePerRun(PlainSync):
    """A run serves five records, and leaves all others to later runs."""

    most = 5
    _served = 0

    def serve(self, kind: str, one: Callable[[str, Record], None]) -> None:
        def serve_some(key: str, record: Record) -> None:
            if self._served < self.most:
                before = dict(self.pairs[kind].get(key, {}))
                one(key, record)
                self._served += before != self.pairs[kind].get(key, {})

        super().serve(kind, serve_some)


class ServesOnePerRun(ServesFivePerRun):
    """A run serves one record, and leaves all others to later runs."""

    most = 1


#: The good syncs of this module, in the order of the catalogue.
UNHURRIED: tuple[type[PlainSync], ...] = (
    LeavesRecentChanges,
    LeavesChangesOfAQuarter,
    KeepsTechnicalCustomer,
    ServesFivePerRun,
    ServesOnePerRun,
)
