"""A program under test ends with the run, however the run ends, and before the lock."""

from __future__ import annotations

import os
import select
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dataflow.harness.run_record import read_run_record
from dataflow.harness.syncs.program import CommandSync
from dataflow.harness.verdicts import Verdict
from dataflow.killed_runs import record_lock
from dataflow.process_groups import end_killed_programs
from tests.project import (
    INTERRUPTED,
    NEW_ITEM,
    Project,
    environment,
    pytest_command,
)

pytestmark = pytest.mark.process

#: A program with a child that both write their ids, and then wait.
PROGRAM = """
import os, signal, time
signal.signal(signal.SIGTERM, {handler})
if os.fork() == 0:
    open("child", "w").write(str(os.getpid()))
else:
    open("leader.part", "w").write(str(os.getpid()))
    os.rename("leader.part", "leader")
while True:
    time.sleep(0.05)
"""

#: A run: it holds a lock, releases it, and writes which programs then still run.
RUN = """
import os, sys, pathlib
from dataflow.harness.syncs.{module} import {kind}
from dataflow.process_groups import handle_signals

def is_alive(name):
    try:
        stat = pathlib.Path(f"/proc/{{int(open(name).read())}}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] != "Z"
    except (OSError, ValueError):
        return False

def tick():
    {tick}

with handle_signals():
    try:
        sync = {kind}({command!r}, pathlib.Path("."), {seconds})
        sync.on_wait = tick
        sync.run({{}})
    finally:
        alive = [name for name in ("leader", "child") if is_alive(name)]
        open("released", "w").write(",".join(alive) or "none")
"""


@pytest.fixture(params=["command", "python"])
def started(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[..., subprocess.Popen[bytes]]:
    """Return a function that starts a run, and waits for its program."""
    is_python = request.param == "python"

    def start(
        seconds: float = 60, tick: str = "pass", handler: str = "signal.SIG_DFL"
    ) -> subprocess.Popen[bytes]:
        (tmp_path / "sync.py").write_text(PROGRAM.format(handler=handler))
        code = RUN.format(
            module="python" if is_python else "program",
            kind="PythonSync" if is_python else "CommandSync",
            command="sync.py"
            if is_python
            else f"{shlex.quote(sys.executable)} sync.py",
            seconds=seconds,
            tick=tick,
        )
        run = subprocess.Popen(
            [sys.executable, "-c", code], cwd=tmp_path, stderr=subprocess.DEVNULL
        )
        wait_until(lambda: (tmp_path / "leader").exists() and read(tmp_path, "child"))
        return run

    return start


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds, which concerns other processes."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        select.select([], [], [], 0.02)


def read(folder: Path, name: str) -> str:
    """Return the text of a file, an empty one of a missing file."""
    path = folder / name
    return path.read_text() if path.exists() else ""


def is_alive(folder: Path, name: str) -> bool:
    """Return whether the process of this file is alive."""
    stat = Path(f"/proc/{read(folder, name).strip()}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


Started = Callable[..., "subprocess.Popen[bytes]"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_program_before_the_lock_is_released(
    number: signal.Signals, started: Started, tmp_path: Path
) -> None:
    """After the release no process of the program is running."""
    run = started()
    run.send_signal(number)
    run.wait(30)

    assert "none" == read(tmp_path, "released")


def test_a_second_signal_ends_a_stubborn_program_at_once(
    started: Started, tmp_path: Path
) -> None:
    """A program that ignores SIGTERM ends before the lock, without a delay."""
    run = started(handler="signal.SIG_IGN")
    begin = time.monotonic()
    run.send_signal(signal.SIGINT)
    select.select([], [], [], 0.3)
    run.send_signal(signal.SIGINT)
    run.wait(30)

    assert ("none", True) == (
        read(tmp_path, "released"),
        time.monotonic() - begin < 2.5,
    )


def test_the_time_limit_ends_the_children_too(started: Started, tmp_path: Path) -> None:
    """A program that takes too long ends with all that it has started."""
    started(seconds=1.5).wait(30)

    assert "none" == read(tmp_path, "released")


def test_a_hook_that_raises_ends_the_program(tmp_path: Path) -> None:
    """An error of the run while the program works leaves nothing behind."""
    (tmp_path / "sync.py").write_text(PROGRAM.format(handler="signal.SIG_DFL"))
    sync = CommandSync(f"{shlex.quote(sys.executable)} sync.py", tmp_path)

    def tick() -> None:
        wait_until(lambda: read(tmp_path, "child"))
        raise LookupError

    sync.on_wait = tick
    with pytest.raises(LookupError):
        sync.run({})

    assert [False, False] == [is_alive(tmp_path, n) for n in ("leader", "child")]


def test_what_a_program_leaves_running_ends_with_it(tmp_path: Path) -> None:
    """A child in the background must not write into the next scenario."""
    (tmp_path / "sync.sh").write_text("sleep 60 >/dev/null 2>&1 & echo $! > child\n")
    CommandSync("sh sync.sh", tmp_path).run({})

    assert (True, False) == (
        (tmp_path / "child").exists(),
        is_alive(tmp_path, "child"),
    )


def test_the_next_run_ends_the_program_of_a_killed_one(
    started: Started, tmp_path: Path
) -> None:
    """After SIGKILL the program goes on, until the next run or sweep begins."""
    run = started()
    run.kill()
    run.wait(30)
    before = is_alive(tmp_path, "leader")
    end_killed_programs()

    assert (True, [False, False]) == (
        before,
        [is_alive(tmp_path, name) for name in ("leader", "child")],
    )


@pytest.mark.slow
def test_a_run_that_is_ended_has_a_record(project: Project, tmp_path: Path) -> None:
    """The record of a run that SIGTERM ended has its checks, which were not run."""
    (tmp_path / "sync.py").write_text(PROGRAM.format(handler="signal.SIG_DFL"))
    sync = f"command: {shlex.quote(sys.executable)} sync.py"
    arguments = ("--sync", sync, f"--run-record={tmp_path / 'run.json'}", NEW_ITEM)
    with subprocess.Popen(
        pytest_command(*arguments), cwd=project.folder, env=environment()
    ) as run:
        wait_until(lambda: read(tmp_path, "child"))
        run.terminate()
        run.wait(30)
    record = read_run_record(tmp_path / "run.json")

    assert (INTERRUPTED, {Verdict.NOT_RUN}, False) == (
        run.returncode,
        {check.verdict for check in record.checks},
        is_alive(tmp_path, "leader"),
    )


def test_another_group_with_the_same_id_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process id is used again: a group that began at another time is not ended."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as other:
        with record_lock("dataflow-1"):
            (path,) = (tmp_path / f"dataflow-runs-{os.getuid()}").glob("*.json")
            text = path.read_text().replace('"group":0', f'"group":{other.pid}')
            text = text.replace('"group_start":""', '"group_start":"1"')
            path.with_name("x.json").write_text(text.replace('"start":"', '"start":"9'))
            ended = end_killed_programs()
        status = other.poll()
        other.kill()

    assert ([], None) == (ended, status)
