"""The runs behind the matrix: which checks run with which broken sync."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from dataflow.errors import DataflowError
from dataflow.harness.verdicts import Verdict
from dataflow.proof.catalogue import BrokenSync
from dataflow.proof.matrix import UNBROKEN, Row
from dataflow.proof.runs import RunResult, run_checklist, worker_pool

#: Runs checks with a sync: the text of `--sync`, the checks, and options of pytest.
Run = Callable[..., RunResult]

#: Fair weather: the calls of a sync depend on the check alone.
_FAIR = "fair"
#: A comparison with a recording takes as long as so many checks.
_FEW = 12
#: How long a program may take to compare its calls with a recording, in seconds.
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Job:
    """One broken sync, or the unbroken one, and the checks to run with it."""

    broken: BrokenSync
    wanted: tuple[str, ...]


def plan_jobs(
    checks: tuple[str, ...], broken: Sequence[BrokenSync], *, whole: bool, partly: bool
) -> list[Job]:
    """Return what is to be run, the unbroken sync first.

    With `whole`, all checks run with each sync. Known gaps are left out, because all
    checks run with them too, unless they are asked for: by `whole`, or by `partly`,
    where only some syncs run. Then the unbroken one meets no other checks than these.
    """
    jobs = [
        Job(each, select_checks(each, checks, whole=whole))
        for each in broken
        if whole or partly or not each.known_gap
    ]
    met = {check for job in jobs for check in job.wanted}
    of_these = tuple(check for check in checks if check in met)
    return [Job(UNBROKEN, of_these if partly else checks), *jobs]


def select_checks(
    broken: BrokenSync, checks: tuple[str, ...], *, whole: bool
) -> tuple[str, ...]:
    """Return checks that name the sync, and one per section; for a gap, all."""
    if whole or broken.known_gap:
        return checks
    first = {each.partition(".")[0]: each for each in reversed(checks)}.values()
    return tuple(c for c in checks if c in broken.caught_by or c in first)


def run_jobs(program: Path, jobs: Sequence[Job], workers: int) -> Iterator[Row]:
    """Yield the row of each job as soon as it has run, so many at a time.

    The first job is the unbroken sync. Its calls are recorded: of many checks, those in
    which a broken sync makes the same calls do not run again.
    """
    with TemporaryDirectory(prefix="dataflow-calls-") as folder:
        calls = Path(folder, "calls.jsonl")
        with worker_pool(workers) as pool:
            first = pool.submit(run_job, program, jobs[0], ["--record", str(calls)])
            run = partial(run_reached, program, calls, first.result)
            futures = [first, *(pool.submit(run, job) for job in jobs[1:])]
            for future in as_completed(futures):
                yield future.result()


def run_reached(program: Path, calls: Path, wait: Callable[[], Row], job: Job) -> Row:
    """Run the checks in which a broken sync makes other calls than the unbroken one.

    `wait` returns the row of the unbroken one, whose calls are recorded then. Without
    fair weather, and where a comparison saves no time, all checks run.
    """
    fault = ["--broken", job.broken.name]
    if job.broken.weather != _FAIR or len(job.wanted) <= _FEW:
        return run_job(program, job, fault)
    unbroken = wait()
    differs = compare_calls(program, calls, job.broken.name)
    same = {c for c, other in zip(unbroken.wanted, differs, strict=True) if not other}
    wanted = tuple(check for check in job.wanted if check not in same)
    row = run_job(program, Job(job.broken, wanted), fault)
    unreached = tuple(check for check in job.wanted if check in same)
    known = {c: unbroken.held[c] for c in unreached if c in unbroken.held}
    held = {**row.held, **known}
    return replace(row, held=held, wanted=job.wanted, unreached=unreached)


def compare_calls(program: Path, calls: Path, name: str) -> list[bool]:
    """Return whether a sync makes other calls than recorded, for each scenario."""
    command = [sys.executable, str(program), "--broken", name, "--compare", str(calls)]
    try:
        done = subprocess.run(  # noqa: S603 - the program that the user names
            command, capture_output=True, check=True, timeout=_SECONDS
        )
        return msgspec.json.decode(done.stdout, type=list[bool])
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
        raise DataflowError(
            f"{program} --compare did not print which checks differ"
            f" ({type(error).__name__}): see the program with --help."
        ) from error


def run_job(
    program: Path, job: Job, options: Sequence[str], run: Run = run_checklist
) -> Row:
    """Run the checks of one job, and return their results."""
    if not job.wanted:
        return Row(job.broken, {}, ())
    sync = shlex.join([str(program), *options])
    weather = "--weather", job.broken.weather
    done = run(f"python: {sync}", job.wanted, *weather)
    # An inconclusive check has detected nothing.
    held = {
        check: verdict.is_pass
        for check, verdict in done.verdicts.items()
        if verdict is not Verdict.INCONCLUSIVE
    }
    output = done.output if set(job.wanted) - held.keys() else ""
    return Row(job.broken, held, job.wanted, done.seconds, output)
