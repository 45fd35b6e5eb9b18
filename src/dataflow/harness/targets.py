"""Where the checklist runs. So far: on the twins, over real HTTP on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from dataflow.harness.connection import Connection
from dataflow.twin.chargebee import ChargebeeTwin
from dataflow.twin.clock import HandClock
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.server import TwinServer

#: The twins' clock moves this far between two steps: more than the vendors' grain.
STEP_SECONDS = 2

TWIN_KEY = "twin-key-of-no-value"
TWIN_SITE = "twin-test"


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


class TwinTarget:
    """The stand-ins for both vendors, with a clock that the harness moves."""

    def __init__(self) -> None:
        self._clock = HandClock()
        self._invoiced = InvoicedTwin(self._clock, key=TWIN_KEY)
        self._chargebee = ChargebeeTwin(self._clock, key=TWIN_KEY, site=TWIN_SITE)
        self.connection: Connection

    @contextmanager
    def serving(self, ports: tuple[int, int] = (0, 0)) -> Iterator[TwinTarget]:
        """Serve both twins on loopback; port 0 takes a free one."""
        with (
            TwinServer(self._invoiced.handle, ports[0]) as invoiced,
            TwinServer(self._chargebee.handle, ports[1]) as chargebee,
        ):
            self.connection = Connection(
                invoiced_url=invoiced.url,
                invoiced_key=TWIN_KEY,
                chargebee_url=f"{chargebee.url}/api/v2",
                chargebee_key=TWIN_KEY,
                chargebee_site=TWIN_SITE,
            )
            yield self

    def fresh(self) -> None:
        """Empty both accounts; ids go on where they were."""
        for twin in (self._invoiced, self._chargebee):
            twin.reset()
            twin.touched.clear()

    def tick(self) -> None:
        """Move the twins' clock on."""
        self._clock.advance(STEP_SECONDS)

    def unconfirmed(self) -> list[str]:
        """Return which assumed behaviours of the twins were met, as sentences."""
        met = [*self._invoiced.touched.unconfirmed()]
        met += self._chargebee.touched.unconfirmed()
        return [f"{behaviour.name}: {behaviour.says}" for behaviour in met]
