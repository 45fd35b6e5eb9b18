"""The accounts that the contract suite runs on, and how time passes there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dataflow.harness.targets.sandbox import create_refresher, hold_lock
from dataflow.harness.targets.twin import serve_twins
from dataflow.killed_runs import record_lock
from dataflow.sandbox.lock import Lock
from dataflow.sandbox.run_mark import RunMark
from dataflow.twin.chargebee.profile import CHARGEBEE
from dataflow.twin.messages import Arguments
from dataflow.twin.pair import TwinPair
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import Connection, chargebee_client

#: Seconds between two tests, of which each makes about five calls: a test site of
#: Chargebee accepts 150 calls a minute (documented). On a twin, a minute costs nothing.
REST, TWIN_REST = 2.0, 61.0


@dataclass(frozen=True, slots=True)
class Accounts:
    """An account of each vendor, which may hold the records of others.

    `later` lets so many seconds of the vendors' time pass; `rest` is how many pass
    between two tests. `twins` are the accounts themselves, unless they are real.
    """

    connection: Connection
    later: Callable[[float], None]
    rest: float
    twins: TwinPair | None = None


@contextmanager
def twin_accounts() -> Iterator[Accounts]:
    """Serve both twins, with a clock that is advanced at once."""
    with serve_twins(keeps_accounts=True) as target:
        _set_up(target.twins)
        advance = target.time.advance
        yield Accounts(target.connection, advance, TWIN_REST, target.twins)


def _set_up(twins: TwinPair) -> None:
    """Give the twins what the suite requires of a real site, with its call limit."""
    twins.chargebee.set_switch("switches", Arguments({"orders": True}))
    twins.chargebee.limit.most = CHARGEBEE.default_limit


@contextmanager
def sandbox_accounts(
    connection: Connection,
    run: RunMark,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.time,
) -> Iterator[Accounts]:
    """Lock real accounts, where time passes only by waiting, for one run."""
    lock = Lock(ChargebeeSite(chargebee_client(connection)), run)
    with record_lock(str(run)), hold_lock(lock):
        refresh = create_refresher(lock, clock)

        def later(seconds: float) -> None:
            refresh()
            pause(seconds)

        yield Accounts(connection, later, REST)
