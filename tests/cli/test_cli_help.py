"""The help of each command, and its example."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from dataflow import __version__
from dataflow.cli import main
from tests.cli.running import VARIABLES, Twins, done, program, run

COMMANDS = [
    "acquit",
    "cassettes",
    "checklist",
    "doctor",
    "prove",
    "summary",
    "sweep",
    "sync",
    "transcribe",
    "twin",
]


def example_of(command: str) -> list[str]:
    """Return the arguments of the example in a command's help."""
    found = re.search(r"Example: (.*)", " ".join(done(command, "--help").split()))
    assert found, "the help has no example"
    words = shlex.split(found[1].partition(", ")[0])
    return words[words.index("dataflow") + 1 :]


def test_the_help_names_all_commands() -> None:
    """Who asks for help is told every command, each with what it does."""
    _, _, listed = done("--help").partition("Commands:\n")

    assert COMMANDS == [line.split()[0] for line in listed.splitlines()]


def test_the_help_of_a_program() -> None:
    """The installed program gives the same help."""
    status, output, complaint = program("-h")

    assert (0, done("-h"), "") == (
        status,
        output,
        complaint,
    )


def test_the_version_is_told() -> None:
    """The command says which version it is."""
    assert f"dataflow, version {__version__}\n" == done("--version")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_example_is_understood(command: str) -> None:
    """The example in a command's help is of that command, and it takes every word."""
    name, *arguments = example_of(command)
    known = main.commands[name]
    with known.make_context(name, arguments, parent=click.Context(main)):
        assert command == name


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("command", ["checklist", "transcribe"])
def test_an_example_works(command: str) -> None:
    """The example in a command's help works as it stands."""
    assert 0 == run(*example_of(command)).exit_code


@pytest.mark.usefixtures("features")
def test_the_example_of_sync_works(twins: Twins) -> None:
    """The example works once the other variables are set, as it says."""
    assert "nothing to do\n" == done(*example_of("sync"), environment=twins.environment)


@pytest.mark.parametrize("name", [*VARIABLES, "DATAFLOW_SINCE"])
def test_the_help_of_sync_names_each_variable(name: str) -> None:
    """Who asks how to sync is told all variables."""
    assert name in done("sync", "--help")


def test_the_help_of_sync_says_what_a_full_run_is_for() -> None:
    """Deletions and merges in Invoiced show in no list of changes."""
    help_text = " ".join(done("sync", "--help").split())

    assert "only that shows deletions and merges in Invoiced" in help_text
