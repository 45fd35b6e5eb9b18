"""The twins with the machine's clock, for a sync that goes by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import httpx
import pytest

from dataflow.harness.targets.real_time import RealTimeTwinTarget, wait
from dataflow.harness.targets.twin_target import twin_target
from dataflow.twin.clock import ManualClock
from tests.harness.project import run, usage_error

CHECK = "items-item.every.new-record"


@pytest.fixture
def machine() -> ManualClock:
    """Return the machine's clock: half a second after second 1000."""
    clock = ManualClock(1000)
    clock.advance(0.5)
    return clock


@pytest.fixture
def served(machine: ManualClock) -> Iterator[Callable[..., RealTimeTwinTarget]]:
    """Return what serves the twins by that clock, with a scenario begun."""
    with ExitStack() as stack:

        def serve(*, lasting: bool = False) -> RealTimeTwinTarget:
            make = partial(
                RealTimeTwinTarget,
                machine=machine,
                pause=machine.advance,
                lasting=lasting,
            )
            target = stack.enter_context(twin_target(0, 0, make))
            assert isinstance(target, RealTimeTwinTarget)
            target.begin(CHECK)
            return target

        yield serve


Served = Callable[..., RealTimeTwinTarget]


def customers(target: RealTimeTwinTarget) -> list[int]:
    """Return when each customer of Invoiced was made."""
    url, key = target.connection.invoiced_url, target.connection.invoiced_key
    answer = httpx.get(f"{url}/customers", auth=(key, ""))
    return [customer["created_at"] for customer in answer.json()]


def make(target: RealTimeTwinTarget) -> None:
    """Make a customer in Invoiced."""
    url, key = target.connection.invoiced_url, target.connection.invoiced_key
    httpx.post(f"{url}/customers", json={"name": "Ada"}, auth=(key, ""))


def test_the_time_is_the_machines(served: Served) -> None:
    """A record is made when the machine says: what a sync asks for has it."""
    target = served()
    make(target)

    assert [1000] == customers(target)


def test_a_tick_leads_into_the_next_second(
    served: Served, machine: ManualClock
) -> None:
    """Two edits never have one time, and nobody waits for longer than that takes."""
    served().tick()

    assert 1_001_000 == machine.milliseconds()


def test_a_sync_is_not_told_the_time(served: Served) -> None:
    """It has the same as the twins."""
    assert served().now() is None


def test_each_scenario_has_new_accounts(served: Served) -> None:
    """A sync that is run for each scenario begins each with nothing."""
    target = served()
    make(target)
    target.begin("another")

    assert [] == customers(target)


def test_a_service_keeps_its_accounts(served: Served) -> None:
    """A service would miss what vanished under it."""
    target = served(lasting=True)
    make(target)
    target.begin("another")

    assert [1000] == customers(target)


def test_a_further_try_comes_a_minute_later(
    served: Served, machine: ManualClock
) -> None:
    """A sync that leaves alone what was just edited goes by this clock as well."""
    served().linger()

    assert 1_060_500 == machine.milliseconds()


def test_a_service_is_looked_at_as_before(served: Served, machine: ManualClock) -> None:
    """It has many chances of half a second: nobody waits a minute for each."""
    served(lasting=True).linger()

    assert 1_000_500 == machine.milliseconds()


def test_a_slow_answer_is_waited_for(served: Served, machine: ManualClock) -> None:
    """There is no other clock that could be moved."""
    served().delay(3)

    assert 1_003_500 == machine.milliseconds()


def test_seconds_are_waited_for(served: Served, machine: ManualClock) -> None:
    """What needs a moment to pass gets it."""
    served().let_pass(2)

    assert 1_002_500 == machine.milliseconds()


def test_an_hour_is_not_waited_for(machine: ManualClock) -> None:
    """What slipped through is left out: nobody sits an hour in front of a test."""
    with pytest.raises(BaseException, match="it needs 3600 s to pass"):
        wait(3600, machine.advance)


def test_what_needs_days_is_left_out() -> None:
    """It is told, with the reason."""
    asked = ("--sync", "none", "-m", "items-item.every.a-day-apart", "-rs")
    done = run("features", "--real-time", *asked)

    assert "it needs days to pass, and the clock there is moved by nobody" in (
        done.stdout
    )


@pytest.mark.parametrize(
    "options",
    [("--record",), ("--target", "recorded"), ("--weather", "rough")],
    ids=" ".join,
)
def test_real_time_where_there_is_none_is_one_sentence(
    options: tuple[str, ...],
) -> None:
    """A clock that nobody could move would make other recordings, and other weather."""
    assert (
        "--real-time is for the twins in fair weather, and is not recorded: add"
        " --target twin, and leave out --record and --weather."
    ) == usage_error(run("features", "--real-time", *options))
