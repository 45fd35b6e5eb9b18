"""An Invoiced twin of a test's own on loopback, which begins empty."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import httpx
import pytest

from dataflow.twin.clock import ManualClock
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import TwinServer
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.vendors.connection import Connection, invoiced_client
from tests.contract.invoiced.account import Account

KEY = "0123456789abcdefghijABCDEFGHIJ42"


@pytest.fixture
def clock() -> ManualClock:
    """Return the clock of the twin."""
    return ManualClock()


@pytest.fixture
def twin(clock: ManualClock) -> InvoicedTwin:
    """Return an empty account."""
    return InvoicedTwin(clock, key=KEY)


@pytest.fixture
def account(twin: InvoicedTwin) -> Iterator[Account]:
    """Return the account through the vendor's client and through plain HTTP."""
    numbers = itertools.count(1)
    with TwinServer(LockedTwin(twin).handle) as server:
        sdk = invoiced_client(Connection(server.url, KEY, "", "", ""))
        with httpx.Client(base_url=server.url, auth=(KEY, "")) as raw:
            yield Account(sdk, raw, lambda word: f"{word}-{next(numbers)}")
