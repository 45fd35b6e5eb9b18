"""Run pytest in processes that are forked from one that has run it once.

What a sync breaks, a crash of pytest included, thus stays within its run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from dataflow.harness.fork_server import ForkServer, Job

#: The module that is started as the server: it imports pytest, and this one does not.
_SERVER = "dataflow.proof.pytest_server"
#: How long the whole checklist may take with one sync, in seconds.
_SECONDS = 900

#: The servers that have nothing to do; each does one run at a time.
_idle: list[ForkServer] = []


@dataclass(frozen=True, slots=True)
class PytestRun:
    """A run of pytest that has ended: its exit status, and both output streams."""

    status: int
    output: str


def run_pytest(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    seconds: float = _SECONDS,
) -> PytestRun:
    """Run pytest in a folder, with these variables and no others."""
    with (
        TemporaryDirectory(prefix="dataflow-run-") as temporary,
        _borrowed_server() as server,
    ):
        output = Path(temporary, "output.txt")
        job = Job(arguments, environment, str(folder.resolve()), str(output))
        status, in_time = server.run(job, seconds)
        text = output.read_text("utf-8", "replace") if output.is_file() else ""
    return PytestRun(status, text if in_time else f"{text}{_describe_limit(seconds)}")


def plain_environment() -> dict[str, str]:
    """Return the variables without those that would change how pytest runs."""
    left_out = "PYTEST_", "PYTHONDONTWRITEBYTECODE", "DATAFLOW_"
    return {k: v for k, v in os.environ.items() if not k.startswith(left_out)}


@contextmanager
def _borrowed_server() -> Iterator[ForkServer]:
    try:
        server = _idle.pop()
    except IndexError:
        server = ForkServer.start(_SERVER)
    yield server
    # Not after an error: the server may have ended, or still be at its job.
    _idle.append(server)


def _describe_limit(seconds: float) -> str:
    return f"\nstopped after {seconds:g} seconds"
