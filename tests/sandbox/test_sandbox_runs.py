"""The checklist on accounts that are not its own: the twins in the vendors' place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dataflow.errors import TryAgainError
from dataflow.record_types.model import ITEM
from dataflow.recordings.cassette import read_cassette
from dataflow.twin.clock import SystemClock
from dataflow.vendors.chargebee import is_live
from tests.harness.project import CHECKS_OF_ITEMS, Project, tally
from tests.sandbox.accounts import Accounts
from tests.sandbox.accounts import accounts as served_accounts

NEW_ITEM = ("-m", "items-item.every.new-record")
OTHERS = CHECKS_OF_ITEMS - 1


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
    """The same scenario that runs on twins runs on accounts from outside."""
    assert f"1 passed, {OTHERS} deselected" == tally(accounts.run(project, *NEW_ITEM))


def test_keys_may_stand_in_a_file(project: Project, accounts: Accounts) -> None:
    """Whoever works by hand writes the keys down once."""
    variables = accounts.variables()
    lines = [f'{name} = "{value}"\n' for name, value in variables.items()]
    project.append(".dataflow-keys.toml", "".join(lines))
    done = accounts.run(project, *NEW_ITEM, **dict.fromkeys(variables, ""))

    assert f"1 passed, {OTHERS} deselected" == tally(done)


def test_the_report_says_what_it_rests_on(project: Project, accounts: Accounts) -> None:
    """What stands in a vendor's place does not pass for the vendor."""
    accounts.run(project, *NEW_ITEM, "--junit-xml=told.xml")
    told = (project.folder / "told.xml").read_text("utf-8")

    assert "something on loopback, in the vendors&apos; place" in told or (
        "something on loopback, in the vendors' place" in told
    )


def test_calls_are_told(project: Project, accounts: Accounts) -> None:
    """Who pays for calls sees them, those of the checklist apart from the sync's."""
    done = accounts.run(project, *NEW_ITEM)

    assert "Chargebee, by the checklist" in done.stdout


def test_accounts_may_take_their_time(project: Project, accounts: Accounts) -> None:
    """A scenario is not cut short where the vendors' limits set the pace."""
    done = accounts.run(project, *NEW_ITEM, "--timeout", "0.01")

    assert f"1 passed, {OTHERS} deselected" == tally(done)


def test_what_needs_time_is_left_out(project: Project, accounts: Accounts) -> None:
    """Nobody moves the clock of a vendor; the reason is told."""
    done = accounts.run(project, "-m", "items-item.every.a-day-apart", "-rs")

    assert "it needs days to pass, and the clock there is moved by nobody" in (
        " ".join(done.stdout.split())
    )


def test_many_records_are_left_to_the_night(
    project: Project, accounts: Accounts
) -> None:
    """By day a run keeps to a few minutes; the reason is told."""
    done = accounts.run(project, "-m", "items-item.every.many-pages", "-rs")

    assert "it makes a hundred records or more: left to the night (--night)" in (
        " ".join(done.stdout.split())
    )


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
        done.returncode,
        sentence in done.stdout,
        "FAILED" in done.stdout,
    )


def test_a_site_without_orders_ends_the_run(
    project: Project, accounts: Accounts
) -> None:
    """Only a write shows it, so one is made before any scenario could be blamed."""
    accounts.switch(without_orders=True)
    done = accounts.run(project, *NEW_ITEM)

    assert (TryAgainError.status, True) == (
        done.returncode,
        "Chargebee orders: the site takes none" in done.stdout,
    )


def test_nothing_is_left_behind(project: Project, accounts: Accounts) -> None:
    """After each scenario all that it made is removed, on both sides."""
    accounts.run(project, *NEW_ITEM)

    items = accounts.chargebee.list_all(ITEM).values()
    assert ([], []) == (
        list(accounts.invoiced.list_all(ITEM)),
        [item["id"] for item in items if is_live(item)],
    )


def test_a_second_run_ends_at_once(project: Project, accounts: Accounts) -> None:
    """Two runs at once would find each other's records: the later one says whose."""
    with accounts.locked():
        done = accounts.run(project, *NEW_ITEM)

    assert (TryAgainError.status, True) == (
        done.returncode,
        "has the Chargebee site since" in done.stdout,
    )


def test_the_next_run_finds_the_site_free(project: Project, accounts: Accounts) -> None:
    """A run that is over holds nothing."""
    accounts.run(project, *NEW_ITEM)

    assert f"1 passed, {OTHERS} deselected" == tally(accounts.run(project, *NEW_ITEM))


def test_a_vendor_that_is_gone_ends_the_run(
    project: Project, accounts: Accounts
) -> None:
    """After three scenarios that tell nothing the others are not tried."""
    project.append("conftest.py", GONE)
    done = accounts.run(project, "-k", "new-record or edited-before or other")

    assert (TryAgainError.status, True, "3 inconclusive") == (
        done.returncode,
        "3 scenarios in a row could not be told, so the run ends here" in done.stdout,
        tally(done).partition(", ")[2],
    )


def test_an_exhausted_limit_blames_nobody(project: Project, accounts: Accounts) -> None:
    """A site that takes no more calls tells nothing about the sync."""
    # The doctor, the lock and the first order take sixteen. Without a sync, which could
    # wait for the next minute, the checklist is the next to call.
    accounts.twins.chargebee.limit.most = 16
    done = accounts.run(project, *NEW_ITEM, "--sync", "none")

    assert (TryAgainError.status, f"{OTHERS} deselected, 1 inconclusive", True) == (
        done.returncode,
        tally(done),
        "429" in done.stdout,
    )


def test_what_was_recorded_is_replayed(project: Project, accounts: Accounts) -> None:
    """Cassettes of a sandbox hold without it, and say where they come from."""
    accounts.run(project, *NEW_ITEM, "--record")
    done = project.run("--target", "recorded", *NEW_ITEM)
    cassette = project.folder / "cassettes" / "items-item" / "every.new-record.json"
    provenance = read_cassette(cassette, "it").provenance

    assert (f"1 passed, {OTHERS} deselected", True) == (
        tally(done),
        str(provenance).startswith("recorded from something on loopback"),
    )


def test_a_replay_clears_nothing_away(project: Project, accounts: Accounts) -> None:
    """A replay calls nobody, not even to tidy up what the recorded run has made."""
    accounts.run(project, *NEW_ITEM, "--record")
    done = project.run("--target", "recorded", *NEW_ITEM)

    assert "Records that could not be removed" not in done.stdout


def test_what_was_recorded_of_a_sandbox_stays(
    project: Project, accounts: Accounts
) -> None:
    """To record on the stand-ins does not write over what the accounts have shown."""
    accounts.run(project, *NEW_ITEM, "--record")
    cassette = project.folder / "cassettes" / "items-item" / "every.new-record.json"
    before = cassette.read_bytes()
    project.run(*NEW_ITEM, "--record")

    assert before == cassette.read_bytes()


#: Nobody answers where Invoiced was.
GONE = """

import pytest


@pytest.fixture(autouse=True)
def _gone(target, world):
    world.invoiced._client.api_url = "http://127.0.0.1:9"
"""
