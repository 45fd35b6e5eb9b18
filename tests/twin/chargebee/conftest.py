"""A Chargebee twin of a test's own on loopback, which begins empty."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import httpx
import pytest
from chargebee.main import Chargebee

from dataflow.twin.chargebee import ChargebeeTwin
from dataflow.twin.clock import ManualClock
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import TwinServer
from dataflow.vendors.connection import Connection, chargebee_client
from tests.contract.chargebee.site import Site

KEY, SITE = "test_key", "acme-test"


@pytest.fixture
def clock() -> ManualClock:
    """Return the clock of the twin."""
    return ManualClock()


@pytest.fixture
def legacy_orders() -> bool:
    """Return whether the site is of the old kind, which lets orders be created."""
    return False


@pytest.fixture
def twin(clock: ManualClock, *, legacy_orders: bool) -> ChargebeeTwin:
    """Return an empty site."""
    return ChargebeeTwin(clock, key=KEY, site=SITE, legacy_orders=legacy_orders)


@pytest.fixture
def site(twin: ChargebeeTwin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return the site through the vendor's client and through plain HTTP."""
    monkeypatch.setattr(Chargebee, "verify_ca_certs", Chargebee.verify_ca_certs)
    numbers = itertools.count(1)
    with TwinServer(LockedTwin(twin).handle) as server:
        url = f"{server.url}/api/v2"
        sdk = chargebee_client(Connection("", "", url, KEY, SITE))
        with httpx.Client(base_url=url, auth=(KEY, "")) as raw:
            yield Site(sdk, raw, lambda word: f"{word}-{next(numbers)}")


@pytest.fixture
def ada(site: Site) -> Site:
    """Return a site with the customer `ada` and her invoice `inv`."""
    site.customer(id="ada")
    site.invoice(id="inv", customer_id="ada")
    return site
