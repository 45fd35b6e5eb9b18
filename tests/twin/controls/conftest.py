"""Both twins on loopback, empty, with a clock and pauses that take no time."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterator

import pytest
from chargebee.main import Chargebee

from dataflow.twin.clock import ManualClock
from dataflow.twin.pair import TwinPair
from tests.twin.controls.bench import Bench


@pytest.fixture(autouse=True)
def _over_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Chargebee's SDK speak plain HTTP, and make one TLS context for all calls."""
    monkeypatch.setattr(Chargebee, "verify_ca_certs", False)
    monkeypatch.setattr(ssl, "create_default_context", _context)


_context = functools.lru_cache(ssl.create_default_context)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Serve both twins."""
    clock = ManualClock()
    pauses: list[float] = []
    pair = TwinPair(clock, pause=pauses.append)
    with pair.serve(0, 0) as addresses:
        bench = Bench(pair, clock, pauses, addresses)
        with bench.left, bench.right:
            yield bench
