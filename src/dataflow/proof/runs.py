"""Run pytest in processes that are forked from one that has run it once.

A sync can thus damage only its own run, even if pytest crashes.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from dataflow.errors import FileError
from dataflow.harness.fork_server import ForkServer, Job
from dataflow.harness.run_record import CheckRecord, read_run_record
from dataflow.harness.verdicts import Verdict

#: The module that is started as the server: it imports pytest, and this one does not.
_SERVER = "dataflow.proof.pytest_server"
#: The plugins that write reports which no proof reads, or have no part in a run.
_UNUSED = (
    "cacheprovider",
    "junitxml",
    "xdist",
    "xdist.looponfail",
    "allure_pytest",
    "hypothesispytest",
    "time_machine",
    "dataflow.report.junit",
    "dataflow.report.allure",
    "dataflow.report.terminal",
    "dataflow.report.failures",
)
#: How long the whole checklist may take with one sync, in seconds.
_SECONDS = 900
#: The number of last lines of pytest's output that are kept.
_LINES = 15

#: All servers, and the idle ones; each does one run at a time.
_servers: list[ForkServer] = []
_idle: list[ForkServer] = []


@dataclass(frozen=True, slots=True)
class PytestRun:
    """A run of pytest that has ended: its exit status, and both output streams."""

    status: int
    output: str


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run: verdicts of the checks that started, last lines, `faults` by kind."""

    verdicts: Mapping[str, Verdict]
    faults: Mapping[str, int]
    output: str
    seconds: float = 0.0


def run_checklist(
    sync: str,
    checks: Sequence[str],
    *options: str,
    clock: Callable[[], float] = time.monotonic,
) -> RunResult:
    """Run these checks, in this order, with the sync `--sync` on the twins."""
    start = clock()
    with TemporaryDirectory(prefix="dataflow-run-") as folder:
        record = Path(folder, "run.json")
        arguments = [
            *("-q", "--no-header", "--keep-going", "--target", "twin"),
            *chain.from_iterable(("-p", f"no:{name}") for name in _UNUSED),
            # The name of a record keeps the run from the reports of the last real one.
            *(f"--run-record={record}", f"--basetemp={folder}/base"),
            *("--sync", sync, *options, *map(locate_check, checks)),
        ]
        done = run_pytest(arguments, Path.cwd(), plain_environment())
        results = _read_results(record)
    return RunResult(
        {check.id: check.verdict for check in results},
        Counter(fault for check in results for fault in check.notes.trouble),
        "\n".join(done.output.splitlines()[-_LINES:]),
        clock() - start,
    )


def locate_check(check: str) -> str:
    """Return the place of a check as pytest takes it."""
    section, _, name = check.partition(".")
    return f"features/{section}.feature::{name}"


def run_pytest(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    seconds: float = _SECONDS,
) -> PytestRun:
    """Run pytest in a folder, with these variables and no others."""
    with (
        TemporaryDirectory(prefix="dataflow-output-") as temporary,
        _borrowed_server() as server,
    ):
        output = Path(temporary, "output.txt")
        job = Job(arguments, environment, str(folder.resolve()), str(output))
        status, in_time = server.run(job, seconds)
        text = output.read_text("utf-8", "replace") if output.is_file() else ""
    limit = "" if in_time else f"\nThe run was stopped after {seconds:g} seconds."
    return PytestRun(status, text + limit)


def plain_environment() -> dict[str, str]:
    """Return the variables without those that would change how pytest runs."""
    left_out = "PYTEST_", "PYTHONDONTWRITEBYTECODE", "DATAFLOW_"
    return {k: v for k, v in os.environ.items() if not k.startswith(left_out)}


@contextmanager
def worker_pool(workers: int) -> Iterator[ThreadPoolExecutor]:
    """Lend threads for as many runs at a time, which end if the block is left early."""
    with ThreadPoolExecutor(workers) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            _idle.clear()
            while _servers:
                _servers.pop().terminate()
            raise


@contextmanager
def _borrowed_server() -> Iterator[ForkServer]:
    try:
        server = _idle.pop()
    except IndexError:
        server = ForkServer.start(_SERVER)
        _servers.append(server)
    yield server
    # Not after an error: the server may have ended, or still be at its job.
    _idle.append(server)


def _read_results(record: Path) -> list[CheckRecord]:
    """Return the checks that have a verdict; none if the run did not end by itself."""
    try:
        return [check for check in read_run_record(record).checks if check.has_result]
    except FileError:
        return []
