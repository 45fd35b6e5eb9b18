"""The command `dataflow sync`: the reference sync for the checklist's features."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import click
import msgspec

from dataflow.checklist.features import WrittenFeature, read_document_features
from dataflow.errors import NotASandboxError
from dataflow.network.hosts import refuse_accounts
from dataflow.project import in_project
from dataflow.settings import (
    FILE_NAME,
    Table,
    decode_table,
    drop_subtables,
    read_settings,
)
from dataflow.sync.audit import AuditEntry
from dataflow.sync.progress import Progress
from dataflow.sync.reference import SyncSettings, run_once
from dataflow.sync.report import RunReport
from dataflow.sync.watch import Watch

#: Set by pytest while a test runs.
_IN_A_TEST = "PYTEST_CURRENT_TEST"

FEATURES = click.option(
    "--features",
    type=click.Path(path_type=Path, file_okay=False),
    default=in_project("features"),
    show_default="features",
    help="The folder of the features, which define what is synchronised.",
)
SETTINGS = click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    default=in_project(FILE_NAME),
    show_default=FILE_NAME,
    help="The settings file, of which [sync] is used; a missing file counts as empty.",
)


class Production(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The [sync.production] table: the accounts that are not for tests."""

    account: Annotated[str, msgspec.Meta(description="the address of Invoiced")]
    site: Annotated[str, msgspec.Meta(description="the name of the Chargebee site")]


@click.command(
    epilog=(
        "Example: DATAFLOW_STATE_DIR=state dataflow sync --full, with the other"
        " variables set"
    )
)
@click.option(
    "--full",
    is_flag=True,
    help="Read all records again, whatever the cursors and events show.",
)
@click.option(
    "--watch", is_flag=True, help="Run again and again, until Ctrl-C or SIGTERM."
)
@click.option(
    "--every",
    type=click.FloatRange(1),
    default=30,
    show_default=True,
    help="With --watch: the seconds between runs; up to ten times as long when idle.",
)
@click.option(
    "--force", is_flag=True, help="Write although a guard against mass changes stops."
)
@click.option(
    "--log/--no-log",
    "logs",
    default=None,
    help="Write a line of JSON for each write to standard error; by default only if it"
    " is no terminal.",
)
@FEATURES
@SETTINGS
def sync(  # noqa: PLR0913 - click passes each option
    features: Path,
    settings: Path,
    every: float,
    *,
    full: bool,
    watch: bool,
    force: bool,
    logs: bool | None,
) -> None:
    """Run the reference sync once, or with --watch all the time.

    Environment variables name both systems: DATAFLOW_INVOICED_URL,
    DATAFLOW_INVOICED_KEY, DATAFLOW_CHARGEBEE_URL (up to /api/v2),
    DATAFLOW_CHARGEBEE_KEY, DATAFLOW_CHARGEBEE_SITE, DATAFLOW_STATE_DIR (the folder of
    the sync's state) and DATAFLOW_SINCE (unix seconds; older records are ignored).

    Exit status 0: done. 11: done, and some records wait for you: see dataflow status.
    75: try again later. 1: the output shows what to correct.
    """
    is_terminal = sys.stderr.isatty()
    writes_log = logs if logs is not None else not is_terminal
    with _stop_on_signals() as stop:
        tables = read_settings(settings)
        chosen = read_sync_settings(tables, settings)
        refuse_production(os.environ, tables, str(settings))
        sections = read_sections(features)

        def run() -> RunReport:
            return run_once(
                os.environ,
                sections,
                chosen,
                full=full,
                force=force,
                log=_log if writes_log else lambda _type, _entry: None,
                progress=Progress(_report) if is_terminal else None,
                is_stopping=stop.is_set,
            )

        if watch:
            loop = Watch(run, stop.wait, _report, shortest=every, longest=every * 10)
            raise click.exceptions.Exit(loop())
        outcome = run()
    for line in outcome.lines():
        click.echo(line)
    raise click.exceptions.Exit(outcome.status)


def refuse_production(
    environ: Mapping[str, str], tables: Mapping[str, Table], source: str
) -> None:
    """Raise `NotASandboxError` for accounts that the settings do not name."""
    try:
        refuse_accounts(environ)
    except NotASandboxError as error:
        table = tables.get("sync", {}).get("production")
        if table is None or _IN_A_TEST in environ:
            raise NotASandboxError(
                f"{error} To run on production, name account (the address of Invoiced)"
                f" and site in [sync.production] of {source}."
            ) from None
        named = decode_table(table, Production, "[sync.production]", source)
        account = environ.get("DATAFLOW_INVOICED_URL", "").rstrip("/")
        site = environ.get("DATAFLOW_CHARGEBEE_SITE", "")
        if (account, site) != (named.account.rstrip("/"), named.site):
            raise NotASandboxError(
                f"[sync.production] of {source} names the account {named.account} and"
                f" the site {named.site}, not {account} and {site}."
            ) from None


def read_sync_settings(tables: Mapping[str, Table], source: Path) -> SyncSettings:
    """Return the [sync] table; raises SettingsError."""
    table = drop_subtables(tables.get("sync", {}))
    return decode_table(table, SyncSettings, "[sync]", str(source))


def read_sections(features: Path) -> Sequence[WrittenFeature]:
    """Return the sections that are exercised, and name the others."""
    known = []
    for section in read_document_features(features):
        if section.not_exercised:
            click.echo(f"left out: {section.name}: {section.not_exercised}", err=True)
        else:
            known.append(section)
    return known


@contextmanager
def _stop_on_signals() -> Iterator[threading.Event]:
    """Yield an event that SIGINT and SIGTERM set; a second SIGINT ends at once."""
    stop = threading.Event()

    def handle(number: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        _report(f"{signal.Signals(number).name}: stopping after the current write.")
        stop.set()

    before = {
        number: signal.signal(number, handle)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def _log(type_name: str, entry: AuditEntry) -> None:
    """Write a line without values: they may be personal data."""
    line = {
        "time": entry.time,
        "type": type_name,
        "action": entry.action,
        "system": entry.system,
        "invoiced": entry.left_id,
        "chargebee": entry.right_id,
        "outcome": entry.outcome,
    }
    _report(json.dumps(line))


def _report(text: str) -> None:
    click.echo(text, err=True)
