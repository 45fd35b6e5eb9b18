"""Where the checklist runs: what every target can do."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

import pytest

from dataflow.harness.scenario.polling import PollPolicy
from dataflow.harness.targets.exchanges import Exchange
from dataflow.harness.targets.tapes import Tape
from dataflow.harness.vendors.connection import Connection

#: What answers in the vendors' place, by the name of the target.
EVIDENCE = {
    "recorded": "what was answered when the cassettes were recorded; each says where",
    "twin": "stand-ins for both APIs; no real account took part",
    "sandbox": "sandbox accounts of both vendors",
}

#: Where a run keeps the keys that nothing it leaves behind may show.
SECRETS = pytest.StashKey[frozenset[str]]()


class Target(Protocol):
    """Both systems, as the harness meets them in one scenario after the other.

    `connection` leads to the accounts of the scenario that was begun last.
    """

    connection: Connection
    #: How long what a sync did may take to show, by this target's clock.
    patience: PollPolicy

    def begin(self, check: str) -> Tape:
        """Begin a scenario, with empty accounts where the target has its own."""
        ...

    def tick(self) -> None:
        """Let time pass between two steps."""
        ...

    def linger(self) -> None:
        """Let pass what a sync may wait for before it touches a record, if that helps.

        It has said that it was done, and has not made what it ought to.
        """
        ...

    def let_pass(self, seconds: int) -> None:
        """Let so much of the vendors' time pass."""
        ...

    def now(self) -> int | None:
        """Return the vendors' time in unix seconds where the machine's is another."""
        ...

    def settle(self) -> None:
        """Let the vendors' lists show what was written."""
        ...

    def troubled(self) -> AbstractContextManager[None]:
        """Let calls meet the trouble that this target has in store for a sync."""
        ...

    def troubles(self) -> list[str]:
        """Return which trouble the scenario's calls have met so far."""
        ...

    def calls(self) -> Mapping[str, int]:
        """Return how many calls each vendor has had of the scenario, if that counts."""
        ...

    def evidence(self) -> str:
        """Say in words what a verdict in this scenario rests on."""
        ...

    def unconfirmed(self) -> list[str]:
        """Return which assumptions the scenario has rested on so far."""
        ...

    def take_failures(self, *, held: bool) -> list[str]:
        """Return at what the target itself has failed since this was last asked.

        `held` tells whether the scenario did: then what it got over does not count.
        """
        ...

    def take_exchanges(self) -> list[Exchange]:
        """Return what went over the wire since this was last asked, and forget it."""
        ...
