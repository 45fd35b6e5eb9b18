"""A site of Chargebee, as a contract test speaks to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import httpx
import pytest
from chargebee.main import Chargebee

from dataflow.contract.accounts import Accounts
from dataflow.twin.gateway import Gateway
from dataflow.twin.messages import Arguments, Json, Request, encode_basic_auth
from dataflow.vendors.connection import chargebee_client
from tests.contract.chargebee.site import Site

#: No call waits longer for another one: a failure must not hang.
SECONDS = 5


@pytest.fixture
def site(
    accounts: Accounts,
    new: Callable[[str], str],
    raw_chargebee: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    """Return the site, through the vendor's client and through plain HTTP."""
    # The client changes it for the whole process: put it back afterwards.
    monkeypatch.setattr(Chargebee, "verify_ca_certs", Chargebee.verify_ca_certs)
    return Site(chargebee_client(accounts.connection), raw_chargebee, new)


@pytest.fixture(scope="session")
def raw_chargebee(all_accounts: Accounts) -> Iterator[httpx.Client]:
    """Speak plain HTTP to the site, with its key."""
    connection = all_accounts.connection
    key = (connection.chargebee_key, "")
    with httpx.Client(base_url=connection.chargebee_url, auth=key) as client:
        yield client


@pytest.fixture
def twin(accounts: Accounts) -> Gateway:
    """Return the twin, for a state that no call of the vendor brings about."""
    if accounts.twins is None:
        pytest.skip("a sandbox cannot be held up, and has no records of 2016")
    return accounts.twins.chargebee


@pytest.fixture
def at_once(accounts: Accounts, twin: Gateway) -> Callable[..., list[int]]:
    """Return what makes a call several times at once, and returns the statuses."""
    key = encode_basic_auth(accounts.connection.chargebee_key)
    begun, ended = threading.Event(), threading.Event()

    def hold(_given: Arguments) -> Json:
        begun.set()
        return ended.wait(SECONDS)

    def call(times: int, method: str, path: str, **headers: str) -> list[int]:
        known = {"authorization": key}
        known.update({name.replace("_", "-"): headers[name] for name in headers})
        request = Request(method, f"/api/v2{path}", headers=known)
        with ThreadPoolExecutor(times + 1) as threads:
            threads.submit(twin.set_switch, "hold", Arguments({}))
            assert begun.wait(SECONDS)
            calls = [threads.submit(twin.app, request) for _ in range(times)]
            wait(calls, SECONDS, FIRST_COMPLETED)
            ended.set()
        return sorted(each.result().status for each in calls)

    twin.switches["hold"] = hold
    return call
