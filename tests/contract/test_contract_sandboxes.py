"""A run on a sandbox keeps what it has shown. Twins stand in the vendors' place."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from dataflow.contract.accounts import sandbox_accounts
from dataflow.contract.confirmed import read_confirmed
from dataflow.contract.writer import REHEARSAL
from dataflow.errors import TryAgainError
from dataflow.harness.targets.twin import serve_twins
from dataflow.sandbox.accounts import sandbox_connection
from dataflow.sandbox.lock import Lock
from dataflow.sandbox.run_mark import new_run_mark
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import chargebee_client
from tests.contract.suite import CONFIRMED, INVOICED, MODULE, SHAPE, Suite
from tests.network.http_host import host
from tests.project import ITEMS, run, tally

MADE_UP = "invoiced/test_made_up.py"
DATED = {
    "test_documented": {"behaviours": ["invoiced.customer.name"], "on": "2026-01-05"},
    "test_unconfirmed": {
        "behaviours": ["invoiced.patch.bumps", "invoiced.patch.empty"],
        "on": "2026-01-05",
    },
}

#: Lets each test pass, and fail when it is over.
FAILS_AT_ITS_END = """

@pytest.fixture(autouse=True)
def _fails_at_its_end():
    yield
    raise OSError("what was made cannot be deleted")
"""


@pytest.fixture(scope="module")
def _vendors() -> Iterator[None]:
    """Serve twins, and let the environment call them sandboxes."""
    with (
        serve_twins(keeps_accounts=True) as twins,
        pytest.MonkeyPatch.context() as environment,
    ):
        vendors = twins.connection
        environment.setenv("INVOICED_API_KEY", vendors.invoiced_key)
        environment.setenv("INVOICED_API_URL", vendors.invoiced_url)
        environment.setenv("CHARGEBEE_API_KEY", vendors.chargebee_key)
        environment.setenv("CHARGEBEE_SITE", vendors.chargebee_site)
        environment.setenv("CHARGEBEE_API_URL", vendors.chargebee_url)
        yield


@pytest.fixture(scope="module")
def confirmed(_vendors: None, tmp_path_factory: pytest.TempPathFactory) -> Suite:
    """Return a suite that has passed in a rehearsal; tests leave it as it is."""
    suite = Suite(tmp_path_factory.mktemp("confirmed"))
    suite.on_a_sandbox("--today", "2026-01-05")
    return suite


@pytest.fixture
def again(confirmed: Suite, tmp_path: Path) -> Suite:
    """Return a copy of it, as if accounts had confirmed and shown all of that."""
    suite = Suite(tmp_path)
    (suite.folder / SHAPE).parent.mkdir()
    (suite.folder / REHEARSAL / SHAPE).parent.mkdir(parents=True)
    for path in (CONFIRMED, SHAPE):
        text = (confirmed.folder / REHEARSAL / path).read_text("utf-8")
        suite.append(str(path), text)
        suite.append(str(REHEARSAL / path), text)
    return suite


def without_host(confirmed: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the entries of the file without the host of the account."""
    return {
        test: {name: entry[name] for name in entry if name != "at"}
        for test, entry in confirmed.items()
    }


def test_what_passed_is_dated(confirmed: Suite) -> None:
    """A run on a sandbox dates the tests that passed, and names what they settle."""
    assert DATED == without_host(confirmed.confirmed())


def test_the_host_is_kept(confirmed: Suite) -> None:
    """A confirmation names the host of the account."""
    found = {entry["at"] for entry in confirmed.confirmed().values()}

    assert {urlsplit(os.environ["INVOICED_API_URL"]).netloc} == found


def test_a_rehearsal_confirms_nothing(confirmed: Suite) -> None:
    """Twins in the place of accounts write neither dates nor shapes of the project."""
    assert (False, False) == (
        (confirmed.folder / CONFIRMED).exists(),
        (confirmed.folder / SHAPE).exists(),
    )


def test_what_failed_loses_its_date(again: Suite) -> None:
    """A test that fails on a sandbox is no longer confirmed, whatever it was before."""
    again.replace(str(MODULE), "200 ==", "500 ==")
    again.on_a_sandbox("--today", "2026-02-01", "-k", "unconfirmed")

    assert {"test_documented": DATED["test_documented"]} == without_host(
        again.confirmed()
    )


def test_what_is_due_is_chosen(tmp_path: Path) -> None:
    """--older-than chooses what was confirmed longer ago than so many days."""
    suite = Suite(tmp_path)
    dates = {"test_documented": "2026-01-05", "test_unconfirmed": "2026-02-04"}
    entries = {
        f"{MADE_UP}::{name}": {"behaviours": [], "on": day}
        for name, day in dates.items()
    }
    suite.append(str(CONFIRMED), json.dumps(entries))
    told = suite.on_the_twin("--older-than", "30", "--today", "2026-02-05")

    assert "1 passed, 1 deselected" == tally(told)


def test_nothing_due_is_no_failure(again: Suite) -> None:
    """Where all was confirmed lately, there is nothing to run, and nothing is wrong."""
    options = "--older-than", "30", "--today", "2026-01-06"
    done = run(str(INVOICED), *options, folder=again.folder)

    assert (0, "2 deselected") == (done.status, tally(done))


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("id", "integer"),
        ("created_at", "integer"),
        ("object", "=customer"),
        ("name", "text"),
        ("email", "null"),
    ],
)
def test_shapes_are_kept(key: str, word: str, confirmed: Suite) -> None:
    """What a sandbox answered is kept as keys, types and codes alone."""
    shapes = confirmed.shapes()["test_documented"]

    assert word == shapes["POST /customers 201"][key]


@pytest.mark.usefixtures("_vendors")
def test_what_fails_at_its_end_leaves_no_shape(tmp_path: Path) -> None:
    """A test that fails at its end has shown nothing to hold the twin to."""
    suite = Suite(tmp_path)
    suite.append(str(MODULE), FAILS_AT_ITS_END)
    suite.on_a_sandbox()

    assert not (suite.folder / REHEARSAL / SHAPE).exists()


def test_the_twin_is_held_to_the_shape(again: Suite) -> None:
    """A key that the twin lacks makes that test red on the twin, and no other."""
    again.replace(str(SHAPE), '"name": "text"', '"name": "text", "shoe_size": "text"')
    told = again.on_the_twin()

    assert (True, "1 failed, 1 passed") == (
        "POST /customers 201: answer.shoe_size is missing" in told,
        tally(told),
    )


def test_the_checklist_runs_by_itself(confirmed: Suite) -> None:
    """Both in one run would confirm and judge on one account at a time."""
    done = run("--target", "sandbox", ITEMS, str(INVOICED), folder=confirmed.folder)

    assert done.output.strip().endswith(
        "ERROR: On a sandbox, run the checklist and the contract suite separately:"
        " add features to the command, or tests/contract/invoiced"
        " tests/contract/chargebee."
    )


@pytest.mark.usefixtures("_vendors")
def test_a_redirect_ends_the_run(again: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect is not followed: it ends the run, and refutes no test."""
    with host() as other, host(307, other.url) as vendor:
        monkeypatch.setenv("INVOICED_API_URL", vendor.url)
        done = run("--target", "sandbox", str(INVOICED), folder=again.folder)

    assert (TryAgainError.status, 1, [], True, DATED) == (
        done.status,
        done.output.count("is not available: it answers 307 with a redirect to"),
        other.asked,
        "Traceback" not in done.output,
        without_host(again.confirmed()),
    )


@pytest.mark.usefixtures("_vendors")
def test_no_proxy_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment is asked by no test: it would see the keys."""
    with host() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.lower(), proxy.url)
        told = Suite(tmp_path).on_a_sandbox()

    assert ("2 passed", []) == (tally(told), proxy.asked)


def test_every_confirmed_test_is_there() -> None:
    """What this project holds confirmed are modules of its own suite."""
    here = Path(__file__).parent
    modules = {
        name.partition("::")[0] for name in read_confirmed(here / "confirmed.json")
    }

    assert set() == {name for name in modules if not (here / name).is_file()}


def test_a_sandbox_waits_in_real_time() -> None:
    """The time of a sandbox passes only by waiting."""
    waited: list[float] = []
    run_mark = new_run_mark(time.time, secrets.token_hex)
    with (
        serve_twins(keeps_accounts=True) as twins,
        sandbox_accounts(twins.connection, run_mark, waited.append) as accounts,
    ):
        accounts.later(2)

    assert [2] == waited


@pytest.mark.usefixtures("_vendors")
def test_a_locked_account_is_left_alone(tmp_path: Path) -> None:
    """The suite starts no test while a run of the checklist holds the accounts."""
    connection = sandbox_connection(os.environ)
    site = ChargebeeSite(chargebee_client(connection))
    suite = Suite(tmp_path)
    with Lock(site, new_run_mark(time.time, secrets.token_hex)).held():
        told = suite.on_a_sandbox()

    assert (True, False) == ("has locked the Chargebee site" in told, "passed" in told)
