"""The `dataflow` command."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from dataflow import __version__
from dataflow.acquit.command import acquit
from dataflow.checklist.features import (
    find_changed_files,
    read_features,
    transcribe,
    write_features,
)
from dataflow.checklist.outline import as_json, as_table
from dataflow.checklist.reader import read_document
from dataflow.errors import DataflowError
from dataflow.prove.command import prove
from dataflow.recordings.compare import cassettes, news
from dataflow.report.command import summary
from dataflow.sandbox.command import doctor
from dataflow.sandbox.sweep import sweep
from dataflow.settings import FILE_NAME, read_settings

_FEATURES = Path("features")
_CONFIRMED = Path("tests", "contract", "confirmed.json")
_PORT = click.IntRange(0, 65535)

_EPILOGS = {
    "checklist": "Example: dataflow checklist document.rst --json",
    "transcribe": "Example: dataflow transcribe document.rst --check",
    "sync": (
        "Example: DATAFLOW_STATE_DIR=state dataflow sync --full, with the other"
        " variables set"
    ),
    "twin": """\b
Example: dataflow twin --sample --invoiced-port 8101 --chargebee-port 8102,
and then in another terminal, with the keys that all twins have:
  curl -u key-of-the-invoiced-twin: 127.0.0.1:8101/customers -d name=Ada
  curl -u key-of-the-invoiced-twin: 127.0.0.1:8101/customers
  curl -u key-of-the-chargebee-twin: 127.0.0.1:8102/api/v2/orders
\b
Each twin has controls below /_twin, and needs no key for them:
  curl 127.0.0.1:8101/_twin
\b
Move the clock of both on by a day; list the faults that there can be; refuse
one call to Invoiced with 429:
  curl 127.0.0.1:8101/_twin/clock -d '{"advance": 86400}'
  curl 127.0.0.1:8101/_twin/faults
  curl 127.0.0.1:8101/_twin/faults -d '{"kind": "rate-limit", "times": 1}'
""",
}


class _Sentence(click.ClickException):
    """Shows an error of ours as its one sentence, and ends with its status."""

    def __init__(self, error: DataflowError) -> None:
        super().__init__(str(error))
        self.error = error

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """Return the status of the error's class."""
        return self.error.status


class _Group(click.Group):
    """A group whose commands may raise our errors."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click has it
        try:
            return super().invoke(ctx)
        except DataflowError as error:
            raise _Sentence(error) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dataflow")
def main() -> None:
    """Run and maintain the checklist for a sync of Invoiced and Chargebee."""


main.add_command(prove)
main.add_command(acquit)
main.add_command(doctor)
main.add_command(summary)
main.add_command(sweep)
main.add_command(cassettes)
main.add_command(news)


@main.command(epilog=_EPILOGS["checklist"])
@click.argument("document", type=click.Path(path_type=Path))
@click.option("--json", "wants_json", is_flag=True, help="Print all of it as JSON.")
def checklist(document: Path, *, wants_json: bool) -> None:
    """Read DOCUMENT and show its sections, statements, properties and checks."""
    found = read_document(document)
    if wants_json:
        click.echo(json.dumps(as_json(found), indent=2, ensure_ascii=False))
    else:
        # What a document says is no markup of rich.
        Console(highlight=False, markup=False, emoji=False).print(as_table(found))


@main.command("transcribe", epilog=_EPILOGS["transcribe"])
@click.argument("document", type=click.Path(path_type=Path))
@click.option(
    "--features",
    type=click.Path(path_type=Path, file_okay=False),
    default=_FEATURES,
    show_default=True,
    help="The folder of the feature files.",
)
@click.option("--check", is_flag=True, help="Write nothing; status 1 if they differ.")
def transcribe_command(document: Path, features: Path, *, check: bool) -> None:
    """Write the features of DOCUMENT, one file a section."""
    texts = transcribe(read_document(document))
    changed = (
        find_changed_files(texts, features)
        if check
        else write_features(texts, features)
    )
    for name in changed:
        done = "differs" if check else "written" if name in texts else "removed"
        click.echo(f"{done}: {features / name}")
    if not changed:
        click.echo(f"{features} says what {document} says: {len(texts)} sections.")
    if check and changed:
        raise click.exceptions.Exit(1)


@main.command(epilog=_EPILOGS["sync"])
@click.option(
    "--full",
    is_flag=True,
    help="Read all records again: only that shows deletions and merges in Invoiced.",
)
@click.option(
    "--features",
    type=click.Path(path_type=Path, file_okay=False),
    default=_FEATURES,
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
    # Imported here: the other commands start faster without it.
    from dataflow.sync.reference import (  # noqa: PLC0415
        decode_settings,
        list_flows,
        run_once,
    )

    table = read_settings(settings).get("sync", {})
    flows = list_flows(read_features(features))
    outcome = run_once(os.environ, flows, decode_settings(table), full=full)
    for line in outcome.lines():
        click.echo(line)
    raise click.exceptions.Exit(outcome.status)


@main.command(epilog=_EPILOGS["twin"])
@click.option("--invoiced-port", type=_PORT, default=0, help="0 takes a free one.")
@click.option("--chargebee-port", type=_PORT, default=0, help="0 takes a free one.")
@click.option("--sample", is_flag=True, help="Fill empty twins with invented records.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep what is in them in this file; it is replaced at the end.",
)
@click.option("--log", "logs", is_flag=True, help="A line a call, on standard error.")
@click.option("--behaviours", is_flag=True, help="Show what they do, and serve not.")
@click.option("--json", "wants_json", is_flag=True, help="Show behaviours as JSON.")
@click.option(
    "--confirmed",
    type=click.Path(path_type=Path, dir_okay=False),
    default=_CONFIRMED,
    show_default=True,
    help="When a sandbox last confirmed what they do; no file, no dates.",
)
def twin(  # noqa: PLR0913 - click hands in each option
    invoiced_port: int,
    chargebee_port: int,
    confirmed: Path,
    state: Path | None,
    *,
    sample: bool,
    logs: bool,
    behaviours: bool,
    wants_json: bool,
) -> None:
    """Serve stand-ins for both APIs on loopback, until Ctrl-C.

    The one line of JSON that it prints says where they are, with their keys.
    """
    if behaviours or wants_json:
        _show_behaviours(confirmed, wants_json=wants_json)
        return
    # Imported here: the other commands start faster without it.
    from dataflow.by_hand.serving import serving  # noqa: PLC0415
    from dataflow.by_hand.telling import as_told, signalled  # noqa: PLC0415

    stop = signalled()
    with serving(
        invoiced_port, chargebee_port, sample=sample, state=state, logs=logs
    ) as addresses:
        click.echo(json.dumps(as_told(addresses)))
        stop.get()


def _show_behaviours(confirmed: Path, *, wants_json: bool) -> None:
    # Imported here: the other commands start faster without it.
    from dataflow.contract import page  # noqa: PLC0415
    from dataflow.contract.confirmed import last_confirmed, read_confirmed  # noqa: PLC0415
    from dataflow.contract.known import known_behaviours  # noqa: PLC0415

    dates = last_confirmed(read_confirmed(confirmed))
    known = known_behaviours().values()
    if wants_json:
        click.echo(json.dumps(page.as_json(known, dates), indent=2))
    else:
        Console(highlight=False, markup=False, emoji=False).print(
            page.as_table(known, dates)
        )
