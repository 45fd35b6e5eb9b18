"""The lock of a Chargebee site: two runs at once would find each other's records.

The lock is a chain of customers with numbered ids, `dataflow-checklist-lock`,
`dataflow-checklist-lock-2` and so on. Only the last one counts, and a run takes a
number by creating the customer. Why this is correct:

* The site refuses to create an id that exists (sdk), so of any number of runs one gets
  the next number. Each record is changed only by the run that created it: Chargebee's
  updates compare nothing, and the later of two would win without an error.
* A run takes the next number only if the last one is released, deleted, of a run that
  was killed on this machine, or expired by the site's clock. Until then its holder may
  extend it, and the time of that very write (`updated_at`) shows if it came too late:
  so a lock is not both extended and taken over. `DOUBT` covers clocks of the site that
  differ among themselves.
* Whether the id of a deleted customer can be used again is unconfirmed, and deletion
  takes minutes (documented). So a lock is released by an update, `until` 0, and its
  record is removed later: by `spent`, when the next number has existed for a day. By
  then the next number is in every list; lists lag by minutes (documented). A run that
  was suspended, and creates a number that was used and freed, finds a higher one in
  the list that it reads after that, and releases its own.

The time is the site's: the date of an answer, or the time of a record's creation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, TypeAlias

from dataflow.errors import LockedError, VendorRefusedError
from dataflow.killed_runs import is_killed, record_lock
from dataflow.record_types.model import CUSTOMER
from dataflow.sandbox.run_mark import KEY, RunMark
from dataflow.vendors.chargebee import ChargebeeSite

Record: TypeAlias = Mapping[str, Any]

LOCK_ID = "dataflow-checklist-lock"

#: Seconds until the lock of a crashed run expires.
LASTS = 60 * 60
#: Seconds by which two clocks of one site may differ.
DOUBT = 60
#: More than the seconds after which a write is in every list.
_LISTED = 24 * 60 * 60

_NUMBERED = re.compile(rf"{LOCK_ID}(?:-([1-9][0-9]{{0,8}}))?")


@dataclass
class Lock:
    """A site's lock for `lasts` seconds; methods may raise `VendorUnavailableError`."""

    site: ChargebeeSite
    run: RunMark
    lasts: int = LASTS
    _id: str | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock until the end of the block."""
        with record_lock(str(self.run)):
            self.take()
            try:
                yield
            finally:
                self.release()

    def take(self) -> None:
        """Take the lock, or raise `LockedError` while another run holds it."""
        number = self._last_number()
        while self._id is None:
            lock = self.site.find(CUSTOMER, _id(number)) if number else None
            if lock is not None and self._is_ours(lock):
                self._id = lock["id"]  # by a call whose answer was lost
            else:
                self._refuse_held(lock)
                number = self._try_number(number + 1)

    def refresh(self) -> None:
        """Extend the lock to its whole length from now, or raise `LockedError`."""
        lock = self.site.find(CUSTOMER, self._id or LOCK_ID)
        if lock is None or not self._is_ours(lock):
            raise _lost(self.run)
        until = self._now() + self.lasts
        written = self.site.edit(CUSTOMER, lock["id"], self._values(until))
        if written["updated_at"] > _until(lock):
            self._end(lock["id"])
            raise _lost(self.run)

    def release(self) -> None:
        """Let the next run take the site at once; do nothing without the lock."""
        if self._id is not None:
            self._end(self._id)
            self._id = None

    def _try_number(self, number: int) -> int:
        """Try to take a number, and return the last one that exists now."""
        values = self._values(self._now() + self.lasts)
        try:
            self.site.create(CUSTOMER, {"id": _id(number), **values})
        except VendorRefusedError:
            if self.site.find(CUSTOMER, _id(number)) is None:
                raise  # the id was not the reason
            return number
        last = self._last_number()
        if last <= number:
            self._id = _id(number)
        else:
            self._end(_id(number))
        return max(last, number)

    def _last_number(self) -> int:
        """Return the highest number in the site's list, which may lag; 0 for none."""
        found = self.site.list_records(
            CUSTOMER, id={"starts_with": LOCK_ID}, include_deleted=True
        )
        return max((_number_of(each) or 0 for each in found), default=0)

    def _refuse_held(self, lock: Record | None) -> None:
        if lock is None or not _is_in_force(lock):
            return
        if is_killed(str(_meta(lock).get(KEY))):
            return  # nothing can extend it any more
        if self._now() < _until(lock) + DOUBT:
            raise LockedError(
                f"The run {_meta(lock).get(KEY)} has locked the Chargebee site since"
                f" {_shown(lock['created_at'])}, until {_shown(_until(lock))} at the"
                " latest: wait until it ends, or, if it crashed, delete the"
                f" customer {lock['id']} on the site."
            )

    def _is_ours(self, lock: Record) -> bool:
        return _is_in_force(lock) and _meta(lock).get(KEY) == str(self.run)

    def _end(self, lock_id: str) -> None:
        with suppress(VendorRefusedError):  # a person has deleted it
            self.site.edit(CUSTOMER, lock_id, self._values(0))

    def _values(self, until: int) -> dict[str, object]:
        # The SDK makes no JSON of a dictionary (sdk).
        return {"meta_data": json.dumps({KEY: str(self.run), "until": until})}

    def _now(self) -> int:
        """Return the site's time: by its last answer, or by a new record."""
        if self.site.time is not None:
            return self.site.time
        meta_data = json.dumps({KEY: str(self.run)})
        created = self.site.create(CUSTOMER, {"meta_data": meta_data})
        self.site.delete(CUSTOMER, created["id"])
        now: int = created["created_at"]
        return now


def is_lock(customer_id: str) -> bool:
    """Return whether a customer is a lock of its site."""
    return _number_of(customer_id) is not None


def spent(customers: Iterable[Record]) -> list[str]:
    """Return the ids of unneeded locks: the next of each has existed for a day."""
    locks = {_number_of(each["id"]): each["created_at"] for each in customers}
    numbered = sorted((n, at) for n, at in locks.items() if n is not None)
    known = max((at for _, at in numbered), default=0) - _LISTED
    return [_id(n) for (n, _), (_, next_at) in pairwise(numbered) if next_at <= known]


def _number_of(customer_id: str) -> int | None:
    found = _NUMBERED.fullmatch(customer_id)
    return None if found is None else int(found[1] or 1)


def _id(number: int) -> str:
    return LOCK_ID if number == 1 else f"{LOCK_ID}-{number}"


def _meta(lock: Record) -> Mapping[str, Any]:
    meta = lock.get("meta_data")
    return meta if isinstance(meta, Mapping) else {}


def _until(lock: Record) -> int:
    until = _meta(lock).get("until")
    return until if isinstance(until, int) else 0


def _is_in_force(lock: Record) -> bool:
    """Return whether a lock counts, unless it has expired."""
    return not lock.get("deleted") and _until(lock) > 0


def _shown(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _lost(run: RunMark) -> LockedError:
    return LockedError(
        f"The run {run} has lost its lock of the Chargebee site, which expired or was"
        " deleted: start the run again."
    )
