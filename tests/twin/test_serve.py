"""`dataflow twin`: addresses, signals, state, sample, log and help."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from dataflow.cli import main
from dataflow.twin.clock import AdjustableClock, ManualClock
from dataflow.twin.gateway import Seed
from dataflow.twin.http_server import LOOPBACK
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, Addresses, TwinPair
from dataflow.twin.serve import StateFile, catch_stop_signals, serve
from tests.cli.running import COMMAND, ended, free_port, twin_program

PAGE = Path(__file__).parents[2] / "docs" / "twins.md"
SECONDS = 30

curled = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")


@contextmanager
def program(*options: str) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """Run `dataflow twin`; yield it and the JSON that it printed."""
    with twin_program(str(COMMAND), "twin", *options) as (process, line):
        yield process, json.loads(line)


def stop(
    process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT
) -> tuple[int, str, str]:
    """Send a signal, and return the status, output and error output."""
    process.send_signal(number)
    return ended(process)


def names(addresses: Addresses) -> list[str]:
    """Return the names of Invoiced's customers."""
    url = f"{addresses.invoiced_url}/customers"
    return [each["name"] for each in httpx.get(url, auth=(INVOICED_KEY, "")).json()]


def make_ada(url: str) -> None:
    """Make a customer in Invoiced."""
    made = httpx.post(f"{url}/customers", json={"name": "Ada"}, auth=(INVOICED_KEY, ""))
    made.raise_for_status()


# The addresses


def test_twins_print_where_they_are() -> None:
    """One line is printed: the addresses of both twins, with what a client needs.

    Both answer at their address, with their key.
    """
    with program() as (_, found):
        answers = [
            httpx.get(f"{twin['url']}/customers", auth=(twin["key"], ""))
            for twin in (found["invoiced"], found["chargebee"])
        ]
    root = "http://127.0.0.1:[0-9]+"

    assert (
        {"invoiced": ["key", "url"], "chargebee": ["key", "site", "url"]},
        True,
        True,
        [(200, []), (200, {"list": []})],
    ) == (
        {name: sorted(values) for name, values in found.items()},
        bool(re.fullmatch(root, found["invoiced"]["url"])),
        bool(re.fullmatch(f"{root}/api/v2", found["chargebee"]["url"])),
        [(answer.status_code, answer.json()) for answer in answers],
    )


def test_twins_are_controlled() -> None:
    """The clock of served twins can be set, though it goes by itself."""
    with program() as (_, found):
        url = f"{found['invoiced']['url']}/_twin/clock"
        clock = httpx.post(url, json={"frozen": True, "set": 9_000_000_000})

    assert {"seconds": 9_000_000_000, "frozen": True} == clock.json()


def test_the_ports_can_be_chosen() -> None:
    """Each twin listens on its port."""
    ports = (free_port(), free_port())
    with serve(*ports) as addresses:
        assert (
            Addresses(
                f"http://{LOOPBACK}:{ports[0]}", f"http://{LOOPBACK}:{ports[1]}/api/v2"
            )
            == addresses
        )


@pytest.mark.parametrize("option", ["--invoiced-port", "--chargebee-port"])
def test_a_taken_port_is_one_sentence(option: str) -> None:
    """A port on which another program listens is one sentence, and status 1."""
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        result = CliRunner().invoke(main, ["twin", option, str(port)])
    sentence = (
        f"Error: Port {port} cannot be listened on (Address already in use): choose"
        " another, or 0 for any that is free.\n"
    )

    assert (1, sentence) == (result.exit_code, result.output)


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_what_is_no_port_is_refused(port: str) -> None:
    """What is no port is a wrong use of the command, and status 2."""
    result = CliRunner().invoke(main, ["twin", "--invoiced-port", port])

    assert (2, True) == (
        result.exit_code,
        "Error: Invalid value for '--invoiced-port'" in result.output,
    )


# The signals


def handlers() -> list[object]:
    """Return the handlers of the signals that end the twins."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    return [signal.getsignal(number) for number in numbers]


def test_the_signal_handlers_are_restored(tmp_path: Path) -> None:
    """After the command, the signals do what they did before."""
    before = handlers()
    wrong = ["twin", "--state", str(tmp_path / "nowhere" / "twins.json")]
    CliRunner().invoke(main, wrong)

    assert before == handlers()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_caught(number: signal.Signals) -> None:
    """A signal to stop arrives in the queue, and its handler is restored."""
    before = handlers()
    with catch_stop_signals() as stop:
        signal.raise_signal(number)
        caught = stop.get(timeout=SECONDS)

    assert (number, before) == (caught, handlers())


def test_twins_in_the_background_end_on_ctrl_c() -> None:
    """Twins that a shell started in the background, without Ctrl-C, react to it."""
    ignore = 'trap "" INT; exec "$0" twin'
    with twin_program("sh", "-c", ignore, str(COMMAND)) as (process, _):
        assert (0, "", "") == stop(process)


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
        status = stop(process, number)
    with serve(0, 0, state=file) as addresses:
        found = names(addresses)

    assert ((0, "", ""), ["Ada"]) == (status, found)


def test_a_state_that_is_not_there_is_begun(tmp_path: Path) -> None:
    """Where there is no file yet, there is one as soon as the twins are served."""
    file = tmp_path / "twins.json"
    with serve(0, 0, state=file):
        twins = json.loads(file.read_text("utf-8"))["twins"]

    assert ["Chargebee", "Invoiced"] == sorted(twins)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "It is no JSON"),
        ('{"version": 1}', "it has version 1, and these twins read version 2"),
        ('{"version": 2, "twins": {"X": {}}}', "it has no Invoiced and Chargebee"),
    ],
    ids=["empty", "the version before", "another twin's"],
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
    """A folder that does not exist is an error at the start, not at the end."""
    file = tmp_path / "nowhere" / "twins.json"
    result = CliRunner().invoke(main, ["twin", "--state", str(file)])

    assert (1, True) == (
        result.exit_code,
        result.output.startswith(f"Error: {file} cannot be written (No such file"),
    )


def test_changes_are_saved_at_intervals(tmp_path: Path) -> None:
    """The file has a change before the end, and is not replaced without one."""
    clock, path = AdjustableClock(ManualClock()), tmp_path / "twins.json"
    pair, found = TwinPair(clock), list[bool]()

    def wait(_seconds: float) -> bool:
        found.append(path.exists())
        path.unlink(missing_ok=True)
        if len(found) == 3:
            pair.invoiced.seed([Seed("/customers", {"name": "Ada"})])
        return len(found) == 4

    StateFile(path, pair, clock).save_until(wait)

    assert [False, True, False, True] == found


# The sample


def test_a_sample_fills_a_state_without_records(tmp_path: Path) -> None:
    """Twins that were kept empty get the sample too."""
    file = tmp_path / "twins.json"
    for sample in (False, True):
        with serve(0, 0, sample=sample, state=file) as addresses:
            found = len(names(addresses))

    assert 5 == found


def test_a_sample_on_request(tmp_path: Path) -> None:
    """A sample is there on request, and once: a state that has one keeps it."""
    file = tmp_path / "twins.json"
    found = []
    for _ in range(2):
        with serve(0, 0, sample=True, state=file) as addresses:
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
        runs = [
            CliRunner().invoke(main, ["sync", "--no-log"], env=there) for _ in range(2)
        ]

    assert [(0, "6 created, 3 adopted"), (0, "nothing to do")] == [
        (run.exit_code, run.output.splitlines()[0]) for run in runs
    ]


# The log


def test_a_log_on_request() -> None:
    """Each call is a line on the standard error, in plain letters, without a key."""
    with program("--log") as (process, told):
        make_ada(told["invoiced"]["url"])
        httpx.get(f"{told['chargebee']['url']}/orders", auth=(CHARGEBEE_KEY, ""))
        _, output, log = stop(process)
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
    """The help shows how to move the clock, all faults, and one of them."""
    commands = " ".join(curls(help_text()))

    shown = ["/_twin/clock", "/_twin/faults", "/_twin/faults"]
    assert shown == re.findall(r"/_twin/\w+", commands)


def test_the_help_fits_80_columns() -> None:
    """No line of the help is broken by a terminal."""
    assert [] == [line for line in help_text().splitlines() if len(line) > 80]
