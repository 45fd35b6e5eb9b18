"""The command `dataflow sync`: the reference sync for the checklist's features."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dataflow.checklist.features import read_features
from dataflow.settings import FILE_NAME, decode_table, drop_subtables, read_settings
from dataflow.sync.reference import SyncSettings, run_once


@click.command(
    epilog=(
        "Example: DATAFLOW_STATE_DIR=state dataflow sync --full, with the other"
        " variables set"
    )
)
@click.option(
    "--full",
    is_flag=True,
    help="Read all records again: only that shows deletions and merges in Invoiced.",
)
@click.option(
    "--features",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("features"),
    show_default=True,
    help="The checklist, which says what is synchronised.",
)
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(FILE_NAME),
    show_default=True,
    help="Its [sync] table; a file that is not there is as good as an empty one.",
)
def sync(features: Path, settings: Path, *, full: bool) -> None:
    """Run the reference sync once.

    It is told by variables where the two systems are: DATAFLOW_INVOICED_URL,
    DATAFLOW_INVOICED_KEY, DATAFLOW_CHARGEBEE_URL (up to /api/v2),
    DATAFLOW_CHARGEBEE_KEY, DATAFLOW_CHARGEBEE_SITE, DATAFLOW_STATE_DIR (what it
    remembers) and DATAFLOW_SINCE (unix seconds; older records do not interest).

    Status 0: done. 75: try again later. 1: a person has to look.
    """
    table = drop_subtables(read_settings(settings).get("sync", {}))
    chosen = decode_table(table, SyncSettings, "[sync]", str(settings))
    outcome = run_once(os.environ, read_features(features), chosen, full=full)
    for line in outcome.lines():
        click.echo(line)
    raise click.exceptions.Exit(outcome.status)
