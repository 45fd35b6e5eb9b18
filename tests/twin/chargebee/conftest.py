"""What the tests of this twin share: a site, filled and empty."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterator

import pytest
from chargebee.main import Chargebee

from dataflow.twin.chargebee import ChargebeeTwin
from dataflow.twin.clock import ManualClock
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import TwinServer
from tests.twin.chargebee.acme import KEY, SITE, Acme


@pytest.fixture(autouse=True)
def _over_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the SDK speak plain HTTP, and not make a TLS context for each call."""
    monkeypatch.setattr(Chargebee, "verify_ca_certs", False)
    monkeypatch.setattr(ssl, "create_default_context", _context)


_context = functools.lru_cache(ssl.create_default_context)


@pytest.fixture
def acme() -> Iterator[Acme]:
    """Serve an empty site."""
    yield from _served(legacy_orders=False)


@pytest.fixture
def old_acme() -> Iterator[Acme]:
    """Serve an empty site of the old kind, which lets orders be created."""
    yield from _served(legacy_orders=True)


def _served(*, legacy_orders: bool) -> Iterator[Acme]:
    clock = ManualClock()
    twin = ChargebeeTwin(clock, key=KEY, site=SITE, legacy_orders=legacy_orders)
    with TwinServer(LockedTwin(twin).handle) as server:
        acme = Acme(twin, clock, server.url)
        with acme.raw:
            yield acme


@pytest.fixture
def shop(acme: Acme) -> Acme:
    """Serve a site with the customer `ada`, the invoice `inv_1` and a family."""
    acme.customer(
        id="ada", first_name="Ada", billing_address={"first_name": "Ada", "zip": "1"}
    )
    acme.invoice()
    acme.family()
    return acme
