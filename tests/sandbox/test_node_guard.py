"""A node is told what it has to be told, and nothing else goes there or beyond it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest
import requests

from dataflow.errors import VendorUnavailableError
from dataflow.harness.syncs.sesam import SesamSync
from dataflow.harness.syncs.sesam_settings import SesamSettings
from dataflow.harness.targets.no_detours import RedirectedError
from dataflow.sandbox.guard import Guard
from dataflow.sandbox.places import NoSandboxError
from tests.harness.hosts import host
from tests.harness.sesam_node import JWT, Pump, sesam_node
from tests.sandbox.anywhere import CALLS, Anywhere, anywhere
from tests.sandbox.test_guard import CANNOT, LOST, SANDBOXES
from tests.sandbox.test_places import TRICKS

ROOT = "https://node.example:8443/api"
PUMP = f"{ROOT}/pipes/a/pump"
BEARER = {"authorization": f"Bearer {JWT}"}

#: Addresses that look like one of the node's calls, by the trick that is in them.
LOOK_ALIKES = {
    "no TLS": "http://node.example:8443/api/pipes/a/pump",
    "the usual port": "https://node.example/api/pipes/a/pump",
    "another port": "https://node.example:8444/api/pipes/a/pump",
    "a longer host": "https://node.example.evil.example:8443/api/pipes/a/pump",
    "a host before": "https://evil.node.example:8443/api/pipes/a/pump",
    "the node as a user": "https://node.example:8443@evil.example/api/pipes/a/pump",
    "a user": "https://ada@node.example:8443/api/pipes/a/pump",
    "a homoglyph": "https://nod\u0435.example:8443/api/pipes/a/pump",
    "a trailing dot": "https://node.example.:8443/api/pipes/a/pump",
    "another pipe": f"{ROOT}/pipes/b/pump",
    "another part": f"{ROOT}/pipes/a/config",
    "a step up": f"{ROOT}/pipes/a/../../env",
    "an encoded step up": f"{ROOT}/pipes/a%2F..%2Fpump",
    "a query": f"{PUMP}?key=key-of-invoiced",
    "the root": ROOT,
    "another root": "https://node.example:8443/admin",
}


def sync_of(url: str) -> SesamSync:
    """Return the sync of a node with one pipe, `a`, for which nobody waits."""
    return SesamSync(SesamSettings(url, ("a",)), JWT, pause=lambda _seconds: None)


@pytest.fixture
def place() -> Iterator[Anywhere]:
    """Stand in for every place in the world, below the guard of a run with a node."""
    with anywhere() as place, Guard(sync_of(ROOT).node).watching():
        yield place


def by_httpx(method: str, url: str, **options: object) -> object:
    """Make a call as httpx does."""
    return httpx.request(method, url, **options)  # type: ignore[arg-type]


def by_requests(method: str, url: str, **options: object) -> object:
    """Make a call as requests does."""
    data = {"data" if k == "content" else k: each for k, each in options.items()}
    return requests.request(method, url, timeout=9, **data)  # type: ignore[arg-type]


@pytest.fixture(params=[by_httpx, by_requests])
def call(request: pytest.FixtureRequest) -> Callable[..., object]:
    """Return one library's way to make any call."""
    made: Callable[..., object] = request.param
    return made


def test_the_node_is_reached(place: Anywhere) -> None:
    """The guard lets the node's own call look it up and connect to it."""
    with suppress(VendorUnavailableError):
        sync_of(ROOT).run({})

    assert (True, {("node.example", 8443)}) == (place.reached > 0, place.names)


def test_without_a_node_it_is_not_reached() -> None:
    """A run without `--sync sesam` calls no node."""
    with anywhere() as place, Guard().watching(), pytest.raises(NoSandboxError):
        sync_of(ROOT).run({})

    assert 0 == place.reached


@pytest.mark.parametrize("trick", LOOK_ALIKES)
def test_no_look_alike_is_called(
    trick: str, place: Anywhere, call: Callable[..., object]
) -> None:
    """The token goes to no address that only looks like one of the node's calls."""
    with pytest.raises((NoSandboxError, *CANNOT)):
        call("GET", LOOK_ALIKES[trick], headers=BEARER)

    assert 0 == place.reached


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("client", CALLS)
def test_a_node_opens_no_other_door(trick: str, client: str, place: Anywhere) -> None:
    """What is refused without a node is refused with one."""
    with pytest.raises((NoSandboxError, *CANNOT)):
        CALLS[client](TRICKS[trick])

    assert 0 == place.reached


@pytest.mark.parametrize(
    ("method", "content"),
    [
        ("POST", b"operation=stop"),
        ("POST", b"operation=start&comment=key-of-invoiced"),
        ("POST", b""),
        ("GET", b"key-of-invoiced"),
        ("DELETE", b""),
        ("PUT", b"operation=start"),
    ],
)
def test_the_node_is_told_nothing_else(
    method: str, content: bytes, place: Anywhere, call: Callable[..., object]
) -> None:
    """A pump is looked at and started, and nothing else is done to a node."""
    with pytest.raises(NoSandboxError):
        call(method, PUMP, content=content, headers=BEARER)

    assert 0 == place.reached


def test_a_body_that_is_not_known_yet_is_not_sent(place: Anywhere) -> None:
    """What is made up while it is sent cannot be looked at, and is not sent."""
    headers = {**BEARER, "content-length": "15"}
    with pytest.raises(NoSandboxError):
        httpx.post(PUMP, content=iter([b"operation=start"]), headers=headers)

    assert 0 == place.reached


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Basic a2V5LW9mLWludm9pY2VkOg=="},
        {"authorization": f"Bearer {JWT}x"},
        {"authorization": f"Bearer {JWT}, Basic a2V5LW9mLWludm9pY2VkOg=="},
        {**BEARER, "x-api-key": "key-of-invoiced"},
        {**BEARER, "cookie": "key=key-of-invoiced"},
        {**BEARER, "proxy-authorization": "Basic a2V5LW9mLWludm9pY2VkOg=="},
    ],
    ids=["none", "basic", "longer", "two", "key", "cookie", "proxy"],
)
def test_no_other_key_goes_to_the_node(
    headers: dict[str, str], place: Anywhere, call: Callable[..., object]
) -> None:
    """A vendor's key is not sent to the node, whatever it travels in."""
    with pytest.raises(NoSandboxError):
        call("GET", PUMP, headers=headers)

    assert 0 == place.reached


@pytest.mark.parametrize("client", CALLS)
def test_no_client_of_a_vendor_calls_the_node(client: str, place: Anywhere) -> None:
    """A vendor's client that is led to the node sends nothing there."""
    with pytest.raises(NoSandboxError):
        CALLS[client](PUMP)

    assert 0 == place.reached


@pytest.mark.parametrize(
    "url", ["https://api.sandbox.invoiced.com/customers", "http://127.0.0.1:1/"]
)
def test_the_token_goes_nowhere_else(
    url: str, place: Anywhere, call: Callable[..., object]
) -> None:
    """No vendor is told the node's token, nor is anything else on this machine."""
    with pytest.raises(NoSandboxError):
        call("GET", url, headers=BEARER)

    assert 0 == place.reached


@pytest.mark.parametrize("port", [443, 80, 8444])
def test_a_bare_socket_reaches_no_other_port(port: int, place: Anywhere) -> None:
    """Of the node's machine, no port but the node's own is connected to."""
    (*_, found), *_ = socket.getaddrinfo("node.example", 8443)
    with socket.socket() as bare, pytest.raises(NoSandboxError):
        bare.connect((found[0], port))

    assert 0 == place.reached


@pytest.mark.parametrize("url", ["https://api.sandbox.invoiced.com/customers"])
def test_sandboxes_are_reached_as_ever(url: str, place: Anywhere) -> None:
    """A node in the run shuts no sandbox."""
    with suppress(*LOST):
        httpx.get(url, auth=("key", ""))

    assert (True, set()) == (place.reached > 0, place.names - SANDBOXES)


# On loopback, where a node's port is one of many


def test_a_redirect_is_not_followed() -> None:
    """A node that leads elsewhere is not followed: the token would go along."""
    with host() as elsewhere, sesam_node(a=Pump()) as node:
        node.status, node.location = 307, f"{elsewhere.url}/api/pipes/a/pump"
        sync = sync_of(node.url)
        with Guard(sync.node).watching(), pytest.raises(RedirectedError):
            sync.run({})

        assert [] == elsewhere.asked


def test_a_proxy_of_the_environment_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy that the environment names does not see the token."""
    with host() as proxy, sesam_node(a=Pump()) as node:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.lower(), proxy.url)
        sync = sync_of(node.url)
        with Guard(sync.node).watching():
            sync.run({})

        assert ([], ["a"]) == (proxy.asked, node.started())


def test_a_proxy_of_a_client_is_not_asked() -> None:
    """A client that was made with a proxy is refused at the node as well."""
    node = sync_of(ROOT).node
    with host() as proxy, httpx.Client(proxy=proxy.url) as client:
        with Guard(node).watching(), pytest.raises(NoSandboxError):
            client.get(PUMP, headers=BEARER)

        assert [] == proxy.asked


def test_a_header_names_no_other_host(place: Anywhere) -> None:
    """A call to the node means the node: what stands before it may go by the name."""
    with pytest.raises(NoSandboxError):
        httpx.get(PUMP, headers={**BEARER, "host": "evil.example"})

    assert 0 == place.reached


def test_a_vendors_key_does_not_go_to_a_node_on_loopback() -> None:
    """A node on this machine gets no vendor's key, though loopback may have them."""
    with sesam_node(a=Pump()) as node:
        sync = sync_of(node.url)
        with Guard(sync.node).watching(), pytest.raises(NoSandboxError):
            httpx.get(f"{node.url}/customers", auth=("key", ""))

        assert [] == node.asked


def test_a_neighbour_of_a_node_on_loopback_is_called() -> None:
    """A port that begins like the node's is somebody else's."""
    with host() as vendor:
        node = sync_of(vendor.url[:-1]).node
        with Guard(node).watching():
            httpx.get(vendor.url, auth=("key", ""))

        assert 1 == len(vendor.asked)
