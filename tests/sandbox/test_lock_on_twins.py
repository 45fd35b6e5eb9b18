"""The lock of a site over HTTP: a twin is the vendor."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import formatdate

import pytest

from dataflow.record_types.model import CUSTOMER
from dataflow.sandbox.lock import DOUBT, LASTS, LOCK_ID, AnotherRunError, Lock
from dataflow.twin.clock import START
from tests.sandbox.leftover_accounts import OLD, RUN, Accounts, accounts


@pytest.fixture
def there() -> Iterator[Accounts]:
    """Serve both twins."""
    with accounts() as twins:
        yield twins


def test_the_time_of_an_answer_is_the_site_s(there: Accounts) -> None:
    """A lock counts from what the site says the time is, whatever it is here."""
    there.headers["Date"] = formatdate(START + 500, usegmt=True)
    Lock(there.chargebee, RUN).take()

    assert {"dataflow_run": str(RUN), "until": START + 500 + LASTS} == (
        there.chargebee.get(CUSTOMER, LOCK_ID)["meta_data"]
    )


def test_taking_a_free_site_takes_one_creation(there: Accounts) -> None:
    """On a site that says the time, it is one creation between two looks."""
    there.headers["Date"] = formatdate(START, usegmt=True)
    Lock(there.chargebee, RUN).take()

    calls = ["GET", "POST", "GET"]
    assert [f"{call} /api/v2/customers" for call in calls] == there.asked


@pytest.mark.parametrize("date", ["soon", ""])
def test_a_site_that_says_no_time_shows_it(there: Accounts, date: str) -> None:
    """Where no answer says the time, the creation of a record does."""
    there.headers["Date"] = date
    Lock(there.chargebee, RUN).take()

    assert (
        START + LASTS == (there.chargebee.get(CUSTOMER, LOCK_ID)["meta_data"]["until"])
    )


def test_a_lock_goes_from_run_to_run(there: Accounts) -> None:
    """It is refused while held, and free when it is given back or over."""
    first, second = Lock(there.chargebee, OLD), Lock(there.chargebee, RUN)
    first.take()
    with pytest.raises(AnotherRunError):
        second.take()
    first.refresh()
    first.give_back()
    second.take()
    there.clock.advance(LASTS + DOUBT)
    first.take()
    held = there.chargebee.get(CUSTOMER, f"{LOCK_ID}-3")["meta_data"]

    assert str(OLD) == held["dataflow_run"]


def test_a_deleted_lock_makes_way(there: Accounts) -> None:
    """Where the id of a deleted customer stays taken, the next number is taken."""
    Lock(there.chargebee, OLD).take()
    there.chargebee.delete(CUSTOMER, LOCK_ID)
    Lock(there.chargebee, RUN).take()
    held = there.chargebee.get(CUSTOMER, f"{LOCK_ID}-2")["meta_data"]

    assert str(RUN) == held["dataflow_run"]
