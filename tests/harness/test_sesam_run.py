"""A run of the checklist with `--sync sesam`, from the settings to the verdict.

The node is a stand-in whose pumps let a good sync run, which the checklist must let
pass, or do nothing, which it must notice.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dataflow.twin import pair
from dataflow.vendors.connection import Connection
from tests.harness.sesam_node import (
    JWT,
    Pump,
    PumpFailedError,
    SesamNode,
    failing,
    sesam_node,
)
from tests.harness.test_plugin import free_ports
from tests.project import ITEMS, STRANGER, USAGE_ERROR, ChecklistRun, Project, tally

#: They listen on ports that were free before.
pytestmark = pytest.mark.xdist_group("ports")

INCONCLUSIVE = 75

#: A sync that says the token, as none should.
SAYS_THE_TOKEN = """

import os

import pytest


@pytest.fixture(autouse=True)
def _says(request):
    request.node.add_report_section("call", "said", os.environ["SESAM_JWT"])
"""

NEW_RECORD = "items-item.every.new-record"

#: Something new, that all is at rest afterwards, and an edit. A node remembers what it
#: has met, and the twins begin anew with each check: so each has a run to itself.
CHECKS = (
    NEW_RECORD,
    pytest.param("items-item.every.sync-again", marks=pytest.mark.night),
    pytest.param("invoices-order.currency.edited-in-invoiced", marks=pytest.mark.night),
)


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Return free ports for the twins; the environment holds the node's token."""
    monkeypatch.setenv("SESAM_JWT", JWT)
    invoiced, chargebee = free_ports(2)
    return invoiced, chargebee


def syncing(ports: tuple[int, int], folder: Path) -> Callable[[], int]:
    """Return the work of a pump that runs the plain sync, on twins at these ports."""
    connection = Connection(
        f"http://127.0.0.1:{ports[0]}",
        pair.INVOICED_KEY,
        f"http://127.0.0.1:{ports[1]}/api/v2",
        pair.CHARGEBEE_KEY,
        pair.SITE,
    )
    variables = os.environ | connection.environment(folder, 0)

    def work() -> int:
        done = subprocess.run(
            [sys.executable, str(STRANGER)],
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PumpFailedError(done.stderr)
        return 1

    return work


def checked(
    project: Project, node: SesamNode, ports: tuple[int, int], *asked: str
) -> ChecklistRun:
    """Run the checklist with the pipes of a node as the sync under test."""
    project.append(
        "dataflow.toml",
        f'\n[sync.sesam]\nnode = "{node.url}"\npipes = ["collect", "share"]\n'
        "polling = 0.01\n",
    )
    at = f"{ports[0]},{ports[1]}"
    return project.run("features", "--sync", "sesam", "--twin-ports", at, *asked)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS)
def test_a_node_that_syncs_holds(
    check: str, ports: tuple[int, int], tmp_path: Path
) -> None:
    """Where the pumps let a good sync run, a check holds."""
    project = Project(tmp_path, ("items-item", "invoices-order"))
    share = Pump(work=syncing(ports, tmp_path / "state"))
    with sesam_node(collect=Pump(), share=share) as node:
        done = checked(project, node, ports, "-m", check)

    assert (0, "1 passed") == (done.status, tally(done)[:8])


@pytest.mark.night
def test_a_node_that_does_nothing_fails(
    project: Project, ports: tuple[int, int]
) -> None:
    """Where the pumps do nothing, a check is red, with what the pipes said.

    And what the run leaves behind holds no token: anybody may read a report.
    """
    reports = ("--junitxml=run.xml", "--alluredir=run")
    project.append("conftest.py", SAYS_THE_TOKEN)
    with sesam_node(collect=Pump(), share=Pump()) as node:
        done = checked(project, node, ports, "-m", NEW_RECORD, *reports)

    left = [project.folder / "run.xml", *(project.folder / "run").glob("*")]
    assert (1, "1 failed", True, []) == (
        done.status,
        tally(done)[:8],
        "The pipe 'share' has run, without an entry in its log." in done.output,
        [path.name for path in left if JWT in path.read_text("utf-8")],
    )


@pytest.mark.night
def test_a_pump_that_fails_is_red_with_its_reason(
    project: Project, ports: tuple[int, int]
) -> None:
    """Where a pump fails, the check is red, with what the node says of it."""
    share = Pump(work=failing("no such column: name"))
    with sesam_node(collect=Pump(), share=share) as node:
        done = checked(project, node, ports, "-m", NEW_RECORD)

    assert (1, True) == (
        done.status,
        "The pump of the pipe 'share' failed: no such column: name" in done.output,
    )


def test_a_node_in_trouble_is_inconclusive(
    project: Project, ports: tuple[int, int]
) -> None:
    """Where the node is too busy, nothing can be told, and its token is not shown."""
    with sesam_node() as node:
        node.status = 503
        done = checked(project, node, ports, "-m", NEW_RECORD)

    assert (INCONCLUSIVE, True, False) == (
        done.status,
        "1 inconclusive" in tally(done),
        JWT in done.output,
    )


def test_missing_settings_are_one_sentence(
    project: Project, ports: tuple[int, int]
) -> None:
    """Pytest does not begin without a node, and says what to write."""
    del ports
    done = project.run("--sync", "sesam", ITEMS)
    sentence = (
        f"ERROR: {project.folder / 'dataflow.toml'} has no node in [sync.sesam]:"
        ' write node = "https://NAME/api".'
    )

    assert (USAGE_ERROR, sentence) == (done.status, done.output.strip())


def test_the_settings_of_a_node_disturb_no_other_sync(
    project: Project, ports: tuple[int, int]
) -> None:
    """A file that names a node is read by the reference sync as well."""
    del ports
    project.append(
        "dataflow.toml",
        '\n[sync.sesam]\nnode = "https://node.example/api"\npipes = ["a"]\n',
    )
    done = project.run("-m", NEW_RECORD, ITEMS)

    assert 0 == done.status
