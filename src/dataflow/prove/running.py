"""Runs the checklist against broken syncs on the twins, one process of pytest each."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from dataflow.prove.catalogue import Broken
from dataflow.prove.checklist_run import Outcome, run_checklist
from dataflow.prove.matrix import UNBROKEN, Row, wanted


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
    fault = ["--broken", job.broken.name] if job.broken.name else []
    sync = shlex.join([str(program), *fault])
    weather = "--weather", job.broken.weather
    done = run_checklist(f"python: {sync}", *weather, "-m", " or ".join(job.wanted))
    held = held_in(done.outcomes)
    missing = set(job.wanted) - held.keys()
    output = done.output if missing else ""
    return Row(job.broken, held, job.wanted, clock() - began, output)


def held_in(outcomes: Mapping[str, Outcome]) -> dict[str, bool]:
    """Return for each check whether it held; one that is inconclusive has no result."""
    return {
        check: outcome is Outcome.HELD
        for check, outcome in outcomes.items()
        if outcome is not Outcome.INCONCLUSIVE
    }
