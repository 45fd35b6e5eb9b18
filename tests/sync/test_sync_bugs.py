"""The state machine finds each seeded bug of the sync: `make bugs` shows them all."""

from __future__ import annotations

import time

import pytest
from hypothesis.stateful import run_state_machine_as_test

from dataflow.errors import DataflowError
from properties.bugs import BUGS, Bug
from properties.machine import SyncMachine
from properties.profiles import IN_CI, register, share
from properties.test_sync_machine import PERCENT

#: These are looked for in each run, since they are found at once; all others at night.
OFTEN = frozenset({"a conflict is not reported", "one side always wins"})

PARAMS = [
    pytest.param(bug, id=bug.name, marks=() if bug.name in OFTEN else pytest.mark.night)
    for bug in BUGS
]


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("bug", PARAMS)
def test_the_state_machine_finds_a_bug(bug: Bug) -> None:
    """With the bug, one of the examples that CI tries fails."""
    register()
    budget = share(PERCENT, shrink=False, profile=IN_CI)
    SyncMachine.reached.clear()
    started = time.monotonic()
    with bug.made(), pytest.raises((AssertionError, DataflowError)) as found:
        run_state_machine_as_test(SyncMachine, settings=budget)
    seconds = time.monotonic() - started
    where = found.traceback[-1].name
    examples = SyncMachine.reached["example"]
    print(f"| {bug.name} | {where} | {examples} | {seconds:.0f} s |")  # noqa: T201
