"""The faults of pages: rows that come twice, and pages that break off."""

from __future__ import annotations

import json

import httpx
import pytest
from invoiced.errors import ApiConnectionError

from dataflow.twin.faults import Fault, FaultKind
from tests.twin.controls.bench import Bench, add_customers, broken


@pytest.mark.parametrize(
    ("vendor", "error"),
    [("chargebee", httpx.RemoteProtocolError), ("invoiced", ApiConnectionError)],
)
def test_a_body_that_breaks_off(
    bench: Bench, vendor: str, error: type[Exception]
) -> None:
    """A page that is announced whole and cut short is an error of the connection."""
    broken(bench.controls(vendor), FaultKind.TRUNCATED_BODY)
    add_customers(bench, "ada", "bob")

    with pytest.raises(error):
        getattr(bench, vendor).Customer.list()


@pytest.mark.parametrize("vendor", ["invoiced", "chargebee"])
@pytest.mark.parametrize("names", [(), ("ada", "bob")])
def test_json_that_breaks_off(
    bench: Bench, vendor: str, names: tuple[str, ...]
) -> None:
    """A page can arrive in good order and be no JSON, be it an empty one."""
    add_customers(bench, *names)
    bench.controls(vendor).faults.add(Fault(kind=FaultKind.TRUNCATED_JSON))
    client = bench.left if vendor == "invoiced" else bench.right

    with pytest.raises(json.JSONDecodeError):
        client.get("/customers").json()


def test_a_write_is_never_truncated(bench: Bench) -> None:
    """The faults of pages leave writes alone, and do not count them."""
    broken(bench.pair.invoiced, FaultKind.TRUNCATED_BODY)
    bench.invoiced.Customer.create(name="Ada")

    assert [0] == [fault.matched for fault in bench.pair.invoiced.faults.all()]


def test_rows_of_invoiced_come_twice(bench: Bench) -> None:
    """The second page begins with the rows of the first; none of its own is lost."""
    add_customers(bench, "ada", "bob", "cid")
    broken(bench.pair.invoiced, FaultKind.REPEATED_PAGE, times=1)
    pages = [bench.invoiced.Customer.list(per_page=1, page=n)[0] for n in (1, 2, 3)]

    assert [["ada"], ["ada", "bob"], ["cid"]] == [
        [each["name"] for each in page] for page in pages
    ]


def chargebee_page(bench: Bench, offset: str = "") -> tuple[list[str], str]:
    """Return the ids of a page of one customer, and the token that leads on."""
    query: dict[str, str | int] = {"limit": 1, "offset": offset}
    page = bench.right.get("/customers", params=query).json()
    rows = [row["customer"]["id"] for row in page["list"]]
    return rows, page.get("next_offset", "")


def test_rows_of_chargebee_come_twice(bench: Bench) -> None:
    """The second page begins with the rows of the first, and leads on to the third."""
    add_customers(bench, "ada", "bob", "cid")
    broken(bench.pair.chargebee, FaultKind.REPEATED_PAGE, times=1)
    first, token = chargebee_page(bench)
    second, token = chargebee_page(bench, token)
    third, _ = chargebee_page(bench, token)

    assert [["ada"], ["ada", "bob"], ["cid"]] == [first, second, third]


def test_every_page_can_come_twice(bench: Bench) -> None:
    """A page comes twice with its own rows, not with those that came before it."""
    add_customers(bench, "ada", "bob", "cid")
    broken(bench.pair.invoiced, FaultKind.REPEATED_PAGE)
    pages = [bench.invoiced.Customer.list(per_page=1, page=n)[0] for n in (1, 2, 3)]

    assert ["bob", "cid"] == [each["name"] for each in pages[-1]]


def test_a_page_that_came_late_can_come_twice(bench: Bench) -> None:
    """A slow answer arrives, and so is a page like others."""
    add_customers(bench, "ada", "bob")
    broken(bench.pair.invoiced, FaultKind.SLOW, seconds=1, times=1)
    broken(bench.pair.invoiced, FaultKind.REPEATED_PAGE)
    pages = [bench.invoiced.Customer.list(per_page=1, page=n)[0] for n in (1, 2)]

    assert ["ada", "bob"] == [each["name"] for each in pages[-1]]


def test_a_refused_page_has_no_rows(bench: Bench) -> None:
    """Nothing comes twice where the page before was refused: it is not counted."""
    broken(bench.pair.invoiced, FaultKind.REPEATED_PAGE)
    for page in (1, 2):
        bench.left.get("/customers", params={"page": page, "advanced_filter": "[]"})

    assert [0] == [fault.matched for fault in bench.pair.invoiced.faults.all()]


def test_a_record_is_no_page(bench: Bench) -> None:
    """Who reads one record meets no fault of lists, whatever he asks besides."""
    add_customers(bench, "ada")
    broken(bench.pair.chargebee, FaultKind.REPEATED_PAGE)
    for _ in range(2):
        bench.right.get("/customers/ada", params={"offset": "x"})

    assert [0] == [fault.matched for fault in bench.pair.chargebee.faults.all()]


def test_a_refusal_stays_as_it_is(bench: Bench) -> None:
    """No rows come with the refusal of a page, though the fault has met the call."""
    add_customers(bench, "ada", "bob")
    broken(bench.pair.chargebee, FaultKind.REPEATED_PAGE)
    bench.right.get("/customers")
    answer = bench.right.get("/customers", params={"offset": "nonsense"})

    assert (400, False) == (answer.status_code, "list" in answer.json())


def test_repeated_pages_are_counted_from_the_first_that_could_be(bench: Bench) -> None:
    """The call of a repeated page is one of those that ask for a further page."""
    add_customers(bench, "ada", "bob", "cid")
    broken(bench.pair.invoiced, FaultKind.REPEATED_PAGE, call=2)
    pages = [bench.invoiced.Customer.list(per_page=1, page=n)[0] for n in (1, 2, 3)]

    assert [1, 1, 2] == [len(page) for page in pages]


def test_no_page_comes_from_before_a_reset(bench: Bench) -> None:
    """An account that was emptied has nothing to give once more."""
    add_customers(bench, "ada", "bob")
    bench.invoiced.Customer.list(per_page=1)
    bench.pair.invoiced.reset()
    broken(bench.pair.invoiced, FaultKind.REPEATED_PAGE)

    assert [] == bench.invoiced.Customer.list(per_page=1, page=2)[0]


def test_a_first_page_is_no_repetition(bench: Bench) -> None:
    """Nothing is repeated where nothing came before, and nothing is counted."""
    add_customers(bench, "ada", "bob")
    broken(bench.pair.invoiced, FaultKind.REPEATED_PAGE)
    bench.invoiced.Customer.list(per_page=1)
    bench.invoiced.Customer.list(per_page=1, page=2, sort="name desc")

    assert [0] == [fault.fired for fault in bench.pair.invoiced.faults.all()]
