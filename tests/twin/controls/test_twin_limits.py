"""The vendors' limits, where a test switches them on."""

from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor

import invoiced
import pytest
from chargebee import OperationFailedError
from invoiced.errors import RateLimitError

from dataflow.twin.chargebee.behaviours import CALLS_OF_A_MINUTE
from dataflow.twin.chargebee.profile import AT_ONCE, CHARGEBEE
from dataflow.twin.clock import ManualClock
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.faults import Fault, FaultKind
from dataflow.twin.invoiced.profile import INVOICED
from dataflow.twin.messages import Request, Response, encode_basic_auth
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, TwinPair
from tests.twin.controls.bench import Bench

#: No thread waits longer for another one: a failure must not hang.
SECONDS = 10


def listed(bench: Bench, times: int) -> list[int]:
    """Return the statuses of so many calls of Chargebee."""
    return [bench.right.get("/customers").status_code for _ in range(times)]


# Chargebee: so many calls a minute


def test_chargebee_has_no_limit_unasked(bench: Bench) -> None:
    """Without a limit, a test calls as often as it likes."""
    assert {200} == set(listed(bench, CHARGEBEE.default_limit + 1))


def test_more_than_a_minute_holds(bench: Bench) -> None:
    """One call more than the limit is refused as the vendor refuses it."""
    bench.pair.chargebee.limit.most = 2
    listed(bench, 2)

    with pytest.raises(OperationFailedError) as caught:
        bench.chargebee.Customer.list()
    assert (429, "api_request_limit_exceeded") == (
        caught.value.http_status_code,
        caught.value.api_error_code,
    )


@pytest.mark.parametrize(("seconds", "status"), [(59.999, 429), (60, 200)])
def test_a_minute_later(bench: Bench, seconds: float, status: int) -> None:
    """A minute of the twin's clock later, and not before, calls are let in again."""
    bench.pair.chargebee.limit.most = 2
    listed(bench, 3)
    bench.clock.advance(seconds)

    assert [status] == listed(bench, 1)


def test_the_minute_slides(bench: Bench) -> None:
    """Each call counts for a minute of its own."""
    bench.pair.chargebee.limit.most = 2
    for _ in range(2):
        listed(bench, 1)
        bench.clock.advance(40)

    assert [200, 429] == listed(bench, 2)


def test_refused_calls_do_not_count(bench: Bench) -> None:
    """Who keeps on asking is let in all the same when the minute is over."""
    bench.pair.chargebee.limit.most = 1
    listed(bench, 1)
    bench.clock.advance(59)
    listed(bench, 5)
    bench.clock.advance(1)

    assert [200] == listed(bench, 1)


def test_a_reset_counts_anew(bench: Bench) -> None:
    """After a reset no call of before counts, and the limit still stands."""
    bench.pair.chargebee.limit.most = 1
    listed(bench, 1)
    bench.pair.chargebee.reset()

    assert [200, 429] == listed(bench, 2)


def test_a_refused_call_does_nothing(bench: Bench) -> None:
    """What is beyond the limit never reaches the site."""
    bench.pair.chargebee.limit.most = 0
    with pytest.raises(OperationFailedError):
        bench.chargebee.Customer.create({"id": "ada"})
    bench.pair.chargebee.limit.most = None

    assert [] == bench.right.get("/customers").json()["list"]


# Invoiced: so many calls at a time


class Nested:
    """An app of Invoiced with calls under way: each one makes the next before it ends.

    So no thread has to wait for another one. `keys` are those of the calls.
    """

    def __init__(self, most: int, *keys: str) -> None:
        self.clock = ManualClock()
        self.statuses: list[int] = []
        self.limit = INVOICED.limit(self.clock)
        self.limit.most = most
        self.app = self.limit.admit(self._go_deeper, EvidenceLog())
        self._keys = list(keys)

    def call(self) -> None:
        """Make the next call, and note its status when it has ended."""
        token = base64.b64encode(f"{self._keys.pop(0)}:".encode()).decode()
        headers = {"authorization": f"Basic {token}"}
        self.statuses.append(self.app(Request("GET", "/items", headers=headers)).status)

    def _go_deeper(self, _request: Request) -> Response:
        if self._keys:
            self.meanwhile()
            self.call()
        return Response(200)

    def meanwhile(self) -> None:
        """Do nothing between two calls."""


@pytest.mark.parametrize(("most", "innermost"), [(3, 200), (2, 429)])
def test_calls_at_a_time(most: int, innermost: int) -> None:
    """With as many calls under way as there may be, one more is refused."""
    nested = Nested(most, "a", "a", "a")
    nested.call()

    assert [innermost, 200, 200] == nested.statuses


def test_an_ended_call_makes_room(bench: Bench) -> None:
    """Calls one after the other are never too many."""
    bench.pair.invoiced.limit.most = 1

    assert [200, 200] == [bench.left.get("/items").status_code for _ in range(2)]


def test_each_key_has_its_own_calls() -> None:
    """The calls of one key do not count for another one."""
    nested = Nested(1, "a", "b")
    nested.call()

    assert [200, 200] == nested.statuses


@pytest.mark.parametrize(("seconds", "innermost"), [(59.999, 429), (60, 200)])
def test_a_call_that_takes_for_ever(
    monkeypatch: pytest.MonkeyPatch, seconds: float, innermost: int
) -> None:
    """A call that has been under way for a minute makes room."""
    nested = Nested(1, "a", "a")
    monkeypatch.setattr(nested, "meanwhile", lambda: nested.clock.advance(seconds))
    nested.call()

    assert [innermost, 200] == nested.statuses


def test_slow_answers_are_under_way() -> None:
    """Over HTTP, a call whose answer is late stands in the way of another one."""
    begun, let_go = threading.Event(), threading.Event()

    def pause(_seconds: float) -> None:
        begun.set()
        assert let_go.wait(SECONDS)

    pair = TwinPair(ManualClock(), pause=pause)
    pair.invoiced.limit.most = 1
    pair.invoiced.faults.add(Fault(kind=FaultKind.SLOW, seconds=1))
    with pair.serve(0, 0) as addresses, ThreadPoolExecutor() as threads:
        client = invoiced.Client(INVOICED_KEY)
        client.api_url = addresses.invoiced_url
        slow = threads.submit(client.Customer.create, name="Ada")
        assert begun.wait(SECONDS)
        with pytest.raises(RateLimitError) as caught:
            client.Customer.list()
        let_go.set()

    text = "You can only make 1 concurrent requests at a time."
    assert ("Ada", True) == (slow.result()["name"], text in str(caught.value))


# Chargebee: so many calls at once, and keys in use


def nested_calls(
    method: str, path: str, headers: dict[str, str], times: int
) -> list[int]:
    """Return the statuses of calls, each made while all before it are slow."""
    statuses: list[int] = []
    requests = [
        Request(method, f"/api/v2{path}", headers=headers) for _ in range(times)
    ]

    def pause(_seconds: float) -> None:
        if requests:
            statuses.append(pair.chargebee.app(requests.pop()).status)

    pair = TwinPair(ManualClock(), pause=pause)
    for call in range(1, times + 1):
        pair.chargebee.faults.add(Fault(kind=FaultKind.SLOW, call=call, seconds=1))
    statuses.append(pair.chargebee.app(requests.pop()).status)
    return statuses


AUTH = {"authorization": encode_basic_auth(CHARGEBEE_KEY)}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/orders"), ("POST", "/customers")]
)
def test_chargebee_answers_fifty_calls_at_once(method: str, path: str) -> None:
    """One call more at once is refused, and has a time for the next attempt."""
    statuses = nested_calls(method, path, AUTH, AT_ONCE + 1)

    assert ([429], [200] * AT_ONCE) == (statuses[:1], statuses[1:])


def test_a_key_in_use_is_refused() -> None:
    """A write with the key of a write in progress answers 409."""
    headers = {**AUTH, "chargebee-idempotency-key": "k"}

    assert [409, 200] == nested_calls("POST", "/customers", headers, 2)


def test_a_key_is_free_after_its_call(bench: Bench) -> None:
    """A key whose write is finished gets the first answer again."""
    headers = {"chargebee-idempotency-key": "k"}
    ids = [
        bench.right.post("/customers", headers=headers).json()["customer"]["id"]
        for _ in range(2)
    ]

    assert ids[0] == ids[1]


@pytest.mark.parametrize("seconds", [0, 20])
def test_a_limit_says_when(bench: Bench, seconds: int) -> None:
    """Retry-After is the time until the oldest call is a minute old."""
    bench.pair.chargebee.limit.most = 1
    bench.right.get("/customers")
    bench.clock.advance(seconds)

    assert str(60 - seconds) == bench.right.get("/customers").headers["retry-after"]


# Evidence


def test_what_a_limit_rests_on(bench: Bench) -> None:
    """How exactly the calls are counted is nothing that was seen."""
    bench.pair.chargebee.limit.most = 0
    listed(bench, 1)

    assert [CALLS_OF_A_MINUTE] == bench.pair.unconfirmed()
