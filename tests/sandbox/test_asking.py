"""Calls keep to a pace, and are made again where a vendor asks for patience."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dataflow.harness.targets.pacing import Pace
from dataflow.record_types.model import CUSTOMER
from dataflow.errors import VendorUnavailableError
from dataflow.sandbox.asking import Asking, patient_accounts
from tests.sandbox.leftover_accounts import accounts, refused


class Watch:
    """A clock that waits move on; `waited` are the waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[float] = []

    def pause(self, seconds: float) -> None:
        """Wait."""
        self.waited.append(seconds)
        self.now += seconds

    def seconds(self) -> float:
        """Return the time."""
        return self.now


def busy(*after: int | None) -> Callable[[], str]:
    """Return a call that is refused so often, and then answered."""
    left = list(after)

    def call() -> str:
        if left:
            raise VendorUnavailableError("Chargebee", "429", status=429, retry_after=left.pop(0))
        return "answer"

    return call


def asking(watch: Watch, most: int = 9) -> Asking:
    """Return what makes at most so many calls a minute."""
    return Asking(Pace(watch.seconds, watch.pause, most), watch.pause)


def test_calls_keep_to_the_pace() -> None:
    """In no minute, wherever it begins, more calls are made than are allowed."""
    watch, made = Watch(), list[float]()
    patient = asking(watch, 3)
    for _ in range(10):
        patient.make(lambda: made.append(watch.now))
        watch.now += 7

    most = max(sum(at <= other < at + 60 for other in made) for at in made)
    assert (3, 10) == (most, patient.calls)


@pytest.mark.parametrize(
    ("after", "waited"),
    [([2], [2]), ([None], [60.0]), ([3600], [60.0]), ([1, None, 5], [1, 60.0, 5])],
)
def test_a_call_too_many_waits(after: list[int | None], waited: list[float]) -> None:
    """After a 429 it waits as long as is said, a minute at most, and asks again."""
    watch = Watch()
    answer = asking(watch).make(busy(*after))

    assert ("answer", waited) == (answer, watch.waited)


def test_patience_comes_to_an_end() -> None:
    """A vendor that says no four times is not asked a fifth time."""
    watch = Watch()
    patient = asking(watch)
    with pytest.raises(VendorUnavailableError):
        patient.make(busy(1, 1, 1, 1))

    assert ([1, 1, 1], 4) == (watch.waited, patient.calls)


def test_a_vendor_that_is_down_is_not_asked_again() -> None:
    """Other trouble is passed on at once: a write might be made twice."""
    watch = Watch()

    def down() -> None:
        raise VendorUnavailableError("Chargebee", "500", status=500)

    with pytest.raises(VendorUnavailableError):
        asking(watch).make(down)
    assert [] == watch.waited


@pytest.mark.parametrize(
    ("call", "waited"),
    [("GET /api/v2/customers", [7, 7, 7]), ("GET /customers", [60.0, 60.0, 60.0])],
)
def test_retry_after_is_read_where_the_sdk_shows_it(
    call: str, waited: list[float]
) -> None:
    """Chargebee's header is heeded; Invoiced's SDK drops it, so a minute is waited."""
    watch = Watch()
    with accounts() as there:
        there.instead[call] = refused(429, **{"Retry-After": "7"})
        patient = patient_accounts(there.connection, watch.pause)
        side = patient.chargebee if "/api/" in call else patient.invoiced
        with pytest.raises(VendorUnavailableError):
            side.everything(CUSTOMER)

    assert waited == watch.waited
