"""`dataflow sync` killed at once by the system, as by a power failure."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dataflow.cli import main
from properties.trouble import COMMITTED, POINTS, UNCOMMITTED
from tests.cli.running import ROOT, SECONDS, Twins, program

#: The command, which kills itself at the n-th point of a kind: see properties/trouble.
KILLED = """
import os, signal, sys
from dataflow.cli import main
from dataflow.sync.clients.connection import HttpConnection
from properties import trouble

kind, number = sys.argv.pop(1), int(sys.argv.pop(1))

class Killing(trouble.Trouble):
    def reach(self, point):
        self.points.append(point)
        if point == kind and self.points.count(point) == number:
            os.kill(os.getpid(), signal.SIGKILL)

killing, send = Killing(), HttpConnection.send

def troubled(self, request):
    killing.reach(trouble.UNSENT)
    response = send(self, request)
    killing.reach(trouble.UNANSWERED)
    return response

HttpConnection.send = troubled
with killing.at_commits():
    main(prog_name="dataflow")
"""

#: The call that imports the order, and the commit that stores its link.
CALL, COMMIT = 12, 6


def kill(twins: Twins, kind: str) -> int:
    """Run the command until it is killed at a point of a kind; return its status."""
    Path("dataflow.toml").write_text("[sync]\ncalls = 1\n", "utf-8")
    number = COMMIT if kind in {COMMITTED, UNCOMMITTED} else CALL
    command = [sys.executable, "-c", KILLED, kind, str(number), "sync"]
    return subprocess.run(
        command,
        env={**os.environ, **twins.environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=SECONDS,
        check=False,
    ).returncode


def test_a_signal_while_a_command_is_loaded_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Loading the sync takes a while, and a SIGTERM meanwhile is no silent end."""

    def load(_name: str) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("importlib.import_module", load)
    result = CliRunner().invoke(main, ["sync"])

    assert (143, "SIGTERM: stopped before anything was done.\n") == (
        result.exit_code,
        result.stderr,
    )


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("kind", POINTS)
def test_a_sync_that_is_killed_is_continued(one_of_each: Twins, kind: str) -> None:
    """The next run leaves one counterpart each, and no invoice without an order."""
    killed = kill(one_of_each, kind)
    status, *_ = program("sync", environment=one_of_each.environment)
    kinds = ("customer", "item", "order", "invoice")
    found = {name: len(one_of_each.all_of(name)) for name in kinds}

    assert (-signal.SIGKILL, 0, dict.fromkeys(kinds, 1)) == (killed, status, found)
