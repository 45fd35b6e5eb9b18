"""The hooks see each HTTP call, and a call reaches no host but its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

import httpx
import pytest
import requests
from requests.adapters import HTTPAdapter

from dataflow.errors import NotASandboxError, VendorUnavailableError
from dataflow.network.guard import Guard
from dataflow.network.hooks import RateLimiter, hook_calls, refuse_detours
from tests.network.http_host import Host, host

#: A block in which no call makes a detour.
Block = Callable[[], AbstractContextManager[None]]

WITHOUT_DETOURS = pytest.mark.parametrize(
    "block", [refuse_detours, Guard().watching], ids=["hooks", "guard"]
)


def test_each_call_is_hooked(call: Callable[[str], object]) -> None:
    """The hooks get each request, and the answer with its whole body."""
    sent: list[str] = []
    answered: list[bytes] = []
    with (
        host() as vendor,
        hook_calls(
            lambda request: sent.append(str(request.url)),
            lambda _, response: answered.append(response.content),
        ),
        suppress(Exception),
    ):
        call(vendor.url)

    assert (1, [b"{}"]) == (len(sent), answered)
    assert sent[0].startswith(vendor.url)


def test_a_call_without_an_answer_is_hooked(call: Callable[[str], object]) -> None:
    """Without an answer the second hook gets None."""
    with host() as vendor:
        url = vendor.url
    answered: list[object] = []
    with (
        hook_calls(after=lambda _, response: answered.append(response)),
        suppress(Exception),
    ):
        call(url)

    assert {None} == {*answered}


@WITHOUT_DETOURS
@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_is_not_followed(
    status: int, block: Block, call: Callable[[str], object]
) -> None:
    """The target of a redirect is not called: the key would go along."""
    with host() as other, host(status, f"{other.url}/taken") as vendor, block():
        with pytest.raises(VendorUnavailableError):
            call(vendor.url)

        assert (1, []) == (len(vendor.asked), other.asked)


def test_a_redirect_is_reported(call: Callable[[str], object]) -> None:
    """The error names both addresses and has the status."""
    with host(307, "https://evil.example/x") as vendor, refuse_detours():
        with pytest.raises(VendorUnavailableError) as caught:
            call(vendor.url)

        message = (
            f"{vendor.url.removeprefix('http://')} is not available: it answers 307"
            " with a redirect to 'https://evil.example/x', which is not followed,"
            " because it would send the key there: check the address."
        )
        assert (307, message) == (caught.value.status, str(caught.value))


@WITHOUT_DETOURS
def test_a_proxy_of_the_environment_is_not_asked(
    proxy: Host, block: Block, call: Callable[[str], object]
) -> None:
    """A proxy that the environment names is not called."""
    with host(307, "/elsewhere") as vendor:
        with block(), pytest.raises(VendorUnavailableError):
            call(vendor.url)

        assert [] == proxy.asked


@WITHOUT_DETOURS
def test_a_proxy_of_a_client_is_not_asked(block: Block) -> None:
    """A client that was made with a proxy is refused: the proxy would see the key."""
    with host() as proxy, httpx.Client(proxy=proxy.url) as client:
        with block(), pytest.raises(NotASandboxError):
            client.get("http://127.0.0.1:1", auth=("key", ""))

        assert [] == proxy.asked


def test_a_proxy_of_a_session_is_not_asked() -> None:
    """A session's own proxy is not called: the call goes straight to its host."""
    with host() as proxy, host() as vendor, requests.Session() as session:
        session.proxies = {"http": proxy.url}
        with refuse_detours():
            session.get(vendor.url, timeout=9)

        assert ([], 1) == (proxy.asked, len(vendor.asked))


@WITHOUT_DETOURS
def test_no_hook_remains(block: Block) -> None:
    """After the block each client sends as before: other code uses this process."""
    before = HTTPAdapter.send, httpx.HTTPTransport.handle_request
    with block():
        pass

    assert before == (HTTPAdapter.send, httpx.HTTPTransport.handle_request)


@pytest.mark.parametrize(
    ("gaps", "pauses"),
    [((0, 0, 0), []), ((0, 5, 5, 5), [45.0]), ((0, 0, 0, 60), []), ((0, 5, 5, 65), [])],
    ids=["below the limit", "one more", "after a minute", "long after"],
)
def test_calls_stay_within_the_limit(
    gaps: tuple[int, ...], pauses: list[float]
) -> None:
    """Of three calls a minute, the fourth waits until the first is a minute old."""
    now = 0.0
    paused: list[float] = []

    def pause(seconds: float) -> None:
        nonlocal now
        paused.append(seconds)
        now += seconds

    limiter = RateLimiter(lambda: now, pause, calls=3, seconds=60)
    for gap in gaps:
        now += gap
        limiter.wait()

    assert pauses == paused
