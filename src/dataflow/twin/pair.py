"""Both twins at once, as the checklist and the command line use them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from dataflow.errors import DataflowError
from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.chargebee.profile import CHARGEBEE
from dataflow.twin.clock import Clock
from dataflow.twin.controls import answer_control
from dataflow.twin.evidence import Behaviour
from dataflow.twin.gateway import Gateway, LockedTwin, Switch
from dataflow.twin.http_server import TwinServer
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.invoiced.profile import INVOICED
from dataflow.twin.messages import App, Request, Response
from dataflow.twin.profile import Twin, VendorProfile

#: The keys are no secrets: clients send them as they would send real ones.
INVOICED_KEY = "key-of-the-invoiced-twin"
CHARGEBEE_KEY = "key-of-the-chargebee-twin"
SITE = "twin-test"

#: The keys by the vendor's name.
KEYS = {INVOICED.name: INVOICED_KEY, CHARGEBEE.name: CHARGEBEE_KEY}

#: Receives each call to a twin: the vendor's name, the request and the response.
CallObserver: TypeAlias = Callable[[str, Request, Response], None]


@dataclass(frozen=True, slots=True)
class Addresses:
    """The roots of both APIs; Chargebee's includes `/api/v2`."""

    invoiced_url: str
    chargebee_url: str


#: Wraps an app, given the vendor's name and the twin with its controls.
Wrapper: TypeAlias = Callable[[str, App], App]


class TwinPair:
    """A twin of each vendor, on one clock.

    `invoiced` and `chargebee` are their gateways. `watch` receives each call, whichever
    program made it; `pause` waits so many seconds before a slow answer; `around` wraps
    each twin with its controls.
    """

    def __init__(
        self,
        clock: Clock,
        watch: CallObserver = lambda _vendor, _request, _response: None,
        pause: Callable[[float], None] = time.sleep,
        around: Wrapper = lambda _vendor, app: app,
    ) -> None:
        self._watch = watch
        self._pause = pause
        self._around = around
        self.renew(clock)

    def renew(self, clock: Clock) -> None:
        """Replace both twins and their gateways by new ones, at the same addresses."""
        self._invoiced = InvoicedTwin(clock, key=INVOICED_KEY)
        self._chargebee = ChargebeeTwin(clock, key=CHARGEBEE_KEY, site=SITE)
        self.invoiced = self._make_gateway(
            self._invoiced, self._invoiced.list_switches(), INVOICED, clock
        )
        self.chargebee = self._make_gateway(
            self._chargebee, self._chargebee.list_switches(), CHARGEBEE, clock
        )
        gateways = self.invoiced, self.chargebee
        self._gateways = {gateway.vendor.name: gateway for gateway in gateways}
        self._apps = {
            vendor: self._around(vendor, answer_control(gateway))
            for vendor, gateway in self._gateways.items()
        }

    @contextmanager
    def serve(self, invoiced_port: int, chargebee_port: int) -> Iterator[Addresses]:
        """Serve both twins on loopback; port 0 takes a free port."""
        with (
            self._make_server(INVOICED.name, invoiced_port) as invoiced,
            self._make_server(CHARGEBEE.name, chargebee_port) as chargebee,
        ):
            yield Addresses(invoiced.url, f"{chargebee.url}/api/v2")

    def reset(self) -> None:
        """Empty both accounts, and forget cited behaviours; ids continue."""
        self.invoiced.reset()
        self.chargebee.reset()

    @property
    def twins(self) -> dict[str, LockedTwin]:
        """Return both twins, by the vendor's name."""
        return {name: gateway.twin for name, gateway in self._gateways.items()}

    def unconfirmed(self) -> list[Behaviour]:
        """Return the assumed behaviours that were cited since the last reset."""
        twins = self._invoiced, self._chargebee
        return [each for twin in twins for each in twin.evidence.unconfirmed()]

    def pop_failures(self) -> list[str]:
        """Return the failures of the twins' own code, and forget them."""
        return [*self.invoiced.failures.pop(), *self.chargebee.failures.pop()]

    def _make_gateway(
        self,
        twin: Twin,
        switches: Mapping[str, Switch],
        vendor: VendorProfile,
        clock: Clock,
    ) -> Gateway:
        return Gateway(
            twin,
            vendor,
            clock,
            key=KEYS[vendor.name],
            note=partial(self._watch, vendor.name),
            pause=self._pause,
            switches=switches,
        )

    def _make_server(self, vendor: str, port: int) -> TwinServer:
        def answer(request: Request) -> Response:
            return self._apps[vendor](request)  # a renewed twin has another app

        def waits() -> bool:
            return self._gateways[vendor].faults.has_slow()

        try:
            return TwinServer(answer, port, waits=waits)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise DataflowError(
                f"Port {port} cannot be listened on ({reason}): choose another, or 0"
                " for any that is free."
            ) from error
