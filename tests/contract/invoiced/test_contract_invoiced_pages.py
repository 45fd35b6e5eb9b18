"""Invoiced: the pages of a list.

The account may hold the records of others, so each list is narrowed to what the test
has made.
"""

from __future__ import annotations

import pytest

from tests.contract.invoiced.account import Account, refused


@pytest.mark.sdk("invoiced.list.headers")
def test_an_empty_list_has_its_headers(account: Account) -> None:
    """A list of nothing has a Link and an X-Total-Count: the client needs them."""
    _, found = account.sdk.Customer.list(filter={"name": account.new("nobody")})

    assert (0, True) == (found.total_count, "self" in found.links)


@pytest.mark.documented("invoiced.list.pages")
def test_pages_are_counted_from_one(account: Account) -> None:
    """The second page of two has the third record."""
    made, mine = account.three()
    listed = account.listed("Customer", page=2, per_page=2, **mine)

    assert [made[2]["id"]] == listed


@pytest.mark.documented
def test_the_total_counts_all_pages(account: Account) -> None:
    """A page says how many records there are on all pages."""
    _, mine = account.three()

    assert 3 == account.sdk.Customer.list(per_page=2, **mine)[1].total_count


@pytest.mark.documented
@pytest.mark.parametrize(
    ("page", "relations"),
    [
        (1, {"self", "first", "next", "last"}),
        (2, {"self", "first", "previous", "last"}),
    ],
)
def test_a_page_links_to_others(
    page: int, relations: set[str], account: Account
) -> None:
    """The first page has no previous one, and the last page no next one."""
    _, mine = account.three()
    found = account.sdk.Customer.list(page=page, per_page=2, **mine)[1]

    assert relations == found.links.keys()


@pytest.mark.unconfirmed("invoiced.list.past-end")
def test_a_page_past_the_end_is_empty(account: Account) -> None:
    """A page past the end is an empty list."""
    _, mine = account.three()

    assert [] == account.listed("Customer", page=9, **mine)


@pytest.mark.unconfirmed("invoiced.list.per-page")
def test_a_page_is_at_most_100(account: Account) -> None:
    """A list that is asked for 1000 records a page is no error."""
    made, mine = account.three()

    assert len(made) == len(account.listed("Customer", per_page=1000, **mine))


# In their turn


@pytest.mark.documented("invoiced.list.in-turn")
def test_pages_in_turn_hold_each_record_once(account: Account) -> None:
    """Pages that are asked for one after the other hold each record once."""
    made, mine = account.three()
    pages = [
        account.listed("Customer", page=page, per_page=1, **mine) for page in (1, 2, 3)
    ]

    assert [[each["id"]] for each in made] == pages


@pytest.mark.unconfirmed("invoiced.list.in-turn-far")
def test_a_near_page_can_be_out_of_turn(account: Account) -> None:
    """A page near the start is given without those in front of it."""
    made, mine = account.three()

    assert [made[2]["id"]] == account.listed("Customer", page=3, per_page=1, **mine)


@pytest.mark.unconfirmed("invoiced.list.in-turn-far")
def test_a_far_page_out_of_turn_is_refused(account: Account) -> None:
    """A page 10,000 records from the start is refused without those in front of it."""
    mine = {"name": account.new("nobody")}

    assert 400 == refused(lambda: account.listed("Customer", page=101, filter=mine))[0]


@pytest.mark.unconfirmed("invoiced.list.count-cached")
def test_a_later_page_counts_as_the_first_did(account: Account) -> None:
    """What is made after the first page was read is not counted on the second."""
    made, mine = account.three()
    account.listed("Customer", per_page=2, **mine)
    account.customer(name=made[0]["name"])

    found = account.sdk.Customer.list(page=2, per_page=2, **mine)[1]
    assert 3 == found.total_count
