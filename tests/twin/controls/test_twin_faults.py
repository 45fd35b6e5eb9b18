"""Each fault as the vendors' own clients see it, and what it leaves behind."""

from __future__ import annotations

import httpx
import pytest
from chargebee import APIError, OperationFailedError
from invoiced.errors import ApiConnectionError, ApiError, ErrorBase, RateLimitError

from dataflow.twin.chargebee import behaviours as of_chargebee
from dataflow.twin.faults import FaultKind
from tests.cases import cases
from tests.twin.controls.bench import Bench, broken


def test_a_refused_write_is_not_made(bench: Bench) -> None:
    """What is answered with 429 has not happened."""
    broken(bench.pair.invoiced, FaultKind.RATE_LIMIT)
    with pytest.raises(RateLimitError):
        bench.invoiced.Customer.create(name="Ada")

    assert [] == bench.names()


@pytest.mark.parametrize("retry_after", [None, 7])
def test_retry_after_is_there_on_request(bench: Bench, retry_after: int | None) -> None:
    """A 429 names the seconds to wait if the fault does, and else nothing."""
    broken(bench.pair.invoiced, FaultKind.RATE_LIMIT, retry_after=retry_after)

    answer = bench.left.get("/customers")
    expected = None if retry_after is None else str(retry_after)
    assert expected == answer.headers.get("retry-after")


def test_the_form_of_a_fault_is_evidence(bench: Bench) -> None:
    """A verdict that rests on the assumed form of a fault can say so."""
    broken(bench.pair.chargebee, FaultKind.BAD_GATEWAY)
    bench.right.get("/customers")

    assert [of_chargebee.BAD_GATEWAY] == bench.pair.unconfirmed()


# Refusals


@cases(
    "kind, error, status, word",
    {
        "too-fast": (FaultKind.RATE_LIMIT, RateLimitError, 429, "rate_limit_error"),
        "failure": (FaultKind.SERVER_ERROR, ApiError, 500, "api"),
        "on-the-way": (FaultKind.BAD_GATEWAY, ApiError, 502, None),
    },
)
def test_invoiceds_client_names_the_fault(
    bench: Bench, kind: FaultKind, error: type[ErrorBase], status: int, word: str | None
) -> None:
    """Invoiced's client makes an error of each fault; of HTML, one without a word."""
    broken(bench.pair.invoiced, kind)

    with pytest.raises(error) as caught:
        bench.invoiced.Customer.list()
    assert (status, word) == (
        caught.value.status_code,
        caught.value.error and caught.value.error["type"],
    )


@cases(
    "kind, status, code",
    {
        "too-often": (FaultKind.RATE_LIMIT, 429, "api_request_limit_exceeded"),
        "locked": (FaultKind.LOCK_TIMEOUT, 429, "lock_timeout"),
        "failure": (FaultKind.SERVER_ERROR, 500, "internal_error"),
    },
)
def test_chargebees_client_names_the_fault(
    bench: Bench, kind: FaultKind, status: int, code: str
) -> None:
    """Chargebee's client takes a fault for an error of operation with its code."""
    broken(bench.pair.chargebee, kind)

    with pytest.raises(OperationFailedError) as caught:
        bench.chargebee.Customer.create({"id": "ada"})
    assert (status, code) == (
        caught.value.http_status_code,
        caught.value.api_error_code,
    )


def test_the_way_to_chargebee_fails(bench: Bench) -> None:
    """Of a 502 with HTML, Chargebee's client makes an exception that is not its own."""
    broken(bench.pair.chargebee, FaultKind.BAD_GATEWAY)

    with pytest.raises(Exception, match="502 Bad Gateway") as caught:
        bench.chargebee.Customer.list()
    assert not isinstance(caught.value, APIError)


@pytest.mark.parametrize(
    ("kind", "kept"), [(FaultKind.SERVER_ERROR, True), (FaultKind.BAD_GATEWAY, False)]
)
@pytest.mark.parametrize("vendor", ["invoiced", "chargebee"])
def test_a_500_is_kept(
    bench: Bench, vendor: str, kind: FaultKind, *, kept: bool
) -> None:
    """Who tries again with the same key gets a 500 again, but not a 502."""
    broken(bench.controls(vendor), kind, times=1)
    client = bench.left if vendor == "invoiced" else bench.right
    body = {"json": {"name": "Ada"}} if vendor == "invoiced" else {"data": {"id": "a"}}
    key = f"{'chargebee-' if vendor == 'chargebee' else ''}idempotency-key"
    _, second = (
        client.post("/customers", headers={key: "the-same"}, **body)  # type: ignore[arg-type]
        for _ in range(2)
    )

    assert kept == (second.status_code == httpx.codes.INTERNAL_SERVER_ERROR)


# The connection


@pytest.mark.parametrize(
    ("kind", "left"), [(FaultKind.CUT_BEFORE, []), (FaultKind.CUT_AFTER, ["Ada"])]
)
def test_a_connection_is_cut(bench: Bench, kind: FaultKind, left: list[str]) -> None:
    """A cut before the change leaves nothing, one after it what no caller learns.

    Chargebee's client lets the error of its transport through.
    """
    broken(bench.pair.invoiced, kind)
    broken(bench.pair.chargebee, kind)
    with pytest.raises(ApiConnectionError):
        bench.invoiced.Customer.create(name="Ada")
    with pytest.raises(httpx.RemoteProtocolError):
        bench.chargebee.Customer.create({"id": "ada"})

    assert left == bench.names()


def test_after_a_cut_the_twin_lives_on(bench: Bench) -> None:
    """The next call finds a twin that answers."""
    broken(bench.pair.invoiced, FaultKind.CUT_BEFORE, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        bench.left.get("/customers")

    assert 200 == bench.left.get("/customers").status_code


def test_a_slow_answer(bench: Bench) -> None:
    """A slow answer is the right one, so many seconds late."""
    broken(bench.pair.invoiced, FaultKind.SLOW, seconds=90)
    customer = bench.invoiced.Customer.create(name="Ada")

    assert ("Ada", [90]) == (customer["name"], bench.pauses)
