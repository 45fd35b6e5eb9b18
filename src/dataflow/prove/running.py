"""Runs the checklist against broken syncs on the twins, a process of pytest for each.

What one of them breaks, a crash of pytest included, thus stays with it.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from dataflow.prove.catalogue import Broken
from dataflow.prove.matrix import UNBROKEN, Row, wanted

#: How long the whole checklist may take with one broken sync, in seconds.
_SECONDS = 900
#: So many lines of pytest's output are kept where a result is missing.
_LINES = 15


@dataclass(frozen=True, slots=True)
class Job:
    """One broken sync, and the checks that it is to meet; no name is no fault."""

    broken: Broken
    wanted: tuple[str, ...]


def jobs_for(
    checks: tuple[str, ...], broken: Sequence[Broken], *, whole: bool, partly: bool
) -> list[Job]:
    """Return what is to be run, the unbroken sync first.

    With `whole`, everything meets all checks. Known holes, which meet all checks too,
    are left out unless they are asked for; so they are with `partly`, where only some
    broken syncs are to run, and the unbroken one meets no more checks than they do.
    """
    jobs = [
        Job(each, wanted(each, checks, whole=whole))
        for each in broken
        if whole or partly or not each.hole
    ]
    met = {check for job in jobs for check in job.wanted}
    of_these = tuple(check for check in checks if check in met)
    return [Job(UNBROKEN, of_these if partly else checks), *jobs]


def run_all(program: Path, jobs: Sequence[Job], workers: int) -> Iterator[Row]:
    """Yield the row of each job as soon as it is there, so many at a time."""
    with ThreadPoolExecutor(workers) as pool:
        rows = [pool.submit(run_one, program, job) for job in jobs]
        try:
            for row in as_completed(rows):
                yield row.result()
        finally:
            # Who has been interrupted does not want to see the others begin.
            pool.shutdown(wait=True, cancel_futures=True)


def run_one(
    program: Path, job: Job, clock: Callable[[], float] = time.monotonic
) -> Row:
    """Let one broken sync meet its checks, and return what they said."""
    began = clock()
    with TemporaryDirectory(prefix="dataflow-prove-") as folder:
        report = Path(folder, "junit.xml")
        output = _pytest(program, job, Path(folder), report)
        held = held_in(report.read_bytes()) if report.is_file() else {}
    tail = "\n".join(output.splitlines()[-_LINES:])
    missing = set(job.wanted) - held.keys()
    return Row(job.broken, held, job.wanted, clock() - began, tail if missing else "")


def held_in(report: bytes) -> dict[str, bool]:
    """Return for each check of a report in JUnit's form whether it held.

    One that is inconclusive, was skipped, or did not get as far as its first step, has
    no result.
    """
    held = {}
    for case in ET.fromstring(report).iter("testcase"):  # noqa: S314 - pytest's own
        told = {p.get("name"): p.get("value") for p in case.iter("property")}
        untold = case.find("error") is not None or case.find("skipped") is not None
        if "check" in told and "verdict" not in told and not untold:
            held[str(told["check"])] = case.find("failure") is None
    return held


def _pytest(program: Path, job: Job, folder: Path, report: Path) -> str:
    fault = ["--broken", job.broken.name] if job.broken.name else []
    sync = shlex.join([sys.executable, str(program), *fault])
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            [
                *(sys.executable, "-m", "pytest", "features", "-q", "--no-header"),
                *("--target", "twin", "--sync", f"command: {sync}"),
                *("-m", " or ".join(job.wanted), "-p", "no:cacheprovider"),
                # Named, so that the reports of the last real run are left alone.
                *(f"--junit-xml={report}", f"--alluredir={folder / 'allure'}"),
                f"--basetemp={folder / 'tmp'}",
            ],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"stopped after {_SECONDS} seconds"
    return done.stdout


def _environment() -> dict[str, str]:
    """Return the variables without those that would change how pytest runs.

    Compiled modules are wanted: they halve the start, and there are many starts.
    """
    left_out = "PYTEST_", "PYTHONDONTWRITEBYTECODE", "DATAFLOW_"
    return {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
