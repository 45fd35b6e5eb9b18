"""The harness as a pytest plugin: options, fixtures, and what happens around steps."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from pytest_bdd.parser import Scenario, Step

from dataflow.checklist.check import Standing
from dataflow.checklist.features import read_features
from dataflow.errors import DataflowError
from dataflow.harness.catching_up import CatchingUp
from dataflow.harness.chargebee_site import ChargebeeSite
from dataflow.harness.collecting import FEATURE, collector_for
from dataflow.harness.connection import Connection
from dataflow.harness.failing import FAILED
from dataflow.harness.invoiced_account import InvoicedAccount
from dataflow.harness.kinds import ORDER
from dataflow.harness.marks import Mark, Marks, parse_marks
from dataflow.harness.notes import Notes
from dataflow.harness.recipes import Kitchen
from dataflow.harness.sdk import chargebee_client, invoiced_client
from dataflow.harness.syncs import (
    CommandSync,
    NoSuchSyncError,
    NoSync,
    Run,
    SyncUnderTest,
    WaitForSync,
)
from dataflow.harness.targets import SECRETS, Target, twin_secrets, twin_target
from dataflow.harness.world import World
from dataflow.settings import FILE_NAME, read_settings

_SYNC = pytest.StashKey[SyncUnderTest]()
_MARKS = pytest.StashKey[Mapping[str, tuple[Mark, ...]]]()

_PORTS = pytest.StashKey[tuple[int, int]]()

_COMMAND = "command:"
_LAST_PORT = 65535


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what QA chooses: where the checklist runs, and which sync it looks at."""
    group = parser.getgroup("checklist")
    group.addoption(
        "--target",
        choices=("twin",),
        default="twin",
        help="where the checklist runs: 'twin', the stand-ins for both APIs",
    )
    group.addoption(
        "--sync",
        default="reference",
        metavar="SYNC",
        help=(
            "the sync under test: 'reference'; 'command: PROGRAM', any program; 'wait',"
            " a service that runs by itself; 'none'"
        ),
    )
    group.addoption(
        "--wait-turn",
        type=float,
        default=5,
        metavar="SECONDS",
        help="for --sync wait: how often, at the least, the service looks for work",
    )
    group.addoption(
        "--twin-ports",
        default="0,0",
        metavar="INVOICED,CHARGEBEE",
        help="ports of the twins, for --sync wait; 0 takes a free one",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the settings once, before anything runs."""
    for standing in Standing:
        config.addinivalue_line("markers", f"{standing}: who says that a check holds")
    config.stash[SECRETS] = twin_secrets()
    try:
        settings = read_settings(config.rootpath / FILE_NAME)
        config.stash[_MARKS] = parse_marks(
            settings.get("marks", {}), source=str(config.rootpath / FILE_NAME)
        )
        config.stash[_PORTS] = _ports(config.getoption("--twin-ports"))
        config.stash[_SYNC] = _sync(config, settings.get("sync", {}))
    except DataflowError as error:
        raise pytest.UsageError(str(error)) from error


def _ports(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,5}),([0-9]{1,5})", text)
    if found is None or max(int(found[1]), int(found[2])) > _LAST_PORT:
        raise pytest.UsageError(
            f"--twin-ports {text!r} are no two ports: write them as 8101,8102."
        )
    return int(found[1]), int(found[2])


def _sync(config: pytest.Config, settings: Mapping[str, object]) -> SyncUnderTest:
    name: str = config.getoption("--sync")
    if name.startswith(_COMMAND):
        return CommandSync(name.removeprefix(_COMMAND), config.rootpath)
    if name == "reference":
        # Imported here: nothing else of the harness knows the reference sync.
        from dataflow.harness.reference import ReferenceSync  # noqa: PLC0415

        return ReferenceSync(read_features(config.rootpath / "features"), settings)
    if name == "wait":
        return WaitForSync(turn=config.getoption("--wait-turn"))
    if name == "none":
        return NoSync()
    raise NoSuchSyncError(
        f"--sync {name!r} is not known: choose reference, 'command: PROGRAM', wait or"
        " none."
    )


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
    """Let the verdict say which assumptions about the vendors it rests on."""
    target: Target = request.getfixturevalue("target")
    Notes(request.node.user_properties).unconfirmed(target.unconfirmed())


@pytest.fixture(scope="session")
def session_target(pytestconfig: pytest.Config) -> Iterator[Target]:
    """Both systems, for the whole run."""
    with twin_target(*pytestconfig.stash[_PORTS]) as target:
        yield target


@pytest.fixture
def target(session_target: Target, pytestconfig: pytest.Config) -> Target:
    """Both systems, for one scenario."""
    if pytestconfig.getoption("--sync") != "wait":
        # A service that runs by itself would be surprised by accounts that vanish.
        session_target.fresh()
    return session_target


@pytest.fixture
def connection(target: Target) -> Connection:
    """Where both systems are."""
    return target.connection


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    target: Target,
    tmp_path: Path,
) -> World:
    """Return what the steps of one scenario share."""
    account = InvoicedAccount(invoiced_client(target.connection))
    sync = request.config.stash[_SYNC]

    def run() -> Run:
        environment = target.connection.environment(tmp_path, scenario.since)
        done = sync.run(environment)
        request.node.add_report_section("call", "sync under test", done.output)
        return done

    scenario = World(
        invoiced=account,
        chargebee=ChargebeeSite(chargebee_client(target.connection)),
        marks=Marks(
            request.config.stash[_MARKS],
            lambda record_id: account.get(ORDER, record_id) is not None,
        ),
        kitchen=Kitchen(account, _names(request.node.nodeid)),
        notes=Notes(request.node.user_properties),
        catching_up=CatchingUp(
            run=run,
            tick=target.tick,
            tries=sync.tries,
            quiet=sync.quiet,
        ),
    )
    return scenario


def _names(seed: str) -> Callable[[str], str]:
    """Return names that no other scenario uses, and that are the same in every run."""
    token = hashlib.sha256(seed.encode()).hexdigest()[:6]
    numbers = itertools.count(1)
    return lambda word: f"{word} {token}-{next(numbers)}"
