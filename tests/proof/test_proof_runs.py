"""Runs that are forked from a process which has run pytest once."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from dataflow.harness.verdicts import Verdict
from dataflow.proof.runs import plain_environment, run_checklist, run_pytest
from tests.project import (
    INTERRUPTED,
    NEW_ITEM,
    ROOT,
    ChecklistRun,
    Project,
    run,
    run_process,
)

NEW = "items-item.every.new-record"
STAYS = "items-item.every.sync-again"

#: A test in each process that writes who it is.
WHO = """
import os, sys

def test_who():
    print("process", os.getpid(), "group", os.getpgid(0))
    print("in", os.getcwd(), "with", os.environ.get("GIVEN"), "read", sys.stdin.read())
"""


#: The command, with Ctrl-C as in a terminal: a shell's background job ignores it.
COMMAND = """
import signal
from dataflow.cli import main

signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where the features are."""
    monkeypatch.chdir(ROOT)


def test_each_check_has_its_verdict() -> None:
    """The verdicts come from the run record; a check that did not run has none."""
    done = run_checklist("reference", [NEW])

    assert {NEW: Verdict.HOLDS} == done.verdicts


def test_the_checks_run_in_the_order_that_is_asked_for() -> None:
    """`acquit` shuffles them."""
    checks = [STAYS, "customers-person-customer.every.new-record", NEW]
    done = run_checklist("none", checks, "-rA", "--tb=no")

    found = re.findall(
        r"^FAILED features/([\w-]+)\.feature::(\S+)", done.output, re.MULTILINE
    )
    assert checks == [".".join(words) for words in found]


def test_faults_are_counted_by_kind() -> None:
    """What the sync met in bad weather is counted."""
    done = run_checklist("reference", [NEW, STAYS], "--weather", "rough:1")

    assert 0 < done.faults["slow"]


def test_a_run_that_does_not_begin_has_no_verdicts() -> None:
    """A mistake in the options leaves no record, and its output says why."""
    done = run_checklist("nonsense", [NEW])

    assert ({}, True) == (done.verdicts, "'nonsense' is unknown" in done.output)


def test_the_time_of_a_run_is_measured() -> None:
    """The clock is read before and after."""
    times = iter([100.0, 105.0])
    done = run_checklist("nonsense", [], clock=lambda: next(times))

    assert 5 == done.seconds


def test_the_reports_of_a_real_run_stay(tmp_path: Path, project: Project) -> None:
    """A run for a proof leaves the folder `reports` alone."""
    reports = project.folder / "reports" / "allure-results"
    reports.mkdir(parents=True)
    (reports / "kept.txt").write_text("")
    record = tmp_path / "run.json"

    arguments = f"--run-record={record}", "--target", "twin", NEW_ITEM
    done = run_pytest(arguments, project.folder, plain_environment())

    kept = [path.name for path in reports.parent.rglob("*") if path.is_file()]
    assert (0, ["kept.txt"], True) == (done.status, kept, record.is_file())


# The processes


def test_each_run_is_a_new_process_with_what_it_is_given(project: Project) -> None:
    """Folder and variables are those of the run; there is nothing to read."""
    project.append("test_who.py", WHO)
    first, second = (
        run("-s", "test_who.py", folder=project.folder, variables={"GIVEN": value})
        for value in ("one", "two")
    )

    assert f"in {project.folder} with one read \n" in first.output
    assert f"in {project.folder} with two read \n" in second.output
    assert processes(first).isdisjoint(processes(second))


def processes(done: ChecklistRun) -> set[str]:
    """Return the ids of the processes that a run has printed."""
    return set(re.findall(r"process (\d+)", done.output))


def test_each_run_imports_the_steps_of_its_folder(project: Project) -> None:
    """A step that is damaged in a copy fails there, and nowhere else."""
    project.replace(
        "steps/syncing.py",
        "def sync_has_caught_up(world: World) -> None:",
        "def sync_has_caught_up(world: World) -> None:\n"
        "    raise AssertionError('damaged')",
    )
    damaged, whole = project.run(NEW_ITEM), run(NEW_ITEM)
    assert (1, 0) == (damaged.status, whole.status)
    assert "damaged" in damaged.output


@pytest.mark.parametrize(
    ("code", "status"),
    [("os._exit(7)", 7), ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL)],
    ids=["an exit", "a crash"],
)
def test_a_crash_stays_within_its_run(project: Project, code: str, status: int) -> None:
    """A run that ends in the middle has its status, and does not affect the next."""
    project.append(
        "test_crash.py", f"import os, signal\n\ndef test_it():\n    {code}\n"
    )

    crashed = project.run("test_crash.py")
    after = run("--collect-only", NEW_ITEM)
    assert (status, 0) == (crashed.status, after.status)


def test_a_run_that_hangs_is_stopped(project: Project) -> None:
    """After its time a run is interrupted, and its output says so."""
    project.append(
        "test_hangs.py",
        "import signal\n\ndef test_it():\n    print('begun')\n    signal.pause()\n",
    )

    done = run_pytest(["-s", "test_hangs.py"], project.folder, plain_environment(), 3)
    assert (INTERRUPTED, True) == (done.status, "begun" in done.output)
    assert done.output.endswith("\nThe run was stopped after 3 seconds.")


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("acquit", "--json"), ("prove",)], ids=["acquit", "prove"]
)
def test_an_interrupt_ends_all_processes(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    """After Ctrl-C no run goes on, and `acquit` shows what has run so far."""
    page = () if command[0] == "acquit" else ("--page", str(tmp_path / "prove.html"))
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, *command, *page],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as program:
        try:
            children = wait_for_runs(program)
            program.send_signal(signal.SIGINT)
            program.communicate(timeout=30)
        finally:
            program.kill()

    expected = 130 if command[0] == "acquit" else 1
    assert (expected, []) == (program.returncode, [p for p in children if is_alive(p)])


def wait_for_runs(program: subprocess.Popen[bytes]) -> list[int]:
    """Return the processes below a program, once both servers run a job."""
    for _ in range(1_200):
        servers = list_children(program.pid)
        children = [child for server in servers for child in list_children(server)]
        # Beside its job, a server has a launcher, which belongs to the server's group.
        if len(servers) == 2 == sum(map(is_group, children)):
            return [*servers, *children]
        # Looking without a pause would take one core from the runs.
        with suppress(subprocess.TimeoutExpired):
            program.wait(0.1)
    raise AssertionError("no run has begun")


def is_group(process: int) -> bool:
    """Return whether a process leads a group of its own, as a job does."""
    return str(process) == read_status(process)[2]


def list_children(process: int) -> list[int]:
    """Return the children of a process, which any of its threads may have started."""
    try:
        files = list(Path(f"/proc/{process}/task").glob("*/children"))
        return [int(word) for file in files for word in file.read_text().split()]
    except OSError:
        return []  # it has ended


def is_alive(process: int) -> bool:
    """Return whether a process exists and is no zombie."""
    return read_status(process)[0] not in {"", "Z"}


def read_status(process: int) -> list[str]:
    """Return the state of a process, its parent and its group; "" if it has ended."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return [""] * 3
    return text.rpartition(")")[2].split()[:3]


# In a new interpreter


@pytest.mark.process
@pytest.mark.slow
def test_a_forked_run_says_what_a_new_interpreter_says() -> None:
    """Status and output are the same, but for the seconds and the numbers of ports."""
    arguments = NEW_ITEM, "--sync", "none"
    forked, started = run(*arguments), run_process(*arguments)

    def comparable(done: ChecklistRun) -> tuple[int, list[str]]:
        return done.status, re.sub(r"\d", "0", done.output).splitlines()

    assert comparable(started) == comparable(forked)
