"""No call goes anywhere but to a sandbox, whatever it is made with or disguised as."""

from __future__ import annotations

import json
import socket
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
import pytest
import requests
from chargebee.main import Chargebee
from invoiced.errors import ErrorBase
from requests.adapters import HTTPAdapter

from dataflow.errors import VendorUnavailableError
from dataflow.sandbox.guard import Guard
from dataflow.sandbox.places import NoSandboxError
from tests.harness.hosts import host
from tests.sandbox.anywhere import CALLS, anywhere
from tests.sandbox.test_places import TRICKS, UNDONE

#: What a client says itself of an address that it cannot make anything of.
CANNOT = (ValueError, httpx.InvalidURL, httpx.UnsupportedProtocol, ErrorBase)

#: What a client says when a connection is hung up.
LOST = (requests.RequestException, httpx.HTTPError, ErrorBase)

#: All that may be looked up.
SANDBOXES = {("api.sandbox.invoiced.com", 443), ("acme-test.chargebee.com", 443)}

SITE = "https://acme-test.chargebee.com/api/v2"
INVOICED = "https://api.sandbox.invoiced.com"


@pytest.fixture(autouse=True)
def _class_of_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back what the client changes for the whole process."""
    monkeypatch.setattr(Chargebee, "verify_ca_certs", Chargebee.verify_ca_certs)


@pytest.fixture(params=CALLS)
def call(request: pytest.FixtureRequest) -> Callable[[str], object]:
    """Return a call, to be made to an address."""
    return CALLS[request.param]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_opens_a_connection(trick: str, call: Callable[[str], object]) -> None:
    """What stands in the place of production is not even connected to.

    The disease: a key that leaves with the first bytes, before anybody looks.
    """
    with anywhere() as place, Guard().watching():
        with pytest.raises((NoSandboxError, *CANNOT)):
            call(TRICKS[trick])

        assert 0 == place.reached


@pytest.mark.parametrize("trick", UNDONE)
def test_a_trick_that_a_client_undoes_leads_to_the_sandbox(
    trick: str, call: Callable[[str], object]
) -> None:
    """Where a client sets an address right by itself, it goes to the right place."""
    with anywhere() as place, Guard().watching():
        with suppress(NoSandboxError, VendorUnavailableError, *CANNOT, *LOST):
            call(UNDONE[trick])

        assert set() == place.names - SANDBOXES


def test_production_is_reached_without_the_guard(
    call: Callable[[str], object],
) -> None:
    """Each of these calls does reach what it is sent to, where nobody looks."""
    with anywhere() as place:
        with suppress(*LOST):
            call("https://api.invoiced.com")

        assert place.reached > 0


@pytest.mark.parametrize("url", [INVOICED, SITE.removesuffix("/api/v2")])
def test_a_sandbox_is_reached(url: str, call: Callable[[str], object]) -> None:
    """The guard lets each client look a sandbox up, and connect to it."""
    with anywhere() as place, Guard().watching():
        with suppress(VendorUnavailableError, NoSandboxError, *LOST):
            call(f"{url}/api/v2")

        assert (True, set()) == (place.reached > 0, place.names - SANDBOXES)


@pytest.mark.parametrize(
    "url", ["https://api.invoiced.com", "http://api.sandbox.invoiced.com"]
)
def test_other_ways_are_shut_too(url: str) -> None:
    """A library that the guard does not know reaches nothing either.

    Neither production, nor a sandbox without TLS.
    """
    with anywhere() as place, Guard().watching():
        with pytest.raises(NoSandboxError):
            urllib.request.urlopen(url, timeout=9)

        assert 0 == place.reached


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("api.invoiced.com", 443)])
def test_a_bare_socket_is_shut(address: tuple[str, int]) -> None:
    """A socket is connected to nothing but loopback and sandboxes."""
    with (
        anywhere() as place,
        Guard().watching(),
        socket.socket() as bare,
    ):
        with pytest.raises(NoSandboxError):
            bare.connect(address)

        assert 0 == place.reached


def test_a_proxy_of_a_client_is_not_asked() -> None:
    """A client that was made with a proxy is refused: the proxy would see the key."""
    with host() as proxy, httpx.Client(proxy=proxy.url) as client:
        with Guard().watching(), pytest.raises(NoSandboxError):
            client.get("http://127.0.0.1:1", auth=("key", ""))

        assert [] == proxy.asked


def test_a_proxy_of_the_environment_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, call: Callable[[str], object]
) -> None:
    """A proxy that the environment names is not asked, even by an older client."""
    with host() as proxy, host(307, "/elsewhere") as vendor:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.lower(), proxy.url)
        with Guard().watching(), pytest.raises(VendorUnavailableError):
            call(vendor.url)

        assert [] == proxy.asked


def test_a_header_names_no_other_host() -> None:
    """A call says itself whom it is meant for, and means where it goes."""
    with host() as vendor:
        with Guard().watching(), pytest.raises(NoSandboxError):
            httpx.get(vendor.url, headers={"host": "api.invoiced.com"})

        assert [] == vendor.asked


def test_loopback_is_called(call: Callable[[str], object]) -> None:
    """What is on loopback is called as ever."""
    with host(500) as vendor:
        with Guard().watching(), suppress(Exception):
            call(vendor.url)

        assert 1 == len(vendor.asked)


def test_nothing_stays_behind() -> None:
    """Afterwards all calls go where they go: others live in this process."""
    with anywhere() as place:
        with Guard().watching():
            pass
        with suppress(requests.RequestException):
            requests.get("https://api.invoiced.com", timeout=9)

        assert place.reached > 0


# The key of a site


@dataclass
class Vendors:
    """What stands where calls leave this process: who was asked what, with which key.

    `domain` is which site the configuration names, answered with `status`.
    """

    domain: object = "acme-test"
    status: int = 200
    asked: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, method: str, url: str) -> bytes:
        """Note a call and answer it."""
        self.asked.append((method, url))
        if not url.endswith("/configurations"):
            return b"{}"
        return json.dumps({"configurations": [{"domain": self.domain}]}).encode()


@pytest.fixture
def vendors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendors]:
    """Stand in for both vendors below their clients, under a guard."""
    found = Vendors()

    def by_requests(
        _self: object, request: requests.PreparedRequest, **_options: object
    ) -> requests.Response:
        answer = requests.Response()
        answer.status_code = found.status
        answer._content = found.answer(str(request.method), str(request.url))
        answer.url = str(request.url)
        return answer

    def by_httpx(_self: object, request: httpx.Request) -> httpx.Response:
        said = found.answer(request.method, str(request.url))
        return httpx.Response(found.status, content=said)

    monkeypatch.setattr(HTTPAdapter, "send", by_requests)
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", by_httpx)
    with Guard().watching():
        yield found


def write(key: str = "test_key") -> None:
    """Make a customer on the site with this key."""
    httpx.post(f"{SITE}/customers", auth=(key, ""))


def test_a_site_says_first_who_it_is(vendors: Vendors) -> None:
    """Before the first write a site is asked, by a read and once, who it is."""
    write()
    write()

    assert [
        ("GET", f"{SITE}/configurations"),
        ("POST", f"{SITE}/customers"),
        ("POST", f"{SITE}/customers"),
    ] == vendors.asked


def test_a_site_may_name_its_host(vendors: Vendors) -> None:
    """A site that says its whole host says who it is, too."""
    vendors.domain = "acme-test.chargebee.com"
    write()

    assert ("POST", f"{SITE}/customers") in vendors.asked


@pytest.mark.parametrize("domain", ["acme", "other-test", None, "ACME-TEST"])
def test_a_key_of_another_site_writes_nothing(vendors: Vendors, domain: object) -> None:
    """A key whose configuration names another site is not used a second time."""
    vendors.domain = domain
    with pytest.raises(NoSandboxError):
        write()

    assert [("GET", f"{SITE}/configurations")] == vendors.asked


def test_a_site_that_does_not_say_it_is_not_written_to(vendors: Vendors) -> None:
    """A site that cannot say who it is could not be asked: nothing is blamed."""
    vendors.status = 503
    with pytest.raises(VendorUnavailableError):
        write()

    assert [("GET", f"{SITE}/configurations")] == vendors.asked


@pytest.mark.parametrize("key", ["live_key", "LIVE_key", " live_key", "x:live_key"])
def test_a_live_key_does_not_leave(vendors: Vendors, key: str) -> None:
    """A key that says itself that it is live is sent nowhere, not even to a read."""
    for ask in (httpx.get, requests.get):
        with pytest.raises(NoSandboxError):
            ask(f"{SITE}/configurations", auth=(key, ""), timeout=9)

    assert [] == vendors.asked


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer live_key"},
        {"authorization": "Bearer dGVzdF9rZXk6"},
        {"authorization": "Basic Og=="},
    ],
    ids=["none", "live", "bearer", "empty"],
)
def test_a_call_without_a_key_is_not_sent(
    vendors: Vendors, headers: dict[str, str]
) -> None:
    """A key that cannot be looked at may be a live one."""
    with pytest.raises(NoSandboxError):
        httpx.post(f"{SITE}/customers", headers=headers)

    assert [] == vendors.asked


def test_the_sandbox_of_invoiced_is_called(vendors: Vendors) -> None:
    """Invoiced's sandbox is called at once: it knows no key of production."""
    requests.post(f"{INVOICED}/customers", auth=("key", ""), timeout=9)

    assert [("POST", f"{INVOICED}/customers")] == vendors.asked


def test_names_in_upper_case_are_the_same_place(vendors: Vendors) -> None:
    """Clients write a host in lower case before they call it."""
    httpx.get("https://API.Sandbox.Invoiced.com/items", auth=("key", ""))

    assert [("GET", f"{INVOICED}/items")] == vendors.asked
