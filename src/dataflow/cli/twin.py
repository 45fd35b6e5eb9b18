"""The command `dataflow twin`: the twins, and the evidence for their behaviours."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from dataflow.contract.confirmed import (
    CONFIRMED,
    as_json,
    as_table,
    known_behaviours,
    read_confirmed,
)
from dataflow.project import in_project
from dataflow.twin.chargebee import parameters as chargebee
from dataflow.twin.coverage import render_coverage
from dataflow.twin.invoiced import routes as invoiced
from dataflow.twin.serve import catch_stop_signals, describe_addresses, serve

_PORT = click.IntRange(0, 65535)

_EPILOG = """\b
Example: dataflow twin --sample --invoiced-port 8101 --chargebee-port 8102,
and then in another terminal, with the fixed keys of the twins:
  curl -u key-of-the-invoiced-twin: 127.0.0.1:8101/customers -d name=Ada
  curl -u key-of-the-invoiced-twin: 127.0.0.1:8101/customers
  curl -u key-of-the-chargebee-twin: 127.0.0.1:8102/api/v2/orders
\b
Each twin has controls below /_twin, which need no key:
  curl 127.0.0.1:8101/_twin
\b
Advance the clock of both twins by a day, list the possible faults, and let
the twin of Invoiced refuse one call with 429:
  curl 127.0.0.1:8101/_twin/clock -d '{"advance": 86400}'
  curl 127.0.0.1:8101/_twin/faults
  curl 127.0.0.1:8101/_twin/faults -d '{"kind": "rate-limit", "times": 1}'
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--invoiced-port", type=_PORT, default=0, help="Port of Invoiced; 0: a free port."
)
@click.option(
    "--chargebee-port", type=_PORT, default=0, help="Port of Chargebee; 0: a free port."
)
@click.option("--sample", is_flag=True, help="Fill empty twins with sample records.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Load the records from this file, if it exists, and replace it at the end.",
)
@click.option(
    "--log", "logs", is_flag=True, help="Write a line for each call to standard error."
)
@click.option("--behaviours", is_flag=True, help="Show the behaviours; do not serve.")
@click.option(
    "--coverage", is_flag=True, help="Show which calls are built; do not serve."
)
@click.option("--json", "wants_json", is_flag=True, help="Print behaviours as JSON.")
@click.option(
    "--confirmed",
    type=click.Path(path_type=Path, dir_okay=False),
    default=in_project(*CONFIRMED.parts),
    show_default=str(CONFIRMED),
    help="The file of the dates on which a sandbox last confirmed each behaviour.",
)
def twin(  # noqa: PLR0913 - click passes each option
    invoiced_port: int,
    chargebee_port: int,
    confirmed: Path,
    state: Path | None,
    *,
    sample: bool,
    logs: bool,
    behaviours: bool,
    coverage: bool,
    wants_json: bool,
) -> None:
    """Serve twins of both APIs on loopback, until Ctrl-C.

    The command prints one line of JSON: the addresses of the twins and their keys.
    """
    if coverage:
        _console().print(
            render_coverage(
                [*invoiced.measure_coverage(), *chargebee.measure_coverage()]
            )
        )
        return
    if behaviours or wants_json:
        _show_behaviours(confirmed, wants_json=wants_json)
        return
    with (
        catch_stop_signals() as stop,
        serve(
            invoiced_port, chargebee_port, sample=sample, state=state, logs=logs
        ) as addresses,
    ):
        click.echo(json.dumps(describe_addresses(addresses)))
        stop.get()


def _show_behaviours(confirmed: Path, *, wants_json: bool) -> None:
    found = read_confirmed(confirmed)
    known = known_behaviours().values()
    if wants_json:
        click.echo(json.dumps(as_json(known, found), indent=2))
    else:
        _console().print(as_table(known, found))


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)
