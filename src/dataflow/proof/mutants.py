"""The `dataflow mutants` command: does the checklist detect random faults?

A broken sync of the catalogue was thought of by an author of the checklist; a mutant was
not.
"""

from __future__ import annotations

import enum
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import msgspec

from dataflow.errors import DataflowError
from dataflow.proof.catalogue import BrokenSync
from dataflow.proof.command import list_checks, show_progress
from dataflow.proof.jobs import Job, find_differences, run_job
from dataflow.proof.matrix import UNBROKEN, Row
from dataflow.proof.runs import worker_pool

#: So many checks run at a time: most mutants fail one of the first.
_AT_ONCE = 8
_SURVIVED = 3
_SECONDS = 60


class Fate(enum.StrEnum):
    """What became of a mutant."""

    DETECTED = "detected"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"  # it makes the same calls as the sync without a fault


@dataclass(frozen=True, slots=True)
class Result:
    """A mutant, and the checks that it failed, of those that it has reached."""

    name: str
    description: str
    fate: Fate
    failed: tuple[str, ...] = ()


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
    """Run mutants of the plain sync: how many does the checklist detect?

    A mutant differs from the good sync in one place: an operator, a number, an entry, a
    branch, or a property whose value it cannot bear. One that makes the same calls in
    all checks, and in those of --recording, is equivalent, and is not counted. `dataflow
    scenarios --sync "python: broken/plain_sync.py --record FILE"` writes such a file.

    Exit status 0: each mutant is detected or equivalent. 3: one survives. 1: the command
    could not run.
    """
    every = _list_mutants(program)
    chosen = {name: every[name] for name in names or every if name in every}
    with TemporaryDirectory(prefix="dataflow-calls-") as folder:
        run = _prepare(program, Path(folder, "calls.jsonl"), recording)
        with show_progress("mutants", len(chosen)) as advance:
            results = []
            for result in _run_all(run, chosen.items(), workers):
                results.append(result)
                advance(result.name)
    _report(results, wants_json=wants_json)
    if any(result.fate is Fate.SURVIVED for result in results):
        raise click.exceptions.Exit(_SURVIVED)
