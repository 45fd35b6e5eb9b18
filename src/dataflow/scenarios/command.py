"""The `dataflow scenarios` command."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from dataflow.errors import SettingsError
from dataflow.harness.options import create_sync
from dataflow.harness.targets.twin import serve_twins
from dataflow.network.guard import Guard
from dataflow.network.pools import keep_connections
from dataflow.project import get_project
from dataflow.scenarios.play import Stage
from dataflow.scenarios.search import Search, search
from dataflow.settings import FILE_NAME, read_settings
from dataflow.vendors.marks import parse_marks

#: The status if a scenario fails, or the planted fault is not detected.
FAILED = 3
#: A sync that must fail, and how many scenarios may pass before.
PLANTED = "python: broken/plain_sync.py --broken drops-currency-edits"
PLANTED_NUMBER = 100
#: The syncs that cannot be run once.
_SERVICES = ("wait", "sesam")


@click.command(
    epilog='Example: dataflow scenarios --new 50 --sync "command: .venv/bin/my-sync"'
)
@click.option(
    "--new",
    "number",
    type=click.IntRange(1, 100_000),
    default=20,
    show_default=True,
    help="The number of scenarios.",
)
@click.option("--sync", default="reference", show_default=True, help="As for pytest.")
@click.option(
    "--sync-env",
    "names",
    multiple=True,
    metavar="NAME",
    help="Pass this variable of the shell to the program; repeatable.",
)
@click.option("--seed", default=0, show_default=True, help="Another seed draws others.")
@click.option("--no-planted", is_flag=True, help="Do not run the planted broken sync.")
def scenarios(
    number: int, sync: str, names: tuple[str, ...], seed: int, *, no_planted: bool
) -> None:
    """Draw scenarios with several events before a run, and play them on the twins.

    Records are created in both systems from one common state; then events happen on
    both sides, the sync catches up, and four rules judge both accounts as a whole. The
    first scenario that fails is made as short as possible and printed as Gherkin, which
    a feature can contain. The same seed draws the same scenarios.

    A planted broken sync runs too, and must fail: otherwise, the result proves nothing.

    Exit status 0: no scenario fails. 3: one fails, or the planted sync passes. 1: the
    command could not run.
    """
    with open_stage(sync, names) as stage:
        found = search(stage, number, seed)
    _print(found, sync)
    missed = not no_planted and _misses_planted(seed)
    if found.scenario is not None or missed:
        raise click.exceptions.Exit(FAILED)


@contextmanager
def open_stage(sync: str, names: tuple[str, ...] = ()) -> Iterator[Stage]:
    """Serve the twins, and yield where scenarios can be played with a sync.

    `names` are the variables of the shell that its program gets.
    """
    if sync in _SERVICES:
        raise SettingsError(
            f"--sync {sync} runs by itself, and a scenario must know when it has ended:"
            " choose 'command: PROGRAM', 'python: FILE' or reference."
        )
    root = get_project()
    settings = read_settings(root / FILE_NAME)
    chosen = argparse.Namespace(sync=sync, target="twin", sync_env=names)
    made = create_sync(chosen, root, settings.get("sync", {}), os.environ)
    marks = parse_marks(settings.get("marks", {}), source=FILE_NAME)
    with keep_connections(), Guard().watching(), serve_twins() as target:
        yield Stage(target, made, marks)


def _misses_planted(seed: int) -> bool:
    """Return whether the planted sync passes all scenarios, and print it."""
    with open_stage(PLANTED) as stage:
        planted = search(stage, PLANTED_NUMBER, seed)
    is_missed = planted.scenario is None
    result = "passes" if is_missed else "fails one of"
    click.echo(f"The planted broken sync {result} {planted.played} scenarios.")
    return is_missed


def _print(found: Search, sync: str) -> None:
    if found.scenario is not None:
        click.echo(found.scenario.write(f"--sync {sync}"))
        click.echo(f"\n{found.reason}\n")
    events = ", ".join(
        f"{name} {count}" for name, count in found.happened.most_common()
    )
    click.echo(f"{found.played} scenarios played. Events: {events}.")
    refused = ", ".join(
        f"{name} {count}" for name, count in found.refused.most_common()
    )
    click.echo(f"Refused by a vendor or impossible: {refused or 'none'}.")
