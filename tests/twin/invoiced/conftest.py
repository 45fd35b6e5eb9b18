"""An Invoiced twin on loopback, and two ways to call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import invoiced
import pytest
import requests

from dataflow.twin.clock import ManualClock
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import TwinServer
from dataflow.twin.invoiced import InvoicedTwin
from tests.twin.invoiced.calling import KEY, TEN, Raw


@pytest.fixture
def invoiced_clock() -> ManualClock:
    """Return the time that the twin lives by."""
    return ManualClock()


@pytest.fixture
def invoiced_twin(invoiced_clock: ManualClock) -> InvoicedTwin:
    """Return an empty account."""
    return InvoicedTwin(invoiced_clock, key=KEY)


@pytest.fixture
def invoiced_server(invoiced_twin: InvoicedTwin) -> Iterator[TwinServer]:
    """Serve the account on loopback."""
    with TwinServer(LockedTwin(invoiced_twin).handle) as server:
        yield server


@pytest.fixture
def invoiced_client(invoiced_server: TwinServer) -> invoiced.Client:
    """Return the vendor's own client, turned to the twin."""
    client = invoiced.Client(KEY)
    client.api_url = invoiced_server.url
    return client


@pytest.fixture
def invoiced_raw(invoiced_server: TwinServer) -> Raw:
    """Return a way to make the calls that the vendor's client cannot."""

    def call(method: str, path: str, **options: object) -> requests.Response:
        asked = {"auth": (KEY, ""), "timeout": 5, **options}
        return requests.request(method, invoiced_server.url + path, **asked)  # type: ignore[arg-type] # noqa: S113

    return call


@pytest.fixture
def abc(invoiced_client: invoiced.Client, invoiced_clock: ManualClock) -> list[Any]:
    """Return three customers, A, B and C, one made each second."""
    made = []
    for name in "ABC":
        made.append(invoiced_client.Customer.create(name=name, notes="same"))
        invoiced_clock.advance(1)
    return made


@pytest.fixture
def customer(invoiced_client: invoiced.Client) -> Any:  # noqa: ANN401
    """Return a customer to send invoices to."""
    return invoiced_client.Customer.create(name="Acme")


@pytest.fixture
def invoice(invoiced_client: invoiced.Client, customer: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return an issued invoice over 10."""
    return invoiced_client.Invoice.create(customer=customer["id"], items=TEN)


@pytest.fixture
def draft(invoiced_client: invoiced.Client, customer: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return a draft over 10."""
    return invoiced_client.Invoice.create(
        customer=customer["id"], items=TEN, draft=True
    )
