"""No way leads out of a run, in any of its phases."""

from __future__ import annotations

import json
import select
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.network.ways_out import WAYS
from tests.project import NEW_ITEM, ROOT, Project

#: Each phase of a run calls all ways.
CONFTEST = """

import sys
sys.path.append({root!r})
import functools
from pathlib import Path
import pytest
from tests.network.ways_out import go_out as _go_out

out = functools.cache(functools.partial(_go_out, port={port}, file=Path({file!r})))
out("loading")

def pytest_configure(): out("configuration")
def pytest_collection_finish(): out("collection")
def pytest_bdd_before_step(): out("hook of a step")
def pytest_sessionfinish(): out("end")
def pytest_unconfigure(): out("very end")

@pytest.fixture(autouse=True)
def _around(request):
    out("fixture")
    yield
    out("teardown")
"""
#: A module of tests, and a property.
MODULE = """
from conftest import out
from hypothesis import given, settings, strategies

out("import of a module")

def test_it():
    out("test")

@settings(max_examples=1, database=None, deadline=None)
@given(strategies.none())
def test_property(_):
    out("property")
"""


@dataclass
class Listener:
    """Two sockets, for streams and datagrams, on one port of loopback."""

    stream: socket.socket
    datagrams: socket.socket

    @property
    def port(self) -> int:
        """Return the port."""
        port: int = self.stream.getsockname()[1]
        return port

    def is_reached(self) -> bool:
        """Return whether anything has arrived."""
        return bool(select.select([self.stream, self.datagrams], [], [], 0)[0])


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Listen on all addresses of this machine."""
    with (
        socket.create_server(("", 0)) as stream,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        datagrams.bind(("", stream.getsockname()[1]))
        yield Listener(stream, datagrams)


@pytest.mark.slow
def test_no_way_leads_out_of_a_run(
    project: Project, listener: Listener, tmp_path: Path
) -> None:
    """Each way is refused in each phase, and nothing arrives at the listener."""
    file = tmp_path / "ways.jsonl"
    code = CONFTEST.format(root=str(ROOT), port=listener.port, file=str(file))
    project.append("conftest.py", code)
    project.append("test_module.py", MODULE)
    project.run(NEW_ITEM, "test_module.py")
    tried = [json.loads(line) for line in file.read_text().splitlines()]
    phases = Counter(phase for phase, *_ in tried)
    print(f"{len(WAYS)} ways in {len(phases)} phases: {len(phases) * len(WAYS)}")  # noqa: T201

    assert (11, [], False) == (
        len(phases),
        [each for each in tried if each[2] != "refused"],
        listener.is_reached(),
    )


@pytest.mark.parametrize("way", ["connect", "connect_ex", "thread", "sendto"])
def test_the_listener_detects_what_is_not_refused(way: str, listener: Listener) -> None:
    """Without the guard a way leads to the listener: it would detect one."""
    WAYS[way](listener.port)

    assert listener.is_reached()
