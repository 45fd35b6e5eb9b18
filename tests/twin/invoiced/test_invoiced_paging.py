"""Pages of the Invoiced twin's lists: their links, their counts, and their turn."""

from __future__ import annotations

import invoiced
import pytest

from dataflow.twin.clock import ManualClock
from dataflow.twin.http_server import TwinServer
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.invoiced import behaviours as b
from tests.twin.invoiced.calling import Raw, names, refused, rests_on


@pytest.mark.parametrize("kind", ["Customer", "Invoice", "Item"])
def test_an_empty_list_has_its_headers(
    invoiced_client: invoiced.Client, kind: str
) -> None:
    """The vendor's client can read a list of nothing."""
    listed, pages = getattr(invoiced_client, kind).list()

    assert ([], 0, {"self", "first", "last"}) == (
        listed,
        pages.total_count,
        set(pages.links),
    )


@pytest.mark.usefixtures("abc")
def test_links_lead_from_page_to_page(
    invoiced_client: invoiced.Client, invoiced_server: TwinServer
) -> None:
    """A page in the middle links to all others, at the address that was called."""
    _, pages = invoiced_client.Customer.list(
        page=2, per_page=1, filter={"notes": "same"}
    )

    root = f"{invoiced_server.url}/customers"
    rest = "per_page=1&filter%5Bnotes%5D=same"
    expected = {
        "self": f"{root}?page=2&{rest}",
        "first": f"{root}?page=1&{rest}",
        "previous": f"{root}?page=1&{rest}",
        "next": f"{root}?page=3&{rest}",
        "last": f"{root}?page=3&{rest}",
    }
    assert expected == pages.links


@pytest.mark.usefixtures("abc")
@pytest.mark.parametrize(
    ("page", "missing"), [(1, {"previous"}), (2, {"next"}), (3, {"next"})]
)
def test_the_ends_have_fewer_links(
    invoiced_client: invoiced.Client, page: int, missing: set[str]
) -> None:
    """The first page has no previous one, and the last no next one."""
    _, pages = invoiced_client.Customer.list(page=page, per_page=2)

    every = {"self", "first", "previous", "next", "last"}
    assert missing == every - set(pages.links)


@pytest.mark.usefixtures("abc")
@pytest.mark.parametrize("link", ["next", "last"])
def test_a_link_can_be_followed(
    invoiced_client: invoiced.Client, invoiced_server: TwinServer, link: str
) -> None:
    """A link leads to the page that it names, with the same filter."""
    _, pages = invoiced_client.Customer.list(per_page=2, filter={"notes": "same"})

    address = pages.links[link].removeprefix(invoiced_server.url)
    followed = invoiced_client.request("GET", address)
    assert ["C"] == [record["name"] for record in followed["body"]]


@pytest.mark.usefixtures("abc")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"page": 0}, ["A", "B", "C"]),
        ({"page": -1}, ["A", "B", "C"]),
        ({"page": "x"}, ["A", "B", "C"]),
        ({"page": 2}, []),
        ({"page": 100}, []),
        ({"per_page": 0}, ["A"]),
        ({"per_page": 2, "page": 2}, ["C"]),
        ({"per_page": "x"}, ["A", "B", "C"]),
    ],
)
def test_pages_are_clamped(
    invoiced_client: invoiced.Client, asked: dict[str, object], expected: list[str]
) -> None:
    """Pages count from 1 and have at least one record; past the end is nothing."""
    assert expected == names(invoiced_client.Customer.list(**asked))


@pytest.mark.parametrize("asked", [{}, {"per_page": 101}])
def test_a_page_has_at_most_a_hundred(
    invoiced_client: invoiced.Client, asked: dict[str, object]
) -> None:
    """A page has 100 records, also if more are asked for."""
    for number in range(101):
        invoiced_client.Item.create(id=f"i{number:03}", name="Item")

    listed, pages = invoiced_client.Item.list(**asked)
    assert (100, 101) == (len(listed), pages.total_count)


@pytest.mark.usefixtures("abc")
def test_the_count_is_of_what_is_filtered(invoiced_client: invoiced.Client) -> None:
    """X-Total-Count counts what passes the filters, not the page or the account."""
    _, pages = invoiced_client.Customer.list(filter={"name": "B"}, page=7)

    assert 1 == pages.total_count


def test_a_link_is_on_one_line_and_has_no_comma_of_its_own(
    invoiced_raw: Raw,
) -> None:
    """What is asked for is escaped in the links, so that clients can split them."""
    answer = invoiced_raw("GET", "/customers?sort=name+asc,id+asc&filter[name]=a;b")

    assert 2 == answer.headers["Link"].count(",")
    assert 3 == answer.headers["Link"].count(";")


# Counts


def count(client: invoiced.Client, **asked: object) -> int:
    """Return how many customers a page says there are."""
    total: int = client.Customer.list(per_page=2, **asked)[1].total_count
    return total


@pytest.mark.usefixtures("abc")
def test_a_later_page_counts_as_the_first_did(
    invoiced_client: invoiced.Client, invoiced_twin: InvoicedTwin
) -> None:
    """What is made between two pages is not counted on the second, an assumption."""
    count(invoiced_client)
    invoiced_client.Customer.create(name="D")

    assert 3 == count(invoiced_client, page=2)
    assert rests_on(invoiced_twin, b.LIST_COUNT_CACHED)


@pytest.mark.usefixtures("abc")
def test_a_right_count_is_nobodys_memory(
    invoiced_client: invoiced.Client, invoiced_twin: InvoicedTwin
) -> None:
    """A count that would be the same anew rests on no assumption."""
    counts = [count(invoiced_client, page=page) for page in (1, 2)]

    assert [3, 3] == counts
    assert not rests_on(invoiced_twin, b.LIST_COUNT_CACHED)


@pytest.mark.usefixtures("abc")
@pytest.mark.parametrize(("seconds", "expected"), [(299, 3), (300, 4)])
def test_a_count_is_kept_for_five_minutes(
    invoiced_client: invoiced.Client,
    invoiced_clock: ManualClock,
    seconds: int,
    expected: int,
) -> None:
    """A later page counts anew when the first count is five minutes old."""
    count(invoiced_client)
    invoiced_client.Customer.create(name="D")
    invoiced_clock.advance(seconds)

    assert expected == count(invoiced_client, page=2)


@pytest.mark.usefixtures("abc")
def test_a_first_page_counts_anew(invoiced_client: invoiced.Client) -> None:
    """The first page counts what there is now, and later ones follow it."""
    count(invoiced_client)
    invoiced_client.Customer.create(name="D")

    assert [4, 4] == [count(invoiced_client, page=page) for page in (1, 2)]


@pytest.mark.usefixtures("abc")
def test_another_list_has_another_count(invoiced_client: invoiced.Client) -> None:
    """What is asked for otherwise is counted for itself."""
    count(invoiced_client)

    assert 1 == count(invoiced_client, page=2, filter={"name": "A"})


@pytest.mark.usefixtures("abc")
def test_an_old_count_ends_the_links(invoiced_client: invoiced.Client) -> None:
    """Links follow the count: they lead past nothing that was made since."""
    count(invoiced_client)
    for name in "DE":
        invoiced_client.Customer.create(name=name)
    found, pages = invoiced_client.Customer.list(per_page=2, page=2)

    assert (["C", "D"], False) == (names((found, pages)), "next" in pages.links)


# Turns


@pytest.mark.parametrize("asked", [{"page": 101}, {"page": 10_001, "per_page": 1}])
def test_a_far_page_out_of_turn_is_refused(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    asked: dict[str, int],
) -> None:
    """10,000 records from the start, no page is read before the one in front of it."""
    assert (400, None) == refused(lambda: invoiced_client.Customer.list(**asked))
    assert rests_on(invoiced_twin, b.LIST_IN_TURN_FAR)


def test_a_far_page_in_turn_is_read(invoiced_client: invoiced.Client) -> None:
    """A far page is read after the one in front of it, and again."""
    pages = [invoiced_client.Customer.list(page=page) for page in (100, 101, 101, 102)]

    assert [[]] * 4 == [names(page) for page in pages]


def test_each_list_has_its_own_turn(invoiced_client: invoiced.Client) -> None:
    """That one list was read that far lets nobody into another."""
    listing = invoiced_client.Customer.list
    listing(page=100)

    assert (400, None) == refused(lambda: listing(page=101, filter={"name": "A"}))


def test_a_sorted_list_has_no_turn(invoiced_client: invoiced.Client) -> None:
    """A list that is sorted otherwise can be read from anywhere."""
    listed = invoiced_client.Customer.list(page=101, sort="updated_at asc")

    assert [] == names(listed)
