"""`dataflow twin` as a person uses it: the sample, the state, the log, the help."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from dataflow.by_hand.serving import serving
from dataflow.cli import main
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, Addresses
from tests.cli.running import COMMAND, twin_program

PAGE = Path(__file__).parents[2] / "docs" / "twins.md"
SECONDS = 30

#: A state in which something is done that these twins do not know.
UNKNOWN = json.dumps(
    {
        "version": 1,
        "clock": {"ahead": 0},
        "Invoiced": [{"at": 1, "knob": "x", "given": {}}],
        "Chargebee": [],
    }
)

curled = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")


@contextmanager
def program(*options: str) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """Run `dataflow twin`; yield it and what it told."""
    with twin_program(str(COMMAND), "twin", *options) as (process, line):
        yield process, json.loads(line)


def ended(
    process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT
) -> tuple[int, str, str]:
    """Ask it to end, and return its status, output and complaint."""
    process.send_signal(number)
    output, complaint = process.communicate(timeout=SECONDS)
    return process.returncode, output, complaint


def names(addresses: Addresses) -> list[str]:
    """Return the names of Invoiced's customers."""
    url = f"{addresses.invoiced_url}/customers"
    return [each["name"] for each in httpx.get(url, auth=(INVOICED_KEY, "")).json()]


def make_ada(url: str) -> None:
    """Make a customer in Invoiced."""
    made = httpx.post(f"{url}/customers", json={"name": "Ada"}, auth=(INVOICED_KEY, ""))
    made.raise_for_status()


# The state


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        signal.SIGTERM,
        pytest.param(
            signal.SIGHUP,
            marks=pytest.mark.skipif(
                signal.getsignal(signal.SIGHUP) is signal.SIG_IGN,
                reason="this run outlives its terminal, and so does what it starts",
            ),
        ),
    ],
)
def test_the_state_is_kept(tmp_path: Path, number: signal.Signals) -> None:
    """However the twins are asked to end, what was in them is there the next time."""
    file = tmp_path / "twins.json"
    with program("--state", str(file)) as (process, told):
        make_ada(told["invoiced"]["url"])
        status = ended(process, number)
    with serving(0, 0, state=file) as addresses:
        found = names(addresses)

    assert ((0, "", ""), ["Ada"]) == (status, found)


def test_a_state_that_is_not_there_is_begun(tmp_path: Path) -> None:
    """Where there is no file yet, there is one as soon as the twins are served."""
    file = tmp_path / "twins.json"
    with serving(0, 0, state=file):
        assert [] == json.loads(file.read_text("utf-8"))["Invoiced"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "It is no JSON"),
        ('{"version": 1}', "clock must be an object"),
        ('{"version": 2}', "it has version 2, and these twins read version 1"),
        (UNKNOWN, "line 1 of Invoiced: There is no knob x"),
    ],
    ids=["empty", "half", "another version", "another twin's"],
)
def test_a_state_that_is_none_is_one_sentence(
    tmp_path: Path, text: str, complaint: str
) -> None:
    """A damaged file is one sentence, status 1, and stays as it is."""
    file = tmp_path / "twins.json"
    file.write_text(text, "utf-8")
    result = CliRunner().invoke(main, ["twin", "--state", str(file)])

    assert (1, 1, True, text) == (
        result.exit_code,
        len(result.output.splitlines()),
        result.output.startswith(f"Error: {file} holds no state of these twins (")
        and complaint in result.output,
        file.read_text("utf-8"),
    )


def test_a_state_that_cannot_be_kept_is_said_at_once(tmp_path: Path) -> None:
    """Who names a folder that is not there does not learn it at the end."""
    file = tmp_path / "nowhere" / "twins.json"
    result = CliRunner().invoke(main, ["twin", "--state", str(file)])

    assert (1, True) == (
        result.exit_code,
        result.output.startswith(f"Error: {file} cannot be written (No such file"),
    )


# The sample


def test_a_sample_on_request(tmp_path: Path) -> None:
    """A sample is there on request, and once: a state that has one keeps it."""
    file = tmp_path / "twins.json"
    found = []
    for _ in range(2):
        with serving(0, 0, sample=True, state=file) as addresses:
            found.append(len(names(addresses)))

    assert [5, 5] == found


def test_a_sync_has_something_to_do_with_the_sample(tmp_path: Path) -> None:
    """The reference sync adopts what is linked, makes the rest, and is done."""
    with program("--sample") as (_, told):
        there = {
            "DATAFLOW_INVOICED_URL": told["invoiced"]["url"],
            "DATAFLOW_INVOICED_KEY": told["invoiced"]["key"],
            "DATAFLOW_CHARGEBEE_URL": told["chargebee"]["url"],
            "DATAFLOW_CHARGEBEE_KEY": told["chargebee"]["key"],
            "DATAFLOW_CHARGEBEE_SITE": told["chargebee"]["site"],
            "DATAFLOW_STATE_DIR": str(tmp_path),
        }
        runs = [CliRunner().invoke(main, ["sync"], env=there) for _ in range(2)]

    assert [(0, "6 created, 3 adopted"), (0, "nothing to do")] == [
        (run.exit_code, run.output.splitlines()[0]) for run in runs
    ]


# The log


def test_a_log_on_request() -> None:
    """Each call is a line on the standard error, in plain letters, without a key."""
    with program("--log") as (process, told):
        make_ada(told["invoiced"]["url"])
        httpx.get(f"{told['chargebee']['url']}/orders", auth=(CHARGEBEE_KEY, ""))
        _, output, log = ended(process)
    shape = r"\d\d:\d\d:\d\d (\w+) +(\w+) +(\S+) +(\d+) +\d+\.\d ms"

    assert (
        "",
        [
            ("Invoiced", "POST", "/customers", "201"),
            ("Chargebee", "GET", "/api/v2/orders", "200"),
        ],
    ) == (output, [re.fullmatch(shape, each).groups() for each in log.splitlines()])  # type: ignore[union-attr]


def test_a_log_that_nobody_reads_hinders_no_call() -> None:
    """Twins whose log is cut off still answer."""
    with program("--log") as (process, told):
        assert process.stderr is not None
        process.stderr.close()
        for _ in range(3):
            make_ada(told["invoiced"]["url"])
        process.send_signal(signal.SIGINT)

        assert 0 == process.wait(SECONDS)


# The help


def help_text() -> str:
    """Return the help of the command, as a terminal of 80 columns shows it."""
    return CliRunner().invoke(main, ["twin", "--help"], env={"COLUMNS": "80"}).output


def curls(text: str) -> list[str]:
    """Return the curl commands in a text."""
    return re.findall(r"^ +(curl .*)$", text, re.MULTILINE)


@curled
@pytest.mark.parametrize(
    ("read", "count"),
    [(help_text, 7), (partial(PAGE.read_text, "utf-8"), 5)],
    ids=["help", "twins.md"],
)
def test_the_commands_work_as_printed(read: Callable[[], str], count: int) -> None:
    """Each printed command works as it stands, but for the ports of this test."""
    with program("--sample") as (_, told):
        ports = {
            port: str(httpx.URL(told[name]["url"]).port)
            for port, name in (("8101", "invoiced"), ("8102", "chargebee"))
        }
        done = [curl(command, ports) for command in curls(read())]

    assert [(0, "", True)] * count == [
        (each.returncode, each.stderr, bool(json.loads(each.stdout))) for each in done
    ]


def curl(command: str, ports: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command with other ports than the printed ones."""
    for printed, port in ports.items():
        command = command.replace(f":{printed}/", f":{port}/")
    return subprocess.run(
        [*shlex.split(command, comments=True), "-sS", "--fail", "--noproxy", "*"],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


def test_the_help_shows_the_controls() -> None:
    """Who asks for help is shown how to move the clock, all faults, and one of them."""
    commands = " ".join(curls(help_text()))

    shown = ["/_twin/clock", "/_twin/faults", "/_twin/faults"]
    assert shown == re.findall(r"/_twin/\w+", commands)


def test_the_help_fits_80_columns() -> None:
    """No line of the help is broken by a terminal."""
    assert [] == [line for line in help_text().splitlines() if len(line) > 80]
