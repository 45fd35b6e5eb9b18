"""No call reaches anything but a sandbox, with any client and any disguise."""

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
from invoiced.errors import ErrorBase
from requests.adapters import HTTPAdapter

from dataflow.errors import NotASandboxError, VendorUnavailableError
from dataflow.network.guard import Guard
from tests.network.anywhere import Anywhere, anywhere
from tests.network.http_host import host
from tests.network.test_hosts import TRICKS, UNDONE

#: The errors of a client that cannot read an address.
CANNOT = (ValueError, httpx.InvalidURL, httpx.UnsupportedProtocol, ErrorBase)

#: The errors of a client whose connection is closed.
LOST = (requests.RequestException, httpx.HTTPError, ErrorBase)

#: The names that may be looked up.
SANDBOXES = {("api.sandbox.invoiced.com", 443), ("acme-test.chargebee.com", 443)}

SITE = "https://acme-test.chargebee.com/api/v2"
INVOICED = "https://api.sandbox.invoiced.com"


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_opens_a_connection(trick: str, call: Callable[[str], object]) -> None:
    """A disguised address is not connected to: the first bytes may contain a key."""
    with anywhere() as place, Guard().watching():
        with pytest.raises((NotASandboxError, *CANNOT)):
            call(TRICKS[trick])

        assert 0 == place.reached


@pytest.mark.parametrize("trick", UNDONE)
def test_a_corrected_address_leads_to_the_sandbox(
    trick: str, call: Callable[[str], object]
) -> None:
    """If a client corrects an address itself, the call goes to the sandbox."""
    with anywhere() as place, Guard().watching():
        with suppress(NotASandboxError, VendorUnavailableError, *CANNOT, *LOST):
            call(UNDONE[trick])

        assert set() == place.names - SANDBOXES


def test_production_is_reached_without_the_guard(call: Callable[[str], object]) -> None:
    """Without the guard each of these calls reaches its address."""
    with anywhere() as place:
        with suppress(*LOST):
            call("https://api.invoiced.com")

        assert place.reached > 0


@pytest.mark.parametrize("url", [INVOICED, SITE.removesuffix("/api/v2")])
def test_a_sandbox_is_reached(url: str, call: Callable[[str], object]) -> None:
    """The guard lets each client look a sandbox up, and connect to it."""
    with anywhere() as place, Guard().watching():
        with suppress(VendorUnavailableError, NotASandboxError, *LOST):
            call(f"{url}/api/v2")

        assert (True, set()) == (place.reached > 0, place.names - SANDBOXES)


@pytest.mark.parametrize(
    "url", ["https://api.invoiced.com", "http://api.sandbox.invoiced.com"]
)
def test_other_libraries_are_refused(url: str) -> None:
    """A library that has no hook reaches neither production nor an unsafe sandbox."""
    with anywhere() as place, Guard().watching():
        with pytest.raises(NotASandboxError):
            urllib.request.urlopen(url, timeout=9)

        assert 0 == place.reached


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("api.invoiced.com", 443)])
def test_a_socket_is_refused(address: tuple[str, int]) -> None:
    """A socket connects only to loopback and sandboxes."""
    with anywhere() as place, Guard().watching(), socket.socket() as bare:
        with pytest.raises(NotASandboxError):
            bare.connect(address)

        assert 0 == place.reached


def test_a_header_names_no_other_host() -> None:
    """A call whose header names another host is not sent."""
    with host() as vendor:
        with Guard().watching(), pytest.raises(NotASandboxError):
            httpx.get(vendor.url, headers={"host": "api.invoiced.com"})

        assert [] == vendor.asked


def test_loopback_is_called(call: Callable[[str], object]) -> None:
    """Loopback may be called."""
    with host(500) as vendor:
        with Guard().watching(), suppress(Exception):
            call(vendor.url)

        assert 1 == len(vendor.asked)


def test_no_check_remains() -> None:
    """After the block all calls are sent again: other code uses this process."""
    with anywhere() as place:
        with Guard().watching():
            pass
        with suppress(requests.RequestException):
            requests.get("https://api.invoiced.com", timeout=9)

        assert place.reached > 0


# Other addresses that may be called

ROOT = "https://node.example:8443/api"
PUMP = "/pipes/a/pump"

#: Addresses that look as if they were below the root.
LOOK_ALIKES = {
    "no TLS": f"http://node.example:8443/api{PUMP}",
    "the usual port": f"https://node.example/api{PUMP}",
    "another port": f"https://node.example:8444/api{PUMP}",
    "a longer host": f"https://node.example.evil.example:8443/api{PUMP}",
    "a host before": f"https://evil.node.example:8443/api{PUMP}",
    "the host as a user": f"https://node.example:8443@evil.example/api{PUMP}",
    "a user": f"https://ada@node.example:8443/api{PUMP}",
    "a homoglyph": f"https://nod\u0435.example:8443/api{PUMP}",
    "a trailing dot": f"https://node.example.:8443/api{PUMP}",
    "another root": "https://node.example:8443/admin",
    "a longer root": "https://node.example:8443/apis",
}


@pytest.fixture
def place() -> Iterator[Anywhere]:
    """Replace all hosts, below a guard that lists one more root."""
    with anywhere() as place, Guard([ROOT]).watching():
        yield place


def test_a_listed_root_is_reached(place: Anywhere) -> None:
    """A call below a listed root is looked up and connected."""
    with suppress(*LOST):
        httpx.get(ROOT + PUMP)

    assert (True, {("node.example", 8443)}) == (place.reached > 0, place.names)


@pytest.mark.parametrize("trick", LOOK_ALIKES)
@pytest.mark.parametrize("get", [httpx.get, requests.get])
def test_no_look_alike_is_called(
    trick: str, place: Anywhere, get: Callable[..., object]
) -> None:
    """An address that only looks like a listed one is not called."""
    with pytest.raises((NotASandboxError, *CANNOT)):
        get(LOOK_ALIKES[trick], timeout=9)

    assert 0 == place.reached


@pytest.mark.parametrize("trick", TRICKS)
def test_a_listed_root_permits_nothing_else(
    trick: str, place: Anywhere, call: Callable[[str], object]
) -> None:
    """An address that is refused without a listed root is refused with one."""
    with pytest.raises((NotASandboxError, *CANNOT)):
        call(TRICKS[trick])

    assert 0 == place.reached


@pytest.mark.parametrize("port", [443, 80, 8444])
def test_a_socket_reaches_no_other_port(port: int, place: Anywhere) -> None:
    """Of a listed host only the listed port is connected to."""
    (*_, found), *_ = socket.getaddrinfo("node.example", 8443)
    with socket.socket() as bare, pytest.raises(NotASandboxError):
        bare.connect((found[0], port))

    assert 0 == place.reached


# The key of a site


@dataclass
class Vendors:
    """Both vendors: they note the calls, and answer with `status`.

    `domain` is the site that the configuration names.
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
    """Replace both vendors below their clients, under a guard."""
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
    """Create a customer on the site with this key."""
    httpx.post(f"{SITE}/customers", auth=(key, ""))


def test_a_site_is_identified_first(vendors: Vendors) -> None:
    """Before the first write one read asks the site for its name."""
    write()
    write()

    assert [
        ("GET", f"{SITE}/configurations"),
        ("POST", f"{SITE}/customers"),
        ("POST", f"{SITE}/customers"),
    ] == vendors.asked


def test_a_site_may_answer_its_host(vendors: Vendors) -> None:
    """A site may answer its whole host in place of its name."""
    vendors.domain = "acme-test.chargebee.com"
    write()

    assert ("POST", f"{SITE}/customers") in vendors.asked


@pytest.mark.parametrize("domain", ["acme", "other-test", None, "ACME-TEST"])
def test_a_key_of_another_site_writes_nothing(vendors: Vendors, domain: object) -> None:
    """A key whose configuration names another site is not used again."""
    vendors.domain = domain
    with pytest.raises(NotASandboxError):
        write()

    assert [("GET", f"{SITE}/configurations")] == vendors.asked


def test_a_site_that_is_not_identified_is_not_written_to(vendors: Vendors) -> None:
    """Without the name of the site the vendor counts as unavailable."""
    vendors.status = 503
    with pytest.raises(VendorUnavailableError):
        write()

    assert [("GET", f"{SITE}/configurations")] == vendors.asked


@pytest.mark.parametrize("key", ["live_key", "LIVE_key", " live_key", "x:live_key"])
def test_a_live_key_does_not_leave(vendors: Vendors, key: str) -> None:
    """A key with the prefix of a live site is not sent, even for a read."""
    for ask in (httpx.get, requests.get):
        with pytest.raises(NotASandboxError):
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
    """A key that cannot be read may be a live one."""
    with pytest.raises(NotASandboxError):
        httpx.post(f"{SITE}/customers", headers=headers)

    assert [] == vendors.asked


def test_the_sandbox_of_invoiced_is_called(vendors: Vendors) -> None:
    """Invoiced's sandbox accepts no key of production, and is called at once."""
    requests.post(f"{INVOICED}/customers", auth=("key", ""), timeout=9)

    assert [("POST", f"{INVOICED}/customers")] == vendors.asked


def test_names_in_upper_case_are_the_same_host(vendors: Vendors) -> None:
    """Clients convert a host to lower case before they call it."""
    httpx.get("https://API.Sandbox.Invoiced.com/items", auth=("key", ""))

    assert [("GET", f"{INVOICED}/items")] == vendors.asked
