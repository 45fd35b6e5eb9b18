"""What goes wrong with one record, or with the memory of all."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from dataflow.errors import DataflowError, LockedError, VendorUnavailableError
from dataflow.sync.errors import KeyRefusedError, StateError
from dataflow.sync.state import StateStore
from tests.sync.world import KilledError, World, call_of, refusing


def killing(_answer: Callable[[], httpx.Response]) -> httpx.Response:
    """End the process."""
    raise KilledError


def locking_out(_answer: Callable[[], httpx.Response]) -> httpx.Response:
    """Refuse the key."""
    return httpx.Response(401, json={"message": "no"})


@pytest.mark.parametrize(
    ("ending", "error"), [(killing, KilledError), (locking_out, KeyRefusedError)]
)
def test_a_failure_is_remembered_when_the_run_dies_later(
    world: World,
    ending: Callable[[Callable[[], httpx.Response]], httpx.Response],
    error: type[BaseException],
) -> None:
    """The time moved on past a record that failed, so the next run has to know it."""
    failed = world.customer()
    world.clock.advance(60)
    world.customer()
    world.item()

    def dying(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        if call_of(request) == "POST /item_families":
            return ending(answer)
        return refusing("POST /customers", f"id={failed}", status=500)(request, answer)

    with world.failing(dying), pytest.raises(error):
        world.sync()
    world.sync()

    assert failed in {customer["id"] for customer in world.listed("customer")}


@pytest.mark.parametrize(
    "error",
    [VendorUnavailableError("Chargebee", "down"), LockedError("lost")],
    ids=["vendor", "lock"],
)
def test_an_error_of_the_harness_in_a_call_ends_the_run(
    world: World, error: Exception
) -> None:
    """The sync does not treat an error that a hook raises as an answer of a vendor."""
    world.customer()

    def failing(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        if call_of(request) == "POST /customers":
            raise error
        return answer()

    with world.failing(failing), pytest.raises(type(error)) as caught:
        world.sync()

    assert error is caught.value


def test_records_that_never_get_an_answer_stop_no_others(world: World) -> None:
    """Three that always fail are passed by from the second run on."""
    for _ in range(3):
        world.customer(name="Poison")
    world.clock.advance(60)
    person = world.customer(name="Ada")
    invoice = world.invoice(person)
    with world.failing(refusing("POST /customers", "Poison", status=500)):
        world.sync()

        second = world.sync()

    assert (75, False, [invoice]) == (
        second.status,
        second.halted,
        [order["reference_id"] for order in world.live("order")],
    )


def test_records_that_got_no_answer_come_last(world: World) -> None:
    """What may fail again is tried after all that has not failed yet."""
    late = world.customer(name="Late")
    with world.failing(refusing("POST /customers", "Late", status=500)):
        world.sync()
    world.left("PATCH", f"/customers/{late}", {"notes": "seen in the list again"})
    first = world.customer()

    world.sync()

    sent = [body["id"] for body in world.bodies if "id" in body]
    assert [first, late] == sent


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow or be written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_cannot_be_remembered_is_not_done(world: World) -> None:
    """A state file that cannot be written is noticed before any call is made."""
    world.customer()
    world.sync()
    world.customer()
    with full_disk(), pytest.raises(StateError, match="cannot be written"):
        world.sync()

    assert [] == world.calls


def test_the_advice_fits_a_full_disk(world: World) -> None:
    """A memory that is whole is not to be thrown away."""
    world.sync()
    with full_disk(), pytest.raises(DataflowError) as error:
        world.sync()

    assert (True, False) == ("room" in str(error.value), "empty" in str(error.value))


def test_a_memory_that_fails_stops_the_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing more is written once what was written cannot be remembered."""
    for _ in range(3):
        world.customer()
    world.sync()
    for _ in range(3):
        world.customer()

    def full(*_args: object) -> None:
        raise StateError("the disk is full")

    monkeypatch.setattr(StateStore, "save_link", full)
    with pytest.raises(StateError, match="the disk is full"):
        world.sync()

    assert ["POST /customers"] == world.writes
