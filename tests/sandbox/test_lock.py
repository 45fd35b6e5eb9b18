"""The lock of a site: of two runs at any moments, never have both the site."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dataflow.errors import TryAgainError
from dataflow.record_types.model import CUSTOMER, Kind
from dataflow.errors import VendorRefusedError, VendorUnavailableError
from dataflow.sandbox.lock import (
    DOUBT,
    LASTS,
    LOCK_ID,
    AnotherRunError,
    Lock,
    LostLockError,
    spent,
)
from dataflow.sandbox.run_mark import RunMark
from tests.sandbox.lock_site import START, Customers, LockSite, Order, in_order

A, B, C = (RunMark(START, letter * 6) for letter in "abc")
DAY = 24 * 60 * 60

HAS_IT, IS_REFUSED = "has the site", AnotherRunError


def lock_of(customers: Customers, run: RunMark, *, says_time: bool = True) -> Lock:
    """Return the lock of a run that nobody gets in the way of."""
    return Lock(LockSite(customers, says_time=says_time), run)


def meta(customers: Customers, record_id: str = LOCK_ID) -> dict[str, Any]:
    """Return what a lock says."""
    found: dict[str, Any] = customers.records[record_id]["meta_data"]
    return found


# Taken, held, given back


def test_the_lock_is_a_customer() -> None:
    """A lock names its run and until when it counts, by the clock of the site."""
    customers = Customers()
    lock_of(customers, A).take()

    assert {"dataflow_run": str(A), "until": START + LASTS} == meta(customers)


def test_another_run_is_refused_in_one_sentence() -> None:
    """A second run is told who has the site, since when and until when; what to do."""
    customers = Customers()
    lock_of(customers, A).take()
    customers.now += 600

    with pytest.raises(AnotherRunError) as error:
        lock_of(customers, B).take()
    assert (
        "The run dataflow-1767603600-aaaaaa has the Chargebee site since 2026-01-05"
        " 09:00 UTC, until 2026-01-05 10:00 UTC at the latest: wait until it is done,"
        " or, if it has crashed, delete the customer dataflow-checklist-lock there."
    ) == str(error.value)


def test_another_run_is_no_verdict() -> None:
    """Whoever finds the site taken tries again later."""
    assert issubclass(AnotherRunError, TryAgainError)


def test_a_refused_run_writes_nothing() -> None:
    """A run that finds the site taken has only read."""
    customers = Customers()
    lock_of(customers, A).take()
    site = LockSite(customers)
    with pytest.raises(AnotherRunError):
        Lock(site, B).take()

    assert ["list", "find"] == site.calls


@pytest.mark.parametrize("says_time", [True, False])
@pytest.mark.parametrize("frees_ids", [True, False])
@pytest.mark.parametrize("seconds", [LASTS + DOUBT, 9 * DAY])
def test_the_lock_of_a_crashed_run_is_taken_over(
    seconds: int, *, frees_ids: bool, says_time: bool
) -> None:
    """After its time, a lock that nobody gave back counts for nothing."""
    customers = Customers(frees_ids=frees_ids)
    lock_of(customers, A, says_time=says_time).take()
    customers.now += seconds
    lock_of(customers, B, says_time=says_time).take()

    assert str(B) == meta(customers, f"{LOCK_ID}-2")["dataflow_run"]


@pytest.mark.parametrize("says_time", [True, False])
def test_a_lock_holds_until_it_is_over_for_certain(*, says_time: bool) -> None:
    """Until a minute after its time, by any clock of the site, a lock holds."""
    customers = Customers()
    lock_of(customers, A).take()
    customers.now += LASTS + DOUBT - 1

    with pytest.raises(AnotherRunError):
        lock_of(customers, B, says_time=says_time).take()


def test_what_is_given_back_can_be_taken_at_once() -> None:
    """Run after run gets the site, whether or not ids can be used again."""
    customers = Customers()
    for run in (A, B, C):
        with lock_of(customers, run).held():
            pass

    assert [0, 0, 0] == [meta(customers, key)["until"] for key in customers.records]


def test_an_error_gives_the_lock_back() -> None:
    """A run that breaks off does not leave the site locked."""
    customers = Customers()
    with pytest.raises(ZeroDivisionError), lock_of(customers, A).held():
        raise ZeroDivisionError

    assert 0 == meta(customers)["until"]


@pytest.mark.parametrize("frees_ids", [True, False])
def test_a_lock_that_a_person_deletes_is_free(*, frees_ids: bool) -> None:
    """What the sentence advises works: the lock of a crashed run can be deleted."""
    customers = Customers(frees_ids=frees_ids)
    lock_of(customers, A).take()
    LockSite(customers).delete(CUSTOMER, LOCK_ID)
    lock_of(customers, B).take()

    assert str(B) in [
        record["meta_data"]["dataflow_run"]
        for record in customers.records.values()
        if not record["deleted"]
    ]


def test_a_lock_whose_answer_was_lost_is_ours() -> None:
    """A run whose own lock is there, by a call that seemed to fail, has it."""
    customers = Customers()
    lock_of(customers, A).take()
    lock_of(customers, A).take()

    assert [LOCK_ID] == list(customers.records)


def test_a_refusal_for_another_reason_is_told() -> None:
    """A site that takes no customer is not tried with one number after another."""

    class Refusing(LockSite):
        def create(self, kind: Kind, values: Mapping[str, object]) -> dict[str, Any]:
            raise VendorRefusedError("Chargebee", 400, f"{kind.name} {values['id']} lacks x")

    with pytest.raises(VendorRefusedError, match="lacks x"):
        Lock(Refusing(Customers()), A).take()


def test_a_site_without_a_clock_shows_it_by_a_record() -> None:
    """Where no answer says the time, a record of the run does, and is deleted again."""
    customers = Customers()
    lock_of(customers, A, says_time=False).take()

    assert [(str(A), True)] == [
        (record["meta_data"]["dataflow_run"], record["deleted"])
        for key, record in customers.records.items()
        if key != LOCK_ID
    ]


# Refreshed, lost


def test_a_lock_is_refreshed() -> None:
    """A run that goes on holds the site for longer, from the moment that it says so."""
    customers = Customers()
    lock = lock_of(customers, A)
    lock.take()
    customers.now += LASTS
    lock.refresh()

    assert START + 2 * LASTS == meta(customers)["until"]


def test_a_lock_that_is_over_is_lost() -> None:
    """Who comes too late has lost the lock, even if nobody has taken it over."""
    customers = Customers()
    lock = lock_of(customers, A)
    lock.take()
    customers.now += LASTS + 1

    with pytest.raises(LostLockError, match="Run it again"):
        lock.refresh()


def test_a_lock_that_came_too_late_is_free() -> None:
    """Who has lost the lock by coming too late does not keep others out by it."""
    customers = Customers()
    lock = lock_of(customers, A)
    lock.take()
    customers.now += LASTS + 1
    with pytest.raises(LostLockError):
        lock.refresh()
    lock_of(customers, B).take()

    assert 0 == meta(customers)["until"]


def test_a_deleted_lock_is_lost() -> None:
    """A run whose lock a person has deleted learns of it."""
    customers = Customers()
    lock = lock_of(customers, A)
    lock.take()
    LockSite(customers).delete(CUSTOMER, LOCK_ID)

    with pytest.raises(LostLockError):
        lock.refresh()


def test_a_deleted_lock_is_given_back_in_silence() -> None:
    """A lock that is gone already can still be given back."""
    customers = Customers()
    with lock_of(customers, A).held():
        LockSite(customers).delete(CUSTOMER, LOCK_ID)

    assert customers.records[LOCK_ID]["deleted"]


# Two runs at the same moment


def nothing(_customers: Customers) -> None:
    """Leave a site as it is."""


def crashed(customers: Customers) -> None:
    """Leave the lock of a run that has crashed."""
    lock_of(customers, C).take()
    customers.now += LASTS + DOUBT


def given_back(customers: Customers) -> None:
    """Leave the lock of a run that is done."""
    with lock_of(customers, C).held():
        pass


def deleted(customers: Customers) -> None:
    """Leave a lock that a person has deleted."""
    lock_of(customers, C).take()
    LockSite(customers).delete(CUSTOMER, LOCK_ID)


def taking(customers: Customers, letter: str, run: RunMark) -> Callable[[Order], str]:
    """Return what takes the lock in its turns."""

    def take(order: Order) -> str:
        Lock(LockSite(customers, order.turn(letter)), run).take()
        return HAS_IT

    return take


@pytest.mark.parametrize("frees_ids", [True, False])
@pytest.mark.parametrize("before", [nothing, crashed, given_back, deleted])
def test_of_two_runs_one_gets_the_site(
    before: Callable[[Customers], None], *, frees_ids: bool
) -> None:
    """In whatever order the calls of two runs fall, one has the site, one is refused.

    The disease: both see that a lock is over, both take it over, and both find the
    records of the other.
    """
    wrong = {}
    for letters in itertools.product("AB", repeat=9):
        customers = Customers(frees_ids=frees_ids)
        before(customers)
        both = {"A": taking(customers, "A", A), "B": taking(customers, "B", B)}
        came = in_order(letters, **both)
        if sorted(map(str, came.values())) != sorted([HAS_IT, str(IS_REFUSED)]):
            wrong["".join(letters)] = came

    assert {} == wrong


def test_a_lock_is_not_both_refreshed_and_taken_over() -> None:
    """However a refresh, a takeover and the end of a lock fall, one has the site."""
    wrong = {}
    for letters in set(itertools.permutations("AAABBBBBT")):
        customers = Customers()
        lock_site = LockSite(customers)
        held = Lock(lock_site, A)
        held.take()
        customers.now += LASTS - 1

        def refresh(order: Order, lock: Lock = held, site: LockSite = lock_site) -> str:
            site._turn = order.turn("A")
            lock.refresh()
            return HAS_IT

        def time(order: Order, site: Customers = customers) -> None:
            with order.turn("T")():
                site.now += DOUBT + 2

        came = in_order(letters, A=refresh, B=taking(customers, "B", B), T=time)
        if [came["A"], came["B"]].count(HAS_IT) > 1:
            wrong["".join(letters)] = came

    assert {} == wrong


@pytest.mark.parametrize("lags", [0, 1, 2])
def test_a_list_that_lags_misleads_nobody(lags: int) -> None:
    """A run whose list does not show the last locks finds out who has the site."""
    customers = Customers()
    for run in (A, B):
        with lock_of(customers, run).held():
            pass
    lock_of(customers, A).take()
    site = LockSite(customers)
    site.lags = lags

    with pytest.raises(AnotherRunError):
        Lock(site, C).take()


# What is left of old ones


def old_locks(customers: Customers, count: int, apart: int) -> None:
    """Leave the locks of so many runs, each begun so many seconds after the other."""
    for number in range(count):
        with lock_of(customers, RunMark(customers.now, f"{number:06x}")).held():
            pass
        customers.now += apart


def test_old_locks_are_spent() -> None:
    """A lock is needless when the one after it has been there for a day."""
    customers = Customers()
    old_locks(customers, 4, DAY)

    assert [LOCK_ID, f"{LOCK_ID}-2"] == spent(customers.records.values())


def test_young_locks_are_not_spent() -> None:
    """A lock whose next one may be missing in a list is still needed."""
    customers = Customers()
    old_locks(customers, 4, DAY // 4)

    assert [] == spent(customers.records.values())


def test_no_other_customer_is_a_spent_lock() -> None:
    """A customer whose id only begins like a lock's is none."""
    others = [f"{LOCK_ID}-0", f"{LOCK_ID}-x", f"{LOCK_ID}2", "ada"]
    records = [{"id": each, "created_at": 0} for each in others]

    assert [] == spent([*records, {"id": f"{LOCK_ID}-9", "created_at": 9 * DAY}])


def test_who_slept_through_it_all_is_not_misled() -> None:
    """A run that takes a number which was used, removed and freed gives it up.

    The disease: it slept between two calls, while runs came and went and were swept.
    """
    customers = Customers(frees_ids=True)
    sleeper = LockSite(customers)
    sleeping, woke = LockSite.create, list[Mapping[str, object]]()

    def create(kind: Kind, values: Mapping[str, object]) -> dict[str, Any]:
        if not woke:
            woke.append(values)
            old_locks(customers, 4, DAY)
            for key in spent(customers.records.values()):
                LockSite(customers).delete(CUSTOMER, key)
            lock_of(customers, B).take()
        return sleeping(sleeper, kind, values)

    sleeper.create = create  # type: ignore[method-assign]
    with pytest.raises(AnotherRunError) as error:
        Lock(sleeper, A).take()

    assert (LOCK_ID, str(B), 0) == (
        woke[0]["id"],
        str(error.value).split()[2],
        meta(customers)["until"],
    )


def test_trouble_is_passed_on() -> None:
    """A site that cannot be asked is nobody's lock."""

    class Down(LockSite):
        def listed(self, kind: Kind, **filters: object) -> dict[str, dict[str, Any]]:
            raise VendorUnavailableError("Chargebee", f"503 of {kind.name} {filters}")

    with pytest.raises(VendorUnavailableError):
        Lock(Down(Customers()), A).take()


def test_a_strange_customer_in_its_place_counts_for_nothing() -> None:
    """A customer of that id which says nothing of a run is passed over."""
    customers = Customers()
    LockSite(customers).create(CUSTOMER, {"id": LOCK_ID})
    values = {"id": f"{LOCK_ID}-2", "meta_data": json.dumps({"until": "soon"})}
    LockSite(customers).create(CUSTOMER, values)
    lock_of(customers, A).take()

    assert str(A) == meta(customers, f"{LOCK_ID}-3")["dataflow_run"]
