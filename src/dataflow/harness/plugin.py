"""The harness as a pytest plugin: what happens around scenarios, and what they get."""

from __future__ import annotations

import hashlib
import itertools
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pytest_bdd.parser import Scenario, Step

from dataflow.checklist.check import Standing
from dataflow.harness.catching_up import CatchingUp
from dataflow.harness.chargebee_site import ChargebeeSite
from dataflow.harness.collecting import FEATURE, collector_for
from dataflow.harness.connection import Connection
from dataflow.harness.failing import FAILED
from dataflow.harness.invoiced_account import InvoicedAccount
from dataflow.harness.kinds import ORDER
from dataflow.harness.marks import Marks
from dataflow.harness.no_detours import no_detours
from dataflow.harness.notes import Notes
from dataflow.harness.options import GUARD, MARKS, PORTS, SYNC, WEATHER
from dataflow.harness.recipes import Kitchen
from dataflow.harness.recorded_target import RecordedTarget
from dataflow.harness.refusal import TargetFailedError
from dataflow.harness.sdk import chargebee_client, invoiced_client
from dataflow.harness.syncs import Run
from dataflow.harness.tapes import CASSETTES, Tape
from dataflow.harness.targets import Target
from dataflow.harness.twin_target import (
    LastingTwinTarget,
    MakeTarget,
    RecordingTwinTarget,
    TwinTarget,
    twin_target,
)
from dataflow.harness.weather import Sky
from dataflow.harness.weathered_target import WeatheredTwinTarget
from dataflow.harness.world import World


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    """Collect features, and whatever would get lost beside them."""
    return collector_for(file_path, parent)


def pytest_bdd_apply_tag(tag: str, function: Callable[..., object]) -> bool | None:
    """Leave check ids to the collector."""
    del function
    # The collector has made a marker of the check id; pytest-bdd's way would refuse it.
    return None if tag in list(Standing) else True


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a result say which check it is of."""
    if FEATURE in item.stash:
        section = item.stash[FEATURE].section
        item.user_properties.append(("check", f"{section}.{item.name}"))


def pytest_bdd_before_scenario(request: pytest.FixtureRequest) -> None:
    """Start the tape, if there is one."""
    tape: Tape = request.getfixturevalue("tape")
    tape.start()


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
    notes = Notes(request.node.user_properties)
    notes.evidence(target.evidence())
    notes.unconfirmed(target.unconfirmed())
    notes.troubles(target.troubles())
    failures = target.take_failures()
    tape.stop(held=sys.exception() is None and not failures)
    if failures:
        raise TargetFailedError(failures[0])


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Iterator[Target]:
    """Both systems, for the whole run."""
    if pytestconfig.getoption("--target") == "recorded":
        yield RecordedTarget(pytestconfig.rootpath / CASSETTES)
        return
    with twin_target(*pytestconfig.stash[PORTS], _make(pytestconfig)) as target:
        yield target


def _make(config: pytest.Config) -> MakeTarget:
    """Return the kind of twins that was chosen."""
    if config.getoption("--record"):
        return partial(RecordingTwinTarget, cassettes=config.rootpath / CASSETTES)
    if config.getoption("--sync") == "wait":
        return LastingTwinTarget
    weather = config.stash[WEATHER]
    if weather.sky is not Sky.FAIR:
        return partial(WeatheredTwinTarget, weather=weather)
    return TwinTarget


@pytest.fixture
def tape(request: pytest.FixtureRequest, target: Target) -> Iterator[Tape]:
    """Lend what lies between this scenario and the network."""
    # A replay is shut off from the network, and its addresses are nobody's.
    replays = request.config.getoption("--target") == "recorded"
    with no_detours() if replays else request.config.stash[GUARD].watching():
        yield target.begin(dict(request.node.user_properties)["check"])


@pytest.fixture
def connection(target: Target, tape: Tape) -> Connection:
    """Where both systems are."""
    del tape  # It has put the accounts there.
    return target.connection


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    target: Target,
    tape: Tape,
    tmp_path: Path,
) -> World:
    """Return what the steps of one scenario share."""
    account = InvoicedAccount(invoiced_client(target.connection))
    sync = request.config.stash[SYNC]

    def run() -> Run:
        environment = target.connection.environment(tmp_path, scenario.since)
        with target.troubled():
            done = sync.run(environment)
        request.node.add_report_section("call", "sync under test", done.output)
        return done

    scenario = World(
        invoiced=account,
        chargebee=ChargebeeSite(chargebee_client(target.connection)),
        marks=Marks(
            request.config.stash[MARKS],
            lambda record_id: account.get(ORDER, record_id) is not None,
        ),
        kitchen=Kitchen(account, _names(tape.seed)),
        notes=Notes(request.node.user_properties),
        catching_up=CatchingUp(
            run=run,
            tick=target.tick,
            settle=target.settle,
            tries=request.config.stash[WEATHER].tries(sync.tries),
            quiet=sync.quiet,
        ),
        let_pass=target.let_pass,
    )
    return scenario


def _names(seed: str) -> Callable[[str], str]:
    """Return names that no other scenario uses, and that are the same in every run."""
    token = hashlib.sha256(seed.encode()).hexdigest()[:6]
    numbers = itertools.count(1)
    return lambda word: f"{word} {token}-{next(numbers)}"
