"""Both twins at once, as the checklist and the command line use them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from dataflow.errors import DataflowError
from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.chargebee.api import list_switches as chargebee_knobs
from dataflow.twin.chargebee.profile import CHARGEBEE
from dataflow.twin.clock import Clock, MomentClock
from dataflow.twin.controls import answer_control
from dataflow.twin.evidence import Behaviour
from dataflow.twin.gateway import Gateway, Knob
from dataflow.twin.http_server import TwinServer
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.invoiced.api import list_switches as invoiced_knobs
from dataflow.twin.invoiced.profile import INVOICED
from dataflow.twin.journal import Journal, JournaledTwin
from dataflow.twin.messages import App, Request, Response
from dataflow.twin.profile import VendorProfile

#: Twins guard nothing: their keys only have to be sent as real ones would be.
INVOICED_KEY = "key-of-the-invoiced-twin"
CHARGEBEE_KEY = "key-of-the-chargebee-twin"
SITE = "twin-test"

#: The keys by the vendor's name.
KEYS = {INVOICED.name: INVOICED_KEY, CHARGEBEE.name: CHARGEBEE_KEY}

#: Is told of each call at the edge of a twin: the vendor's name, and what travelled.
Watch: TypeAlias = Callable[[str, Request, Response], None]


class PortTakenError(DataflowError):
    """Another program listens where a twin was to listen."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the twins listen; Chargebee's goes up to and including `/api/v2`."""

    invoiced_url: str
    chargebee_url: str


#: Lays something around a twin and its controls: the vendor's name, and both as one.
Around: TypeAlias = Callable[[str, App], App]


def _bare(_vendor: str, app: App) -> App:
    """Lay nothing around."""
    return app


def _unwatched(_vendor: str, _request: Request, _response: Response) -> None:
    """Let a call go by."""


class TwinPair:
    """A twin of each vendor, living by one clock.

    `invoiced` and `chargebee` are their controls, which are served as well. Every call
    of every program passes `watch`, whatever it speaks through; `pause` waits so many
    seconds where an answer is to come late. `around` is laid around all of it.

    Where the clock can stand still for a moment, `journals` holds what changed each
    twin, by the vendor's name.
    """

    def __init__(
        self,
        clock: Clock,
        watch: Watch = _unwatched,
        pause: Callable[[float], None] = time.sleep,
        around: Around = _bare,
    ) -> None:
        self._watch = watch
        self._pause = pause
        self._around = around
        self.renew(clock)

    def renew(self, clock: Clock) -> None:
        """Put two new, empty accounts in the place of these, at the same addresses.

        Their controls are new too: nothing that was set stays.
        """
        self._invoiced = InvoicedTwin(clock, key=INVOICED_KEY)
        self._chargebee = ChargebeeTwin(clock, key=CHARGEBEE_KEY, site=SITE)
        self.journals: dict[str, Journal] = {}
        self.invoiced = self._edge(
            self._invoiced, invoiced_knobs(self._invoiced), INVOICED, clock
        )
        self.chargebee = self._edge(
            self._chargebee, chargebee_knobs(self._chargebee), CHARGEBEE, clock
        )
        self._invoiced_app = self._around(INVOICED.name, answer_control(self.invoiced))
        self._chargebee_app = self._around(
            CHARGEBEE.name, answer_control(self.chargebee)
        )

    @contextmanager
    def serving(self, invoiced_port: int, chargebee_port: int) -> Iterator[Addresses]:
        """Serve both on loopback; port 0 takes a free one."""
        with (
            _server(self._answer_as_invoiced, invoiced_port) as invoiced,
            _server(self._answer_as_chargebee, chargebee_port) as chargebee,
        ):
            yield Addresses(invoiced.url, f"{chargebee.url}/api/v2")

    def reset(self) -> None:
        """Empty both accounts and forget what was met; ids go on where they were."""
        self.invoiced.reset()
        self.chargebee.reset()

    def unconfirmed(self) -> list[Behaviour]:
        """Return the assumed behaviours that were met since the last reset."""
        return [
            *self._invoiced.evidence.unconfirmed(),
            *self._chargebee.evidence.unconfirmed(),
        ]

    def pop_failures(self) -> list[str]:
        """Return at what the twins themselves have failed, and forget it."""
        return [*self.invoiced.failures.pop(), *self.chargebee.failures.pop()]

    def _edge(
        self,
        twin: JournaledTwin,
        knobs: Mapping[str, Knob],
        vendor: VendorProfile,
        clock: Clock,
    ) -> Gateway:
        edge = partial(
            Gateway,
            vendor=vendor,
            clock=clock,
            key=KEYS[vendor.name],
            note=partial(self._watch, vendor.name),
            pause=self._pause,
        )
        if not isinstance(clock, MomentClock):
            return edge(twin, knobs=knobs)
        journal = self.journals[vendor.name] = Journal(twin, knobs, clock)
        return edge(journal, knobs=journal.knobs)

    # Looked up at each call: a renewed twin has another one.

    def _answer_as_invoiced(self, request: Request) -> Response:
        return self._invoiced_app(request)

    def _answer_as_chargebee(self, request: Request) -> Response:
        return self._chargebee_app(request)


def _server(app: App, port: int) -> TwinServer:
    try:
        return TwinServer(app, port)
    except OSError as error:
        raise PortTakenError(
            f"Port {port} cannot be listened on ({error.strerror}): choose another, or"
            " 0 for any that is free."
        ) from error
