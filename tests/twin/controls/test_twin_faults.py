"""Each fault as the vendors' own clients see it, and what it leaves behind."""

from __future__ import annotations

import json

import httpx
import pytest
from chargebee import APIError, OperationFailedError
from invoiced.errors import ApiConnectionError, ApiError, RateLimitError

from dataflow.twin.chargebee import behaviours as of_chargebee
from dataflow.twin.faults import Fault, FaultKind
from dataflow.twin.gateway import Seed
from tests.twin.controls.bench import Bench


def break_invoiced(bench: Bench, kind: FaultKind, **when: object) -> None:
    """Let a fault happen to calls of Invoiced."""
    bench.pair.invoiced.faults.add(Fault(kind=kind, **when))  # type: ignore[arg-type]


def break_chargebee(bench: Bench, kind: FaultKind, **when: object) -> None:
    """Let a fault happen to calls of Chargebee."""
    bench.pair.chargebee.faults.add(Fault(kind=kind, **when))  # type: ignore[arg-type]


def add_customers(bench: Bench, *names: str) -> None:
    """Give Invoiced customers of these names, and Chargebee some of these ids."""
    bench.pair.invoiced.seed(Seed("/customers", {"name": name}) for name in names)
    bench.pair.chargebee.seed(Seed("/customers", {"id": name}) for name in names)


# 429


def test_invoiced_is_called_too_fast(bench: Bench) -> None:
    """Invoiced's client takes the fault for the error of its own about the rate."""
    break_invoiced(bench, FaultKind.RATE_LIMIT)

    with pytest.raises(RateLimitError) as caught:
        bench.invoiced.Customer.create(name="Ada")
    assert "rate_limit_error" == caught.value.error["type"]


def test_a_refused_write_is_not_made(bench: Bench) -> None:
    """What is answered with 429 has not happened."""
    break_invoiced(bench, FaultKind.RATE_LIMIT)
    with pytest.raises(RateLimitError):
        bench.invoiced.Customer.create(name="Ada")

    assert [] == bench.names()


def test_chargebee_is_called_too_often(bench: Bench) -> None:
    """Chargebee's client takes the fault for an error of operation with its code."""
    break_chargebee(bench, FaultKind.RATE_LIMIT)

    with pytest.raises(OperationFailedError) as caught:
        bench.chargebee.Customer.create({"id": "ada"})
    assert "api_request_limit_exceeded" == caught.value.api_error_code


def test_chargebee_locks_a_record(bench: Bench) -> None:
    """A lock that is not freed in time is a 429 of another code."""
    break_chargebee(bench, FaultKind.LOCK_TIMEOUT)

    with pytest.raises(OperationFailedError) as caught:
        bench.chargebee.Customer.create({"id": "ada"})
    assert (429, "lock_timeout") == (
        caught.value.http_status_code,
        caught.value.api_error_code,
    )


@pytest.mark.parametrize("retry_after", [None, 7])
def test_retry_after_is_there_on_request(bench: Bench, retry_after: int | None) -> None:
    """A 429 names the seconds to wait if the fault does, and else nothing."""
    break_invoiced(bench, FaultKind.RATE_LIMIT, retry_after=retry_after)

    answer = bench.left.get("/customers")
    expected = None if retry_after is None else str(retry_after)
    assert expected == answer.headers.get("retry-after")


def test_the_form_of_a_fault_is_evidence(bench: Bench) -> None:
    """A verdict that rests on the assumed form of a fault can say so."""
    break_chargebee(bench, FaultKind.BAD_GATEWAY)
    bench.right.get("/customers")

    assert [of_chargebee.BAD_GATEWAY] == bench.pair.unconfirmed()


# 500 and 502


def test_invoiced_fails(bench: Bench) -> None:
    """Invoiced's 500 is JSON that its client reads."""
    break_invoiced(bench, FaultKind.SERVER_ERROR)

    with pytest.raises(ApiError) as caught:
        bench.invoiced.Customer.list()
    assert (500, "api") == (caught.value.status_code, caught.value.error["type"])


def test_chargebee_fails(bench: Bench) -> None:
    """Chargebee's 500 is JSON that its client reads."""
    break_chargebee(bench, FaultKind.SERVER_ERROR)

    with pytest.raises(OperationFailedError) as caught:
        bench.chargebee.Customer.list()
    assert (500, "internal_error") == (
        caught.value.http_status_code,
        caught.value.api_error_code,
    )


def test_the_way_to_invoiced_fails(bench: Bench) -> None:
    """A 502 with HTML is an error without anything to read."""
    break_invoiced(bench, FaultKind.BAD_GATEWAY)

    with pytest.raises(ApiError) as caught:
        bench.invoiced.Customer.list()
    assert (502, None) == (caught.value.status_code, caught.value.error)


def test_the_way_to_chargebee_fails(bench: Bench) -> None:
    """Of a 502 with HTML, Chargebee's client makes an exception that is not its own."""
    break_chargebee(bench, FaultKind.BAD_GATEWAY)

    with pytest.raises(Exception, match="502 Bad Gateway") as caught:
        bench.chargebee.Customer.list()
    assert not isinstance(caught.value, APIError)


@pytest.mark.parametrize(
    ("kind", "again"), [(FaultKind.SERVER_ERROR, 500), (FaultKind.BAD_GATEWAY, 201)]
)
def test_invoiced_keeps_a_500(bench: Bench, kind: FaultKind, again: int) -> None:
    """Who tries again with the same key gets a 500 again, but not a 502."""
    break_invoiced(bench, kind, times=1)
    headers = {"idempotency-key": "the-same"}
    _, second = (
        bench.left.post("/customers", json={"name": "Ada"}, headers=headers)
        for _ in range(2)
    )

    assert again == second.status_code


@pytest.mark.parametrize(
    ("kind", "again"), [(FaultKind.SERVER_ERROR, 500), (FaultKind.BAD_GATEWAY, 200)]
)
def test_chargebee_keeps_a_500(bench: Bench, kind: FaultKind, again: int) -> None:
    """Who tries again with the same key gets a 500 again, but not a 502."""
    break_chargebee(bench, kind, times=1)
    headers = {"chargebee-idempotency-key": "the-same"}
    _, second = (
        bench.right.post("/customers", data={"id": "ada"}, headers=headers)
        for _ in range(2)
    )

    assert again == second.status_code


# The connection


def test_a_cut_before_the_change(bench: Bench) -> None:
    """A connection that ends before the change leaves nothing behind."""
    break_invoiced(bench, FaultKind.CUT_BEFORE)
    with pytest.raises(ApiConnectionError):
        bench.invoiced.Customer.create(name="Ada")

    assert [] == bench.names()


def test_a_cut_after_the_change(bench: Bench) -> None:
    """A connection that ends after the change leaves what its caller never learns."""
    break_invoiced(bench, FaultKind.CUT_AFTER)
    with pytest.raises(ApiConnectionError):
        bench.invoiced.Customer.create(name="Ada")

    assert ["Ada"] == bench.names()


@pytest.mark.parametrize("kind", [FaultKind.CUT_BEFORE, FaultKind.CUT_AFTER])
def test_chargebee_hangs_up(bench: Bench, kind: FaultKind) -> None:
    """Chargebee's client lets the error of its transport through."""
    break_chargebee(bench, kind)

    with pytest.raises(httpx.RemoteProtocolError):
        bench.chargebee.Customer.create({"id": "ada"})


def test_after_a_cut_the_twin_lives_on(bench: Bench) -> None:
    """The next call finds a twin that answers."""
    break_invoiced(bench, FaultKind.CUT_BEFORE, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        bench.left.get("/customers")

    assert 200 == bench.left.get("/customers").status_code


def test_a_slow_answer(bench: Bench) -> None:
    """A slow answer is the right one, so many seconds late."""
    break_invoiced(bench, FaultKind.SLOW, seconds=90)
    customer = bench.invoiced.Customer.create(name="Ada")

    assert ("Ada", [90]) == (customer["name"], bench.pauses)


# Pages


def test_a_body_that_breaks_off(bench: Bench) -> None:
    """A page that is announced whole and cut short is no page."""
    break_chargebee(bench, FaultKind.TRUNCATED_BODY)
    add_customers(bench, "ada", "bob")

    with pytest.raises(httpx.RemoteProtocolError):
        bench.chargebee.Customer.list()


def test_invoiced_client_sees_a_body_that_breaks_off(bench: Bench) -> None:
    """Invoiced's client takes it for an error of the connection."""
    break_invoiced(bench, FaultKind.TRUNCATED_BODY)
    add_customers(bench, "ada", "bob")

    with pytest.raises(ApiConnectionError):
        bench.invoiced.Customer.list()


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
    break_invoiced(bench, FaultKind.TRUNCATED_BODY)
    bench.invoiced.Customer.create(name="Ada")

    assert [0] == [fault.matched for fault in bench.pair.invoiced.faults.all()]


def test_rows_of_invoiced_come_twice(bench: Bench) -> None:
    """The second page begins with the rows of the first; none of its own is lost."""
    add_customers(bench, "ada", "bob", "cid")
    break_invoiced(bench, FaultKind.REPEATED_PAGE, times=1)
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
    break_chargebee(bench, FaultKind.REPEATED_PAGE, times=1)
    first, token = chargebee_page(bench)
    second, token = chargebee_page(bench, token)
    third, _ = chargebee_page(bench, token)

    assert [["ada"], ["ada", "bob"], ["cid"]] == [first, second, third]


def test_every_page_can_come_twice(bench: Bench) -> None:
    """A page comes twice with its own rows, not with those that came before it."""
    add_customers(bench, "ada", "bob", "cid")
    break_invoiced(bench, FaultKind.REPEATED_PAGE)
    pages = [bench.invoiced.Customer.list(per_page=1, page=n)[0] for n in (1, 2, 3)]

    assert ["bob", "cid"] == [each["name"] for each in pages[-1]]


def test_a_page_that_came_late_can_come_twice(bench: Bench) -> None:
    """A slow answer arrives, and so is a page like others."""
    add_customers(bench, "ada", "bob")
    break_invoiced(bench, FaultKind.SLOW, seconds=1, times=1)
    break_invoiced(bench, FaultKind.REPEATED_PAGE)
    pages = [bench.invoiced.Customer.list(per_page=1, page=n)[0] for n in (1, 2)]

    assert ["ada", "bob"] == [each["name"] for each in pages[-1]]


def test_a_refused_page_has_no_rows(bench: Bench) -> None:
    """Nothing comes twice where the page before was refused: it is not counted."""
    break_invoiced(bench, FaultKind.REPEATED_PAGE)
    for page in (1, 2):
        bench.left.get("/customers", params={"page": page, "advanced_filter": "[]"})

    assert [0] == [fault.matched for fault in bench.pair.invoiced.faults.all()]


def test_a_record_is_no_page(bench: Bench) -> None:
    """Who reads one record meets no fault of lists, whatever he asks besides."""
    add_customers(bench, "ada")
    break_chargebee(bench, FaultKind.REPEATED_PAGE)
    for _ in range(2):
        bench.right.get("/customers/ada", params={"offset": "x"})

    assert [0] == [fault.matched for fault in bench.pair.chargebee.faults.all()]


def test_a_refusal_stays_as_it_is(bench: Bench) -> None:
    """No rows come with the refusal of a page, though the fault has met the call."""
    add_customers(bench, "ada", "bob")
    break_chargebee(bench, FaultKind.REPEATED_PAGE)
    bench.right.get("/customers")
    answer = bench.right.get("/customers", params={"offset": "nonsense"})

    assert (400, False) == (answer.status_code, "list" in answer.json())


def test_repeated_pages_are_counted_from_the_first_that_could_be(bench: Bench) -> None:
    """The call of a repeated page is one of those that ask for a further page."""
    add_customers(bench, "ada", "bob", "cid")
    break_invoiced(bench, FaultKind.REPEATED_PAGE, call=2)
    pages = [bench.invoiced.Customer.list(per_page=1, page=n)[0] for n in (1, 2, 3)]

    assert [1, 1, 2] == [len(page) for page in pages]


def test_no_page_comes_from_before_a_reset(bench: Bench) -> None:
    """An account that was emptied has nothing to give once more."""
    add_customers(bench, "ada", "bob")
    bench.invoiced.Customer.list(per_page=1)
    bench.pair.invoiced.reset()
    break_invoiced(bench, FaultKind.REPEATED_PAGE)

    assert [] == bench.invoiced.Customer.list(per_page=1, page=2)[0]


def test_a_first_page_is_no_repetition(bench: Bench) -> None:
    """Nothing is repeated where nothing came before, and nothing is counted."""
    add_customers(bench, "ada", "bob")
    break_invoiced(bench, FaultKind.REPEATED_PAGE)
    bench.invoiced.Customer.list(per_page=1)
    bench.invoiced.Customer.list(per_page=1, page=2, sort="name desc")

    assert [0] == [fault.fired for fault in bench.pair.invoiced.faults.all()]
