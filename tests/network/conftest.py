"""What the tests of the network share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from chargebee.main import Chargebee

from tests.network.anywhere import CALLS
from tests.network.http_host import Host, host


@pytest.fixture(params=CALLS)
def call(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], object]:
    """Return a call to an address, by one client after the other."""
    # The SDK changes it for the whole process: restore it afterwards.
    monkeypatch.setattr(Chargebee, "verify_ca_certs", Chargebee.verify_ca_certs)
    return CALLS[request.param]


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """Serve a proxy that the environment names."""
    with host() as found:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, found.url)
            monkeypatch.setenv(name.lower(), found.url)
        yield found
