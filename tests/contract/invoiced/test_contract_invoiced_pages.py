"""Invoiced: the pages of a list.

The account may hold the records of others, so each list is narrowed to what the test
has made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import Account, Record, refused

#: Three records of one name, and what finds them alone.
Three: TypeAlias = tuple[list[Record], dict[str, Any]]


@pytest.fixture
def three(account: Account) -> Three:
    """Return three customers, and what finds them alone."""
    return account.three()


@pytest.mark.sdk("invoiced.list.headers")
@pytest.mark.parametrize("kind", ["Customer", "Invoice", "Item"])
def test_an_empty_list_has_its_headers(kind: str, account: Account) -> None:
    """A list of nothing has a Link and an X-Total-Count: the client needs them."""
    mine = {"name": account.new("nobody")}
    listed, pages = getattr(account.sdk, kind).list(filter=mine)

    assert ([], 0, {"self", "first", "last"}) == (
        listed,
        pages.total_count,
        pages.links.keys(),
    )


@cases(
    "asked, places",
    [
        (
            {"page": 2, "per_page": 2},
            [2],
            pytest.mark.documented("invoiced.list.pages"),
        ),
        ({"page": 0}, [0, 1, 2], pytest.mark.unconfirmed),
        ({"page": -1}, [0, 1, 2], pytest.mark.unconfirmed),
        ({"page": "x"}, [0, 1, 2], pytest.mark.unconfirmed),
        ({"page": 2}, [], pytest.mark.unconfirmed("invoiced.list.past-end")),
        ({"page": 9}, [], pytest.mark.unconfirmed("invoiced.list.past-end")),
        ({"page": 100}, [], pytest.mark.unconfirmed("invoiced.list.past-end")),
        ({"per_page": 0}, [0], pytest.mark.unconfirmed),
        ({"per_page": "x"}, [0, 1, 2], pytest.mark.unconfirmed),
        (
            {"per_page": 1000},
            [0, 1, 2],
            pytest.mark.unconfirmed("invoiced.list.per-page"),
        ),
    ],
)
def test_pages_are_clamped(
    asked: Record, places: list[int], account: Account, three: Three
) -> None:
    """Pages count from 1 and have at least one record; past the end is nothing."""
    made, mine = three

    assert [made[place]["id"] for place in places] == account.listed(
        "Customer", **asked, **mine
    )


@pytest.mark.unconfirmed("invoiced.list.per-page")
@pytest.mark.parametrize("asked", [{}, {"per_page": 101}])
def test_a_page_has_at_most_a_hundred(asked: Record, account: Account) -> None:
    """A page has 100 records, also if more are asked for."""
    name = account.new("Item")
    for _ in range(101):
        account.item(name=name)
    listed, pages = account.sdk.Item.list(filter={"name": name}, **asked)

    assert (100, 101) == (len(listed), pages.total_count)


@pytest.mark.documented
@pytest.mark.parametrize("page", [1, 7])
def test_the_total_counts_all_pages(page: int, account: Account, three: Three) -> None:
    """A page says how many records pass the filters on all pages."""
    asked = {"per_page": 2, "page": page}

    assert 3 == account.sdk.Customer.list(**asked, **three[1])[1].total_count


# Links


@pytest.mark.documented
@pytest.mark.parametrize(
    ("page", "missing"), [(1, {"previous"}), (2, {"next"}), (3, {"next"})]
)
def test_a_page_links_to_others(
    page: int, missing: set[str], account: Account, three: Three
) -> None:
    """The first page has no previous one, and the last page no next one."""
    found = account.sdk.Customer.list(page=page, per_page=2, **three[1])[1]
    every = {"self", "first", "previous", "next", "last"}

    assert missing == every - found.links.keys()


@pytest.mark.unconfirmed
def test_links_lead_from_page_to_page(account: Account, three: Three) -> None:
    """A page in the middle links to all others, at the address that was called."""
    name = three[1]["filter"]["name"]
    found = account.sdk.Customer.list(page=2, per_page=1, **three[1])[1]
    root = f"{account.sdk.api_url}/customers"
    pages = {"self": 2, "first": 1, "previous": 1, "next": 3, "last": 3}

    assert {
        link: f"{root}?page={page}&per_page=1&filter%5Bname%5D={name}"
        for link, page in pages.items()
    } == found.links


@pytest.mark.unconfirmed
@pytest.mark.parametrize("link", ["next", "last"])
def test_a_link_can_be_followed(link: str, account: Account, three: Three) -> None:
    """A link leads to the page that it names, with the same filter."""
    made, mine = three
    _, pages = account.sdk.Customer.list(per_page=2, **mine)
    address = pages.links[link].removeprefix(account.sdk.api_url)
    followed = account.sdk.request("GET", address)["body"]

    assert [made[2]["id"]] == [record["id"] for record in followed]


@pytest.mark.sdk
def test_a_link_has_no_comma_of_its_own(account: Account) -> None:
    """What is asked for is escaped in the links, so that clients can split them."""
    answer = account.raw.get("/customers?sort=name+asc,id+asc&filter[name]=a;b")

    assert (2, 3) == tuple(answer.headers["Link"].count(mark) for mark in ",;")


# In their turn


@pytest.mark.documented("invoiced.list.in-turn")
def test_pages_in_turn_hold_each_record_once(account: Account, three: Three) -> None:
    """Pages that are asked for one after the other hold each record once."""
    made, mine = three
    pages = [
        account.listed("Customer", page=page, per_page=1, **mine) for page in (1, 2, 3)
    ]

    assert [[each["id"]] for each in made] == pages


@pytest.fixture
def nobody(account: Account) -> dict[str, str]:
    """Return a filter that nothing passes."""
    return {"name": account.new("nobody")}


@pytest.mark.unconfirmed("invoiced.list.in-turn-far")
@cases("asked", [{"page": 101}, {"page": 10_001, "per_page": 1}])
def test_a_far_page_out_of_turn_is_refused(
    asked: Record, account: Account, nobody: dict[str, str]
) -> None:
    """A page 10,000 records from the start is refused without those in front of it."""
    assert (400, None) == refused(account.listed, "Customer", filter=nobody, **asked)


@pytest.mark.unconfirmed("invoiced.list.in-turn-far")
@cases(
    "pages, options",
    {
        "near": ([3], {}),
        "in-turn": ([100, 101, 101, 102], {}),
        "sorted": ([101], {"sort": "updated_at asc"}),
    },
)
def test_a_page_is_read_in_its_turn(
    pages: list[int], options: Record, account: Account, nobody: dict[str, str]
) -> None:
    """A near page, one after the other, and a sorted list are given."""
    assert [[]] * len(pages) == [
        account.listed("Customer", page=page, filter=nobody, **options)
        for page in pages
    ]


@pytest.mark.unconfirmed("invoiced.list.in-turn-far")
def test_each_list_has_its_own_turn(account: Account, nobody: dict[str, str]) -> None:
    """That one list was read that far lets nobody into another."""
    account.listed("Customer", page=100, filter=nobody)
    other = {"name": account.new("another")}

    assert (400, None) == refused(account.listed, "Customer", page=101, filter=other)


@pytest.mark.unconfirmed("invoiced.list.sorted-shifts")
def test_an_edit_between_two_pages_shifts_them(
    account: Account, later: Callable[[float], None], three: Three
) -> None:
    """A record that moves to the end of a sorted list hides the one after it."""
    made, mine = three
    options = {"sort": "updated_at asc", "per_page": 1, **mine}
    first = account.listed("Customer", page=1, **options)
    later(2)
    made[0].save(notes="moved")
    second = account.listed("Customer", page=2, **options)

    assert ([made[0]["id"]], [made[2]["id"]]) == (first, second)


# Counts


@pytest.mark.unconfirmed("invoiced.list.count-cached")
@pytest.mark.parametrize(
    ("pages", "counts"), [([1, 2], [3, 3]), ([1, 1, 2], [3, 4, 4])]
)
def test_a_later_page_counts_as_the_first_did(
    pages: list[int], counts: list[int], account: Account, three: Three
) -> None:
    """What is made after the first page was read is not counted until it is again."""
    made, mine = three
    found = []
    for page in pages:
        asked = {"page": page, "per_page": 2, **mine}
        found.append(account.sdk.Customer.list(**asked)[1].total_count)
        if len(found) == 1:
            account.customer(name=made[0]["name"])

    assert counts == found
