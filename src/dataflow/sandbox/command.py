"""The `dataflow doctor` command."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import click
from rich.console import Console

from dataflow.project import in_project
from dataflow.sandbox.accounts import with_keys
from dataflow.sandbox.doctor import as_json, as_table, diagnose, needs_of, status_of
from dataflow.sandbox.sweep import epilog
from dataflow.settings import FILE_NAME


@click.command(epilog=epilog("dataflow doctor --json", "dataflow doctor"))
@click.option(
    "--features",
    type=click.Path(path_type=Path, file_okay=False),
    default=in_project("features"),
    show_default="features",
    help="The folder of the features, which determine the currencies.",
)
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    default=in_project(FILE_NAME),
    show_default=FILE_NAME,
    help="The settings file; its [sync] table names the item family.",
)
@click.option("--json", "wants_json", is_flag=True, help="Print the findings as JSON.")
def doctor(features: Path, settings: Path, *, wants_json: bool) -> None:
    """Check the sandbox accounts of both vendors.

    The command reads and never writes. Environment variables name the accounts:
    INVOICED_API_KEY, CHARGEBEE_API_KEY and CHARGEBEE_SITE. INVOICED_API_URL and
    CHARGEBEE_API_URL (up to /api/v2) name twins on loopback in place of a vendor.

    Exit status 0: nothing is missing. 1: something is missing. 75: a vendor was not
    available.
    """
    needs = needs_of(features, settings)
    findings = diagnose(with_keys(os.environ, in_project()()), needs, time.time)
    if wants_json:
        click.echo(json.dumps(as_json(findings), indent=2))
    else:
        Console(highlight=False, markup=False, emoji=False).print(as_table(findings))
    raise click.exceptions.Exit(status_of(findings))
