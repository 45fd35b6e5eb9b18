"""The report of Allure and its gate, as `make report` makes them, in a browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cases import cases
from tests.harness.test_waivers import FAILING, TABLE
from tests.project import NEW_ITEM, ROOT, Project
from tests.report.test_sheet import CHROMIUM

pytestmark = [
    pytest.mark.night,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(shutil.which("npx") is None, reason="Node.js is not installed"),
]

CHECK = "items-item.every.new-record"

#: A conftest.py that lets a Then fail, after calls of both vendors.
UNMET = """
def pytest_bdd_before_step_call(step):
    if step.type == "then":
        raise AssertionError("It is not there.")
"""


def render(project: Project, table: str, conftest: str) -> int:
    """Run a check and render its reports; return the status of `make report`."""
    project.append("conftest.py", conftest)
    project.append("waivers.toml", table)
    project.run(NEW_ITEM, has_reports=True)
    command = "make", "--no-print-directory", "report"
    reports = {"REPORTS": str(project.folder / "reports")}
    done = subprocess.run(command, cwd=ROOT, env=os.environ | reports, check=False)
    return done.returncode


def show(address: str, folder: Path) -> tuple[str, set[str]]:
    """Return what a page shows, and the hosts that it calls."""
    log = folder / "network.json"
    done = subprocess.run(
        [
            *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu"),
            *(f"--user-data-dir={folder}/profile", f"--log-net-log={log}"),
            *("--virtual-time-budget=10000", "--dump-dom", address),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    # The browser itself calls its maker; a page would name itself as initiator.
    requests = re.findall(
        r'"initiator":"([^"]*)"[^}]*"url":"(http[^"]*)"', log.read_text()
    )
    return done.stdout, {
        url for initiator, url in requests if initiator != "not an origin"
    }


@cases(
    "table, conftest, status",
    {
        "holds": ("", "", 0),
        "fails": ("", FAILING, 1),
        "waived": (TABLE, FAILING, 0),
    },
)
def test_the_gate_has_the_status_of_the_run(
    project: Project, table: str, conftest: str, status: int
) -> None:
    """The status of `make report` is 0 if no failure is unwaived, as in pytest."""
    assert bool(status) == bool(render(project, table, conftest))


def test_a_reader_finds_why_a_check_failed(project: Project) -> None:
    """The sheet leads to the page of the failed check, which shows the reason."""
    render(project, "", UNMET)
    reports = project.folder / "reports"
    sheet, called = show(f"file://{reports}/sign-off.html", project.folder)
    (link,) = re.findall(rf'id="{CHECK}"><td><a href="([^"]*)"', sheet)
    page, more = show(f"file://{reports}/{link}", project.folder)

    assert (set(), set()) == (called, more)
    assert [] == [
        text
        for text in (
            "It is not there.",
            "sync lost an edit",
            "critical",
            "HTTP exchanges",
        )
        if text not in page
    ]
