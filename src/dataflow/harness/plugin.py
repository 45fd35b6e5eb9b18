"""The harness as a pytest plugin: what happens around scenarios, and what they get."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from pytest_bdd.parser import Scenario, Step

from dataflow.checklist.check import Standing
from dataflow.contract.options import SANDBOX
from dataflow.harness.catching_up import CatchingUp
from dataflow.harness.chargebee_site import ChargebeeSite
from dataflow.harness.cleaning import clean_up
from dataflow.harness.collecting import FEATURE, collector_for
from dataflow.harness.connection import Connection
from dataflow.harness.failing import FAILED
from dataflow.harness.invoiced_account import InvoicedAccount
from dataflow.harness.kinds import ORDER
from dataflow.harness.marks import Marks
from dataflow.harness.no_detours import no_detours
from dataflow.harness.notes import Notes
from dataflow.harness.options import GUARD, MARKS, PORTS, SYNC, WAITS, WEATHER
from dataflow.harness.recipes import Kitchen
from dataflow.harness.recorded_target import RecordedTarget
from dataflow.harness.refusal import TargetFailedError
from dataflow.harness.sandbox_run import left_out, refuse_unfit, sandbox_run
from dataflow.harness.sandbox_target import SandboxTarget
from dataflow.harness.scope import Scope
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
from dataflow.sandbox.needs import needs_of
from dataflow.settings import FILE_NAME

#: Syncs that run by themselves, and would miss what vanished with a scenario.
_REMEMBERING = ("wait", "sesam")
#: Seconds that a scenario may take where the pace is others': 201 records are minutes.
_AT_THEIR_PACE = 60 * 60


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
        if _others_set_the_pace(item.config):
            item.add_marker(pytest.mark.timeout(_AT_THEIR_PACE))


def _others_set_the_pace(config: pytest.Config) -> bool:
    """Tell whether accounts, or a sync that runs by itself, let a scenario wait."""
    on_accounts = config.stash[SANDBOX] is not None
    return on_accounts or config.getoption("--sync") in _REMEMBERING


def pytest_bdd_before_scenario(
    request: pytest.FixtureRequest, scenario: Scenario
) -> None:
    """Start the tape, if there is one, unless the scenario is not for this target."""
    config = request.config
    if config.stash[SANDBOX] is not None:
        why_not = left_out(scenario, at_night=config.getoption("--night"))
        if why_not:
            pytest.skip(why_not)
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


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Iterator[Target]:
    """Both systems, for the whole run."""
    if pytestconfig.getoption("--target") == "recorded":
        yield RecordedTarget(pytestconfig.rootpath / CASSETTES)
        return
    if (accounts := pytestconfig.stash[SANDBOX]) is not None:
        with _sandbox(pytestconfig, accounts) as target:
            yield target
        return
    with twin_target(*pytestconfig.stash[PORTS], _make(pytestconfig)) as target:
        yield target


@contextmanager
def _sandbox(config: pytest.Config, connection: Connection) -> Iterator[Target]:
    root = config.rootpath
    cassettes = root / CASSETTES if config.getoption("--record") else None
    with config.stash[GUARD].watching():
        refuse_unfit(connection, needs_of(root / "features", root / FILE_NAME))
        with sandbox_run(connection, config.stash[WAITS], cassettes) as target:
            yield target


def _make(config: pytest.Config) -> MakeTarget:
    """Return the kind of twins that was chosen."""
    if config.getoption("--record"):
        return partial(RecordingTwinTarget, cassettes=config.rootpath / CASSETTES)
    if config.getoption("--sync") in _REMEMBERING:
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
    scope = Scope.of(tape.seed)
    account = InvoicedAccount(invoiced_client(target.connection), scope.began)
    kind = request.node.stash[FEATURE].right.lower()
    # What was recorded on accounts of others is looked at as often in a replay.
    intervals = request.config.stash[WAITS].intervals(kind) if scope.run else ()
    sync, notes = request.config.stash[SYNC], Notes(request.node.user_properties)

    def run() -> Run:
        environment = target.connection.environment(tmp_path, scenario.since)
        scenario.forget()
        with target.troubled():
            done = sync.run(environment)
        request.node.add_report_section("call", "sync under test", done.output)
        return done

    def settle() -> None:
        target.settle()
        scenario.forget()

    def pause(seconds: float) -> None:
        target.patience.pause(seconds)
        scenario.forget()

    def took(what: str, seconds: float) -> None:
        if scope.run:
            notes.took(what, seconds)

    def let_pass(seconds: int) -> None:
        target.let_pass(seconds)
        scenario.forget()

    scenario = World(
        invoiced=account,
        chargebee=ChargebeeSite(chargebee_client(target.connection), scope.began),
        marks=Marks(
            request.config.stash[MARKS],
            lambda record_id: account.get(ORDER, record_id) is not None,
        ),
        kitchen=Kitchen(account, _names(scope.token), scope.marks),
        notes=notes,
        catching_up=CatchingUp(
            run=run,
            tick=target.tick,
            settle=settle,
            tries=request.config.stash[WEATHER].tries(sync.tries),
            quiet=sync.quiet,
            patience=replace(
                target.patience, intervals=intervals, pause=pause, took=took
            ),
        ),
        let_pass=let_pass,
        scope=scope,
        since=scope.began,
    )
    return scenario


def _names(token: str) -> Callable[[str], str]:
    """Return names that no other scenario uses, and that are the same in every run."""
    numbers = itertools.count(1)
    return lambda word: f"{word} {token}-{next(numbers)}"
