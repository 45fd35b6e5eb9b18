"""Invoiced: lists, their filters and their order.

The account may hold the records of others, so each list is narrowed to what the test
has made.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.invoiced.account import Account, refused


@pytest.mark.unconfirmed
def test_a_list_is_sorted_by_id(account: Account) -> None:
    """A list is in the order of ids unless told otherwise."""
    made, mine = account.three()
    made[0].save(phone="123")

    assert [each["id"] for each in made] == account.listed("Customer", **mine)


@pytest.mark.documented("invoiced.list.sort")
def test_a_list_can_be_sorted(account: Account) -> None:
    """A list can be sorted by a property, downwards."""
    made, mine = account.three()
    listed = account.listed("Customer", sort="number desc", **mine)

    assert [each["id"] for each in reversed(made)] == listed


@pytest.mark.unconfirmed("invoiced.list.sort-odd")
def test_a_sort_by_the_unknown_is_dropped(account: Account) -> None:
    """A sort by an unknown property has no effect on customers."""
    made, mine = account.three()
    listed = account.listed("Customer", sort="shoe_size desc", **mine)

    assert [each["id"] for each in made] == listed


# Filters


@pytest.mark.documented("invoiced.list.filter")
@pytest.mark.parametrize("key", ["id", "number", "name"])
def test_customers_can_be_filtered(key: str, account: Account) -> None:
    """A filter keeps the customer that has exactly this value."""
    made = account.customer()

    assert [made["id"]] == account.listed("Customer", filter={key: made[key]})


@pytest.mark.documented("invoiced.list.filter")
def test_filters_are_all_fulfilled(account: Account) -> None:
    """Two filters keep what fulfils both."""
    made = account.customer(type="person")
    both = {"name": made["name"], "type": "company"}

    assert [] == account.listed("Customer", filter=both)


@pytest.mark.unconfirmed("invoiced.list.filter-unknown")
def test_an_unknown_filter_is_refused(account: Account) -> None:
    """A filter of an unknown property answers 400."""
    found = refused(lambda: account.listed("Customer", filter={"shoe_size": 1}))

    assert 400 == found[0]


@pytest.mark.documented("invoiced.list.filter")
def test_truths_are_filtered_as_numbers(account: Account) -> None:
    """A filter of a truth is a 1 or a 0."""
    made = account.invoice()
    mine = {"customer": made["customer"], "closed": 0}

    assert [made["id"]] == account.listed("Invoice", filter=mine)


@pytest.mark.unconfirmed("invoiced.list.filter-text-as-zero")
def test_the_text_true_means_false(account: Account) -> None:
    """A filter of the text True, as the client sends it, keeps what is false."""
    made = account.invoice()
    mine = {"customer": made["customer"], "closed": True}

    assert [made["id"]] == account.listed("Invoice", filter=mine)


@pytest.mark.documented("invoiced.list.filter")
def test_invoices_can_be_filtered_by_status(account: Account) -> None:
    """A filter keeps the invoices of a status."""
    customer = account.customer()["id"]
    account.invoice(customer=customer)
    draft = account.invoice(customer=customer, draft=True)
    mine = {"customer": customer, "status": "draft"}

    assert [draft["id"]] == account.listed("Invoice", filter=mine)


@pytest.mark.documented("invoiced.list.open-balance")
@pytest.mark.parametrize(("asked", "count"), [(1, 1), (0, 0)])
def test_debtors_can_be_found(asked: int, count: int, account: Account) -> None:
    """open_balance keeps the customers who owe something, or those who do not."""
    debtor = account.invoice()["customer"]
    listed = account.listed("Customer", filter={"id": debtor}, open_balance=asked)

    assert count == len(listed)


@pytest.mark.documented("invoiced.list.payment-source")
@pytest.mark.parametrize(("asked", "count"), [(1, 0), (0, 1)])
def test_customers_without_a_card_can_be_found(
    asked: int, count: int, account: Account
) -> None:
    """payment_source keeps the customers with something to pay from, or the others."""
    made = account.customer()
    listed = account.listed("Customer", filter={"id": made["id"]}, payment_source=asked)

    assert count == len(listed)


# Times


@pytest.mark.documented("invoiced.list.updated-after")
@pytest.mark.parametrize(("seconds", "count"), [(-60, 1), (60, 0)])
def test_updated_after_keeps_the_changed(
    seconds: int, count: int, account: Account
) -> None:
    """updated_after keeps what changed after a moment, and nothing older."""
    made = account.customer()
    since = made["updated_at"] + seconds
    listed = account.listed("Customer", filter={"id": made["id"]}, updated_after=since)

    assert count == len(listed)


@pytest.mark.unconfirmed("invoiced.list.updated-after-exclusive")
@pytest.mark.parametrize(("seconds", "count"), [(-1, 1), (0, 0)])
def test_updated_after_is_exclusive(seconds: int, count: int, account: Account) -> None:
    """updated_after leaves out what changed in that very second."""
    made = account.customer()
    since = made["updated_at"] + seconds
    listed = account.listed("Customer", filter={"id": made["id"]}, updated_after=since)

    assert count == len(listed)


@pytest.mark.documented("invoiced.list.updated-after")
def test_an_edit_is_seen(account: Account, later: Callable[[float], None]) -> None:
    """updated_after keeps what was made before and changed since."""
    made = account.invoice()
    since = made["updated_at"]
    later(2)
    made.save(notes="Thank you")
    mine = {"customer": made["customer"]}

    assert [made["id"]] == account.listed("Invoice", filter=mine, updated_after=since)


@pytest.mark.unconfirmed("invoiced.list.updated-before")
@pytest.mark.parametrize(("seconds", "count"), [(0, 0), (1, 1)])
def test_updated_before_is_exclusive(
    seconds: int, count: int, account: Account
) -> None:
    """updated_before, which is not documented, keeps what changed before."""
    made = account.customer()
    listed = account.listed(
        "Customer",
        filter={"id": made["id"]},
        updated_before=made["updated_at"] + seconds,
    )

    assert count == len(listed)


@pytest.mark.documented("invoiced.list.date-range")
@pytest.mark.parametrize(("first", "last", "count"), [(0, 0, 1), (1, 2, 0)])
def test_dates_are_bounded(first: int, last: int, count: int, account: Account) -> None:
    """start_date and end_date keep the invoices of these dates, both included."""
    made = account.invoice(date=1_767_603_600)
    listed = account.listed(
        "Invoice",
        filter={"customer": made["customer"]},
        start_date=made["date"] + first,
        end_date=made["date"] + last,
    )

    assert count == len(listed)


@pytest.mark.documented("invoiced.expand")
def test_the_customer_can_be_expanded(account: Account) -> None:
    """expand=customer puts the customer in its id's place."""
    made = account.invoice()
    found = account.sdk.Invoice.retrieve(made["id"], {"expand": "customer"})

    assert made["customer"] == found["customer"]["id"]


@pytest.mark.unconfirmed
def test_no_tombstone_is_listed(account: Account) -> None:
    """A deleted customer leaves nothing in the list."""
    made = account.customer()
    name = made["name"]
    made.delete()

    assert [] == account.listed("Customer", filter={"name": name})
