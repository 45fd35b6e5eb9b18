"""The lock of a Chargebee site: two runs at once would find each other's records.

It is a chain of customers with numbered ids, `dataflow-checklist-lock`,
`dataflow-checklist-lock-2` and so on. Only the last one counts, and a number is taken
by creating it. Why that is right:

* To create an id that is there is refused (sdk), so of any number of runs one gets the
  next number. No record is ever changed but by the run that made it: Chargebee's
  updates compare nothing, and the later of two would win unseen.
* A run takes the next number only where the last one is given back, deleted, or over
  by the site's clock. Its holder may extend it until then, and learns from the time of
  that very write (`updated_at`) if it came too late: so a lock is not both extended and
  taken over. `DOUBT` covers clocks of the site that differ among themselves.
* Whether the id of a deleted customer can be used again is unconfirmed, and deletion
  takes minutes (documented). So a lock is given back by an update, `until` 0, and its
  record is removed later: by `spent`, when the next number has been there for a day.
  The next number is therefore in every list then, which lags by minutes (documented).
  A run that was asleep, and creates a number that had been used and was freed, sees a
  higher one in the list that it reads after that, and gives its own up.

The time is the site's: what it says with an answer, or when a record was created.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, TypeAlias

from dataflow.errors import TryAgainError
from dataflow.harness.scenario.scope import KEY
from dataflow.harness.vendors.chargebee_site import ChargebeeSite
from dataflow.harness.vendors.kinds import CUSTOMER
from dataflow.harness.vendors.refusal import RefusedError
from dataflow.sandbox.run_mark import RunMark

Record: TypeAlias = Mapping[str, Any]

LOCK_ID = "dataflow-checklist-lock"

#: Seconds until the lock of a run that has crashed counts for nothing.
LASTS = 60 * 60
#: Seconds by which two clocks of one site may differ.
DOUBT = 60
#: Seconds after which what was written is in every list, and more.
_LISTED = 24 * 60 * 60

_NUMBERED = re.compile(rf"{LOCK_ID}(?:-([1-9][0-9]{{0,8}}))?")


class AnotherRunError(TryAgainError):
    """Another run has the site now."""


class LostLockError(TryAgainError):
    """The lock was held for too long, or somebody has removed it."""


class Lock:
    """The lock of one site, for one run; `lasts` is in seconds.

    All of it may raise `TroubleError`.
    """

    def __init__(self, site: ChargebeeSite, run: RunMark, lasts: int = LASTS) -> None:
        self._site = site
        self._run = run
        self._lasts = lasts
        self._id: str | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Take the lock, and give it back at the end."""
        self.take()
        try:
            yield
        finally:
            self.give_back()

    def take(self) -> None:
        """Take the lock, or raise `AnotherRunError`, having taken nothing."""
        number = self._last_number()
        while self._id is None:
            lock = self._site.find(CUSTOMER, _id(number)) if number else None
            if lock is not None and self._bears_our_mark(lock):
                self._id = lock["id"]  # by a call whose answer was lost
            else:
                self._refuse_held(lock)
                number = self._taken(number + 1)

    def refresh(self) -> None:
        """Hold the lock for its whole length from now, or raise `LostLockError`."""
        lock = self._site.find(CUSTOMER, self._id or LOCK_ID)
        if lock is None or not self._bears_our_mark(lock):
            raise _lost(self._run)
        until = self._now() + self._lasts
        written = self._site.edit(CUSTOMER, lock["id"], self._values(until))
        if written["updated_at"] > _until(lock):
            self._end(lock["id"])
            raise _lost(self._run)

    def give_back(self) -> None:
        """Let the next run have the site at once; do nothing without the lock."""
        if self._id is not None:
            self._end(self._id)
            self._id = None

    def _taken(self, number: int) -> int:
        """Try to take a number, and return the last one that is there now."""
        values = self._values(self._now() + self._lasts)
        try:
            self._site.create(CUSTOMER, {"id": _id(number), **values})
        except RefusedError:
            if self._site.find(CUSTOMER, _id(number)) is None:
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
        found = self._site.listed(
            CUSTOMER, id={"starts_with": LOCK_ID}, include_deleted=True
        )
        return max((number_of(each) or 0 for each in found), default=0)

    def _refuse_held(self, lock: Record | None) -> None:
        if lock is None or not _is_in_force(lock):
            return
        if self._now() < _until(lock) + DOUBT:
            raise AnotherRunError(
                f"The run {_meta(lock).get(KEY)} has the Chargebee site since"
                f" {_shown(lock['created_at'])}, until {_shown(_until(lock))} at the"
                " latest: wait until it is done, or, if it has crashed, delete the"
                f" customer {lock['id']} there."
            )

    def _bears_our_mark(self, lock: Record) -> bool:
        return _is_in_force(lock) and _meta(lock).get(KEY) == str(self._run)

    def _end(self, lock_id: str) -> None:
        with suppress(RefusedError):  # somebody has deleted it
            self._site.edit(CUSTOMER, lock_id, self._values(0))

    def _values(self, until: int) -> dict[str, object]:
        # The SDK makes no JSON of a dictionary (sdk).
        return {"meta_data": json.dumps({KEY: str(self._run), "until": until})}

    def _now(self) -> int:
        """Return what time it is on the site: a new record tells if no answer does."""
        if self._site.time is not None:
            return self._site.time
        meta_data = json.dumps({KEY: str(self._run)})
        made = self._site.create(CUSTOMER, {"meta_data": meta_data})
        self._site.delete(CUSTOMER, made["id"])
        now: int = made["created_at"]
        return now


def number_of(customer_id: str) -> int | None:
    """Return which lock of its site a customer is, None for another customer."""
    found = _NUMBERED.fullmatch(customer_id)
    return None if found is None else int(found[1] or 1)


def spent(customers: Iterable[Record]) -> list[str]:
    """Return the ids of the locks among customers that nobody needs any more.

    Those are the ones whose next one has been there for a day, as far as is known.
    """
    locks = {number_of(each["id"]): each["created_at"] for each in customers}
    made = sorted((n, at) for n, at in locks.items() if n is not None)
    known = max((at for _, at in made), default=0) - _LISTED
    return [_id(n) for (n, _), (_, next_at) in pairwise(made) if next_at <= known]


def _id(number: int) -> str:
    return LOCK_ID if number == 1 else f"{LOCK_ID}-{number}"


def _meta(lock: Record) -> Mapping[str, Any]:
    meta = lock.get("meta_data")
    return meta if isinstance(meta, Mapping) else {}


def _until(lock: Record) -> int:
    until = _meta(lock).get("until")
    return until if isinstance(until, int) else 0


def _is_in_force(lock: Record) -> bool:
    """Tell whether a lock counts, unless its time is over."""
    return not lock.get("deleted") and _until(lock) > 0


def _shown(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _lost(run: RunMark) -> LostLockError:
    return LostLockError(
        f"The run {run} has the Chargebee site no more: it was silent for too long, or"
        " somebody has deleted its lock. Run it again."
    )
