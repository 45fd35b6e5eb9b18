"""The log of calls, as a test reads it."""

from __future__ import annotations

import pytest

from dataflow.twin.chargebee.api import find_route as route_of_chargebee
from dataflow.twin.clock import START, ManualClock
from dataflow.twin.faults import Fault, FaultKind
from dataflow.twin.gateway import CALLS_KEPT, LONGEST_BODY, CallLog
from dataflow.twin.invoiced.routes import find_route as route_of_invoiced
from dataflow.twin.messages import Request, Response
from tests.twin.controls.bench import Bench


def test_what_was_asked_and_answered(bench: Bench) -> None:
    """A call is kept with its request and its response."""
    bench.left.post("/customers", json={"name": "Ada"})
    (call,) = bench.pair.invoiced.calls.latest()

    assert ("/customers", b'{"name":"Ada"}', 201) == (
        call.request.path,
        call.request.body,
        call.response.status,
    )


def test_when_it_was(bench: Bench) -> None:
    """A call has the time of the twin's clock."""
    bench.clock.advance(2.5)
    bench.left.get("/customers")
    (call,) = bench.pair.invoiced.calls.latest()

    assert START + 2.5 == call.seconds


def test_how_many_by_kind(bench: Bench) -> None:
    """Calls are counted by method and route, whatever records they name."""
    for path in ("/customers/1", "/customers/2", "/customers"):
        bench.left.get(path)

    expected = {"GET /customers": 1, "GET /customers/{id}": 2}
    assert expected == bench.pair.invoiced.calls.counts()


def test_how_many_of_one_kind(bench: Bench) -> None:
    """The number of one kind can be asked for; without any it is 0."""
    bench.chargebee.Customer.create({"id": "ada"})
    calls = bench.pair.chargebee.calls

    assert (1, 0) == (calls.count("POST /customers"), calls.count("POST /orders"))


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/customers", "/customers"),
        ("/customers/7", "/customers/{id}"),
        ("/invoices/7/void", "/invoices/{id}/void"),
        ("/customers/7/contacts/8", "/customers/{id}/contacts/{id}"),
    ],
)
def test_routes_of_invoiced(path: str, route: str) -> None:
    """Each second step of a path is an id."""
    assert route == route_of_invoiced(path)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v2/customers", "/customers"),
        ("/api/v2/customers/ada", "/customers/{id}"),
        ("/api/v2/orders/import_order", "/orders/import_order"),
        ("/api/v2/orders/o_1/cancel", "/orders/{id}/cancel"),
        ("/api/v2/nothing", "/api/v2/nothing"),
        ("/customers", "/customers"),
        ("", ""),
    ],
)
def test_routes_of_chargebee(path: str, route: str) -> None:
    """A path has the route that serves it, or stands for itself."""
    assert route == route_of_chargebee(path)


def test_a_call_that_met_a_fault_is_logged(bench: Bench) -> None:
    """The log has what the caller got: here, no answer."""
    bench.pair.chargebee.faults.add(Fault(kind=FaultKind.CUT_AFTER, times=1))
    with pytest.raises(Exception, match="disconnected"):
        bench.chargebee.Customer.create({"id": "ada"})
    (call,) = bench.pair.chargebee.calls.latest()

    assert (200, 0) == (call.response.status, call.response.truncate_at)


def test_the_log_forgets_on_request(bench: Bench) -> None:
    """A cleared log is empty, and counts from 1."""
    calls = bench.pair.invoiced.calls
    bench.left.get("/customers")
    calls.clear()
    bench.left.get("/items")

    assert [(1, "GET /items")] == [(call.number, call.kind) for call in calls.latest()]


def test_the_log_is_no_leak() -> None:
    """Only the latest calls are kept, and all are counted."""
    calls = CallLog(ManualClock(), route_of_invoiced)
    for _ in range(CALLS_KEPT + 3):
        calls.add(Request("GET", "/items"), Response(200))

    assert (CALLS_KEPT, CALLS_KEPT + 3) == (
        len(calls.latest(CALLS_KEPT + 3)),
        calls.count("GET /items"),
    )


@pytest.mark.parametrize(("longer", "left_out"), [(0, 0), (9, 9)])
def test_no_body_is_kept_without_end(longer: int, left_out: int) -> None:
    """Of a long question and a long answer the log keeps the beginning."""
    calls, body = (
        CallLog(ManualClock(), route_of_invoiced),
        b"x" * (LONGEST_BODY + longer),
    )
    calls.add(Request("POST", "/items", body=body), Response(200, body))
    (call,) = calls.latest()

    kept, missing = body[:LONGEST_BODY], left_out
    assert (kept, missing, kept, missing) == (
        call.request.body,
        call.body_left_out,
        call.response.body,
        call.answer_left_out,
    )


# Over HTTP


def test_the_log(bench: Bench) -> None:
    """The log shows counts by kind, and each call with its answer."""
    bench.left.get("/customers", params={"page": 2})
    log = bench.control("GET", "calls").json()

    shown = {
        "number": 1,
        "seconds": START,
        "kind": "GET /customers",
        "path": "/customers",
        "query": [["page", "2"]],
        "body": "",
        "body_left_out": 0,
        "status": 200,
        "answer": "[]",
        "answer_left_out": 0,
        "cut": None,
    }
    assert {"counts": {"GET /customers": 1}, "calls": [shown]} == log


def test_the_log_says_what_it_has_left_out(bench: Bench) -> None:
    """A body that is too long for the log is shown as far as it is kept."""
    body = b" " * (LONGEST_BODY + 7)
    bench.left.post("/items", content=body)
    (call,) = bench.control("GET", "calls").json()["calls"]

    assert (LONGEST_BODY, 7) == (len(call["body"]), call["body_left_out"])


def test_the_end_of_the_log(bench: Bench) -> None:
    """Only the latest calls are shown if so many are asked for."""
    for path in ("/customers", "/items", "/invoices"):
        bench.left.get(path)
    calls = bench.control("GET", "calls?last=2").json()["calls"]

    assert ["GET /items", "GET /invoices"] == [call["kind"] for call in calls]


def test_the_log_is_cleared(bench: Bench) -> None:
    """A cleared log is empty."""
    bench.left.get("/customers")
    bench.control("DELETE", "calls")

    assert {"counts": {}, "calls": []} == bench.control("GET", "calls").json()
