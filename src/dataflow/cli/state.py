"""The commands about the state of the reference sync: status, resolve and forget."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from dataflow.cli.matches import MatchDecision, read_matches
from dataflow.errors import DataflowError, SettingsError
from dataflow.sync import status as summary
from dataflow.sync.model import WAITS_FOR_USER, Choice, Decision, Link
from dataflow.sync.record_types import CUSTOMER, KINDS, Kind
from dataflow.sync.reference import STATE_FILE
from dataflow.sync.state import StateStore
from dataflow.sync.state_file import has_state

_STATE = click.option(
    "--state",
    envvar="DATAFLOW_STATE_DIR",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder of the sync's state; by default $DATAFLOW_STATE_DIR.",
)
_NAMES = [kind.left_name for kind in KINDS]
_KIND = click.argument("kind", type=click.Choice(_NAMES))
_ID = click.argument("record_id", metavar="ID")


@click.command(epilog="Example: dataflow status --state state --check --max-age 3600")
@_STATE
@click.option("--check", is_flag=True, help="Print one line for a monitoring system.")
@click.option(
    "--max-age",
    type=click.IntRange(1),
    help="With --check: critical after this many seconds without a sync.",
)
def status(state: Path, *, check: bool, max_age: int | None) -> None:
    """Show the pairs and the open issues of the sync.

    The last successful sync and the last one are shown too.

    Exit status with --check, as monitoring plug-ins have it: 0: all in sync. 1:
    something waits for the user. 2: the last sync failed. 3: no sync has ended yet, or
    the state cannot be read.
    """
    path = state / STATE_FILE
    now = int(time.time())
    if not has_state(path):
        click.echo(f"UNKNOWN - no sync has stored anything in {state}")
        raise click.exceptions.Exit(summary.Level.UNKNOWN)
    found = _read(path, check=check)
    level, line = summary.check(found, now, max_age)
    if check:
        click.echo(line)
        raise click.exceptions.Exit(level)
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(_make_table(found))
    for text in (*_describe_runs(found), *summary.list_lines(found)):
        console.print(text, soft_wrap=True)


def _read(path: Path, *, check: bool) -> summary.Status:
    """Return the status; for a monitoring system, a damaged state is unknown."""
    try:
        with closing(StateStore.read(path)) as store:
            return summary.read_status(store)
    except DataflowError as error:
        if not check:
            raise
        click.echo(f"{summary.Level.UNKNOWN.name} - {error}")
        raise click.exceptions.Exit(summary.Level.UNKNOWN) from None


def _make_table(found: summary.Status) -> Table:
    table = Table("record type", title="Reference sync", title_justify="left")
    table.add_column("pairs", justify="right")
    table.add_column("wait for you", justify="right")
    table.add_column("wait for an event", justify="right")
    for kind in KINDS:
        issues = found.issues[kind.name]
        mine = sum(issue.kind in WAITS_FOR_USER for issue in issues)
        counts = (found.pairs[kind.name], mine, len(issues) - mine)
        table.add_row(f"{kind.left_name}s", *map(str, counts))
    return table


def _describe_runs(found: summary.Status) -> Iterator[str]:
    yield f"last successful sync: {_describe_run(found.last_done)}"
    if found.last_run != found.last_done:
        yield f"last sync: {_describe_run(found.last_run)}"


def _describe_run(run: summary.LastRun | None) -> str:
    if run is None:
        return "none"
    return f"{summary.format_time(run.time)}, exit status {run.status}: {run.text}"


@click.command(
    epilog="Example: dataflow resolve customer 4711 --take invoiced --state state"
)
@click.argument("kind", type=click.Choice(_NAMES), required=False)
@click.argument("record_id", metavar="[ID]", required=False)
@_STATE
@click.option(
    "--take",
    type=click.Choice([Choice.INVOICED.value, Choice.CHARGEBEE.value]),
    help="Write the values of this system to the other one: settles a conflict.",
)
@click.option("--link", metavar="ID", help="This Chargebee record is the counterpart.")
@click.option("--create", is_flag=True, help="None is the counterpart: create one.")
@click.option("--retry", is_flag=True, help="Try again in the next sync, not later.")
@click.option(
    "--matches",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Take all decisions from this file of dataflow plan --matches.",
)
def resolve(  # noqa: PLR0913, PLR0917 - click passes each option
    kind: str | None,
    record_id: str | None,
    state: Path,
    take: str | None,
    link: str | None,
    matches: Path | None,
    *,
    create: bool,
    retry: bool,
) -> None:
    """Settle what the sync has left to you about a record.

    KIND and ID name an Invoiced record. The next sync carries the decision out.
    `dataflow status` shows what is open.
    """
    choices = [
        *([Decision(Choice(take))] if take else []),
        *([Decision(Choice.LINK, link)] if link else []),
        *([Decision(Choice.CREATE)] if create else []),
        *([Decision(Choice.RETRY)] if retry else []),
    ]
    if matches is not None and not choices and kind is None:
        decisions = read_matches(matches)
    elif matches is None and len(choices) == 1 and kind and record_id:
        decisions = [MatchDecision(kind, record_id, choices[0])]
    else:
        raise SettingsError(
            "Name a record and one of --take, --link, --create and --retry, or give"
            " --matches alone."
        )
    with closing(_open(state)) as store, store.transaction():
        stored = [
            _store_decision(store, each, skip=matches is not None) for each in decisions
        ]
    click.echo(f"Decisions that the next sync will carry out: {sum(stored)}")
    if settled := len(stored) - sum(stored):
        click.echo(f"Decisions about records of which nothing is open: {settled}")


def _store_decision(store: StateStore, each: MatchDecision, *, skip: bool) -> bool:
    """Store a decision, unless nothing is open about its record and `skip` is true."""
    name = _find_kind(each.kind).name
    if not store.get_issues(name, each.left_id):
        if skip:
            return False
        raise SettingsError(
            f"Nothing is open about {each.kind} {each.left_id}: see dataflow status."
        )
    store.set_decision(name, each.left_id, each.decision)
    return True


@click.command(epilog="Example: dataflow forget customer 4711 --state state")
@_KIND
@_ID
@_STATE
def forget(kind: str, record_id: str, state: Path) -> None:
    """Erase an Invoiced record from the state of the sync.

    Its audit log is erased too. No later sync reads, creates or edits it. The records
    in both systems stay. The invoices of a customer are forgotten with the customer.
    """
    with closing(_open(state)) as store:
        now = int(time.time())
        for name, left_id in _list_forgotten(store, _find_kind(kind), record_id):
            store.forget(name, left_id, now)
            click.echo(f"forgotten: {name} {left_id}")


def _list_forgotten(
    store: StateStore, kind: Kind, record_id: str
) -> Iterator[tuple[str, str]]:
    """Yield a record, and the ones of a customer that the state holds."""
    yield kind.name, record_id
    for other in KINDS:
        if kind.name == CUSTOMER.name and other.customer_field:
            links = store.links.list_of(other.name)
            field = other.customer_field
            linked = (x.left_id for x in links if _has_customer(x, field, record_id))
            issues = store.list_issues(other.name)
            waiting = (x.left_id for x in issues if x.needs == record_id)
            yield from ((other.name, x) for x in sorted({*linked, *waiting}))


def _has_customer(link: Link, field: str, record_id: str) -> bool:
    return any(
        str(value) == record_id
        for name, (value, _) in link.base.items()
        if name.partition("|")[0] == field
    )


def _open(state: Path) -> StateStore:
    path = state / STATE_FILE
    if not has_state(path):
        raise SettingsError(f"No sync has stored anything in {state}.")
    return StateStore.open(path, {})


def _find_kind(left_name: str) -> Kind:
    for kind in KINDS:
        if kind.left_name == left_name:
            return kind
    raise SettingsError(f"{left_name!r} is no record type: use {', '.join(_NAMES)}.")
