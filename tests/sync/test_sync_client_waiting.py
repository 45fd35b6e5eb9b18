"""What the clients do when a vendor limits the rate, or does not answer."""

from __future__ import annotations

import httpx
import pytest

from dataflow.errors import TryAgainError
from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.connection import HttpConnection
from dataflow.sync.clients.invoiced import Invoiced
from dataflow.sync.clients.waiting import RateLimiter
from dataflow.sync.record_types import CUSTOMER
from tests.sync.world import connected

RECORD = {"id": 7, "customer": {"id": "7"}}


class Clock:
    """A clock that waits move on."""

    seconds = 1_000.0

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


def busy(
    times: int, status: int = 429, headers: dict[str, str] | None = None
) -> HttpConnection:
    """Return a connection that gets so many such answers before a good one."""
    answers = iter([status] * times)

    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(next(answers, 200), json=RECORD, headers=headers)

    return connected(handle)


def test_it_waits_as_long_as_it_is_told() -> None:
    """The seconds of Retry-After pass before the call is made again."""
    waits: list[float] = []
    Chargebee.over(busy(1, headers={"retry-after": "7"}), waits.append).get(
        CUSTOMER, "7"
    )

    assert [7] == waits


@pytest.mark.parametrize(
    "headers", [{}, {"retry-after": "Mon, 05 Jan 2026 09:00:00 GMT"}]
)
def test_it_waits_a_minute_otherwise(headers: dict[str, str]) -> None:
    """Invoiced says nothing, and the limits are a minute's."""
    waits: list[float] = []
    Invoiced.over(busy(2, headers=headers), waits.append).get(CUSTOMER, "7")

    assert [60, 60] == waits


def test_a_write_waits_too() -> None:
    """A call that was answered with 429 has not been performed."""
    waits: list[float] = []
    Chargebee.over(busy(1), waits.append).create(CUSTOMER, {"id": "7"})

    assert [60] == waits


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_read_is_repeated(status: int) -> None:
    """A read without a good answer is made again, after ever longer waits (fault 8)."""
    waits: list[float] = []
    Invoiced.over(busy(2, status=status), waits.append).get(CUSTOMER, "7")

    assert [1, 2] == waits


def test_a_read_without_an_answer_is_repeated() -> None:
    """A connection that breaks is tried again."""
    answers = iter([httpx.ReadTimeout("late"), None])

    def handle(_: httpx.Request) -> httpx.Response:
        if (error := next(answers)) is not None:
            raise error
        return httpx.Response(200, json=RECORD)

    waits: list[float] = []
    Invoiced.over(connected(handle), waits.append).get(CUSTOMER, "7")

    assert [1] == waits


def test_a_read_of_broken_json_is_repeated() -> None:
    """An answer that was cut off is asked for again."""
    bodies = iter([b'{"id": ', b'{"id": 7}'])
    waits: list[float] = []
    connection = connected(lambda _: httpx.Response(200, content=next(bodies)))
    Invoiced.over(connection, waits.append).get(CUSTOMER, "7")

    assert [1] == waits


def test_the_advice_of_a_busy_vendor_is_obeyed() -> None:
    """A 503 with a time is repeated after that time."""
    waits: list[float] = []
    connection = busy(1, status=503, headers={"retry-after": "9"})
    Invoiced.over(connection, waits.append).get(CUSTOMER, "7")

    assert [9] == waits


def test_a_write_without_an_answer_is_not_repeated() -> None:
    """It may have been made: the next run finds out."""
    waits: list[float] = []
    with pytest.raises(TryAgainError, match="answered 502"):
        Chargebee.over(busy(1, status=502), waits.append).create(CUSTOMER, {"id": "7"})

    assert [] == waits


@pytest.mark.parametrize("headers", [{}, {"retry-after": "60"}])
def test_a_locked_record_does_not_delay_the_others(headers: dict[str, str]) -> None:
    """A record that another call is at costs seconds, not a minute (fault 8)."""
    waits: list[float] = []

    def handle(_: httpx.Request) -> httpx.Response:
        body = {"api_error_code": "lock_timeout", "message": "locked"}
        return httpx.Response(429, json=body, headers=headers)

    with pytest.raises(TryAgainError, match="answered 429"):
        Chargebee.over(connected(handle), waits.append).create(CUSTOMER, {"id": "7"})

    assert sum(waits) <= 7


def test_calls_stay_below_the_limit() -> None:
    """No window of a minute has more calls than allowed, and no call waits longer."""
    clock, times = Clock(), list[float]()

    def handle(_: httpx.Request) -> httpx.Response:
        times.append(clock.seconds)
        clock.seconds += 0.3
        return httpx.Response(200, json=RECORD)

    limiter = RateLimiter(105, clock.wait, lambda: clock.seconds)
    client = Invoiced.over(connected(handle), clock.wait, limiter)
    for _ in range(1_000):
        client.get(CUSTOMER, "7")
    most = max(sum(t <= x < t + 60 for x in times) for t in times)

    assert (105, True) == (most, 1_000 / (clock.seconds - 1_000) * 60 >= 0.95 * 105)


def test_its_patience_ends() -> None:
    """A vendor that never answers otherwise stops the call."""
    waits: list[float] = []
    with pytest.raises(TryAgainError, match="answered 429"):
        Invoiced.over(busy(99), waits.append).get(CUSTOMER, "7")

    assert [60, 60, 60] == waits


def test_an_hour_is_too_long() -> None:
    """Whoever started the command can wait better than the command."""
    waits: list[float] = []
    with pytest.raises(TryAgainError, match="answered 429"):
        Invoiced.over(busy(1, headers={"retry-after": "3600"}), waits.append).get(
            CUSTOMER, "7"
        )

    assert [] == waits
