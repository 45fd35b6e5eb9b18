"""The lock of a site: however the calls of two runs fall, only one gets the site."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from email.utils import formatdate
from typing import Any
from unittest import mock

import pytest

from dataflow.errors import (
    LockedError,
    TryAgainError,
    VendorRefusedError,
    VendorUnavailableError,
)
from dataflow.record_types.model import CUSTOMER, Kind
from dataflow.sandbox.lock import DOUBT, LASTS, LOCK_ID, Lock, spent
from dataflow.sandbox.run_mark import RunMark
from dataflow.twin.clock import START as TWIN_START
from tests.cases import cases
from tests.sandbox.accounts import OLD, RUN, Accounts
from tests.sandbox.lock_site import START, Customers, LockSite, Order, run_in_order

A, B, C = (RunMark(START, letter * 6) for letter in "abc")
DAY = 24 * 60 * 60

TAKEN = "taken"


def lock_of(customers: Customers, run: RunMark, *, sends_date: bool = True) -> Lock:
    """Return the lock of a run without a rival."""
    return Lock(LockSite(customers, sends_date=sends_date), run)


def meta(customers: Customers, record_id: str = LOCK_ID) -> dict[str, Any]:
    """Return the metadata of a lock."""
    found: dict[str, Any] = customers.records[record_id]["meta_data"]
    return found


# Take, hold, release


def test_the_lock_is_a_customer() -> None:
    """A lock names its run and when it expires, by the clock of the site."""
    customers = Customers()
    lock_of(customers, A).take()

    assert {"dataflow_run": str(A), "until": START + LASTS} == meta(customers)


def test_another_run_is_refused_in_one_sentence() -> None:
    """The sentence names the run that has the site, its times, and what to do."""
    customers = Customers()
    lock_of(customers, A).take()
    customers.now += 600
    with pytest.raises(LockedError) as error:
        lock_of(customers, B).take()
    sentence = (
        "The run dataflow-1767603600-aaaaaa has locked the Chargebee site since"
        " 2026-01-05 09:00 UTC, until 2026-01-05 10:00 UTC at the latest: wait"
        " until it ends, or, if it crashed, delete the customer"
        " dataflow-checklist-lock on the site."
    )

    assert (True, sentence) == (issubclass(error.type, TryAgainError), str(error.value))


def test_a_run_that_was_killed_here_holds_no_lock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run that SIGKILL ended on this machine can extend nothing: the next one starts.

    Another machine's run cannot be told from one that is alive, and expires.
    """
    customers = Customers()
    lock_of(customers, A).take()
    monkeypatch.setattr("dataflow.sandbox.lock.is_killed", str(A).__eq__)

    lock_of(customers, B).take()

    assert str(B) == meta(customers, f"{LOCK_ID}-2")["dataflow_run"]


def test_a_refused_run_writes_nothing() -> None:
    """A run that finds the site locked has only read."""
    customers = Customers()
    lock_of(customers, A).take()
    site = LockSite(customers)
    with pytest.raises(LockedError):
        Lock(site, B).take()

    assert ["list", "find"] == site.calls


@pytest.mark.parametrize("sends_date", [True, False])
@pytest.mark.parametrize("frees_ids", [True, False])
@pytest.mark.parametrize("seconds", [LASTS + DOUBT, 9 * DAY])
def test_the_lock_of_a_crashed_run_expires(
    seconds: int, *, frees_ids: bool, sends_date: bool
) -> None:
    """After its time, a lock that was not released counts for nothing."""
    customers = Customers(frees_ids=frees_ids)
    lock_of(customers, A, sends_date=sends_date).take()
    customers.now += seconds
    lock_of(customers, B, sends_date=sends_date).take()

    assert str(B) == meta(customers, f"{LOCK_ID}-2")["dataflow_run"]


@pytest.mark.parametrize("sends_date", [True, False])
def test_a_lock_lasts_until_it_has_expired_by_every_clock(*, sends_date: bool) -> None:
    """Until a minute after its time, by any clock of the site, a lock counts."""
    customers = Customers()
    lock_of(customers, A).take()
    customers.now += LASTS + DOUBT - 1
    rival = lock_of(customers, B, sends_date=sends_date)

    with pytest.raises(LockedError):
        rival.take()


def test_a_released_lock_can_be_taken_at_once() -> None:
    """Run after run gets the site."""
    customers = Customers()
    for run in (A, B, C):
        with lock_of(customers, run).held():
            pass

    assert [0, 0, 0] == [meta(customers, key)["until"] for key in customers.records]


def test_an_error_releases_the_lock() -> None:
    """A run that breaks off does not leave the site locked."""
    customers = Customers()
    with pytest.raises(ZeroDivisionError), lock_of(customers, A).held():
        raise ZeroDivisionError

    assert 0 == meta(customers)["until"]


@pytest.mark.parametrize("frees_ids", [True, False])
def test_a_deleted_lock_is_free(*, frees_ids: bool) -> None:
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


def test_a_lock_whose_answer_was_lost_is_recognised() -> None:
    """A run whose own lock exists, by a call that seemed to fail, has it."""
    customers = Customers()
    lock_of(customers, A).take()
    lock_of(customers, A).take()

    assert [LOCK_ID] == list(customers.records)


@cases(
    "method, error",
    {
        # It is not tried with one number after another.
        "refused": ("create", VendorRefusedError("Chargebee", 400, "customer lacks x")),
        "down": ("list_records", VendorUnavailableError("Chargebee", "503")),
    },
)
def test_another_error_of_the_site_is_raised(method: str, error: Exception) -> None:
    """A site that takes no customer, or does not answer, gives no lock."""
    site = LockSite(Customers())
    with (
        mock.patch.object(site, method, side_effect=error),
        pytest.raises(type(error)) as caught,
    ):
        Lock(site, A).take()

    assert error is caught.value


def test_a_site_without_a_date_shows_it_by_a_record() -> None:
    """Where no answer has the time, a record of the run does, and is deleted again."""
    customers = Customers()
    lock_of(customers, A, sends_date=False).take()

    assert [(str(A), True)] == [
        (record["meta_data"]["dataflow_run"], record["deleted"])
        for key, record in customers.records.items()
        if key != LOCK_ID
    ]


def test_a_strange_customer_in_its_place_counts_for_nothing() -> None:
    """A customer of that id that names no run is skipped."""
    customers = Customers()
    LockSite(customers).create(CUSTOMER, {"id": LOCK_ID})
    values = {"id": f"{LOCK_ID}-2", "meta_data": json.dumps({"until": "soon"})}
    LockSite(customers).create(CUSTOMER, values)
    lock_of(customers, A).take()

    assert str(A) == meta(customers, f"{LOCK_ID}-3")["dataflow_run"]


# Refresh, lose


def test_a_lock_is_refreshed() -> None:
    """A run that continues has the site for longer, from that moment."""
    customers = Customers()
    lock = lock_of(customers, A)
    lock.take()
    customers.now += LASTS
    lock.refresh()

    assert START + 2 * LASTS == meta(customers)["until"]


def test_an_expired_lock_is_lost_and_free() -> None:
    """A run that refreshes too late has lost the lock, and keeps no other run out."""
    customers = Customers()
    lock = lock_of(customers, A)
    lock.take()
    customers.now += LASTS + 1
    with pytest.raises(LockedError, match="start the run again"):
        lock.refresh()
    lock_of(customers, B).take()

    assert 0 == meta(customers)["until"]


def test_a_deleted_lock_is_lost() -> None:
    """A run whose lock a person has deleted notices it."""
    customers = Customers()
    lock = lock_of(customers, A)
    lock.take()
    LockSite(customers).delete(CUSTOMER, LOCK_ID)

    with pytest.raises(LockedError):
        lock.refresh()


def test_a_deleted_lock_can_be_released() -> None:
    """The release of a lock that does not exist any more is no error."""
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


def released(customers: Customers) -> None:
    """Leave the lock of a run that has ended."""
    with lock_of(customers, C).held():
        pass


def deleted(customers: Customers) -> None:
    """Leave a lock that a person has deleted."""
    lock_of(customers, C).take()
    LockSite(customers).delete(CUSTOMER, LOCK_ID)


def taking(customers: Customers, letter: str, run: RunMark) -> Callable[[Order], str]:
    """Return a function that takes the lock in its turns."""

    def take(order: Order) -> str:
        Lock(LockSite(customers, order.turn(letter)), run).take()
        return TAKEN

    return take


@pytest.mark.parametrize("frees_ids", [True, False])
@pytest.mark.parametrize("before", [nothing, crashed, released, deleted])
def test_one_of_two_runs_gets_the_site(
    before: Callable[[Customers], None], *, frees_ids: bool
) -> None:
    """In any order of the calls of two runs, one gets the site, one is refused."""
    wrong = {}
    for letters in itertools.product("AB", repeat=9):
        customers = Customers(frees_ids=frees_ids)
        before(customers)
        both = {"A": taking(customers, "A", A), "B": taking(customers, "B", B)}
        results = run_in_order(letters, **both)
        if sorted(map(str, results.values())) != sorted([TAKEN, str(LockedError)]):
            wrong["".join(letters)] = results

    assert {} == wrong


def test_a_lock_is_not_both_refreshed_and_taken_over() -> None:
    """However a refresh, a takeover and the end of a lock fall, one gets the site."""
    wrong = {}
    for letters in set(itertools.permutations("AAABBBBBT")):
        customers = Customers()
        lock_site = LockSite(customers)
        held = Lock(lock_site, A)
        held.take()
        customers.now += LASTS - 1

        def refresh(order: Order, lock: Lock = held, site: LockSite = lock_site) -> str:
            site.turn = order.turn("A")
            lock.refresh()
            return TAKEN

        def advance(order: Order, site: Customers = customers) -> None:
            with order.turn("T")():
                site.now += DOUBT + 2

        take = taking(customers, "B", B)
        results = run_in_order(letters, A=refresh, B=take, T=advance)
        if [results["A"], results["B"]].count(TAKEN) > 1:
            wrong["".join(letters)] = results

    assert {} == wrong


@pytest.mark.parametrize("lags", [0, 1, 2])
def test_a_list_that_lags_misleads_no_run(lags: int) -> None:
    """A run whose list omits the last locks finds the run that has the site."""
    customers = Customers()
    for run in (A, B):
        with lock_of(customers, run).held():
            pass
    lock_of(customers, A).take()
    site = LockSite(customers)
    site.lags = lags

    with pytest.raises(LockedError):
        Lock(site, C).take()


# Old locks


def add_old_locks(customers: Customers, count: int, apart: int) -> None:
    """Leave the locks of so many runs, which began so many seconds apart."""
    for number in range(count):
        with lock_of(customers, RunMark(customers.now, f"{number:06x}")).held():
            pass
        customers.now += apart


@pytest.mark.parametrize(
    ("apart", "expected"),
    [(DAY, [LOCK_ID, f"{LOCK_ID}-2"]), (DAY // 4, [])],
    ids=["a day apart", "six hours apart"],
)
def test_old_locks_are_spent(apart: int, expected: list[str]) -> None:
    """A lock is needed until the one after it must be in every list, after a day."""
    customers = Customers()
    add_old_locks(customers, 4, apart)

    assert expected == spent(customers.records.values())


def test_no_other_customer_is_a_spent_lock() -> None:
    """A customer whose id only begins like a lock's is none."""
    others = [f"{LOCK_ID}-0", f"{LOCK_ID}-x", f"{LOCK_ID}2", "ada"]
    records = [{"id": each, "created_at": 0} for each in others]

    assert [] == spent([*records, {"id": f"{LOCK_ID}-9", "created_at": 9 * DAY}])


def test_a_suspended_run_is_not_misled() -> None:
    """A run that takes a number which was used, removed and freed releases it."""
    customers = Customers(frees_ids=True)
    created = list[Mapping[str, object]]()

    class Suspended(LockSite):
        def create(self, kind: Kind, values: Mapping[str, object]) -> dict[str, Any]:
            if not created:
                created.append(values)
                add_old_locks(customers, 4, DAY)
                for key in spent(customers.records.values()):
                    LockSite(customers).delete(CUSTOMER, key)
                lock_of(customers, B).take()
            return super().create(kind, values)

    with pytest.raises(LockedError) as error:
        Lock(Suspended(customers), A).take()

    assert (LOCK_ID, str(B), 0) == (
        created[0]["id"],
        str(error.value).split()[2],
        meta(customers)["until"],
    )


# Over HTTP: a twin is the vendor


def on_twin(there: Accounts, record_id: str = LOCK_ID) -> dict[str, Any]:
    """Return the metadata of a lock of the twin."""
    found: dict[str, Any] = there.chargebee.get(CUSTOMER, record_id)["meta_data"]
    return found


@pytest.mark.parametrize(
    ("date", "now"),
    [
        (formatdate(TWIN_START + 500, usegmt=True), TWIN_START + 500),
        # The creation of a record shows the time.
        ("soon", TWIN_START),
        ("", TWIN_START),
    ],
    ids=["date", "no date", "empty"],
)
def test_the_time_is_the_site_s(there: Accounts, date: str, now: int) -> None:
    """A lock counts from the time of the site, not from this machine's."""
    there.headers["Date"] = date
    Lock(there.chargebee, RUN).take()

    assert {"dataflow_run": str(RUN), "until": now + LASTS} == on_twin(there)


def test_a_free_site_takes_one_creation(there: Accounts) -> None:
    """On a site that sends the time, a lock is one creation between two lists."""
    there.headers["Date"] = formatdate(TWIN_START, usegmt=True)
    Lock(there.chargebee, RUN).take()

    calls = ["GET", "POST", "GET"]
    assert [f"{call} /api/v2/customers" for call in calls] == there.calls


def test_a_lock_goes_from_run_to_run(there: Accounts) -> None:
    """Over HTTP too, it is refused while held, and free when released or expired."""
    first, second = Lock(there.chargebee, OLD), Lock(there.chargebee, RUN)
    first.take()
    with pytest.raises(LockedError):
        second.take()
    first.refresh()
    first.release()
    second.take()
    there.advance(LASTS + DOUBT)
    first.take()

    assert str(OLD) == on_twin(there, f"{LOCK_ID}-3")["dataflow_run"]


def test_the_number_of_a_deleted_lock_is_skipped(there: Accounts) -> None:
    """Where the id of a deleted customer stays in use, the next number is taken."""
    Lock(there.chargebee, OLD).take()
    there.chargebee.delete(CUSTOMER, LOCK_ID)
    Lock(there.chargebee, RUN).take()

    assert str(RUN) == on_twin(there, f"{LOCK_ID}-2")["dataflow_run"]
