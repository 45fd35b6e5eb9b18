"""The `dataflow acquit` command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from dataflow.acquit.rights import chosen, read_rights
from dataflow.acquit.told import acquitted, as_json, as_table
from dataflow.acquit.trials import Result, Trial, run_trials, trials_for
from dataflow.checklist.features import list_check_ids

#: What the command ends with when a right sync was blamed.
NOT_ACQUITTED = 3
#: What a shell makes of Ctrl-C.
INTERRUPTED = 130


@click.command(epilog="Example: dataflow acquit --runs 3 --only reference")
@click.option(
    "--runs",
    type=click.IntRange(1, 10_000),
    default=200,
    show_default=True,
    help="So many runs in all; the syncs take turns.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 999_000_000),
    default=0,
    show_default=True,
    help="The seed of the first run's weather; each run has the next one.",
)
@click.option(
    "--only", "names", multiple=True, metavar="NAME", help="Only this one; repeatable."
)
@click.option("--list", "lists", is_flag=True, help="Show the right syncs; run none.")
@click.option("--json", "wants_json", is_flag=True, help="Print the results as JSON.")
@click.option(
    "--program",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("right", "right_sync.py"),
    show_default=True,
    help="What tells of the right syncs: a Python program that takes --list.",
)
def acquit(  # noqa: PLR0913 - one argument an option
    runs: int,
    seed: int,
    names: tuple[str, ...],
    program: Path,
    *,
    lists: bool,
    wants_json: bool,
) -> None:
    """Let right syncs meet the checklist in bad weather: it must blame none.

    Each run is the whole checklist on the twins, shuffled, with two workers. Lists lag
    and answers are slow; calls are refused with 429, fail with 5xx, or lose their
    connection before the change is made. In every second run, the reference sync meets
    lost answers and damaged pages too. The weather follows from the seed: the same
    numbers give the same trouble again.

    Status 0: no check was red. 3: some was, or there was no trouble at all. 130:
    it was interrupted, and shows what came so far. 1: it cannot run.
    """
    rights = chosen(read_rights(program), names)
    if lists:
        for each in rights:
            click.echo(f"{each.name}: {each.says}")
        return
    results = _results(trials_for(rights, runs, seed))
    if wants_json:
        click.echo(json.dumps(as_json(results), indent=2))
    else:
        Console(highlight=False, markup=False, emoji=False).print(as_table(results))
    if len(results) < runs and not any(result.blamed for result in results):
        raise click.exceptions.Exit(INTERRUPTED)
    if not acquitted(results):
        raise click.exceptions.Exit(NOT_ACQUITTED)


def _results(trials: Sequence[Trial]) -> list[Result]:
    """Run all trials, and show on the terminal how far that has come.

    An interrupt ends it: hours of runs are worth telling, though some are lacking.
    """
    results: list[Result] = []
    columns = BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(trials[0].right.name, total=len(trials))
        with suppress(KeyboardInterrupt):
            for result in run_trials(trials, list_check_ids(Path("features"))):
                results.append(result)
                red = sum(bool(each.blamed) for each in results)
                told = f"{result.trial.right.name}, {red or 'none'} red so far"
                progress.update(task, advance=1, description=told)
    return results
