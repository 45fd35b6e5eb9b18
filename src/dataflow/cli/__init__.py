"""The `dataflow` command: a table of commands, each loaded when it is used.

A command is defined in the module of its subject; one that joins two packages is
defined here, beside the table. The help of `dataflow` itself is written from the table,
so that it loads no command.
"""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from dataflow import __version__
from dataflow.errors import DataflowError
from dataflow.plain_text import replace_missing

#: Where each command is defined, and the first sentence of its help.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "acquit": (
        "dataflow.proof.command:acquit",
        "Run good syncs in bad weather: no check may fail.",
    ),
    "cassettes": (
        "dataflow.recordings.compare:cassettes",
        "List the recordings, or show what changed in them.",
    ),
    "checklist": (
        "dataflow.checklist.command:checklist",
        "Show DOCUMENT's sections, statements, properties and checks.",
    ),
    "doctor": (
        "dataflow.sandbox.command:doctor",
        "Check the sandbox accounts of both vendors.",
    ),
    "forget": (
        "dataflow.cli.state:forget",
        "Erase an Invoiced record from the state of the sync.",
    ),
    "mutants": (
        "dataflow.proof.mutants:mutants",
        "Run mutants of the plain sync, and count those that the checklist detects.",
    ),
    "plan": ("dataflow.cli.plan:plan", "Show what `dataflow sync` would write now."),
    "prove": (
        "dataflow.proof.command:prove",
        "Run broken syncs: the checklist must detect each.",
    ),
    "prune": (
        "dataflow.report.prune_command:prune",
        "Remove old results and recordings, but none that is signed.",
    ),
    "report": (
        "dataflow.report.sheet_command:report",
        "Write the sign-off sheet of the last run.",
    ),
    "resolve": (
        "dataflow.cli.state:resolve",
        "Settle what the sync has left to you about a record.",
    ),
    "scenarios": (
        "dataflow.scenarios.command:scenarios",
        "Draw scenarios with several events before a run, and play them on the twins.",
    ),
    "sign": (
        "dataflow.report.sign_command:sign",
        "Sign the sheet of the last run, with its results.",
    ),
    "status": (
        "dataflow.cli.state:status",
        "Show the pairs and the open issues of the sync.",
    ),
    "steps": (
        "dataflow.harness.step_catalogue:steps",
        "List the steps that a feature can use, each with an example.",
    ),
    "summary": (
        "dataflow.report.ci_summary:summary",
        "Summarise runs in Markdown, with the checks that failed.",
    ),
    "sweep": (
        "dataflow.sandbox.sweep:sweep",
        "Remove the records that runs left in both sandbox accounts.",
    ),
    "sync": (
        "dataflow.cli.sync:sync",
        "Run the reference sync once, or with --watch all the time.",
    ),
    "transcribe": (
        "dataflow.checklist.command:transcribe",
        "Write the features of DOCUMENT, one file per section.",
    ),
    "try": (
        "dataflow.harness.first_run:try_sync",
        "Run PROGRAM once on the twins, and show what it did.",
    ),
    "twin": (
        "dataflow.cli.twin:twin",
        "Serve twins of both APIs on loopback, until Ctrl-C.",
    ),
    "verify": (
        "dataflow.report.verify_command:verify",
        "Name what is not as it was signed.",
    ),
}

#: Names of earlier releases, which the help does not list.
_OLD_NAMES = {"news": "dataflow.recordings.compare:news"}

#: The columns beside the name and the help of a command, as click has them.
_MARGIN = 6


class _Sentence(click.ClickException):
    """Shows an error of this project as its one sentence, with its exit status."""

    def __init__(self, error: DataflowError) -> None:
        super().__init__(str(error))
        self.error = error

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """Return the status of the error's class."""
        return self.error.status


class _LazyGroup(click.Group):
    """A group of the commands of the table, which may raise a `DataflowError`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; return None for an unknown name."""
        del ctx
        path = _OLD_NAMES.get(cmd_name) or COMMANDS.get(cmd_name, ("",))[0]
        if not path:
            return None
        module, _, attribute = path.partition(":")
        with _report_signal():
            command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command), f"{cmd_name} is not a command"
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the list of all commands without loading them."""
        names = self.list_commands(ctx)
        limit = formatter.width - _MARGIN - max(map(len, names))
        with formatter.section("Commands"):
            formatter.write_dl([(name, _shorten(name, limit)) for name in names])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click has it
        """Run a command, and show a `DataflowError` as one sentence."""
        try:
            return super().invoke(ctx)
        except DataflowError as error:
            raise _Sentence(error) from error


@contextmanager
def _report_signal() -> Iterator[None]:
    """Report a SIGTERM before a command has begun; loading it takes a while."""

    def handle(number: int, _frame: object) -> None:
        click.echo("SIGTERM: stopped before anything was done.", err=True)
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _shorten(name: str, limit: int) -> str:
    return click.Command(name, help=COMMANDS[name][1]).get_short_help_str(limit)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dataflow")
def main() -> None:
    """Run and maintain the checklist for a sync of Invoiced and Chargebee."""
    for stream in (sys.stdout, sys.stderr):
        replace_missing(stream)
