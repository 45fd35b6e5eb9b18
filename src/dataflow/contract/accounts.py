"""The accounts that the contract suite runs on, and how time passes there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dataflow.harness.targets.twin import serve_twins
from dataflow.twin.chargebee.profile import CHARGEBEE
from dataflow.twin.messages import Arguments
from dataflow.twin.pair import TwinPair
from dataflow.vendors.connection import Connection

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


def sandbox_accounts(
    connection: Connection, pause: Callable[[float], None] = time.sleep
) -> Accounts:
    """Return real accounts, where time passes only by waiting."""
    return Accounts(connection, pause, REST)
