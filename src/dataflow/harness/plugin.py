"""The harness as a pytest plugin: what happens around scenarios."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_bdd.parser import Scenario, Step

from dataflow.checklist.check import Basis
from dataflow.contract.options import SANDBOX
from dataflow.harness.collecting import FEATURE, collector_for
from dataflow.harness.failing import FAILED
from dataflow.harness.options import goes_in_real_time
from dataflow.harness.scenario.world import CheckNotes
from dataflow.harness.targets.cleaning import clean_up
from dataflow.harness.targets.leaving_out import too_long, too_much
from dataflow.harness.targets.sandbox_target import SandboxTarget
from dataflow.harness.targets.tapes import Tape
from dataflow.harness.targets.target import Target
from dataflow.harness.vendors.refusal import TargetFailedError

#: Seconds that a scenario may take where the pace is others': 201 records are minutes.
#: The lock of the accounts is held for longer.
_AT_THEIR_PACE = 50 * 60


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    """Collect features, and whatever would get lost beside them."""
    return collector_for(file_path, parent)


def pytest_bdd_apply_tag(tag: str, function: Callable[..., object]) -> bool | None:
    """Leave check ids to the collector."""
    del function
    # The collector has made a marker of the check id; pytest-bdd's way would refuse it.
    return None if tag in list(Basis) else True


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a result say which check it is of."""
    if FEATURE in item.stash:
        section = item.stash[FEATURE].section
        item.user_properties.append(("check", f"{section}.{item.name}"))
        if _others_set_the_pace(item.config):
            item.add_marker(pytest.mark.timeout(_AT_THEIR_PACE))


def _others_set_the_pace(config: pytest.Config) -> bool:
    """Tell whether accounts, or a real clock, let a scenario wait."""
    return config.stash[SANDBOX] is not None or goes_in_real_time(config)


def pytest_bdd_before_scenario(
    request: pytest.FixtureRequest, scenario: Scenario
) -> None:
    """Start the tape, if there is one, unless the scenario is not for this target."""
    config = request.config
    why_not = _left_out(config, scenario)
    if why_not:
        pytest.skip(why_not)
    tape: Tape = request.getfixturevalue("tape")
    tape.start()


def _left_out(config: pytest.Config, scenario: Scenario) -> str | None:
    """Return why a scenario is not for the target that was chosen."""
    on_accounts = config.stash[SANDBOX] is not None
    if not (on_accounts or goes_in_real_time(config)):
        return None
    by_day = on_accounts and not config.getoption("--night")
    return too_long(scenario) or (too_much(scenario) if by_day else None)


def pytest_bdd_before_step(request: pytest.FixtureRequest) -> None:
    """Let the vendors' time pass between two steps."""
    target: Target = request.getfixturevalue("target")
    target.tick()


def pytest_bdd_step_error(
    request: pytest.FixtureRequest, scenario: Scenario, step: Step
) -> None:
    """Remember where a scenario stopped, to show it."""
    request.node.stash[FAILED] = (scenario, step)


def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """Stop the tape, and let the verdict say what it rests on."""
    target: Target = request.getfixturevalue("target")
    tape: Tape = request.getfixturevalue("tape")
    notes = CheckNotes(request.node.user_properties)
    notes.evidence(target.evidence())
    notes.unconfirmed(target.unconfirmed())
    notes.troubles(target.troubles())
    held = sys.exception() is None
    failures = target.take_failures(held=held)
    tape.stop(held=held and not failures)
    if isinstance(target, SandboxTarget):
        # Nobody else has anything to clear away, a replay of such a scenario neither.
        with target.cleaning():
            clean_up(request.getfixturevalue("world"), held=held and not failures)
    notes.calls(target.calls())
    if failures:
        raise TargetFailedError(failures[0])
