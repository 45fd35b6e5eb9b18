"""pytest with the checklist in it, run as QA runs it."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from dataflow.checklist.features import read_features
from dataflow.twin import pair
from dataflow.vendors.connection import Connection
from tests.project import (
    CHECKS_OF_ITEMS,
    ITEMS,
    NEW_ITEM,
    ROOT,
    STRANGER,
    environment,
    pytest_command,
    run,
    tally,
)

NEW_ORDER = "invoices-order.every.new-record"
CHECKS = sum(feature.announced for feature in read_features(ROOT / "features"))


#: The stranger's sync, but for an end to what one run makes.
IN_BATCHES = """
from broken.api import TryAgainError
from broken.plain import PlainSync
from broken.program import run_once


class InBatches(PlainSync):
    made = 0

    def link(self, kind, key, record, **more):
        super().link(kind, key, record, **more)
        self.made += 1

    def serve(self, kind, one):
        def while_there_is_room(key, record):
            if self.made == 20:
                raise TryAgainError("the rest is for the next run")
            one(key, record)

        super().serve(kind, while_there_is_room)


sys.exit(run_once(InBatches))
"""

#: The same, but it leaves alone what somebody may still be at.
CAREFUL = """
import time
from broken.plain import PlainSync
from broken.program import run_once


class Careful(PlainSync):
    def is_wanted(self, kind, key, record):
        untouched = time.time() - record["updated_at"] > 30
        return untouched and super().is_wanted(kind, key, record)


sys.exit(run_once(Careful))
"""

# What QA chooses


@pytest.mark.parametrize("option", ["-k", "-m"])
def test_a_check_is_chosen_by_its_id(option: str) -> None:
    """A check id chooses its check and no other: reports and people speak of ids."""
    assert f"1 passed, {CHECKS - 1} deselected" == tally(
        run("features", option, NEW_ORDER)
    )


def test_a_check_is_chosen_by_its_place() -> None:
    """A line of pytest's report can be given back to it."""
    assert "1 passed" == tally(run(NEW_ITEM))


def test_a_standing_chooses_its_checks() -> None:
    """`-m observed` runs what the document leaves open, and only that."""
    features = read_features(ROOT / "features")
    scenarios = [scenario for feature in features for scenario in feature.scenarios]
    observed = sum("observed" in scenario.bases for scenario in scenarios)

    told = tally(run("features", "-m", "observed", "--collect-only"))
    assert (
        f"{observed}/{CHECKS} tests collected ({CHECKS - observed} deselected)"
    ) == told


@pytest.mark.slow
def test_without_a_sync_every_scenario_fails() -> None:
    """A check that passes without a sync can never fail, and proves nothing."""
    assert f"{CHECKS} failed" == tally(run("features", "--sync", "none"))


@pytest.mark.night
@pytest.mark.process
def test_two_workers_share_the_checklist() -> None:
    """Scenarios pass on several workers: none leans on what another one left."""
    assert f"{CHECKS_OF_ITEMS} passed" == tally(run("-n", "2", ITEMS))


SHUFFLED = ("-p", "randomly", "--randomly-seed=4")


@pytest.mark.night
def test_a_shuffled_order_passes() -> None:
    """Scenarios pass in another order: none leans on the one before it."""
    assert f"{CHECKS_OF_ITEMS} passed" == tally(run(*SHUFFLED, ITEMS))


def test_a_shuffled_order_is_another() -> None:
    """`-p randomly` switches the shuffling on: else the test above says nothing."""
    places = [run(*how, "--collect-only", ITEMS).output for how in ((), SHUFFLED)]
    plain, shuffled = ([p for p in text.split() if "::" in p] for text in places)

    assert (sorted(plain), True) == (sorted(shuffled), plain != shuffled)


# The sync under test


def test_a_failing_program_is_quoted(tmp_path: Path) -> None:
    """What a failing program says stands in the failure: it holds the reason."""
    program = tmp_path / "sync.py"
    program.write_text("raise SystemExit('the key is ' + 'upside down')")

    done = run("--sync", f"command: {sys.executable} {program}", NEW_ITEM)

    assert (
        "the sync under test ended with status 1:\nthe key is upside down"
    ) in done.output


def test_a_programs_output_is_kept_with_a_wrong_result(tmp_path: Path) -> None:
    """What a program says stands beside a failed check, though it ended with 0."""
    program = tmp_path / "sync.py"
    program.write_text("print('I did ' + 'my best')")

    done = run("--sync", f"command: {sys.executable} {program}", NEW_ITEM)

    assert "sync under test" in done.output.partition("I did my best")[0]


@pytest.mark.night
@pytest.mark.parametrize(
    ("options", "told"),
    [((), "it is 20833092"), (("--real-time",), "it is None")],
    ids=["stand-ins' time", "real time"],
)
def test_a_program_is_told_a_time_that_differs(
    tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    """The stand-ins' time is told, and the machine's every program knows."""
    program = tmp_path / "sync.py"
    program.write_text(
        f"import os, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "print('it is', os.environ.get('DATAFLOW_NOW'))\n"
        "from broken.program import PlainSync, run_once\n"
        "sys.exit(run_once(PlainSync))"
    )

    sync = f"command: {sys.executable} {program}"
    done = run("--sync", sync, NEW_ITEM, "-rP", *options)

    assert told in done.output


@pytest.mark.parametrize(
    ("code", "check"),
    [(IN_BATCHES, f"{ITEMS}::every.many-pages"), (CAREFUL, NEW_ITEM)],
    ids=["in batches", "careful"],
)
def test_a_program_may_take_its_time(tmp_path: Path, code: str, check: str) -> None:
    """Twenty records a run are no fault, and half a minute of care is none either."""
    program = tmp_path / "sync.py"
    program.write_text(f"import sys; sys.path.insert(0, {str(ROOT)!r}){code}")

    done = run("--sync", f"python: {program}", check)

    assert "1 passed" == tally(done).partition(",")[0]


def free_ports(count: int) -> list[int]:
    """Return ports on which nothing listens at the moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.xdist_group("ports")
def test_a_service_that_runs_by_itself_is_waited_for(tmp_path: Path) -> None:
    """A service that runs by itself is reached on its ports, and waited for."""
    invoiced, twin = free_ports(2)
    connection = Connection(
        f"http://127.0.0.1:{invoiced}",
        pair.INVOICED_KEY,
        f"http://127.0.0.1:{twin}/api/v2",
        pair.CHARGEBEE_KEY,
        pair.SITE,
    )
    told = environment() | connection.environment(tmp_path, 0)
    ports = ("--twin-ports", f"{invoiced},{twin}")
    asked = ("features", "--sync", "wait", *ports, "-k", NEW_ORDER)

    said = tmp_path / "said"
    with (
        said.open("w") as stdout,
        subprocess.Popen(
            pytest_command(*asked), cwd=ROOT, env=environment(), stdout=stdout
        ) as checklist,
    ):
        while checklist.poll() is None:
            service = [sys.executable, str(STRANGER)]
            subprocess.run(service, env=told, capture_output=True, check=False)

    text = said.read_text()
    assert (f"1 passed, {CHECKS - 1} deselected", True) == (
        tally(text),
        f"DATAFLOW_INVOICED_URL=http://127.0.0.1:{invoiced}\n" in text,
    )
