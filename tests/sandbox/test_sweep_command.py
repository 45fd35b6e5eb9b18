"""`dataflow sweep`: what runs left behind goes, and no stranger's record is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dataflow.cli import main
from dataflow.harness.vendors.kinds import CUSTOMER
from dataflow.sandbox import sweep as command
from dataflow.sandbox.lock import Lock
from dataflow.sandbox.run_mark import RunMark
from tests.harness.project import ROOT
from tests.sandbox.leftover_accounts import (
    HOUR,
    OLD,
    OLDER,
    RUN,
    Accounts,
    accounts,
    add_strangers,
    leave,
    refused,
    variables,
)

#: Records of others on both sides together.
STRANGERS = 5_000


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Accounts]:
    """Serve both twins in the vendors' place, with this machine's clock like theirs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("dataflow.toml").write_text((ROOT / "dataflow.toml").read_text("utf-8"))
    with accounts() as twins:
        monkeypatch.setattr(command, "_now", twins.clock.seconds)
        for name, value in variables(twins).items():
            monkeypatch.setenv(name, value)
        yield twins


def sweep(*arguments: str, answer: str | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["sweep", *arguments], input=answer)


def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command find somebody to ask."""
    monkeypatch.setattr(command, "_has_terminal", lambda: True)


# What goes, and what stays


def test_only_ours_goes(there: Accounts) -> None:
    """Of thousands of records, what runs left is removed; no other is touched."""
    add_strangers(there, STRANGERS // 2)
    before = there.state()
    ours = set[str]().union(*(leave(there, run).names for run in (RUN, OLD, OLDER)))
    done = sweep("--yes")
    after = there.state()
    left = {name for name in ours - _families(ours) if not _is_gone(after.get(name))}
    touched = [name for name in before if before[name] != after.get(name)]

    assert (0, True, set(), []) == (
        done.exit_code,
        len(before) >= STRANGERS - 20,
        left,
        touched[:5],
    )


def _families(names: set[str]) -> set[str]:
    """Return the families that a sync made: they bear nobody's mark."""
    return {name for name in names if name.startswith("Chargebee item_family of-")}


def _is_gone(record: dict[str, object] | None) -> bool:
    return record is None or record.get("deleted") is True


def test_young_runs_are_left_alone(there: Accounts) -> None:
    """With --older-than, the records of younger runs stay, counterparts too."""
    young = leave(there, RUN)
    old = leave(there, OLD)
    sweep("--older-than", "24", "--yes")

    assert (set(), _families(old.names)) == (
        young.names - there.there(),
        old.names & there.there(),
    )


def test_runs_of_a_clock_that_is_ahead_go_too(there: Accounts) -> None:
    """A run that seems to begin tomorrow is swept, and told as such."""
    ahead = RunMark(RUN.started + 24 * HOUR, "ffffff")
    leave(there, ahead)
    told = sweep("--yes").stdout

    assert (True, "Nothing is left behind.\n") == (
        f"{ahead}  in the future" in told,
        sweep().stdout,
    )


def test_a_second_sweep_finds_nothing(there: Accounts) -> None:
    """After a sweep there is nothing to sweep."""
    leave(there, OLD)
    sweep("--yes")

    assert (0, "Nothing is left behind.\n") == (
        (done := sweep("--yes")).exit_code,
        done.stdout,
    )


# What is shown, and asked


def test_what_would_go_is_shown(there: Accounts) -> None:
    """Runs are shown with their age, and how many records of each kind they left."""
    leave(there, OLD)
    there.clock.advance(HOUR)
    leave(there, RUN)
    told = [line.rstrip() for line in sweep().stdout.splitlines()]

    assert [
        "run                         age     records",
        "dataflow-1767495600-00001e  31 h    2 Chargebee customers",
        "                                    2 Chargebee items",
        "                                    1 Chargebee item family",
        "                                    2 Chargebee orders",
        "                                    1 Invoiced customer",
        "                                    1 Invoiced invoice",
        "                                    1 Invoiced item",
        "dataflow-1767603600-000000  60 min  2 Chargebee customers",
    ] == told[:9]


def test_nothing_goes_where_nobody_is_asked(there: Accounts) -> None:
    """Without a terminal and without --yes, it only shows."""
    leave(there, OLD)
    before = there.state()
    done = sweep()

    assert (0, "Nothing was removed: there is nobody to ask.", before) == (
        done.exit_code,
        done.stdout.splitlines()[-1].partition(" Add")[0],
        there.state(),
    )


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_nothing_goes_against_a_person_s_will(
    there: Accounts, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """Whoever does not say yes is understood to say no."""
    at_a_terminal(monkeypatch)
    leave(there, OLD)
    before = there.state()
    sweep(answer=answer)

    assert before == there.state()


def test_who_says_yes_is_obeyed(
    there: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a terminal, a yes is enough."""
    at_a_terminal(monkeypatch)
    run = leave(there, OLD)
    done = sweep(answer="y\n")

    assert ("Remove these 10 records from both accounts? [y/N]: y", set()) == (
        re.findall(r"Remove.*", done.stdout)[0],
        (run.names & there.there()) - _families(run.names),
    )


def test_what_was_done_is_told(there: Accounts) -> None:
    """At the end it is told what went, and how many calls that took."""
    leave(there, OLD)
    told = sweep("--yes").stdout.splitlines()

    assert [
        "2 Chargebee orders: deleted.",
        "2 Chargebee customers: deleted.",
        "2 Chargebee items: deleted.",
        "1 Chargebee item family: deleted.",
        "1 Invoiced invoice: deleted.",
        "1 Invoiced item: deleted.",
        "1 Invoiced customer: deleted.",
        "2 Chargebee invoices: deleted.",
    ] == told[-9:-1]


def test_calls_are_counted(there: Accounts) -> None:
    """The calls that are told are those that were made."""
    leave(there, OLD)
    there.asked.clear()
    told = sweep("--yes").stdout.splitlines()[-1]
    to_chargebee = [call for call in there.asked if " /api/v2/" in call]

    invoiced, chargebee = len(there.asked) - len(to_chargebee), len(to_chargebee)
    # The lock is given back after what was done is told.
    assert (
        f"{invoiced} calls to Invoiced and {chargebee - 1} calls to Chargebee." == told
    )


def test_lists_are_read_in_large_pages(there: Accounts) -> None:
    """A look at thousands of records takes a call for each hundred of them."""
    add_strangers(there, 1_200)
    there.asked.clear()
    sweep()

    lists = {call: there.asked.count(call) for call in there.asked}
    assert {
        "GET /customers": 4,
        "GET /invoices": 4,
        "GET /items": 4,
        "GET /api/v2/customers": 3,
        "GET /api/v2/orders": 3,
        "GET /api/v2/items": 3,
        "GET /api/v2/item_families": 1,
    } == lists


# What gets in its way


def test_a_run_under_way_is_not_disturbed(there: Accounts) -> None:
    """While a run has the lock, nothing is removed, and one sentence says so."""
    Lock(there.chargebee, RUN).take()
    leave(there, OLD)
    before = there.there()
    done = sweep("--yes")

    assert (75, True, before) == (
        done.exit_code,
        done.stderr.startswith(f"Error: The run {RUN} has the Chargebee site since"),
        there.there(),
    )


def test_the_lock_is_given_back(there: Accounts) -> None:
    """After a sweep, a run can begin."""
    leave(there, OLD)
    sweep("--yes")
    Lock(there.chargebee, RUN).take()

    assert there.chargebee.find(CUSTOMER, "dataflow-checklist-lock-2") is not None


def test_trouble_stops_it_after_what_was_done_is_told(there: Accounts) -> None:
    """A vendor that is down ends the sweep with 75; what is done by then is told."""
    leave(there, OLD)
    there.instead[f"POST /api/v2/customers/customer-{OLD}/delete"] = refused(500)
    done = sweep("--yes")

    assert (
        75,
        "2 Chargebee orders: deleted.",
        "Error: Chargebee could not be asked: 500: not now. Sweep again later.\n",
    ) == (
        done.exit_code,
        next(line for line in done.stdout.splitlines() if "deleted" in line),
        done.stderr,
    )


def test_trouble_before_it_begins_is_told(there: Accounts) -> None:
    """A list that cannot be read ends the sweep with 75, in one sentence."""
    leave(there, OLD)
    there.instead["GET /items"] = refused(503)
    done = sweep("--yes")

    assert (75, 1) == (done.exit_code, len(done.stderr.splitlines()))


def test_a_refused_list_is_told(there: Accounts) -> None:
    """A site that does not list its items is told of in one sentence."""
    there.instead["GET /api/v2/items"] = refused(400)
    done = sweep("--yes")

    assert (
        1,
        (
            "Error: Chargebee refused it with status 400: not now. See what is"
            " missing: dataflow doctor.\n"
        ),
    ) == (done.exit_code, done.stderr)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHARGEBEE_SITE", "acme"),
        ("CHARGEBEE_API_KEY", "live_key"),
        ("INVOICED_API_URL", "https://api.invoiced.com"),
    ],
)
def test_production_is_not_swept(
    there: Accounts, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Variables that lead elsewhere end it in one sentence, before any call."""
    monkeypatch.setenv(name, value)
    done = sweep("--yes")

    assert (1, 1, []) == (done.exit_code, len(done.stderr.splitlines()), there.asked)


def test_settings_without_marks_are_told(there: Accounts) -> None:
    """Without marks nobody knows a counterpart, and nothing is called."""
    Path("dataflow.toml").write_text("")
    done = sweep("--yes")

    assert (1, True, []) == (
        done.exit_code,
        "has no customer in [marks]" in done.stderr,
        there.asked,
    )


# The help


def test_the_example_of_the_help_works(
    there: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sets the variables as the help does, and calls it so, has it swept."""
    told = sweep("--help").stdout
    for name, value in re.findall(r"([A-Z_]+)=(\S+)", told):
        here = value.replace("http://127.0.0.1:8101", there.connection.invoiced_url)
        at = there.connection.chargebee_url
        monkeypatch.setenv(name, here.replace("http://127.0.0.1:8102/api/v2", at))
    arguments = re.findall(r"Example: dataflow sweep ([^,]+),", told)[0].split()
    leave(there, OLD)

    assert (0, "1 Invoiced customer: deleted.") == (
        (done := sweep(*arguments)).exit_code,
        re.findall("1 Invoiced customer: .*", done.stdout)[0],
    )


def test_old_locks_are_swept(there: Accounts) -> None:
    """The locks of runs that are long over go, but for those that are still needed."""
    for _ in range(3):
        with Lock(there.chargebee, OLDER).held():
            pass
        there.clock.advance(25 * HOUR)
    sweep("--yes")
    locks = there.chargebee.listed(CUSTOMER, id={"starts_with": "dataflow-checklist"})

    assert ["dataflow-checklist-lock-2", "dataflow-checklist-lock-3"] == sorted(locks)[
        :2
    ]
