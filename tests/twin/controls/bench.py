"""Both twins over HTTP, with the vendors' clients and a plain one turned to them."""

from __future__ import annotations

from typing import Any

import httpx
import invoiced
from chargebee.main import Chargebee

from dataflow.twin.clock import ManualClock
from dataflow.twin.faults import Fault, FaultKind
from dataflow.twin.gateway import Gateway, Seed
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE, Addresses, TwinPair


class Bench:
    """What a test of the controls has at hand. `pauses` are those that were asked for.

    `left` and `right` are plain clients of Invoiced's and Chargebee's twin.
    """

    def __init__(
        self, pair: TwinPair, clock: ManualClock, pauses: list[float], at: Addresses
    ) -> None:
        self.pair = pair
        self.clock = clock
        self.pauses = pauses
        self.invoiced: Any = invoiced.Client(INVOICED_KEY)
        self.invoiced.api_url = at.invoiced_url
        self.chargebee: Any = Chargebee(
            api_key=CHARGEBEE_KEY, site=SITE, protocol="http"
        )
        self.chargebee.env.api_endpoint = at.chargebee_url
        self.root = at.invoiced_url
        self.left = httpx.Client(base_url=at.invoiced_url, auth=(INVOICED_KEY, ""))
        self.right = httpx.Client(base_url=at.chargebee_url, auth=(CHARGEBEE_KEY, ""))

    def controls(self, vendor: str) -> Gateway:
        """Return the controls of `invoiced` or `chargebee`."""
        return self.pair.invoiced if vendor == "invoiced" else self.pair.chargebee

    def control(self, method: str, name: str, /, **given: object) -> httpx.Response:
        """Call a control of the Invoiced twin, without a key."""
        url = f"{self.root}/_twin/{name}"
        return httpx.request(method, url, json=given or None)

    def names(self) -> list[str]:
        """Return the names of Invoiced's customers, past log, limit and faults."""
        twin = self.pair.invoiced
        (page,) = twin.seed([Seed("/customers", method="GET")])
        assert isinstance(page, list)
        return [str(each["name"]) for each in page if isinstance(each, dict)]


def broken(controls: Gateway, kind: FaultKind, **when: object) -> None:
    """Let a fault happen to calls of one twin."""
    controls.faults.add(Fault(kind=kind, **when))  # type: ignore[arg-type]


def add_customers(bench: Bench, *names: str) -> None:
    """Give Invoiced customers of these names, and Chargebee some of these ids."""
    bench.pair.invoiced.seed(Seed("/customers", {"name": name}) for name in names)
    bench.pair.chargebee.seed(Seed("/customers", {"id": name}) for name in names)
