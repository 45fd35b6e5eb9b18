"""An account of Invoiced, as a contract test speaks to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from dataflow.contract.accounts import Accounts
from dataflow.vendors.connection import invoiced_client
from tests.contract.invoiced.account import Account


@pytest.fixture
def account(
    accounts: Accounts, new: Callable[[str], str], raw_invoiced: httpx.Client
) -> Account:
    """Return the account, through the vendor's client and through plain HTTP."""
    return Account(invoiced_client(accounts.connection), raw_invoiced, new)


@pytest.fixture(scope="session")
def raw_invoiced(all_accounts: Accounts) -> Iterator[httpx.Client]:
    """Speak plain HTTP to the account, with its key."""
    connection = all_accounts.connection
    key = (connection.invoiced_key, "")
    with httpx.Client(base_url=connection.invoiced_url, auth=key) as client:
        yield client
