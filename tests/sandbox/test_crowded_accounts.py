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
from tests.harness.project import Project, environment, tally
from tests.sandbox.leftover_accounts import seed_strangers, state_of
from tests.sandbox.vendors import BehindClock, Vendors, vendors

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
def crowded() -> Iterator[Vendors]:
    """Serve accounts that others have filled, a day ago."""
    clock = BehindClock()
    clock.behind = DAY
    with vendors(clock) as served:
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


def sweep(project: Project, accounts: Vendors) -> int:
    """Sweep everything that bears a mark, and return the status."""
    done = subprocess.run(
        [Path(sys.executable).with_name("dataflow"), "sweep", "--yes"],
        cwd=project.folder,
        env=environment() | accounts.variables(),
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


def test_others_are_left_as_they_are(project: Project, crowded: Vendors) -> None:
    """A check holds among thousands of records, of which none is touched."""
    before = state_of(crowded.connection())
    done = crowded.run(project, *CHOSEN)
    after = state_of(crowded.connection())

    assert ("1 passed, 94 deselected", []) == (
        tally(done),
        [name for name in before if before[name] != after.get(name)][:5],
    )


def test_nothing_of_ours_stays(project: Project, crowded: Vendors) -> None:
    """What a run made is gone again, but for the family that items are sold in."""
    before = live(state_of(crowded.connection()))
    crowded.run(project, *CHOSEN)
    after = live(state_of(crowded.connection()))

    assert set() == after - before


def test_a_killed_run_is_swept(project: Project, crowded: Vendors) -> None:
    """What was left in the middle of a scenario is found and removed."""
    before = state_of(crowded.connection())
    project.append("conftest.py", KILLED)
    crowded.run(project, *NEW_ITEM)
    in_the_middle = live(state_of(crowded.connection())) - before.keys()
    crowded.site().delete(CUSTOMER, LOCK_ID)
    status = sweep(project, crowded)
    after = state_of(crowded.connection())

    assert (0, True, {"Chargebee item_family invoiced"}, []) == (
        status,
        len(in_the_middle) > 1,
        live(after) - before.keys(),
        [name for name in before if before[name] != after.get(name)][:5],
    )
