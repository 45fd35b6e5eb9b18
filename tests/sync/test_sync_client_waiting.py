"""What the clients do when a vendor asks for patience."""

from __future__ import annotations

import httpx
import pytest

from dataflow.errors import TryAgainError
from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.connection import HttpConnection
from dataflow.sync.clients.invoiced import Invoiced
from dataflow.sync.record_types import CUSTOMER
from tests.sync.world import connected

RECORD = {"id": 7, "customer": {"id": "7"}}


def busy(times: int, **headers: str) -> HttpConnection:
    """Return a connection that gets so many answers of 429 before a good one."""
    answers = iter([429] * times)

    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(next(answers, 200), json=RECORD, headers=headers)

    return connected(handle)


def test_it_waits_as_long_as_it_is_told() -> None:
    """The seconds of Retry-After pass before the call is made again."""
    waits: list[float] = []
    Chargebee.over(busy(1, **{"retry-after": "7"}), waits.append).get(CUSTOMER, "7")

    assert [7] == waits


@pytest.mark.parametrize("told", [{}, {"retry-after": "Mon, 05 Jan 2026 09:00:00 GMT"}])
def test_it_waits_a_minute_otherwise(told: dict[str, str]) -> None:
    """Invoiced says nothing, and the limits are a minute's."""
    waits: list[float] = []
    Invoiced.over(busy(2, **told), waits.append).get(CUSTOMER, "7")

    assert [60, 60] == waits


def test_a_write_waits_too() -> None:
    """A call that was answered with 429 has not been performed."""
    waits: list[float] = []
    Chargebee.over(busy(1), waits.append).create(CUSTOMER, {"id": "7"})

    assert [60] == waits


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
        Invoiced.over(busy(1, **{"retry-after": "3600"}), waits.append).get(
            CUSTOMER, "7"
        )

    assert [] == waits
