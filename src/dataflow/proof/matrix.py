"""The matrix: the result of each check with each broken sync, and what follows."""

from __future__ import annotations

import enum
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dataflow.harness.verdicts import Verdict
from dataflow.proof.catalogue import BrokenSync, Catalogue
from dataflow.proof.runs import RunResult, run_checklist, worker_pool

#: Runs checks with a sync: the text of `--sync`, the checks, and options of pytest.
Run = Callable[..., RunResult]


class Detection(enum.StrEnum):
    """The result for one broken sync."""

    CAUGHT = "caught"  # every check that names the fault failed
    PARTLY = "partly"  # some of these checks held
    BY_ANOTHER = "by another"  # only checks failed that name another fault
    MISSED = "missed"  # every check held
    GAP = "known hole"  # every check held, and the catalogue states so
    CLOSED = "hole closed"  # a check failed, although the catalogue states a gap
    NO_RESULT = "no result"  # a check that should have run has no verdict


#: What does not count against the checklist.
OK = (Detection.CAUGHT, Detection.GAP, Detection.CLOSED)

#: The sync that has no fault.
UNBROKEN = BrokenSync("", "", "", ())


@dataclass(frozen=True, slots=True)
class Row:
    """One broken sync; whether each `wanted` check held; `output` if one is missing."""

    broken: BrokenSync
    held: Mapping[str, bool]
    wanted: tuple[str, ...]
    seconds: float = 0.0
    output: str = ""

    @property
    def failed(self) -> tuple[str, ...]:
        """Return the checks that failed, in the order of the features."""
        return tuple(c for c in self.wanted if c in self.held and not self.held[c])

    @property
    def missed_by(self) -> tuple[str, ...]:
        """Return the checks that name this fault and held all the same."""
        return tuple(c for c in self.broken.caught_by if self.held.get(c))

    @property
    def detection(self) -> Detection:
        """Return the result for this sync."""
        if set(self.wanted) - self.held.keys():
            return Detection.NO_RESULT
        if self.broken.known_gap:
            return Detection.CLOSED if self.failed else Detection.GAP
        named = set(self.broken.caught_by) & set(self.failed)
        if not named:
            return Detection.BY_ANOTHER if self.failed else Detection.MISSED
        return Detection.PARTLY if self.missed_by else Detection.CAUGHT

    @property
    def is_ok(self) -> bool:
        """Return whether this result does not count against the checklist."""
        return self.detection in OK


@dataclass(frozen=True, slots=True)
class Matrix:
    """All rows, and all checks in their order; `unbroken` is the sync with no fault."""

    checks: tuple[str, ...]
    catalogue: Catalogue
    rows: tuple[Row, ...]
    unbroken: Row

    @property
    def wrongly_failed(self) -> tuple[str, ...]:
        """Return the checks that the unbroken sync fails, or has no result of."""
        return tuple(c for c in self.unbroken.wanted if not self.unbroken.held.get(c))

    @property
    def is_proven(self) -> bool:
        """Return whether nothing counts against the checklist."""
        return not self.wrongly_failed and all(row.is_ok for row in self.rows)

    @property
    def known_gaps(self) -> tuple[BrokenSync, ...]:
        """Return the broken syncs of the catalogue that no check detects yet."""
        return tuple(each for each in self.catalogue.broken if each.known_gap)

    @property
    def never_failed(self) -> dict[str, str]:
        """Return the checks that detected nothing here, with the reason if known."""
        failed = {check for row in self.rows for check in row.failed}
        blind = self.catalogue.blind
        return {c: blind.get(c, "") for c in self.checks if c not in failed}

    @property
    def is_complete(self) -> bool:
        """Return whether every broken sync ran that some check must detect."""
        ran = {row.broken.name for row in self.rows}
        return all(each.known_gap or each.name in ran for each in self.catalogue.broken)

    def find_detected(self, check: str) -> tuple[str, ...]:
        """Return the names of the broken syncs that fail a check."""
        return tuple(row.broken.name for row in self.rows if check in row.failed)


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
    """Yield the row of each job as soon as it has run, so many at a time."""
    with worker_pool(workers) as pool:
        futures = [pool.submit(partial(run_job, program), job) for job in jobs]
        for future in as_completed(futures):
            yield future.result()


def run_job(program: Path, job: Job, run: Run = run_checklist) -> Row:
    """Run the checks of one job, and return their results."""
    fault = ["--broken", job.broken.name] if job.broken.name else []
    sync = shlex.join([str(program), *fault])
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
