"""One run of the checklist on sandbox accounts: which scenarios, on what, and when."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from dataflow.errors import (
    LockedError,
    TryAgainError,
    VendorRefusedError,
    VendorUnavailableError,
)
from dataflow.harness.scenario.factories import create_stranger, customer_id, order_id
from dataflow.harness.targets.sandbox_settings import SandboxSettings
from dataflow.harness.targets.sandbox_target import SandboxTarget
from dataflow.record_types.model import CUSTOMER, ORDER
from dataflow.sandbox.doctor import Needs, State, examine
from dataflow.sandbox.lock import LASTS, Lock
from dataflow.sandbox.run_mark import new_run_mark
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import Connection, chargebee_client

#: Seconds after which the lock is held anew, between two scenarios: one of them takes
#: less than what is left then.
_HELD_ANEW = LASTS / 12


@contextmanager
def sandbox_run(
    connection: Connection,
    settings: SandboxSettings,
    cassettes: Path | None,
    clock: Callable[[], float] = time.time,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[SandboxTarget]:
    """Lend the accounts as a target, for one run; the guard has to be watching."""
    run = new_run_mark(clock, secrets.token_hex)
    target = SandboxTarget(connection, str(run), clock, pause, settings, cassettes)
    lock = Lock(ChargebeeSite(chargebee_client(connection)), run)
    with target.listening(), _held(lock):
        target.before_each = _keeping(lock, clock)
        refuse_without_orders(target)
        yield target


@contextmanager
def _held(lock: Lock) -> Iterator[None]:
    """Hold the lock of the site, or end the run."""
    try:
        lock.take()
    except (LockedError, VendorUnavailableError) as error:
        raise _end(str(error)) from error
    try:
        yield
    finally:
        # Where nobody answers any more, the lock ends by itself.
        with suppress(VendorUnavailableError):
            lock.release()


def _keeping(lock: Lock, clock: Callable[[], float]) -> Callable[[], None]:
    """Return what holds the lock for longer each time that a part of it is over."""
    last = clock()

    def keep() -> None:
        nonlocal last
        if clock() - last > _HELD_ANEW:
            try:
                lock.refresh()
            except (LockedError, VendorUnavailableError) as error:
                raise _end(str(error)) from error
            last = clock()

    return keep


def _end(says: str) -> BaseException:
    """Return what ends the run, inconclusive, with a sentence."""
    return pytest.exit.Exception(says, TryAgainError.status)


def refuse_unfit(
    connection: Connection, needs: Needs, clock: Callable[[], float] = time.time
) -> None:
    """End the run, inconclusive, with a sentence for each thing that is missing."""
    findings = list(examine(connection, needs, clock))
    wrong = [f for f in findings if f.state is State.MISSING or not f.asked]
    if wrong:
        raise _end("\n".join(f"{each.about}: {each.says}" for each in wrong))


def refuse_without_orders(target: SandboxTarget) -> None:
    """End the run, inconclusive, where the site takes no order: no read shows that.

    What was made to see it is removed again.
    """
    site = ChargebeeSite(chargebee_client(target.connection))
    scope = target.scope("probe")
    name = f"Probe {scope.token}-0"
    try:
        site.delete(ORDER, create_stranger(site, ORDER, name, scope)["id"])
    except VendorRefusedError as refusal:
        raise _end(
            f"Chargebee orders: the site takes none ({refusal}). Enable orders in its"
            " settings, and the currency EUR."
        ) from refusal
    finally:
        with suppress(VendorRefusedError):
            # Its invoice goes with it.
            site.delete(CUSTOMER, customer_id(order_id(name, scope)))
