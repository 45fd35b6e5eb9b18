"""Broken syncs that go wrong at a certain time, or after a long time."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from broken.api import Record
from broken.common import CountingSync
from broken.entries import broken
from broken.noticing import DroppingSync
from broken.plain import PlainSync

_KIND = "time"
_GAP = "every scenario runs on the same uneventful day"
_QUARTER = 90 * 24 * 60 * 60
_WEEK = 7 * 24 * 60 * 60
_RUNS = 30
_SUNDAY, _LAST_OF_MONTH, _LEAP = 6, 31, (2, 29)
_SPRING, _AUTUMN, _CHANGE = 3, 10, 25


def _moment(seconds: object) -> datetime:
    return datetime.fromtimestamp(int(str(seconds)), UTC)


@broken(_KIND, hole=_GAP)
class StopsAfterNinetyDays(PlainSync):
    """Ninety days after its first run, nothing more is done."""

    def serve_all(self) -> None:
        now = time.time()
        if now - self.memory.setdefault("first", now) < _QUARTER:
            super().serve_all()


@broken(_KIND, hole=_GAP)
class LosesEditsAfterAQuarter(DroppingSync):
    """Edits of an invoice that is ninety days old are lost."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        del key
        age = int(record["updated_at"]) - int(record["created_at"])
        return kind == "orders" and age > _QUARTER


@broken(_KIND, hole=_GAP)
class LosesEditsOnSundays(DroppingSync):
    """An edit of a currency on a Sunday is lost."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        edited = kind == "orders" and key in self.find_edited(kind, "currency")
        return edited and _moment(record["updated_at"]).weekday() == _SUNDAY


@broken(_KIND, "*.every.a-day-apart")
class LosesTheThirtyFirst(PlainSync):
    """A record that was made on the 31st of a month gets no counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        last = _moment(record["created_at"]).day == _LAST_OF_MONTH
        return not last and super().is_wanted(kind, key, record)


@broken(_KIND, hole=_GAP)
class LosesTheLeapDay(PlainSync):
    """A record that was made on 29 February gets no counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        made = _moment(record["created_at"])
        return (made.month, made.day) != _LEAP and super().is_wanted(kind, key, record)


@broken(_KIND, hole=_GAP)
class LosesTheHourOfTheChange(DroppingSync):
    """What is edited in the hour of a change of the clocks is lost."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        del kind, key
        made = _moment(record["updated_at"])
        change = made.month in {_SPRING, _AUTUMN} and made.day >= _CHANGE
        return change and made.weekday() == _SUNDAY and made.hour in {0, 1, 2}


@broken(_KIND, hole=_GAP)
class TakesLocalTimeForUtc(DroppingSync):
    """The time of the last run is stored in local time, and read as UTC."""

    def read_both(self) -> None:
        self.cursor = self.memory.get("cursor", 0)
        now = time.time()
        self.memory["cursor"] = int(now) - 1 + time.localtime(now).tm_gmtoff
        super().read_both()

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        new = key in self.find_new(kind)
        return new and int(record["created_at"]) < self.cursor


@broken(_KIND, hole=_GAP)
class TiresAfterThirtyRuns(CountingSync):
    """From the 30th run on, nothing more is done."""

    def serve_all(self) -> None:
        if self.number < _RUNS:
            super().serve_all()


@broken(_KIND, "invoices-order.currency.edited-late-in-invoiced")
class ForgetsAfterAnIdleWeek(PlainSync):
    """After a week without a run, edits of the known pairs are lost."""

    def read_both(self) -> None:
        super().read_both()
        now = time.time()
        idle = now - self.memory.get("last", now)
        self.memory["last"] = now
        if idle > _WEEK:
            self.memory["stale"] = list(self.pairs["orders"])

    def update_pair(self, key: str, invoice: Record) -> None:
        if key not in self.memory.get("stale", []):
            super().update_pair(key, invoice)


@broken(_KIND, "*.every.a-day-apart")
class LosesTheHourAfterMidnight(PlainSync):
    """A record that was made in the first hour of a day gets no counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        early = _moment(record["created_at"]).hour == 0
        return not early and super().is_wanted(kind, key, record)
