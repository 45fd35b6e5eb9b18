"""The checklist on accounts that are not its own: the twins in the vendors' place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataflow.errors import TryAgainError
from dataflow.harness.targets.sandbox import SandboxTarget
from dataflow.harness.targets.sandbox_settings import SandboxSettings
from dataflow.network.hooks import CHECKLIST, SYNC
from dataflow.record_types.model import ITEM
from dataflow.recordings.cassette import ACCOUNTS, read_cassette
from dataflow.twin.clock import SystemClock
from dataflow.vendors.chargebee import is_live
from tests.project import CHECKS_OF_ITEMS, Project, tally
from tests.sandbox.accounts import Accounts
from tests.sandbox.accounts import accounts as served_accounts

NEW_ITEM = ("-m", "items-item.every.new-record")
OTHERS = CHECKS_OF_ITEMS - 1
CASSETTE = Path("cassettes", "items-item", "every.new-record.json")


@pytest.fixture
def accounts() -> Iterator[Accounts]:
    """Serve accounts that hold nothing."""
    with served_accounts(SystemClock()) as served:
        yield served


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return the checklist of items, on accounts whose lists show all at once."""
    project = Project(tmp_path)
    project.replace("dataflow.toml", "list_lag = 5", "list_lag = 0")
    return project


def test_a_check_holds(project: Project, accounts: Accounts) -> None:
    """A scenario runs on these accounts, is removed, and leaves the site unlocked."""
    done = accounts.run(project, *NEW_ITEM, "--junit-xml=run.xml")
    junit = (project.folder / "run.xml").read_text("utf-8").replace("&apos;", "'")
    items = accounts.chargebee.list_all(ITEM).values()
    again = accounts.run(project, *NEW_ITEM, "--timeout", "0.01")

    # Users who pay for calls see those of the checklist apart from the sync's.
    assert "Chargebee, by the checklist" in done.output
    assert "twins of both APIs; no real account was used" in junit
    assert ([], []) == (
        list(accounts.invoiced.list_all(ITEM)),
        [item["id"] for item in items if is_live(item)],
    )
    # A scenario is not ended where the vendors' limits set the pace.
    assert [f"1 passed, {OTHERS} deselected"] * 2 == [tally(done), tally(again)]


def test_a_rehearsal_on_twins_claims_no_account(
    project: Project, accounts: Accounts
) -> None:
    """No file of a run on twins in the vendors' place claims accounts of vendors."""
    accounts.report(project, *NEW_ITEM, "--record")
    accounts.report(project, *NEW_ITEM)
    folders = (project.folder / name for name in ("reports", "cassettes"))
    texts = {
        path.name: path.read_text("utf-8")
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }

    claims = re.compile(
        r"sandbox accounts|accounts of both|invoiced\.com|chargebee\.com"
    )
    assert {} == {name: text for name, text in texts.items() if claims.search(text)}
    for name in ("run.json", "junit.xml", "environment.properties", CASSETTE.name):
        assert "twins of both APIs" in texts[name], name
    (result,) = (text for name, text in texts.items() if name.endswith("result.json"))
    assert "twins of both APIs; no real account was used" in result


def test_each_call_has_its_caller(there: Accounts) -> None:
    """Calls during a run of the sync are the sync's, other calls the checklist's."""
    settings = SandboxSettings()
    clock = there.clock.seconds
    target = SandboxTarget(there.connection, "run", clock, lambda _: None, settings)
    with target.listening():
        there.invoiced.list_all(ITEM)
        with target.inject_faults():
            there.chargebee.list_all(ITEM)

    assert [("Invoiced", CHECKLIST), ("Chargebee", SYNC)] == [
        (each.system, each.caller) for each in target.pop_exchanges()
    ]


def test_keys_may_stand_in_a_file(project: Project, accounts: Accounts) -> None:
    """Whoever works by hand writes the keys down once."""
    variables = accounts.variables()
    lines = [f'{name} = "{value}"\n' for name, value in variables.items()]
    project.append(".dataflow-keys.toml", "".join(lines))
    done = accounts.run(project, *NEW_ITEM, **dict.fromkeys(variables, ""))

    assert f"1 passed, {OTHERS} deselected" == tally(done)


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        ("a-day-apart", "it needs days to pass, and this target runs in real time"),
        ("many-pages", "it creates 100 or more records: run it with --night"),
    ],
)
def test_a_check_that_takes_long_is_left_out(
    project: Project, accounts: Accounts, check: str, reason: str
) -> None:
    """By day a run takes a few minutes; the reason is shown."""
    done = accounts.run(project, "-m", f"items-item.every.{check}", "-rs")

    assert reason in " ".join(done.output.split())


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ({"INVOICED_API_KEY": "wrong"}, "Invoiced key:"),
        ({"CHARGEBEE_API_KEY": "wrong"}, "Chargebee key:"),
        ({"INVOICED_API_URL": "http://127.0.0.1:9"}, "Invoiced:"),
    ],
    ids=["wrong key of Invoiced", "wrong key of Chargebee", "nobody there"],
)
def test_unfit_accounts_end_the_run(
    project: Project, accounts: Accounts, others: dict[str, str], sentence: str
) -> None:
    """One sentence tells what is missing, and no scenario is blamed on the sync."""
    done = accounts.run(project, *NEW_ITEM, **others)

    assert (TryAgainError.status, True, False) == (
        done.status,
        sentence in done.output,
        "FAILED" in done.output,
    )


def test_a_site_without_orders_ends_the_run(
    project: Project, accounts: Accounts
) -> None:
    """Only a write shows it, so one is made before any scenario could be blamed."""
    accounts.switch(without_orders=True)
    done = accounts.run(project, *NEW_ITEM)

    assert (TryAgainError.status, True) == (
        done.status,
        "Chargebee orders: the site refuses orders" in done.output,
    )


def test_a_second_run_ends_at_once(project: Project, accounts: Accounts) -> None:
    """Two runs at once would find each other's records: the later one says whose."""
    with accounts.locked():
        done = accounts.run(project, *NEW_ITEM)

    assert (TryAgainError.status, True) == (
        done.status,
        "has locked the Chargebee site since" in done.output,
    )


def test_a_vendor_that_is_gone_ends_the_run(
    project: Project, accounts: Accounts
) -> None:
    """After three scenarios that tell nothing the others are not tried."""
    project.append("conftest.py", GONE)
    done = accounts.run(project, "-k", "new-record or edited-before or other")

    assert (TryAgainError.status, True, "3 inconclusive") == (
        done.status,
        "3 scenarios in a row were inconclusive, so the run ends here" in done.output,
        tally(done).partition(", ")[2],
    )


def test_an_exhausted_limit_blames_nobody(project: Project, accounts: Accounts) -> None:
    """A site that takes no more calls tells nothing about the sync."""
    # The doctor, the lock and the first order take sixteen. Without a sync, which could
    # wait for the next minute, the checklist is the next to call.
    accounts.twins.chargebee.limit.most = 16
    done = accounts.run(project, *NEW_ITEM, "--sync", "none")

    assert (TryAgainError.status, f"{OTHERS} deselected, 1 inconclusive", True) == (
        done.status,
        tally(done),
        "429" in done.output,
    )


def test_what_was_recorded_is_replayed(project: Project, accounts: Accounts) -> None:
    """Cassettes of a sandbox hold without it, and no recording on twins replaces them.

    A replay calls no vendor, not even to remove what the recorded run has created.
    """
    accounts.run(project, *NEW_ITEM, "--record")
    cassette = project.folder / CASSETTE
    recorded = read_cassette(cassette, "it").provenance.target
    project.replace(str(CASSETTE), recorded, ACCOUNTS)
    before = cassette.read_bytes()
    done = project.run("--target", "recorded", *NEW_ITEM)
    project.run(*NEW_ITEM, "--record")

    assert "twins of both APIs" == recorded
    assert (f"1 passed, {OTHERS} deselected", False, before) == (
        tally(done),
        "Records that could not be removed" in done.output,
        cassette.read_bytes(),
    )


#: Nobody answers where Invoiced was.
GONE = """

import pytest


@pytest.fixture(autouse=True)
def _gone(target, world):
    world.invoiced._client.api_url = "http://127.0.0.1:9"
"""
