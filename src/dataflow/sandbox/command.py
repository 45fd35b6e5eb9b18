"""The `dataflow doctor` command."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import click
from rich.console import Console

from dataflow.sandbox.accounts import with_keys
from dataflow.sandbox.doctor import as_json, as_table, diagnose, needs_of, status_of
from dataflow.sandbox.sweep import epilog
from dataflow.settings import FILE_NAME


@click.command(epilog=epilog("dataflow doctor --json", "dataflow doctor"))
@click.option(
    "--features",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("features"),
    show_default=True,
    help="The checklist, which says which currencies it uses.",
)
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(FILE_NAME),
    show_default=True,
    help="Its [sync] table says which item family is used.",
)
@click.option("--json", "wants_json", is_flag=True, help="Print all of it as JSON.")
def doctor(features: Path, settings: Path, *, wants_json: bool) -> None:
    """Look at the sandbox accounts of both vendors, and say what they lack.

    It reads and never writes. The accounts are named by variables: INVOICED_API_KEY,
    CHARGEBEE_API_KEY and CHARGEBEE_SITE, and INVOICED_API_URL and CHARGEBEE_API_URL
    (up to /api/v2) where something on loopback stands in a vendor's place.

    Status 0: nothing is missing. 1: something is. 75: a vendor could not be asked.
    """
    needs = needs_of(features, settings)
    findings = diagnose(with_keys(os.environ, Path.cwd()), needs, time.time)
    if wants_json:
        click.echo(json.dumps(as_json(findings), indent=2))
    else:
        Console(highlight=False, markup=False, emoji=False).print(as_table(findings))
    raise click.exceptions.Exit(status_of(findings))
