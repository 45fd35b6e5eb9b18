"""The `dataflow sweep` command."""

from __future__ import annotations

import os
import secrets
import sys
import time
from pathlib import Path

import click
from rich.console import Console

from dataflow.sandbox.by_hand import epilog
from dataflow.settings import FILE_NAME, read_settings

_HOUR = 60 * 60

#: Returns the time of this machine, in unix seconds: run marks are made by it too.
_now = time.time


@click.command(epilog=epilog("dataflow sweep --older-than 24 --yes", "dataflow sweep"))
@click.option(
    "--older-than",
    "hours",
    metavar="HOURS",
    type=click.FloatRange(min=0),
    help="Leave runs that were started in the last so many hours alone.",
)
@click.option("--yes", is_flag=True, help="Do not ask before anything is removed.")
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(FILE_NAME),
    show_default=True,
    help="Its [marks] table says by what a counterpart is known.",
)
def sweep(hours: float | None, settings: Path, *, yes: bool) -> None:
    """Remove what runs on sandbox accounts have left behind, from both accounts.

    It finds what bears the mark of a run, and the counterparts of that, shows what it
    found, and asks. Nothing else is evidence. Without a terminal it only shows, unless
    it is told --yes. Meanwhile no run can begin, and while a run is at it, nothing is
    removed. What a vendor does not let go is told, with its reason.

    Status 0: done, or shown. 1: the accounts or the settings are not right. 75: a run
    is at it, or a vendor could not be asked; try again later.
    """
    # Imported here: the other commands start faster without it.
    from dataflow.harness.scenario.marks import parse_marks  # noqa: PLC0415
    from dataflow.sandbox.accounts import sandbox_connection  # noqa: PLC0415
    from dataflow.sandbox.asking import patient_accounts  # noqa: PLC0415
    from dataflow.sandbox.guard import Guard  # noqa: PLC0415
    from dataflow.sandbox.keys import with_keys  # noqa: PLC0415
    from dataflow.sandbox.run_mark import new_run_mark  # noqa: PLC0415
    from dataflow.sandbox.sweep_told import as_table  # noqa: PLC0415
    from dataflow.sandbox.sweeping import Sweep  # noqa: PLC0415

    marks = parse_marks(read_settings(settings).get("marks", {}), source=str(settings))
    variables = with_keys(os.environ, Path.cwd())
    accounts = patient_accounts(sandbox_connection(variables))
    say = Console(highlight=False, markup=False, emoji=False, soft_wrap=True).print
    with Guard().watching():
        sweeping, now = Sweep(accounts, marks, say), _now()
        found = sweeping.find(now, None if hours is None else hours * _HOUR)
        if not found:
            say("Nothing is left behind.")
            return
        say(as_table(found, now))
        if yes or _is_wanted(len(found)):
            sweeping.remove(found, new_run_mark(_now, secrets.token_hex))


def _is_wanted(count: int) -> bool:
    """Ask whoever sits there; nobody wants it where nobody does."""
    if not _has_terminal():
        click.echo("Nothing was removed: there is nobody to ask. Add --yes to do it.")
        return False
    return click.confirm(f"Remove these {count} records from both accounts?")


def _has_terminal() -> bool:
    return sys.stdin.isatty()
