"""Accounts that are full of others' records, and of what a killed run has left."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataflow.record_types.model import CUSTOMER
from dataflow.sandbox.lock import LOCK_ID
from dataflow.twin.clock import SystemClock
from tests.project import Project, environment, tally
from tests.sandbox.accounts import Accounts, accounts
from tests.sandbox.records import seed_strangers


class BehindClock(SystemClock):
    """The machine's clock, `behind` by so many seconds."""

    behind = 0

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return super().milliseconds() - self.behind * 1000


#: Of others, on either side.
STRANGERS = 2_500
DAY = 24 * 60 * 60

#: More of them would have to wait: a minute takes so many calls.
CHOSEN = ("-m", "invoices-order.every.stranger")
NEW_ITEM = ("-m", "items-item.every.new-record")

#: The machine goes down in the middle of a scenario.
KILLED = """

import os
import signal


def pytest_bdd_after_step(step):
    if step.name == "the sync catches up":
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def crowded() -> Iterator[Accounts]:
    """Serve accounts that others have filled, a day ago."""
    clock = BehindClock()
    clock.behind = DAY
    with accounts(clock) as served:
        seed_strangers(served.twins, STRANGERS)
        clock.behind = 0
        yield served


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return the whole checklist, on accounts whose lists show all at once."""
    sections = ("customers-person-customer", "invoices-order", "items-item")
    project = Project(tmp_path, sections)
    project.replace("dataflow.toml", "list_lag = 5", "list_lag = 0")
    return project


def sweep(project: Project, crowded: Accounts) -> int:
    """Sweep everything that bears a mark, and return the status."""
    done = subprocess.run(
        [Path(sys.executable).with_name("dataflow"), "sweep", "--yes"],
        cwd=project.folder,
        env=environment() | crowded.variables(),
        check=False,
    )
    return done.returncode


def live(state: dict[str, Any]) -> set[str]:
    """Return the names of what is there for its owner; locks are nobody's record."""
    gone = {"cancelled", "voided", "archived"}
    return {
        name
        for name, record in state.items()
        if not record.get("deleted")
        and record.get("status") not in gone
        and record.get("active") is not False
        and LOCK_ID not in name
    }


def test_only_records_of_the_run_are_touched(
    project: Project, crowded: Accounts
) -> None:
    """A check holds among thousands of records, and all that it made is removed.

    The family in which items are sold stays.
    """
    before = crowded.state()
    done = crowded.run(project, *CHOSEN)
    after = crowded.state()

    assert ("1 passed, 94 deselected", [], set()) == (
        tally(done),
        [name for name in before if before[name] != after.get(name)][:5],
        live(after) - live(before),
    )


def test_a_killed_run_is_swept(project: Project, crowded: Accounts) -> None:
    """What was left in the middle of a scenario is found and removed."""
    before = crowded.state()
    project.append("conftest.py", KILLED)
    crowded.run(project, *NEW_ITEM)
    in_the_middle = live(crowded.state()) - before.keys()
    crowded.chargebee.delete(CUSTOMER, LOCK_ID)
    status = sweep(project, crowded)
    after = crowded.state()

    assert (0, True, {"Chargebee item_family invoiced"}, []) == (
        status,
        len(in_the_middle) > 1,
        live(after) - before.keys(),
        [name for name in before if before[name] != after.get(name)][:5],
    )
