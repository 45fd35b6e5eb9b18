"""A call goes where it was sent and nowhere else, whatever it is made with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
import requests
from chargebee.main import Chargebee

from dataflow.harness.targets.no_detours import RedirectedError, no_detours
from dataflow.vendors.connection import Connection, chargebee_client, invoiced_client
from tests.harness.hosts import host


def connected(url: str) -> Connection:
    """Return a connection to both systems, which are at one address."""
    return Connection(url, "key", f"{url}/api/v2", "key", "acme-test")


async def later(url: str) -> None:
    """Ask as a program does that waits for several answers at once."""
    async with httpx.AsyncClient(follow_redirects=True) as client:
        await client.get(url, auth=("key", ""))


#: Each client, making a call that has the key in it.
CALLS: dict[str, Callable[[str], object]] = {
    "invoiced": lambda url: invoiced_client(connected(url)).Customer.create(name="A"),
    "chargebee": lambda url: chargebee_client(connected(url)).Customer.create({}),
    "requests": lambda url: requests.get(url, auth=("key", ""), timeout=9),
    "httpx": lambda url: httpx.get(url, auth=("key", ""), follow_redirects=True),
    "asynchronous": lambda url: asyncio.run(later(url)),
}


@pytest.fixture(params=CALLS)
def call(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], object]:
    """Return a call, to be made to an address."""
    # The client changes it for the whole process: put it back afterwards.
    monkeypatch.setattr(Chargebee, "verify_ca_certs", Chargebee.verify_ca_certs)
    return CALLS[request.param]


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_is_not_followed(status: int, call: Callable[[str], object]) -> None:
    """Where a redirect leads to, nothing is asked: the key would go along."""
    with host() as other, host(status, f"{other.url}/taken") as vendor, no_detours():
        with pytest.raises(RedirectedError):
            call(vendor.url)

        assert (1, []) == (len(vendor.asked), other.asked)


def test_a_redirect_is_told(call: Callable[[str], object]) -> None:
    """A redirect is one sentence that names both addresses."""
    with host(307, "https://evil.example/x") as vendor, no_detours():
        with pytest.raises(RedirectedError) as caught:
            call(vendor.url)

        assert (
            f"{vendor.url.removeprefix('http://')} could not be asked: it answers 307"
            " and leads to 'https://evil.example/x', where nothing is sent, since the"
            " key would go along: find out what stands in its place."
        ) == str(caught.value)


def test_a_proxy_is_not_asked(
    call: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that the environment names is not asked."""
    with host() as proxy, host(307, "/elsewhere") as vendor:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.lower(), proxy.url)
        with no_detours(), pytest.raises(RedirectedError):
            call(vendor.url)

        assert [] == proxy.asked


def test_nothing_stays_behind() -> None:
    """Afterwards a redirect is followed as before: others live in this process."""
    with host() as other, host(302, other.url) as vendor:
        with no_detours():
            pass
        requests.get(vendor.url, timeout=9)

        assert 1 == len(other.asked)
