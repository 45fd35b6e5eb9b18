"""What every contract test stands on: accounts, names that are its own, and time."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator

import httpx
import pytest

from dataflow.contract.accounts import Accounts, sandbox_accounts, twin_accounts
from dataflow.contract.items import COMPARED
from dataflow.contract.outcomes import Compared, Comparison
from dataflow.contract.plugin import SUITE_OPTIONS
from dataflow.contract.senders import Vendor, call_account
from dataflow.harness.options import OPTIONS

#: About so many calls are made between two rests.
CALLS_OF_A_TEST = 5


@pytest.fixture(scope="session")
def all_accounts(pytestconfig: pytest.Config) -> Iterator[Accounts]:
    """Yield an account of each vendor for the whole run: no test finds it empty."""
    connection = pytestconfig.stash[OPTIONS].accounts
    if connection is not None:
        mark = pytestconfig.stash[SUITE_OPTIONS].mark
        with sandbox_accounts(connection, mark) as accounts:
            yield accounts
        return
    with twin_accounts() as accounts:
        yield accounts


@pytest.fixture
def accounts(all_accounts: Accounts) -> Accounts:
    """Return the accounts after a rest, so that no limit of calls is met."""
    all_accounts.later(all_accounts.rest)
    return all_accounts


@pytest.fixture
def later(accounts: Accounts) -> Callable[[float], None]:
    """Return what lets so many seconds of the vendors' time pass."""
    return accounts.later


@pytest.fixture
def new(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Return what makes names of letters and digits that no other test has used."""
    text = f"{request.config.stash[SUITE_OPTIONS].seed} {request.node.nodeid}"
    token = hashlib.sha256(text.encode()).hexdigest()[:8]
    numbers = itertools.count(1)
    return lambda word: f"{word}-{token}-{next(numbers)}"


@pytest.fixture
def compare_call(
    request: pytest.FixtureRequest, accounts: Accounts
) -> Callable[[Vendor, httpx.Client, str], list[Compared]]:
    """Return what compares an account with its twin in the requests of one call."""
    options = request.config.stash[SUITE_OPTIONS]

    def compare(vendor: Vendor, client: httpx.Client, call: str) -> list[Compared]:
        comparison = Comparison(
            vendor,
            call_account(vendor, client),
            lambda: accounts.later(accounts.rest / CALLS_OF_A_TEST),
            options.seed,
            str(options.mark),
            options.most,
        )
        found = request.node.stash[COMPARED] = comparison.compare_call(call)
        return found

    return compare
