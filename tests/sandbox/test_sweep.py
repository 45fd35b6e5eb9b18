"""`dataflow sweep`: what runs have left goes, and no stranger's record is touched."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dataflow.cli import main
from dataflow.errors import VendorUnavailableError
from dataflow.network.hooks import RateLimiter
from dataflow.record_types.model import CUSTOMER
from dataflow.sandbox import sweep as command
from dataflow.sandbox.lock import Lock
from dataflow.sandbox.run_mark import RunMark
from dataflow.sandbox.sweep import PacedCalls, paced_accounts
from dataflow.twin.gateway import Seed
from tests.project import ROOT
from tests.sandbox.accounts import HOUR, OLD, OLDER, RUN, Accounts, refused
from tests.sandbox.records import leave, seed_look_alikes, seed_strangers

#: Records of others on both sides together.
STRANGERS = 5_000
EMPTY = "No records of runs found.\n"


@pytest.fixture(autouse=True)
def _variables(
    there: Accounts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Name the twins by variables, and set this machine's clock to theirs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("dataflow.toml").write_text((ROOT / "dataflow.toml").read_text("utf-8"))
    monkeypatch.setattr(command, "_now", there.clock.seconds)
    for name, value in there.variables().items():
        monkeypatch.setenv(name, value)


def sweep(*arguments: str, answer: str | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["sweep", *arguments], input=answer)


def families(names: set[str]) -> set[str]:
    """Return the families that a sync created: they have no mark."""
    return {name for name in names if name.startswith("Chargebee item_family of-")}


# What goes, and what stays


@pytest.mark.slow
def test_only_records_of_runs_go(there: Accounts) -> None:
    """Of thousands of records, those of runs are removed; no other is touched."""
    seed_strangers(there.twins, STRANGERS // 2)
    there.advance(HOUR)
    before = there.state()
    ours = set[str]().union(*(leave(there, run).names for run in (RUN, OLD, OLDER)))
    done = sweep("--yes")
    after = there.state()
    left = {name for name in ours if not after.get(name, {}).get("deleted", True)}
    touched = [name for name in before if before[name] != after.get(name)]

    assert (0, True, set(), []) == (
        done.exit_code,
        len(before) >= STRANGERS - 20,
        left - families(ours),
        touched[:5],
    )


@pytest.mark.slow
def test_look_alikes_that_were_made_later_stay(there: Accounts) -> None:
    """Records of others with the ids, names and numbers of ours lose nothing.

    They are made after the run, as by a sync of others that numbers its records too.
    """
    ours = leave(there, OLD)
    there.twins.chargebee.seed(seed_look_alikes(ours, STRANGERS // 2))
    there.twins.invoiced.seed(
        Seed("/customers", {"name": "Zoë", "number": f"{OLD}-{n}"})
        for n in range(STRANGERS // 2)
    )
    before = there.state()
    done = sweep("--yes")
    after = there.state()
    touched = {n for n in before if before[n] != after.get(n)} - ours.names

    assert (0, set()) == (done.exit_code, touched)


def test_each_record_is_shown_with_its_reason(there: Accounts) -> None:
    """A user sees why a record is taken for one of a run."""
    run = leave(there, OLD)
    output = sweep().stdout
    order = f"invoiced-{run.invoice}"

    assert (
        f"Chargebee order {order}: it has the id of Invoiced invoice {run.invoice},"
        f" which has the mark, and its customer {run.counterpart} belongs to a run."
    ) in output.splitlines()


def test_young_runs_are_left_alone(there: Accounts) -> None:
    """With --older-than, the records of younger runs stay, counterparts too."""
    young = leave(there, RUN)
    old = leave(there, OLD)
    sweep("--older-than", "24", "--yes")

    assert (set(), families(old.names)) == (
        young.names - there.names(),
        old.names & there.names(),
    )


def test_runs_of_a_clock_that_is_ahead_go_too(there: Accounts) -> None:
    """A run that seems to begin tomorrow is swept, and reported as such."""
    ahead = RunMark(RUN.started + 24 * HOUR, "ffffff")
    leave(there, ahead)
    output = sweep("--yes").stdout

    assert (True, EMPTY) == (f"{ahead}  in the future" in output, sweep().stdout)


def test_a_second_sweep_finds_nothing(there: Accounts) -> None:
    """After a sweep there is nothing to sweep."""
    leave(there, OLD)
    sweep("--yes")
    done = sweep("--yes")

    assert (0, EMPTY) == (done.exit_code, done.stdout)


def test_old_locks_are_swept(there: Accounts) -> None:
    """The locks of runs that ended long ago go, except those that are still needed."""
    for _ in range(3):
        with Lock(there.chargebee, OLDER).held():
            pass
        there.advance(25 * HOUR)
    sweep("--yes")
    found = there.chargebee.list_records(
        CUSTOMER, id={"starts_with": "dataflow-checklist"}
    )

    locks = ["dataflow-checklist-lock-2", "dataflow-checklist-lock-3"]
    assert locks == sorted(found)[:2]


# What is shown and asked


def test_the_records_are_shown_first(there: Accounts) -> None:
    """Runs are shown with their age, and the number of records of each kind."""
    leave(there, OLD)
    there.advance(HOUR)
    leave(there, RUN)
    lines = [line.rstrip() for line in sweep().stdout.splitlines()]

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
    ] == lines[:9]


@pytest.mark.parametrize("answer", ["n\n", "\n", "", None])
def test_nothing_goes_without_a_yes(
    there: Accounts, monkeypatch: pytest.MonkeyPatch, answer: str | None
) -> None:
    """Any answer but yes means no; without a terminal and --yes, it only shows."""
    monkeypatch.setattr(command, "_has_terminal", lambda: answer is not None)
    leave(there, OLD)
    before = there.state()
    done = sweep(answer=answer)

    assert (answer is None, before) == (
        "Nothing was removed, as there is no terminal: add --yes to remove."
        in done.stdout.splitlines(),
        there.state(),
    )


def test_a_yes_is_enough(there: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal, a yes has the records removed."""
    monkeypatch.setattr(command, "_has_terminal", lambda: True)
    run = leave(there, OLD)
    done = sweep(answer="y\n")

    assert ("Remove these 10 records from both accounts? [y/N]: y", set()) == (
        re.findall(r"Remove.*", done.stdout)[0],
        (run.names & there.names()) - families(run.names),
    )


def test_the_results_and_the_calls_are_shown(there: Accounts) -> None:
    """At the end the results are shown, and how many calls were made."""
    leave(there, OLD)
    there.calls.clear()
    lines = sweep("--yes").stdout.splitlines()
    chargebee = sum(" /api/v2/" in call for call in there.calls)
    invoiced = len(there.calls) - chargebee

    assert [
        "2 Chargebee orders: deleted.",
        "2 Chargebee customers: deleted.",
        "2 Chargebee items: deleted.",
        "1 Chargebee item family: deleted.",
        "1 Invoiced invoice: deleted.",
        "1 Invoiced item: deleted.",
        "1 Invoiced customer: deleted.",
        "2 Chargebee invoices: deleted.",
        # The lock is released after that.
        f"{invoiced} calls to Invoiced and {chargebee - 1} calls to Chargebee.",
    ] == lines[-9:]


def test_lists_are_read_in_large_pages(there: Accounts) -> None:
    """Thousands of records take a call for each hundred of them."""
    seed_strangers(there.twins, 1_200)
    there.calls.clear()
    sweep()

    assert {
        "GET /customers": 4,
        "GET /invoices": 4,
        "GET /items": 4,
        "GET /api/v2/customers": 3,
        "GET /api/v2/orders": 3,
        "GET /api/v2/items": 3,
        "GET /api/v2/item_families": 1,
    } == {call: there.calls.count(call) for call in there.calls}


def test_the_example_of_the_help_works(
    there: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variables and the command of the help sweep the twins."""
    text = sweep("--help").stdout
    there.set_variables(monkeypatch, text)
    arguments = re.findall(r"Example: dataflow sweep ([^,]+),", text)[0].split()
    leave(there, OLD)
    done = sweep(*arguments)

    assert (0, "1 Invoiced customer: deleted.") == (
        done.exit_code,
        re.findall("1 Invoiced customer: .*", done.stdout)[0],
    )


# What stops it


def test_a_run_is_not_disturbed(there: Accounts) -> None:
    """While a run has the lock, nothing is removed, and one sentence says so."""
    Lock(there.chargebee, RUN).take()
    leave(there, OLD)
    before = there.names()
    done = sweep("--yes")

    assert (75, True, before) == (
        done.exit_code,
        done.stderr.startswith(
            f"Error: The run {RUN} has locked the Chargebee site since"
        ),
        there.names(),
    )


def test_the_lock_is_released(there: Accounts) -> None:
    """After a sweep, a run can start."""
    leave(there, OLD)
    sweep("--yes")
    Lock(there.chargebee, RUN).take()

    assert there.chargebee.find(CUSTOMER, "dataflow-checklist-lock-2") is not None


@pytest.mark.parametrize(
    ("call", "status", "exit_status", "error"),
    [
        (
            f"POST /api/v2/customers/customer-{OLD}/delete",
            500,
            75,
            "Chargebee is not available: 500: not now. Sweep again later.",
        ),
        (
            "GET /items",
            503,
            75,
            "Invoiced is not available: (503): not now. Sweep again later.",
        ),
        (
            "GET /api/v2/items",
            400,
            1,
            (
                "Chargebee refused the call with status 400: not now. Run `dataflow"
                " doctor` to find the cause."
            ),
        ),
    ],
    ids=["down during the removal", "down before it", "refused list"],
)
def test_a_vendor_s_error_ends_it_in_one_sentence(
    there: Accounts, call: str, status: int, exit_status: int, error: str
) -> None:
    """The status is 75 for a vendor that is down; the results so far are shown."""
    leave(there, OLD)
    there.instead[call] = refused(status)
    done = sweep("--yes")

    assert (exit_status, f"Error: {error}\n", call.startswith("POST")) == (
        done.exit_code,
        done.stderr,
        "2 Chargebee orders: deleted." in done.stdout,
    )


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
    """Variables that name another place end it in one sentence, before any call."""
    monkeypatch.setenv(name, value)
    done = sweep("--yes")

    assert (1, 1, []) == (done.exit_code, len(done.stderr.splitlines()), there.calls)


def test_settings_without_marks_are_refused(there: Accounts) -> None:
    """Without marks no counterpart can be found, and no call is made."""
    Path("dataflow.toml").write_text("")
    done = sweep("--yes")

    assert (1, True, []) == (
        done.exit_code,
        "has no customer in [marks]" in done.stderr,
        there.calls,
    )


# Paced calls


class Watch:
    """A clock that only waits move; `waited` are the waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[float] = []

    def pause(self, seconds: float) -> None:
        """Wait."""
        self.waited.append(seconds)
        self.now += seconds

    def seconds(self) -> float:
        """Return the time."""
        return self.now

    def paced(self, most: int = 9) -> PacedCalls:
        """Return what makes at most so many calls a minute."""
        return PacedCalls(RateLimiter(self.seconds, self.pause, most), self.pause)


def failing(status: int, *after: int | None) -> Callable[[], str]:
    """Return a call that fails so often, and is answered after that."""
    left = list(after)

    def call() -> str:
        if left:
            raise VendorUnavailableError(
                "Chargebee", "busy", status=status, retry_after=left.pop(0)
            )
        return "answer"

    return call


def test_calls_keep_to_the_pace() -> None:
    """In no minute, wherever it begins, more calls are made than are allowed."""
    watch, times = Watch(), list[float]()
    paced = watch.paced(3)
    for _ in range(10):
        paced.make(lambda: times.append(watch.now))
        watch.now += 7

    most = max(sum(at <= other < at + 60 for other in times) for at in times)
    assert (3, 10) == (most, paced.count)


@pytest.mark.parametrize(
    ("after", "waited"),
    [([2], [2]), ([None], [60]), ([3600], [60]), ([1, None, 5], [1, 60, 5])],
)
def test_a_call_too_many_is_made_again(
    after: list[int | None], waited: list[float]
) -> None:
    """After a 429 it waits as long as the vendor asks for, a minute at most."""
    watch = Watch()
    answer = watch.paced().make(failing(429, *after))

    assert ("answer", waited) == (answer, watch.waited)


@pytest.mark.parametrize(
    ("status", "waited", "count"),
    [(429, [1, 1, 1], 4), (500, [], 1)],
    ids=["too many calls", "down"],
)
def test_a_failing_call_is_not_repeated_for_ever(
    status: int, waited: list[float], count: int
) -> None:
    """After four refusals it ends; another failure is passed on at once."""
    watch = Watch()
    paced = watch.paced()
    with pytest.raises(VendorUnavailableError):
        paced.make(failing(status, 1, 1, 1, 1))

    assert (waited, count) == (watch.waited, paced.count)


@pytest.mark.parametrize(
    ("call", "waited"),
    [("GET /api/v2/customers", [7, 7, 7]), ("GET /customers", [60, 60, 60])],
    ids=["Chargebee", "Invoiced"],
)
def test_retry_after_is_read_where_the_sdk_shows_it(
    there: Accounts, call: str, waited: list[float]
) -> None:
    """Chargebee's header is used; Invoiced's SDK drops it, so it waits a minute."""
    watch = Watch()
    there.instead[call] = refused(429, **{"Retry-After": "7"})
    paced = paced_accounts(there.connection, watch.pause)
    side = paced.chargebee if "/api/" in call else paced.invoiced
    with pytest.raises(VendorUnavailableError):
        side.list_all(CUSTOMER)

    assert waited == watch.waited
