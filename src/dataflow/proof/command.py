"""The `dataflow prove` and `dataflow acquit` commands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import click
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from dataflow.checklist.features import list_check_ids
from dataflow.errors import FileError
from dataflow.files import write_whole
from dataflow.project import describe_project
from dataflow.proof.catalogue import BrokenSync, choose, read_catalogue, read_good_syncs
from dataflow.proof.jobs import Job, plan_jobs, run_jobs
from dataflow.proof.matrix import Matrix, Row
from dataflow.proof.page import render_page
from dataflow.proof.render import (
    are_acquitted,
    encode_matrix,
    encode_trials,
    render_matrix,
    render_trials,
)
from dataflow.proof.trials import Result, Trial, plan_trials, run_trials

#: The status if something counts against the checklist.
NOT_PROVEN = NOT_ACQUITTED = 3
#: The status that a shell gives to Ctrl-C.
INTERRUPTED = 130


# prove


@click.command(epilog="Example: dataflow prove --only drops-currency-edits")
@click.option(
    "--all", "whole", is_flag=True, help="Run all checks with each broken sync."
)
@click.option(
    "--only", "names", multiple=True, metavar="NAME", help="Only this sync; repeatable."
)
@click.option("--gaps", is_flag=True, help="Only known gaps, with all checks.")
@click.option("--list", "lists", is_flag=True, help="List the broken syncs; run none.")
@click.option("--json", "wants_json", is_flag=True, help="Print the matrix as JSON.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="The number of broken syncs that run at the same time.",
)
@click.option(
    "--page",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("reports", "prove.html"),
    show_default=True,
    help="The file of the HTML page.",
)
@click.option(
    "--program",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("broken", "plain_sync.py"),
    show_default=True,
    help="The Python program of the broken syncs; takes the options of plain_sync.py.",
)
def prove(  # noqa: PLR0913 - one argument per option
    names: tuple[str, ...],
    workers: int,
    page: Path,
    program: Path,
    *,
    whole: bool,
    gaps: bool,
    lists: bool,
    wants_json: bool,
) -> None:
    """Run broken syncs: the checklist must detect each.

    The sync of the catalogue runs on the twins: unbroken with all checks, and with each
    fault with the checks that name the fault and the first check of each section. Known
    gaps, faults that no check detects yet, are listed; they run with --all, --gaps or
    --only. With the last two, the unbroken sync runs with the same checks as they do.

    Exit status 0: every check that names a fault detects it, and the unbroken sync
    fails no check. 3: any other result. 1: the command could not run.
    """
    checks = list_checks()
    catalogue = read_catalogue(program, checks)
    broken = choose(catalogue.broken, names, "broken sync", "dataflow prove")
    if gaps:
        broken = tuple(each for each in broken if each.known_gap)
    if lists:
        _list_broken(broken)
        return
    jobs = plan_jobs(checks, broken, whole=whole, partly=gaps or bool(names))
    rows = _run_jobs(program, jobs, workers)
    matrix = Matrix(checks, catalogue, tuple(rows[1:]), unbroken=rows[0])
    _write_page(page, matrix)
    if wants_json:
        _print_json(encode_matrix(matrix))
    else:
        _print(render_matrix(matrix))
        click.echo(f"Full matrix: {page}")
    if not matrix.is_proven:
        raise click.exceptions.Exit(NOT_PROVEN)


def _list_broken(broken: Sequence[BrokenSync]) -> None:
    for each in broken:
        gap = f" Known gap: {each.known_gap}." if each.known_gap else ""
        click.echo(f"{each.name}: {each.description}{gap}")


def _run_jobs(program: Path, jobs: Sequence[Job], workers: int) -> list[Row]:
    rows: dict[BrokenSync, Row] = {}
    with show_progress("the unbroken sync", len(jobs)) as advance:
        for row in run_jobs(program, jobs, workers):
            rows[row.broken] = row
            advance(row.broken.name)
    return [rows[job.broken] for job in jobs]


def _write_page(page: Path, matrix: Matrix) -> None:
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        write_whole(page, render_page(matrix, date=f"{datetime.now(UTC):%Y-%m-%d}"))
    except OSError as error:
        raise FileError(
            f"{page} cannot be written ({error.strerror}): choose another file with"
            " --page."
        ) from error


# acquit


@click.command(epilog="Example: dataflow acquit --runs 3 --only reference")
@click.option(
    "--runs",
    type=click.IntRange(1, 10_000),
    default=200,
    show_default=True,
    help="The number of runs; the syncs take turns.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 999_000_000),
    default=0,
    show_default=True,
    help="The seed of the first run's weather; each next run adds 1.",
)
@click.option(
    "--only", "names", multiple=True, metavar="NAME", help="Only this sync; repeatable."
)
@click.option("--list", "lists", is_flag=True, help="List the good syncs; run none.")
@click.option("--json", "wants_json", is_flag=True, help="Print the results as JSON.")
@click.option(
    "--program",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("right", "right_sync.py"),
    show_default=True,
    help="The Python program that lists the good syncs; takes --list.",
)
def acquit(  # noqa: PLR0913 - one argument per option
    runs: int,
    seed: int,
    names: tuple[str, ...],
    program: Path,
    *,
    lists: bool,
    wants_json: bool,
) -> None:
    """Run good syncs in bad weather: no check may fail.

    Each run is the whole checklist on the twins, shuffled, with two workers. Lists lag
    and answers are slow; calls are refused with 429, fail with 5xx, or lose their
    connection before the change is made. In every second run, the reference sync meets
    lost answers and damaged pages too. The seed determines the weather: the same seed
    gives the same faults again.

    Exit status 0: no check failed. 3: a check failed or has no result, or no fault
    occurred. 130: interrupted; the results so far are shown. 1: the command could not
    run.
    """
    syncs = choose(read_good_syncs(program), names, "good sync", "dataflow acquit")
    if lists:
        for each in syncs:
            click.echo(f"{each.name}: {each.description}")
        return
    results = _run_trials(plan_trials(syncs, runs, seed))
    if wants_json:
        _print_json(encode_trials(results))
    else:
        _print(render_trials(results))
    if len(results) < runs and not any(result.alarms for result in results):
        raise click.exceptions.Exit(INTERRUPTED)
    if not are_acquitted(results):
        raise click.exceptions.Exit(NOT_ACQUITTED)


def _run_trials(trials: Sequence[Trial]) -> list[Result]:
    """Return the results of all trials, or of those before an interrupt."""
    results: list[Result] = []
    with (
        show_progress(trials[0].sync.name, len(trials)) as advance,
        suppress(KeyboardInterrupt),
    ):
        for result in run_trials(trials, list_checks()):
            results.append(result)
            failed = sum(bool(each.alarms) for each in results)
            advance(f"{result.trial.sync.name}, {failed or 'none'} failed so far")
    return results


# Both


def list_checks() -> tuple[str, ...]:
    """Return the checks; raise `FileError` outside the folder whose checklist runs."""
    features = Path("features")
    if not features.is_dir():
        raise FileError(
            "This command runs the checklist of the folder that it is started in, and"
            f" {Path.cwd()} has none: start it in {describe_project()}."
        )
    return list_check_ids(features)


class _Advance(Protocol):
    def __call__(self, description: str) -> None: ...


@contextmanager
def show_progress(description: str, total: int) -> Iterator[_Advance]:
    """Show on the terminal how many of the runs have ended."""
    columns = BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(description, total=total)
        yield lambda text: progress.update(task, advance=1, description=text)


def _print_json(document: object) -> None:
    click.echo(json.dumps(document, indent=2))


def _print(result: RenderableType) -> None:
    Console(highlight=False, markup=False, emoji=False).print(result)
