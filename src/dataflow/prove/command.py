"""The `dataflow prove` command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from dataflow.checklist.features import list_check_ids
from dataflow.errors import DataflowError
from dataflow.files import write_whole
from dataflow.prove.catalogue import Broken, chosen, read_catalogue
from dataflow.prove.matrix import Matrix, Row
from dataflow.prove.page import as_page
from dataflow.prove.running import Job, jobs_for, run_all
from dataflow.prove.told import as_json, as_table

#: What the command ends with when something speaks against the checklist.
NOT_PROVEN = 3

_FEATURES = Path("features")


class NoPageError(DataflowError):
    """The page cannot be written."""


@click.command(epilog="Example: dataflow prove --only drops-currency-edits")
@click.option("--all", "whole", is_flag=True, help="Each broken sync meets all checks.")
@click.option(
    "--only", "names", multiple=True, metavar="NAME", help="Only this one; repeatable."
)
@click.option("--list", "lists", is_flag=True, help="Show the broken syncs; run none.")
@click.option("--json", "wants_json", is_flag=True, help="Print the matrix as JSON.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="So many broken syncs at a time.",
)
@click.option(
    "--page",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("reports", "prove.html"),
    show_default=True,
    help="Where the page for people is written.",
)
@click.option(
    "--program",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("broken", "plain_sync.py"),
    show_default=True,
    help="What is broken: a Python program that takes --list and --broken NAME.",
)
def prove(  # noqa: PLR0913 - one argument an option
    names: tuple[str, ...],
    workers: int,
    page: Path,
    program: Path,
    *,
    whole: bool,
    lists: bool,
    wants_json: bool,
) -> None:
    """Let the checklist meet broken syncs: it must notice each.

    The sync of the catalogue runs on the twins, unbroken with all checks, and broken in
    each way with the checks that name the fault and the first one of each section. The
    known holes, which nobody notices yet, are listed; they run with --all or --only.
    With --only, the unbroken sync meets the same checks and no more.

    Status 0: each is caught by the checks that name it, and the unbroken sync fails
    none. 3: something else came of it. 1: it cannot run.
    """
    checks = list_check_ids(_FEATURES)
    catalogue = read_catalogue(program, checks)
    broken = chosen(catalogue.broken, names)
    if lists:
        _show(broken)
        return
    jobs = jobs_for(checks, broken, whole=whole, partly=bool(names))
    rows = _rows(program, jobs, workers)
    matrix = Matrix(checks, catalogue, tuple(rows[1:]), unbroken=rows[0])
    _write(page, matrix)
    if wants_json:
        click.echo(json.dumps(as_json(matrix), indent=2))
    else:
        _console().print(as_table(matrix))
        click.echo(f"The whole matrix: {page}")
    if not matrix.proven:
        raise click.exceptions.Exit(NOT_PROVEN)


def _show(broken: tuple[Broken, ...]) -> None:
    for each in broken:
        nobody = f" Nobody notices yet: {each.hole}." if each.hole else ""
        click.echo(f"{each.name}: {each.says}{nobody}")


def _rows(program: Path, jobs: Sequence[Job], workers: int) -> list[Row]:
    """Run all jobs, and show on the terminal how far that has come."""
    rows: dict[Broken, Row] = {}
    columns = BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("the unbroken sync", total=len(jobs))
        for row in run_all(program, jobs, workers):
            rows[row.broken] = row
            progress.update(task, advance=1, description=row.broken.name)
    return [rows[job.broken] for job in jobs]


def _write(page: Path, matrix: Matrix) -> None:
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        write_whole(page, as_page(matrix, date=f"{datetime.now(UTC):%Y-%m-%d}"))
    except OSError as error:
        raise NoPageError(
            f"{page} cannot be written ({error.strerror}): choose another place with"
            " --page."
        ) from error


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)
