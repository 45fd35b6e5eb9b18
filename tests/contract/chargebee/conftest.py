"""A site of Chargebee, as a contract test speaks to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from chargebee.main import Chargebee

from dataflow.contract.accounts import Accounts
from dataflow.vendors.connection import chargebee_client
from tests.contract.chargebee.site import Site


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
