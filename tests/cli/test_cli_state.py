"""`dataflow status`, `resolve` and `forget`: the state of the reference sync."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from dataflow.cli.matches import write_matches
from dataflow.sync import status
from dataflow.sync.audit import AuditEntry
from dataflow.sync.model import Choice, Decision, Issue, IssueKind, Link
from dataflow.sync.reference import STATE_FILE
from dataflow.sync.state import StateStore
from tests.cli.running import run

ACCOUNTS = {"Chargebee site": "acme-test"}
CONFLICT = Issue("7", IssueKind.CONFLICT, "7: currency is 'eur' in Invoiced.")


@contextmanager
def opened(folder: Path) -> Iterator[StateStore]:
    """Open the state of a folder for a while."""
    with closing(StateStore.open(folder / STATE_FILE, ACCOUNTS)) as store:
        yield store


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return the folder of a state with a customer, its order and no issue."""
    folder = tmp_path / "state"
    with closing(StateStore.create(folder / STATE_FILE, ACCOUNTS)) as store:
        store.save_link("customer", Link("7", "7"))
        store.save_link("order", Link("90", "90", {"customer|customer_id": (7, "7")}))
        entry = AuditEntry(100, "Create", "Chargebee", "7", "7", after={"name": "Ada"})
        store.add_audit("customer", "7", entry)
        done = status.LastRun(1_000, 0, "2 created")
        status.write_run(store, done, is_done=True)
    return folder


def check(folder: Path) -> tuple[int, str]:
    """Return the exit status and the line for a monitoring system."""
    result = run("status", "--state", str(folder), "--check")
    return result.exit_code, result.output.partition(" |")[0]


def test_all_in_sync_is_ok(state: Path) -> None:
    """A state without issues is OK for a monitoring system."""
    assert (0, "OK - 2 pairs are in sync") == check(state)


def test_a_conflict_is_a_warning(state: Path) -> None:
    """What waits for the user is a warning."""
    with opened(state) as store:
        store.replace_issues("customer", "7", [CONFLICT])

    assert (1, "WARNING - issues that wait for the user: 1") == check(state)


def test_a_failed_sync_is_critical(state: Path) -> None:
    """A sync that failed after the last successful one is critical."""
    with opened(state) as store:
        failed = status.LastRun(2_000, 75, "Chargebee is down.")
        status.write_run(store, failed, is_done=False)

    assert (2, "CRITICAL - the last sync failed: Chargebee is down.") == check(state)


def test_no_state_is_unknown(tmp_path: Path) -> None:
    """Before the first sync, nothing is known."""
    assert 3 == check(tmp_path)[0]


def test_a_damaged_state_is_unknown(state: Path) -> None:
    """A monitoring system must not take a state that cannot be read for a warning."""
    (state / STATE_FILE).write_bytes(b"no state")
    result = run("status", "--state", str(state), "--check")

    assert (3, True) == (result.exit_code, result.output.startswith("UNKNOWN - "))


def test_an_old_sync_is_critical(state: Path) -> None:
    """With a maximum age, a sync that no longer runs is noticed."""
    old = run("status", "--state", str(state), "--check", "--max-age", "60")

    assert 2 == old.exit_code


def test_status_shows_each_issue(state: Path) -> None:
    """All issues are shown, with their kind and record type."""
    with opened(state) as store:
        store.replace_issues("customer", "7", [CONFLICT])
    shown = run("status", "--state", str(state)).output

    assert f"conflict: customer {CONFLICT.text}" in shown


def test_the_state_can_be_read_during_a_sync(state: Path) -> None:
    """The lock of a running sync does not keep a user from its status."""
    with opened(state):
        assert (0, "OK - 2 pairs are in sync") == check(state)


@pytest.mark.parametrize(
    ("options", "decision"),
    [
        (("--take", "chargebee"), Decision(Choice.CHARGEBEE)),
        (("--link", "cb-1"), Decision(Choice.LINK, "cb-1")),
        (("--create",), Decision(Choice.CREATE)),
        (("--retry",), Decision(Choice.RETRY)),
    ],
)
def test_a_decision_is_stored(
    state: Path, options: tuple[str, ...], decision: Decision
) -> None:
    """What the user decides is there for the next sync."""
    with opened(state) as store:
        store.replace_issues("customer", "7", [CONFLICT])
    run("resolve", "customer", "7", "--state", str(state), *options)
    with opened(state) as store:
        found = store.get_decision("customer", "7")

    assert decision == found


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("customer", "7", "--retry"), "Nothing is open about customer 7"),
        (("customer", "7"), "Name a record"),
        (("customer", "7", "--retry", "--create"), "Name a record"),
    ],
    ids=["nothing open", "no decision", "two decisions"],
)
def test_no_decision_is_one_sentence(
    state: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    """A decision that cannot be stored is refused with the reason."""
    refused = run("resolve", *arguments, "--state", str(state))

    assert (1, True) == (refused.exit_code, sentence in refused.output)


def test_forgetting_erases_a_person_from_the_file(state: Path) -> None:
    """No byte of the state file has the name of a person who was forgotten."""
    run("forget", "customer", "7", "--state", str(state))

    assert b"Ada" not in (state / STATE_FILE).read_bytes()


def test_the_invoices_of_a_person_are_forgotten_too(state: Path) -> None:
    """An order is forgotten with its customer."""
    done = run("forget", "customer", "7", "--state", str(state))

    assert "forgotten: customer 7\nforgotten: order 90\n" == done.output


MATCH = Issue("7", IssueKind.DECISION, "7 may be cb-1.", candidate_ids=("cb-1", "cb-2"))


def decide(path: Path, *decisions: str) -> None:
    """Write a file of matches with a decision for each candidate of `MATCH`."""
    write_matches(path, [("customer", MATCH)])
    head, *rows = path.read_text("utf-8").splitlines()
    filled = [
        row.replace(",,", f",{decision},")
        for row, decision in zip(rows, decisions, strict=True)
    ]
    path.write_text("\n".join([head, *filled]), "utf-8")


def resolve_matches(state: Path, path: Path) -> tuple[int, str, Decision | None]:
    """Store the decisions of a file; return status, output and decision."""
    with opened(state) as store:
        store.replace_issues("customer", "7", [MATCH])
    done = run("resolve", "--matches", str(path), "--state", str(state))
    with opened(state) as store:
        return done.exit_code, done.output, store.get_decision("customer", "7")


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        (("", "link"), Decision(Choice.LINK, "cb-2")),
        (("create", "create"), Decision(Choice.CREATE)),
        (("", ""), None),
    ],
    ids=["link", "create", "open"],
)
def test_decisions_of_a_file_are_stored(
    state: Path, tmp_path: Path, decisions: tuple[str, str], expected: Decision | None
) -> None:
    """What the user writes into the file of matches is there for the next sync."""
    path = tmp_path / "matches.csv"
    decide(path, *decisions)

    assert (0, expected) == resolve_matches(state, path)[::2]


@pytest.mark.parametrize(
    ("decisions", "sentence"),
    [
        (("link", "link"), "two decisions about customer 7"),
        (("link", "perhaps"), "line 3: the decision 'perhaps' is unknown"),
    ],
    ids=["two candidates", "unknown word"],
)
def test_an_unclear_file_is_one_sentence(
    state: Path, tmp_path: Path, decisions: tuple[str, str], sentence: str
) -> None:
    """A file that is not clear changes nothing and names the place."""
    path = tmp_path / "matches.csv"
    decide(path, *decisions)
    status, output, decision = resolve_matches(state, path)

    assert (1, True, None) == (status, sentence in output, decision)


def test_decisions_that_were_carried_out_do_not_stop_the_others(
    state: Path, tmp_path: Path
) -> None:
    """A file can be completed and handed in again."""
    path = tmp_path / "matches.csv"
    decide(path, "link", "")
    text = path.read_text("utf-8")
    path.write_text(f"{text}\n{text.splitlines()[1].replace('7', '8')}\n", "utf-8")

    assert (0, Decision(Choice.LINK, "cb-1")) == resolve_matches(state, path)[::2]
