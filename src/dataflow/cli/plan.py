"""The command `dataflow plan`: what the reference sync would write now."""

from __future__ import annotations

import os
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from dataflow.cli.matches import write_matches
from dataflow.cli.sync import FEATURES, SETTINGS, read_sections, read_sync_settings
from dataflow.settings import read_settings
from dataflow.sync.audit import AuditEntry
from dataflow.sync.record_types import KINDS
from dataflow.sync.reference import run_once
from dataflow.sync.report import OUTCOMES, RunReport

#: The exit status if a sync would write something.
_SOMETHING_TO_DO = 10


@click.command(
    epilog=(
        "Example: DATAFLOW_STATE_DIR=state dataflow plan, with the other variables set"
    )
)
@click.option(
    "--matches",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the possible matches that you have to decide on to this CSV file.",
)
@FEATURES
@SETTINGS
def plan(features: Path, settings: Path, matches: Path | None) -> None:
    """Show what `dataflow sync` would write now.

    The command writes nothing. It reads both systems and decides with the code of the
    sync, over the same environment variables. What a vendor would refuse is not known
    before.

    Exit status 0: nothing to do. 10: a sync would write.
    """
    chosen = read_sync_settings(read_settings(settings), settings)
    outcome = run_once(
        os.environ,
        read_sections(features),
        chosen,
        log=_show_write,
        is_preview=True,
    )
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(_make_table(outcome))
    for line in outcome.lines()[1:]:
        click.echo(line)
    if matches is not None:
        count = write_matches(matches, outcome.issues)
        click.echo(f"possible matches written to {matches}: {count}")
    raise click.exceptions.Exit(_SOMETHING_TO_DO if outcome.written else 0)


def _show_write(type_name: str, entry: AuditEntry) -> None:
    """Print a line about one write, with the values before and after."""
    changes = [
        f"{name.partition('|')[0]}: {entry.before[name]!r} -> {value!r}"
        for name, value in entry.after.items()
        if name in entry.before and entry.before[name] != value
    ]
    record = f"{type_name} {entry.left_id}, in Chargebee {entry.right_id}"
    click.echo("; ".join([f"{entry.outcome:9} {record}", *changes]))


def _make_table(outcome: RunReport) -> Table:
    """Return a table of how many records of each type a sync would write."""
    outcomes = [name for name in OUTCOMES if outcome.counts[name]]
    table = Table("record type", title="A sync would write now", title_justify="left")
    for name in outcomes:
        table.add_column(name, justify="right")
    for kind in KINDS:
        counts = (outcome.by_type[kind.left_name, name] for name in outcomes)
        table.add_row(f"{kind.left_name}s", *map(str, counts))
    return table
