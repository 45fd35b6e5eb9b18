"""The command `dataflow try`: one run of a program on the twins, and what it did."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from dataflow.files import fast_temporary_folder
from dataflow.harness.plugin import create_names
from dataflow.harness.progress import describe_calls
from dataflow.harness.scenario.factories import CreatedRecord, RecordFactory
from dataflow.harness.shell import write_command
from dataflow.harness.syncs.environment import read_names
from dataflow.harness.syncs.program import DONE, CommandSync, Run
from dataflow.harness.targets.base import Target
from dataflow.harness.targets.twin import serve_twins
from dataflow.network.guard import Guard
from dataflow.process_groups import handle_signals
from dataflow.project import get_project
from dataflow.record_types.model import KINDS, Kind
from dataflow.redact import hidden_in
from dataflow.settings import FILE_NAME, read_settings
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import Record, chargebee_client, invoiced_client
from dataflow.vendors.invoiced import InvoicedAccount
from dataflow.vendors.marks import Mark, Marks, parse_marks

#: The last lines of the program's output that are shown.
_LINES = 2
_FAILED = 1
_CHECK = "try"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What one run of a program did with some records.

    `created` are the records that were there before, `added` is the number of others in
    Invoiced, `new` are the Chargebee records of each kind, and `links` the counterparts
    of each created record, by the marks.
    """

    program: str
    run: Run
    calls: Mapping[str, tuple[int, int]]
    created: Sequence[CreatedRecord]
    added: int
    new: Mapping[Kind, Sequence[Record]]
    links: Mapping[CreatedRecord, Sequence[Mapping[str, Any]]]

    @property
    def is_done(self) -> bool:
        """Return whether the program ended well, and each record has a counterpart."""
        is_linked = all(len(found) == 1 for found in self.links.values())
        return is_linked and not self.run.is_failed


def run_once(
    program: str,
    folder: Path,
    marks: Mapping[str, tuple[Mark, ...]],
    names: Collection[str] = (),
) -> FirstRun:
    """Create one record of each type on new twins, and run the program once.

    `names` are other variables that the program gets.
    """
    sync = CommandSync(program, folder, names=names)
    with handle_signals(), serve_twins() as target, Guard().watching():
        target.start(_CHECK)
        account = InvoicedAccount(invoiced_client(target.connection))
        site = ChargebeeSite(chargebee_client(target.connection))
        created = _create_records(account)
        target.advance_step()
        run = _run(sync, target)
        target.advance_step()
        account.lists.clear()
        site.lists.clear()
        found = Marks(marks, lambda record_id: any(record_id == c.id for c in created))
        new = {kind: list(site.list_all(kind).values()) for kind in KINDS}
        return FirstRun(
            program=program,
            run=run,
            calls=target.calls_of_sync(),
            created=created,
            added=sum(len(account.list_all(kind)) for kind in KINDS) - len(created),
            new=new,
            links={
                one: found.find_counterparts(one.kind, one.id, new[one.kind])
                for one in created
            },
        )


def _create_records(account: InvoicedAccount) -> list[CreatedRecord]:
    factory = RecordFactory(account, create_names(_CHECK))
    person = factory.create("person", "eur", {})
    return [
        person,
        factory.create("invoice", "eur", {}, person),
        factory.create("item", "eur", {}),
    ]


def _run(sync: CommandSync, target: Target) -> Run:
    with fast_temporary_folder() as state, target.inject_faults():
        return sync.run(target.connection.environment(state, 0, target.now()))


# The report


def describe(first: FirstRun, root: Path) -> Iterator[str]:
    """Yield about ten lines: what the program did, what is missing, what to do next."""
    calls = describe_calls(first.calls).removeprefix("calls of the sync: ")
    counts = (f"{kind.name} {len(found)}" for kind, found in first.new.items())
    yield _line("Program", f"{first.program}, exit status {first.run.status}")
    for line in first.run.output.strip().splitlines()[-_LINES:]:
        yield _line("", line)
    yield _line("Calls", calls)
    records = ", ".join(map(str, first.created))
    yield _line("Invoiced", f"{records} before the run; {first.added} more after it")
    yield _line("Chargebee", f"{', '.join(counts)} after the run; none before it")
    for one, found in first.links.items():
        ids = ", ".join(str(record["id"]) for record in found)
        yield _line("Link", f"{one} -> {f'{one.kind.name} {ids}' if found else 'none'}")
    missing = _find_fault(first) or _find_missing_link(first)
    yield _line("Missing", missing or "nothing")
    yield _line("Next", _find_next(first, root))


def _line(title: str, text: str) -> str:
    return f"{title:10} {text}"


def _find_fault(first: FirstRun) -> str:
    """Return what prevented the program from its work; empty for nothing."""
    calls = first.calls.items()
    if not any(count for _, (count, _) in calls):
        return "the program called neither system: read the DATAFLOW_ variables"
    refused = [name for name, (count, no) in calls if count and no == count]
    if refused:
        return f"{' and '.join(refused)} refused each call: check the key that is sent"
    if first.run.is_failed:
        return "the program ended with an error: see its last lines above"
    return ""


def _find_missing_link(first: FirstRun) -> str:
    """Return the first record without exactly one counterpart; empty for none."""
    for one, found in first.links.items():
        name = one.kind.name
        if len(found) > 1:
            return f"{one} has {len(found)} counterparts: create only one"
        if not found and first.new[one.kind]:
            return f"no {name} has a mark of {one}: add yours to [marks] in {FILE_NAME}"
        if not found:
            return f"{one} has no {name}"
    return ""


def _find_next(first: FirstRun, root: Path) -> str:
    """Return a command for the current folder."""
    folder = Path.cwd()
    if first.is_done:
        features = os.path.relpath(root / "features", folder)
        sync = ("--target", "twin", "--sync", f"command: {first.program}")
        return write_command("pytest", (features, *sync), folder)
    return write_command("dataflow", ("try", first.program), folder)


@click.command(
    "try",
    epilog='Example: dataflow try ".venv/bin/dataflow sync", with the reference sync',
)
@click.argument("program")
@click.option(
    "--sync-env",
    multiple=True,
    metavar="NAME",
    help="Pass this variable of the shell to the program; may be repeated.",
)
def try_sync(program: str, sync_env: tuple[str, ...]) -> None:
    """Run PROGRAM once on the twins, and show what it did.

    The command starts twins of both APIs, creates a person, an invoice and an item in
    Invoiced, and runs PROGRAM, a command line, with the variables that the checklist
    gives to a sync. It prints the calls, the new records, the links that the marks of
    dataflow.toml find, what is missing, and the next command.

    Exit status 0: each record has one counterpart. 1: something is missing.
    """
    root = get_project()
    settings = read_settings(root / FILE_NAME)
    marks = parse_marks(settings.get("marks", {}), source=FILE_NAME)
    names = read_names(settings.get("sync", {}), sync_env, FILE_NAME)
    first = run_once(program, root, marks, names)
    for line in describe(first, root):
        click.echo(hidden_in(line))
    raise click.exceptions.Exit(DONE if first.is_done else _FAILED)
