"""Broken syncs that the checklist cannot detect; see docs/proof.md."""

from __future__ import annotations

from broken.api import Record
from broken.common import CountingSync, RememberingSync, write_note
from broken.entries import broken
from broken.plain import PlainSync

_MANY = 1000
_LONG = 100


@broken(
    "copies wrongly",
    hole="the document lists no such property, so a sync may keep there what it likes",
)
class GarblesWhatIsNotListed(RememberingSync):
    """A new counterpart has nonsense where nothing listed stands."""

    def run(self) -> None:
        super().run()
        for kind, key in self.list_pairs():
            if self.is_first_time(kind, key):
                write_note(self, kind, key, "xyzzy")


@broken("misses records", hole=f"no check makes as many as {_MANY} records")
class StopsAtAThousand(PlainSync):
    """From the thousandth of its kind on, no record gets a counterpart."""

    def is_wanted(self, kind: str, key: str, record: Record) -> bool:
        early = list(self.here[kind]).index(key) < _MANY
        return early and super().is_wanted(kind, key, record)


@broken("works only for a while", hole=f"no check lets a sync run {_LONG} times")
class TiresInTheLongRun(CountingSync):
    """After a hundred runs nothing more is done."""

    def serve_all(self) -> None:
        if self.number < _LONG:
            super().serve_all()
