"""The `dataflow mutants` command: how many random faults the checklist detects.

The broken syncs of the catalogue were devised by authors of the checklist; mutants were
not.
"""

from __future__ import annotations

import enum
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from dataflow.errors import DataflowError
from dataflow.proof.catalogue import BrokenSync, read_mutants
from dataflow.proof.command import list_checks, show_progress
from dataflow.proof.jobs import Job, compare_calls, run_job
from dataflow.proof.matrix import UNBROKEN
from dataflow.proof.runs import worker_pool

#: So many checks run at a time: most mutants fail one of the first.
_AT_ONCE = 6
_SURVIVED = 3


class Fate(enum.StrEnum):
    """What became of a mutant."""

    DETECTED = "detected"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"  # it makes the same calls as the sync without a fault


@dataclass(frozen=True, slots=True)
class Result:
    """A mutant, the number of checks that it has reached, and some that it fails."""

    name: str
    description: str
    fate: Fate
    reached: int
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bench:
    """Runs mutants: `calls` are those of the unbroken sync, `more` further ones."""

    program: Path
    checks: tuple[str, ...]
    calls: Path
    more: Path | None = None

    def prepare(self) -> None:
        """Record the calls of the unbroken sync; it must not fail a check."""
        options = ["--record", str(self.calls)]
        row = run_job(self.program, Job(UNBROKEN, self.checks), options)
        if not all(row.held.get(check) for check in self.checks):
            raise DataflowError(
                "The unbroken sync fails a check, so mutants prove nothing: run"
                " `dataflow prove` first."
            )

    def judge(self, name: str, description: str) -> Result:
        """Return what becomes of a mutant."""
        differs = compare_calls(self.program, self.calls, name)
        pairs = zip(self.checks, differs, strict=True)
        reached = [check for check, other in pairs if other]
        failed = self._find_failed(name, reached)
        if failed:
            fate = Fate.DETECTED
        elif reached or self._differs_elsewhere(name):
            fate = Fate.SURVIVED
        else:
            fate = Fate.EQUIVALENT
        return Result(name, description, fate, len(reached), failed)

    def _find_failed(self, name: str, reached: Sequence[str]) -> tuple[str, ...]:
        mutant = BrokenSync(name, "", "", ())
        for start in range(0, len(reached), _AT_ONCE):
            job = Job(mutant, tuple(reached[start : start + _AT_ONCE]))
            row = run_job(self.program, job, ["--broken", name])
            # A run without a result has met something that no good sync does.
            if failed := tuple(c for c in job.wanted if not row.held.get(c)):
                return failed
        return ()

    def _differs_elsewhere(self, name: str) -> bool:
        if self.more is None:
            return False
        return any(compare_calls(self.program, self.more, name))


@click.command(epilog="Example: dataflow mutants --only mutant-12 --only mutant-99")
@click.option("--only", "names", multiple=True, metavar="NAME", help="Only this one.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--json", "wants_json", is_flag=True, help="Print the results as JSON.")
@click.option(
    "--recording",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Further calls of the plain sync, which decide what is equivalent.",
)
@click.option(
    "--program",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("broken", "plain_sync.py"),
    show_default=True,
    help="The Python program of the mutants; takes the options of plain_sync.py.",
)
def mutants(
    names: tuple[str, ...],
    workers: int,
    recording: Path | None,
    program: Path,
    *,
    wants_json: bool,
) -> None:
    """Run mutants of the plain sync, and count those that the checklist detects.

    A mutant differs from the good sync in one place: an operator, a number, an entry, a
    branch, or a property with whose value it cannot deal. One that makes the same calls
    in all checks, and in those of --recording, is equivalent and is not counted. The
    command `dataflow scenarios --sync "python: broken/plain_sync.py --record FILE"`
    writes such a file.

    Exit status 0: each mutant is detected or equivalent. 3: one survives. 1: the
    command could not run.
    """
    every = read_mutants(program)
    chosen = {name: what for name, what in every.items() if not names or name in names}
    with TemporaryDirectory(prefix="dataflow-calls-") as folder:
        calls = Path(folder, "calls.jsonl")
        bench = Bench(program, list_checks(), calls, recording)
        bench.prepare()
        with show_progress("mutants", len(chosen)) as advance:
            results = []
            for result in _judge_all(bench, chosen, workers):
                results.append(result)
                advance(result.name)
    _print(results, wants_json=wants_json)
    if any(result.fate is Fate.SURVIVED for result in results):
        raise click.exceptions.Exit(_SURVIVED)


def _judge_all(
    bench: Bench, chosen: Mapping[str, str], workers: int
) -> Iterator[Result]:
    with worker_pool(workers) as pool:
        every = chosen.items()
        futures = [pool.submit(bench.judge, name, what) for name, what in every]
        for future in as_completed(futures):
            yield future.result()


def _print(results: Sequence[Result], *, wants_json: bool) -> None:
    fates = Counter(result.fate for result in results)
    if wants_json:
        document = {"fates": dict(fates), "mutants": [asdict(each) for each in results]}
        click.echo(json.dumps(document, indent=2))
        return
    for result in results:
        if result.fate is Fate.SURVIVED:
            reached = f"{result.reached} checks reached"
            click.echo(f"{result.name} survives, {reached}: {result.description}")
    counted = len(results) - fates[Fate.EQUIVALENT]
    click.echo(
        f"{fates[Fate.DETECTED]} of {counted} mutants are detected;"
        f" {fates[Fate.EQUIVALENT]} more are equivalent."
    )
