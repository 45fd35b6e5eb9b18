"""Lists of the Invoiced twin: how long a count is kept, and what a list costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dataflow.twin.clock import START, ManualClock
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.invoiced.customers import CUSTOMER
from dataflow.twin.invoiced.invoices import INVOICE
from dataflow.twin.invoiced.items import ITEM
from dataflow.twin.invoiced.payments import PAYMENT
from tests.cases import cases
from tests.contract.invoiced.account import Account, Record

# Counts


@pytest.fixture
def count(account: Account) -> Callable[..., int]:
    """Return what says how many of three customers a page counts."""
    for _ in range(3):
        account.customer()

    def counted(**asked: object) -> int:
        total: int = account.sdk.Customer.list(per_page=2, **asked)[1].total_count
        return total

    return counted


@pytest.mark.parametrize(("seconds", "expected"), [(299, 3), (300, 4)])
def test_a_count_is_kept_for_five_minutes(
    account: Account,
    clock: ManualClock,
    count: Callable[..., int],
    seconds: int,
    expected: int,
) -> None:
    """A later page counts anew when the first count is five minutes old."""
    count()
    account.customer()
    clock.advance(seconds)

    assert expected == count(page=2)


def test_a_right_count_is_nobodys_memory(
    twin: InvoicedTwin, count: Callable[..., int]
) -> None:
    """A count that would be the same anew rests on no assumption."""
    assert [3, 3] == [count(page=page) for page in (1, 2)]
    assert b.LIST_COUNT_CACHED not in twin.evidence.unconfirmed()


def test_another_list_has_another_count(
    account: Account, count: Callable[..., int]
) -> None:
    """What is asked for otherwise is counted for itself."""
    name = account.customer()["name"]
    count()

    assert 1 == count(page=2, filter={"name": name})


def test_an_old_count_ends_the_links(
    account: Account, count: Callable[..., int]
) -> None:
    """Links follow the count: they lead past nothing that was made since."""
    count()
    for _ in "DE":
        account.customer()
    found, pages = account.sdk.Customer.list(per_page=2, page=2)

    assert (2, False) == (len(found), "next" in pages.links)


# Lists


def test_every_filter_of_every_kind_can_be_asked(account: Account) -> None:
    """No field that can be filtered and sorted by is missing on a record."""
    account.invoice()
    account.item()
    account.sdk.Payment.create(amount=5, currency="usd")
    asked = [
        (resource.noun, {f"filter[{field}]": "1", "sort": f"{field} asc"})
        for resource in (CUSTOMER, INVOICE, ITEM, PAYMENT)
        for field in resource.spec.fields.filters
    ]
    answers = [
        account.raw.get(f"/{noun.lower()}s", params=query) for noun, query in asked
    ]

    assert {200} == {answer.status_code for answer in answers}


class Noting(dict[int, Any]):
    """Events that note which of them somebody looks at."""

    def __init__(self, known: dict[int, Any], looked: list[int]) -> None:
        super().__init__(known)
        self.looked = looked

    def __getitem__(self, key: int) -> Any:  # noqa: ANN401 - it holds anything
        """Return an event, and note it."""
        self.looked.append(key)
        return super().__getitem__(key)


#: One event that is shown, and the way of a search through some thirty.
MOST_LOOKS = 1 + 5


@cases("query", [{}, {"start_date": START}, {"related_to": "customer,1000001"}])
def test_a_page_of_events_costs_a_page(
    account: Account, twin: InvoicedTwin, query: Record
) -> None:
    """A list of events looks at those that it shows, however many there are."""
    customer = account.customer()
    for number in range(30):
        customer.save(notes=str(number))
    looked: list[int] = []
    log = twin._account.log
    log.events = Noting(log.events, looked)
    account.sdk.Event.list(per_page=1, **query)

    assert len(set(looked)) <= MOST_LOOKS
