"""What a scenario gets: where both systems are, and a world of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from dataflow.contract.options import SANDBOX
from dataflow.harness.collecting import FEATURE
from dataflow.harness.options import (
    BY_THEMSELVES,
    GUARD,
    MARKS,
    PORTS,
    SYNC,
    WAITS,
    WEATHER,
    goes_in_real_time,
)
from dataflow.harness.scenario.marks import Marks
from dataflow.harness.scenario.polling import SyncDriver
from dataflow.harness.scenario.recipes import Kitchen
from dataflow.harness.scenario.scope import Scope
from dataflow.harness.scenario.world import CheckNotes, World
from dataflow.harness.syncs.sync import Run
from dataflow.harness.targets.real_time import in_real_time
from dataflow.harness.targets.recorded_target import RecordedTarget
from dataflow.harness.targets.sandbox_run import refuse_unfit, sandbox_run
from dataflow.harness.targets.tapes import CASSETTES, Tape
from dataflow.harness.targets.target import Target
from dataflow.harness.targets.twin_target import (
    MakeTarget,
    RecordingTwinTarget,
    TwinTarget,
    twin_target,
)
from dataflow.harness.targets.weather import Sky
from dataflow.harness.targets.weathered_target import WeatheredTwinTarget
from dataflow.harness.vendors.chargebee_site import ChargebeeSite
from dataflow.harness.vendors.connection import Connection
from dataflow.harness.vendors.invoiced_account import InvoicedAccount
from dataflow.harness.vendors.kinds import ORDER
from dataflow.harness.vendors.sdk import chargebee_client, invoiced_client
from dataflow.network.hooks import refuse_detours
from dataflow.sandbox.needs import needs_of
from dataflow.settings import FILE_NAME


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
    if goes_in_real_time(config):
        lasting = config.getoption("--sync") in BY_THEMSELVES
        return in_real_time(lasting=lasting)
    weather = config.stash[WEATHER]
    if weather.sky is not Sky.FAIR:
        return partial(WeatheredTwinTarget, weather=weather)
    return TwinTarget


@pytest.fixture
def tape(request: pytest.FixtureRequest, target: Target) -> Iterator[Tape]:
    """Lend what lies between this scenario and the network."""
    # A replay is shut off from the network, and its addresses are nobody's.
    replays = request.config.getoption("--target") == "recorded"
    with refuse_detours() if replays else request.config.stash[GUARD].watching():
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
    sync, notes = request.config.stash[SYNC], CheckNotes(request.node.user_properties)

    def run() -> Run:
        environment = target.connection.environment(
            tmp_path, scenario.since, target.now()
        )
        scenario.forget_lists()
        with target.troubled():
            done = sync.run(environment)
        request.node.add_report_section("call", "sync under test", done.output)
        return done

    def settle() -> None:
        target.settle()
        scenario.forget_lists()

    def pause(seconds: float) -> None:
        target.patience.pause(seconds)
        scenario.forget_lists()

    def took(what: str, seconds: float) -> None:
        if scope.run:
            notes.took(what, seconds)

    def let_pass(seconds: int) -> None:
        target.let_pass(seconds)
        scenario.forget_lists()

    scenario = World(
        invoiced=account,
        chargebee=ChargebeeSite(chargebee_client(target.connection), scope.began),
        marks=Marks(
            request.config.stash[MARKS],
            lambda record_id: account.get(ORDER, record_id) is not None,
        ),
        factory=Kitchen(account, _names(scope.token), scope.marks),
        notes=notes,
        sync=SyncDriver(
            run=run,
            advance_step=target.tick,
            wait_for_lists=settle,
            advance_minute=target.linger,
            attempts=request.config.stash[WEATHER].tries(sync.tries),
            settle_runs=sync.quiet,
            policy=replace(
                target.patience, intervals=intervals, pause=pause, took=took
            ),
        ),
        advance=let_pass,
        scope=scope,
        since=scope.began,
    )
    return scenario


def _names(token: str) -> Callable[[str], str]:
    """Return names that no other scenario uses, and that are the same in every run."""
    numbers = itertools.count(1)
    return lambda word: f"{word} {token}-{next(numbers)}"
