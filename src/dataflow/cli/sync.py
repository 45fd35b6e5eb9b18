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
    help="Read all records again: only this finds deletions and merges in Invoiced.",
)
@click.option(
    "--features",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("features"),
    show_default=True,
    help="The folder of the features, which define what is synchronised.",
)
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(FILE_NAME),
    show_default=True,
    help="The settings file, of which [sync] is used; a missing file counts as empty.",
)
def sync(features: Path, settings: Path, *, full: bool) -> None:
    """Run the reference sync once.

    Environment variables name both systems: DATAFLOW_INVOICED_URL,
    DATAFLOW_INVOICED_KEY, DATAFLOW_CHARGEBEE_URL (up to /api/v2),
    DATAFLOW_CHARGEBEE_KEY, DATAFLOW_CHARGEBEE_SITE, DATAFLOW_STATE_DIR (the folder of
    the sync's state) and DATAFLOW_SINCE (unix seconds; older records are ignored).

    Exit status 0: done. 75: try again later. 1: the output shows what to correct.
    """
    table = drop_subtables(read_settings(settings).get("sync", {}))
    chosen = decode_table(table, SyncSettings, "[sync]", str(settings))
    known = []
    for section in read_features(features):
        if section.not_exercised:
            click.echo(f"left out: {section.name}: {section.not_exercised}", err=True)
        else:
            known.append(section)
    outcome = run_once(os.environ, known, chosen, full=full)
    for line in outcome.lines():
        click.echo(line)
    raise click.exceptions.Exit(outcome.status)
