"""The accounts that the contract suite runs on, and how time passes there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dataflow.harness.targets.twin_target import LastingTwinTarget, twin_target
from dataflow.harness.vendors.connection import Connection
from dataflow.twin.chargebee.profile import CHARGEBEE
from dataflow.twin.messages import Arguments
from dataflow.twin.pair import TwinPair

#: Between two tests a real account gets a rest: documented are 150 calls a minute on
#: a test site of Chargebee, and a test makes five or so. The twin's minute is over.
REST, TWIN_REST = 2.0, 61.0


@dataclass(frozen=True, slots=True)
class Accounts:
    """An account of each vendor, which may hold the records of others.

    `later` lets so many seconds of the vendors' time pass; `rest` is how many pass
    between two tests.
    """

    connection: Connection
    later: Callable[[float], None]
    rest: float


@contextmanager
def twin_accounts() -> Iterator[Accounts]:
    """Serve both twins, whose clock is moved by hand."""
    with twin_target(0, 0, LastingTwinTarget) as twins:
        _furnish(twins.twins)
        yield Accounts(twins.connection, twins.clock.advance, TWIN_REST)


def _furnish(twins: TwinPair) -> None:
    """Set the site up as the suite asks of a real one, with the limit that that has."""
    switches = {"orders": True, "enabled_currencies_only": True}
    twins.chargebee.set_switch("switches", Arguments(switches))
    twins.chargebee.limit.most = CHARGEBEE.most


def sandbox_accounts(
    connection: Connection, pause: Callable[[float], None] = time.sleep
) -> Accounts:
    """Return real accounts, whose clock can only be waited for."""
    return Accounts(connection, pause, REST)
