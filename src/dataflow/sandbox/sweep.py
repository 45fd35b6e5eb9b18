"""The `dataflow sweep` command: remove the records that runs left in the accounts."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from dataflow.errors import (
    DataflowError,
    FileError,
    TryAgainError,
    VendorRefusedError,
    VendorUnavailableError,
)
from dataflow.network.guard import Guard
from dataflow.network.hooks import RateLimiter
from dataflow.process_groups import end_killed_programs
from dataflow.project import describe_project, in_project
from dataflow.sandbox.accounts import sandbox_connection, with_keys
from dataflow.sandbox.cleanup import LEFT, Cleaner, Leftover, find_leftovers
from dataflow.sandbox.lock import Lock
from dataflow.sandbox.run_mark import RunMark, new_run_mark
from dataflow.settings import FILE_NAME, read_settings
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import Connection, chargebee_client, invoiced_client
from dataflow.vendors.invoiced import InvoicedAccount
from dataflow.vendors.marks import MarksByKind, parse_marks

_MINUTE, _HOUR, _DAY = 60, 60 * 60, 24 * 60 * 60

_TOO_MANY, _ATTEMPTS = 429, 4

#: So many removals take minutes, and the lock lasts for an hour.
_REFRESHED_AFTER = 500

#: Returns the time of this machine, in unix seconds, as run marks have it.
_now = time.time


def epilog(example: str, command: str) -> str:
    """Return an example for a help text, and how to try `command` on twins."""
    return f"""\b
Example: {example}, with the variables set
\b
With twins in place of the vendors, which another terminal serves with
`dataflow twin --invoiced-port 8101 --chargebee-port 8102`:
  export INVOICED_API_URL=http://127.0.0.1:8101
  export INVOICED_API_KEY=key-of-the-invoiced-twin
  export CHARGEBEE_API_URL=http://127.0.0.1:8102/api/v2
  export CHARGEBEE_API_KEY=key-of-the-chargebee-twin CHARGEBEE_SITE=twin-test
  {command}
"""


@click.command(epilog=epilog("dataflow sweep --older-than 24 --yes", "dataflow sweep"))
@click.option(
    "--older-than",
    "hours",
    metavar="HOURS",
    type=click.FloatRange(min=0),
    help="Keep the records of runs that started less than HOURS ago.",
)
@click.option("--yes", is_flag=True, help="Remove without a question.")
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    default=in_project(FILE_NAME),
    show_default=FILE_NAME,
    help="The settings file; its [marks] table identifies counterparts.",
)
def sweep(hours: float | None, settings: Path, *, yes: bool) -> None:
    """Remove the records that runs left in both sandbox accounts.

    The command finds the records that have the mark of a run, and their counterparts:
    by a mark beside the id, of orders also by their customer. It shows each with the
    reason, and asks before it removes them. It changes no other record. Without
    a terminal it only shows them, unless --yes is given. It locks the accounts, so that
    no run can start meanwhile, and removes nothing while a run holds the lock. Records
    that a vendor does not delete are listed with the reason.

    Exit status 0: removed or shown. 1: the accounts or the settings are wrong. 75: a
    run holds the lock, or a vendor was not available; try again later.
    """
    if not settings.exists():
        raise FileError(
            f"{settings} is missing: start the command in {describe_project()}."
        )
    marks = parse_marks(read_settings(settings).get("marks", {}), source=str(settings))
    keys = with_keys(os.environ, in_project()())
    connection = sandbox_connection(keys)
    accounts = paced_accounts(connection)
    show = Console(highlight=False, markup=False, emoji=False, soft_wrap=True).print
    for group in end_killed_programs():
        show(f"The process group {group} of a run that was killed has been ended.")
    with Guard(connection.roots()).watching(), _in_sentences():
        now = _now()
        found = find_older(
            accounts, marks, now, None if hours is None else hours * _HOUR
        )
        if not found:
            show("No records of runs found.")
            return
        show(render_leftovers(found, now))
        for each in found:
            show(f"{each}: {each.because}.")
        if yes or _confirm(len(found)):
            run = new_run_mark(_now, secrets.token_hex)
            remove_locked(accounts, marks, found, run, show)


def _confirm(count: int) -> bool:
    """Ask the user at the terminal; without a terminal, the answer is no."""
    if not _has_terminal():
        click.echo("Nothing was removed, as there is no terminal: add --yes to remove.")
        return False
    return click.confirm(f"Remove these {count} records from both accounts?")


def _has_terminal() -> bool:
    return sys.stdin.isatty()


@contextmanager
def _in_sentences() -> Iterator[None]:
    """Raise the vendors' errors as sentences for the user."""
    try:
        yield
    except VendorUnavailableError as error:
        raise TryAgainError(f"{str(error).rstrip('.')}. Sweep again later.") from error
    except VendorRefusedError as refusal:
        sentence = (
            f"{str(refusal).rstrip('.')}. Run `dataflow doctor` to find the cause."
        )
        raise DataflowError(sentence) from refusal


# Accounts


@dataclass
class PacedCalls:
    """Makes and counts calls at the vendor's pace; `pause` waits for seconds."""

    pace: RateLimiter
    pause: Callable[[float], None]
    count: int = 0

    def make(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - any result
        """Make a call; after a 429 wait at most a minute, and try three times more."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._make(call)
            except VendorUnavailableError as error:
                if error.status != _TOO_MANY:
                    raise
                after = error.retry_after
                self.pause(_MINUTE if after is None else min(after, _MINUTE))
        return self._make(call)

    def _make(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - as above
        self.pace.wait()
        self.count += 1
        return call()


@dataclass(frozen=True, slots=True)
class PacedAccounts:
    """Both accounts of a connection; `count_calls` returns the calls by vendor."""

    invoiced: InvoicedAccount
    chargebee: ChargebeeSite
    count_calls: Callable[[], dict[str, int]]


def paced_accounts(
    connection: Connection,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> PacedAccounts:
    """Return both accounts, with paced calls."""
    invoiced = PacedCalls(RateLimiter(clock, pause), pause)
    chargebee = PacedCalls(RateLimiter(clock, pause), pause)
    return PacedAccounts(
        InvoicedAccount(invoiced_client(connection), make_call=invoiced.make),
        ChargebeeSite(chargebee_client(connection), make_call=chargebee.make),
        lambda: {"Invoiced": invoiced.count, "Chargebee": chargebee.count},
    )


# Find and remove


def find_older(
    accounts: PacedAccounts, marks: MarksByKind, now: float, age: float | None
) -> list[Leftover]:
    """Return the leftovers of runs that are at least `age` seconds old.

    Without an age, the records of all runs: a run of a machine whose clock is ahead
    has a negative age.
    """
    found = find_leftovers(accounts.invoiced, accounts.chargebee, marks)
    return [each for each in found if age is None or each.run.age(now) >= age]


def remove_locked(
    accounts: PacedAccounts,
    marks: MarksByKind,
    leftovers: Sequence[Leftover],
    run: RunMark,
    show: Callable[[str], None],
) -> None:
    """Remove the records under the lock of `run`; raises `LockedError` during a run."""
    lock, done = Lock(accounts.chargebee, run), list[Leftover]()
    cleaner = Cleaner(accounts.invoiced, accounts.chargebee, marks)
    with lock.held():
        try:
            for each in cleaner.remove(leftovers):
                done.append(each)
                if len(done) % _REFRESHED_AFTER == 0:
                    lock.refresh()
        finally:
            for line in (*render_results(done), render_calls(accounts.count_calls())):
                show(line)


# Render


def render_leftovers(leftovers: Sequence[Leftover], now: float) -> RenderableType:
    """Return a line for each run and kind of record; `now` is in unix seconds."""
    table = Table.grid(padding=(0, 2))
    for column in ("run", "age"):
        table.add_column(column, no_wrap=True)
    table.add_column("records", overflow="fold")
    table.add_row("run", "age", "records", style="bold")
    counts = Counter((each.run, f"{each.side} {each.noun}") for each in leftovers)
    last = None
    for (run, kind), count in sorted(counts.items()):
        cells = (str(run), _render_age(run.age(now))) if run != last else ("", "")
        table.add_row(*map(Text, cells), Text(_render_count(count, kind)))
        last = run
    return table


def render_results(done: Sequence[Leftover]) -> Iterator[str]:
    """Yield the number of records of each kind by result, and each record left."""
    counts = Counter(
        (each.result, f"{each.side} {each.noun}")
        for each in done
        if each.result != LEFT
    )
    for (result, kind), count in counts.items():
        yield f"{_render_count(count, kind)}: {result}."
    for each in done:
        if each.result == LEFT:
            yield f"{each} of {each.run} is left: {each.reason}"


def render_calls(calls: Mapping[str, int]) -> str:
    """Return the number of calls to each vendor."""
    return f"{' and '.join(f'{n} calls to {vendor}' for vendor, n in calls.items())}."


def _render_count(count: int, kind: str) -> str:
    plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
    return f"{count} {kind if count == 1 else plural}".replace("_", " ")


def _render_age(seconds: float) -> str:
    if seconds < 0:
        return "in the future"
    if seconds < 2 * _HOUR:
        return f"{seconds // _MINUTE:.0f} min"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR:.0f} h"
    return f"{seconds // _DAY:.0f} days"
