"""The help of each command, and its example."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import click
import pytest

from dataflow import __version__
from dataflow.cli import COMMANDS, main
from tests.cli.running import VARIABLES, Twins, done, program, run

#: Prints the modules that are loaded for the help.
LOADED = """
import sys
from dataflow.cli import COMMANDS, main
try:
    main(["--help"])
finally:
    print(*sys.modules)
"""


def example_of(command: str) -> list[str]:
    """Return the arguments of the example in a command's help."""
    found = re.search(r"Example: (.*)", " ".join(done(command, "--help").split()))
    assert found, "the help has no example"
    words = shlex.split(found[1].partition(", ")[0])
    return words[words.index("dataflow") + 1 :]


def load(command: str) -> click.Command:
    """Return a command."""
    loaded = main.get_command(click.Context(main), command)
    assert loaded is not None
    return loaded


def test_the_help_names_all_commands() -> None:
    """The help lists every command, each with its one-line help."""
    _, _, listed = done("--help").partition("Commands:\n")

    assert [
        "acquit",
        "cassettes",
        "checklist",
        "doctor",
        "forget",
        "mutants",
        "plan",
        "prove",
        "prune",
        "report",
        "resolve",
        "scenarios",
        "sign",
        "status",
        "steps",
        "summary",
        "sweep",
        "sync",
        "transcribe",
        "try",
        "twin",
        "verify",
    ] == [line.split()[0] for line in listed.splitlines()]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("width", [45, 60, 80, 400])
def test_the_table_has_the_help_of_the_command(command: str, width: int) -> None:
    """The table has the same help as the command, in any width."""
    listed = click.Command(command, help=COMMANDS[command][1])

    assert load(command).get_short_help_str(width) == listed.get_short_help_str(width)


def test_the_table_has_the_name_of_the_command() -> None:
    """Each command is known by the name that it has itself."""
    assert list(COMMANDS) == [load(name).name for name in COMMANDS]


def test_the_help_loads_no_command() -> None:
    """The help is there at once: it loads click, and nothing else but the table."""
    ran = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    loaded = ran.stdout.splitlines()[-1].split()
    heavy = {
        *("allure", "chargebee", "docutils", "gherkin", "httpx", "hypothesis"),
        *("invoiced", "msgspec", "pytest", "pytest_bdd", "requests", "rich", "vcr"),
    }

    assert (
        set(),
        {"dataflow", "dataflow.cli", "dataflow.errors", "dataflow.plain_text"},
    ) == (
        heavy & set(loaded),
        {name for name in loaded if name.partition(".")[0] == "dataflow"},
    )


def test_an_unknown_command_is_refused() -> None:
    """A name that is not in the table is a wrong use of the command, and status 2."""
    result = run("twins")

    assert (2, True) == (
        result.exit_code,
        "Error: No such command 'twins'" in result.output,
    )


def test_the_help_of_a_program() -> None:
    """The installed program gives the same help."""
    status, output, complaint = program("-h")

    assert (0, done("-h"), "") == (status, output, complaint)


def test_the_version_is_printed() -> None:
    """The command prints its version."""
    assert f"dataflow, version {__version__}\n" == done("--version")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_example_is_understood(command: str) -> None:
    """The example in a command's help is of that command, and it takes every word."""
    name, *arguments = example_of(command)
    with load(name).make_context(name, arguments, parent=click.Context(main)):
        assert command == name


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("command", ["checklist", "transcribe"])
def test_an_example_works(command: str) -> None:
    """The example in a command's help works as it stands."""
    assert 0 == run(*example_of(command)).exit_code


@pytest.mark.usefixtures("features")
def test_the_example_of_sync_works(twins: Twins) -> None:
    """The example works once the other variables are set."""
    assert "nothing to do\n" == done(*example_of("sync"), environment=twins.environment)


@pytest.mark.parametrize("name", [*VARIABLES, "DATAFLOW_SINCE"])
def test_the_help_of_sync_names_each_variable(name: str) -> None:
    """The help of `dataflow sync` names all variables."""
    assert name in done("sync", "--help")


def test_the_help_of_sync_says_what_a_full_run_is_for() -> None:
    """It reads what the cursors and events would leave out."""
    help_text = " ".join(done("sync", "--help").split())

    assert "whatever the cursors and events show" in help_text
