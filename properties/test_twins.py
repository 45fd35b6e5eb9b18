"""Through both stand-ins and back, with the sync in between."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from properties.accounts import accounts, in_process
from properties.pairs import (
    CUSTOMER,
    ITEM,
    ORDER,
    Pair,
    Sort,
    arrived,
    customer_of,
    line,
    made,
    there_and_back,
    two_versions,
)
from properties.profiles import share
from properties.rows import rich

each_sort = pytest.mark.parametrize(
    "sort", [CUSTOMER, ORDER, ITEM], ids=lambda sort: sort.left
)


@each_sort
@share(20)
@given(data=st.data())
def test_there_and_back(sort: Sort, data: st.DataObject) -> None:
    """Values come back to the system they were written in, as they were."""
    first, second = data.draw(two_versions(sort))
    with accounts(in_process(), rich()) as world:
        seen = there_and_back(made(world, sort, first), first, second)

    assert arrived(first, second) == seen


@each_sort
@share(10)
@given(data=st.data())
def test_a_lost_memory_changes_nothing(sort: Sort, data: st.DataObject) -> None:
    """What a pair holds is equal to the sync also when it has forgotten the pair."""
    first, second = data.draw(two_versions(sort))
    with accounts(in_process(), rich()) as world:
        pair = made(world, sort, first)
        pair.synced()
        pair.write_left({row[0]: case.written for row, case in second.items()})
        before = pair.synced()
        world.forget()
        after = pair.synced()

    assert before == after


@share(10)
@given(data=st.data())
def test_an_order_names_its_own_customer(data: st.DataObject) -> None:
    """An order's customer is the counterpart of the invoice's, whatever its id."""
    first, _ = data.draw(two_versions(ORDER))
    with accounts(in_process(), rich()) as world:
        left, right = made(world, ORDER, first).synced()
        customer = Pair(world, CUSTOMER, str(left["customer"])).right()

    assert customer["id"] == right["customer_id"] != str(left["customer"])


@share(30)
@given(
    whole=st.integers(1, 10**6),
    cents=st.integers(0, 99),
    code=st.sampled_from(["eur", "jpy", "kwd", "usd"]),
)
@example(whole=500, cents=0, code="jpy")
@example(whole=1, cents=50, code="kwd")
def test_an_amount_is_counted_in_chargebee(whole: int, cents: int, code: str) -> None:
    """The invoice that carries an order has the total of the one in Invoiced."""
    amount = f"{whole}" if code == "jpy" else f"{whole}.{cents:02}"
    with accounts(in_process(), rich()) as world:
        dates = {"date": 1_767_603_600, "due_date": 1_767_603_600}
        body = {"customer": customer_of(world), "items": [line(amount)], **dates}
        invoice = world.left("POST", "/invoices", {**body, "currency": code})
        _, order = Pair(world, ORDER, str(invoice["id"])).synced()
        carrier = world.read_right(f"/invoices/{order['invoice_id']}")["invoice"]

    assert (whole if code == "jpy" else whole * 100 + cents) == carrier["total"]
