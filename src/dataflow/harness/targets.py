"""Where the checklist runs. So far: on the twins, over real HTTP on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import pytest

from dataflow.harness.connection import Connection
from dataflow.harness.exchanges import Exchange
from dataflow.twin import pair
from dataflow.twin.clock import HandClock
from dataflow.twin.wire import Request, Response

#: The twins' clock moves this far between two steps: more than the vendors' grain.
STEP_SECONDS = 2

#: Where a run keeps the keys that nothing it leaves behind may show.
SECRETS = pytest.StashKey[frozenset[str]]()


class Target(Protocol):
    """Both systems, as the harness meets them."""

    connection: Connection

    def fresh(self) -> None:
        """Begin a scenario, with empty accounts where the target has its own."""
        ...

    def tick(self) -> None:
        """Let time pass between two steps."""
        ...

    def unconfirmed(self) -> list[str]:
        """Return which assumptions the scenario has rested on so far."""
        ...

    def take_exchanges(self) -> list[Exchange]:
        """Return what went over the wire since this was last asked, and forget it."""
        ...


class TwinTarget:
    """The stand-ins for both vendors, with a clock that the harness moves."""

    def __init__(
        self,
        twins: pair.TwinPair,
        clock: HandClock,
        connection: Connection,
        wire: WireLog,
    ) -> None:
        self._twins = twins
        self._clock = clock
        self._wire = wire
        self.connection = connection

    def fresh(self) -> None:
        """Empty both accounts; ids go on where they were."""
        self._twins.reset()

    def tick(self) -> None:
        """Move the twins' clock on."""
        self._clock.advance(STEP_SECONDS)

    def unconfirmed(self) -> list[str]:
        """Return which assumed behaviours of the twins were met, as sentences."""
        return [f"{met.name}: {met.says}" for met in self._twins.unconfirmed()]

    def take_exchanges(self) -> list[Exchange]:
        """Return the calls that the twins answered since this was last asked."""
        return self._wire.take()


class WireLog:
    """Keeps the calls of all programs, in the order in which they were answered."""

    def __init__(self) -> None:
        self._kept: list[Exchange] = []

    def note(self, system: str, request: Request, response: Response) -> None:
        """Keep one call; the twins' threads do it as they answer."""
        self._kept.append(
            Exchange(
                system=system,
                method=request.method,
                path=request.path,
                query=request.query,
                body=request.body,
                status=response.status,
                answer=response.body,
            )
        )

    def take(self) -> list[Exchange]:
        """Return what was kept, and begin anew."""
        taken, self._kept = self._kept, []
        return taken


def twin_secrets() -> frozenset[str]:
    """Return the keys that the twins ask for: worthless, and treated like others."""
    return frozenset({pair.KEY})


@contextmanager
def twin_target(invoiced_port: int, chargebee_port: int) -> Iterator[TwinTarget]:
    """Serve both twins for the length of a run; port 0 takes a free one."""
    clock = HandClock()
    wire = WireLog()
    twins = pair.TwinPair(clock, wire.note)
    with twins.serving(invoiced_port, chargebee_port) as addresses:
        connection = Connection(
            invoiced_url=addresses.invoiced_url,
            invoiced_key=pair.KEY,
            chargebee_url=addresses.chargebee_url,
            chargebee_key=pair.KEY,
            chargebee_site=pair.SITE,
        )
        yield TwinTarget(twins, clock, connection, wire)
