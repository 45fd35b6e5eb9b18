"""The `dataflow` command and the twins, as the tests of the command use them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import httpx
from click.testing import CliRunner, Result

from dataflow.cli import main
from dataflow.twin.clock import ManualClock
from dataflow.twin.http_server import LOOPBACK
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE

ROOT = Path(__file__).parents[2]

#: The command as it was installed beside this Python.
COMMAND = Path(sys.executable).with_name("dataflow")

VARIABLES = [
    "DATAFLOW_INVOICED_URL",
    "DATAFLOW_INVOICED_KEY",
    "DATAFLOW_CHARGEBEE_URL",
    "DATAFLOW_CHARGEBEE_KEY",
    "DATAFLOW_CHARGEBEE_SITE",
    "DATAFLOW_STATE_DIR",
]

#: Far longer than anything here takes.
SECONDS = 30

Environment: TypeAlias = dict[str, str]


@dataclass(frozen=True)
class Twins:
    """Both twins, and a way to call them."""

    invoiced: httpx.Client
    chargebee: httpx.Client
    clock: ManualClock
    environment: Environment

    def make(self, kind: str, **fields: object) -> int:
        """Make a record in Invoiced and return its id."""
        answer = self.invoiced.post(f"/{kind}", json=fields)
        answer.raise_for_status()
        made: int = answer.json()["id"]
        return made

    def all_of(self, kind: str) -> list[dict[str, Any]]:
        """Return the records of one kind in Chargebee, as its list has them."""
        answer = self.chargebee.get(f"/{kind}s", params={"limit": "100"})
        return [entry[kind] for entry in answer.json()["list"]]


def client(url: str, key: str) -> httpx.Client:
    """Return a client of one twin."""
    return httpx.Client(base_url=url, auth=(key, ""))


def sync_variables(invoiced_url: str, chargebee_url: str) -> Environment:
    """Return the variables of `dataflow sync` for both twins."""
    return {
        "DATAFLOW_INVOICED_URL": invoiced_url,
        "DATAFLOW_INVOICED_KEY": INVOICED_KEY,
        "DATAFLOW_CHARGEBEE_URL": chargebee_url,
        "DATAFLOW_CHARGEBEE_KEY": CHARGEBEE_KEY,
        "DATAFLOW_CHARGEBEE_SITE": SITE,
        "DATAFLOW_STATE_DIR": "state",
    }


def run(*arguments: str, environment: Mapping[str, str] | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, arguments, prog_name="dataflow", env=environment)


def done(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Run the command, which has to end well, and return what it printed."""
    result = run(*arguments, environment=environment)
    assert result.exit_code == 0, result.output
    return result.stdout


def program(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Run the command as a program; return its status, output and error output."""
    ended = subprocess.run(
        [COMMAND, *arguments],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return ended.returncode, ended.stdout, ended.stderr


@contextmanager
def twin_program(*command: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a program that is `dataflow twin`; yield it and the line that it printed."""
    with subprocess.Popen(
        command or (str(COMMAND), "twin"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline()
        finally:
            process.kill()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for the end; return the status, and what was printed since."""
    output, complaint = process.communicate(timeout=SECONDS)
    return process.returncode, output, complaint


def in_folder(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
    return port
