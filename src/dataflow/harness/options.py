"""What QA chooses on pytest's command line, and what `dataflow.toml` adds to it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping

import pytest

from dataflow.checklist.check import Basis
from dataflow.checklist.features import read_features
from dataflow.errors import DataflowError
from dataflow.harness.scenario.marks import Mark, parse_marks
from dataflow.harness.syncs.python_sync import PythonSync
from dataflow.harness.syncs.sesam import SesamSync
from dataflow.harness.syncs.sesam_settings import sesam_settings, token_from
from dataflow.harness.syncs.sync import (
    PROGRAM_SECONDS,
    PROGRAM_SECONDS_ON_ACCOUNTS,
    CommandSync,
    NoSuchSyncError,
    NoSync,
    SyncUnderTest,
    WaitForSync,
)
from dataflow.harness.targets.sandbox_settings import SandboxSettings, sandbox_settings
from dataflow.harness.targets.target import EVIDENCE, SECRETS
from dataflow.harness.targets.twin_target import twin_secrets
from dataflow.harness.targets.weather import Sky, Weather
from dataflow.sandbox.guard import Guard
from dataflow.sandbox.places import refuse_settings
from dataflow.settings import FILE_NAME, read_settings

#: What no call of the run gets past.
GUARD = pytest.StashKey[Guard]()

#: What was chosen: the weather, the sync, where it leaves its marks, the twins' ports.
WEATHER = pytest.StashKey[Weather]()
SYNC = pytest.StashKey[SyncUnderTest]()
MARKS = pytest.StashKey[Mapping[str, tuple[Mark, ...]]]()
PORTS = pytest.StashKey[tuple[int, int]]()
WAITS = pytest.StashKey[SandboxSettings]()

#: The choices of --sync that are services, and set their own pace.
BY_THEMSELVES = ("wait", "sesam")

_PROGRAMS = {each.kind: each for each in (CommandSync, PythonSync)}
_LAST_PORT = 65535


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what QA chooses: where the checklist runs, and which sync it looks at."""
    group = parser.getgroup("checklist")
    group.addoption(
        "--target",
        choices=tuple(EVIDENCE),
        default="recorded",
        help=(
            "where the checklist runs: 'recorded', the cassettes; 'twin', the stand-ins"
            " for both APIs; 'sandbox', real test accounts of both vendors"
        ),
    )
    group.addoption(
        "--record",
        action="store_true",
        help="record the cassettes anew, from --target twin or sandbox",
    )
    group.addoption(
        "--sync",
        default="reference",
        metavar="SYNC",
        help=(
            "the sync under test: 'reference'; 'command: PROGRAM', any program;"
            " 'python: FILE', the same, and faster; 'wait',"
            " a service that runs by itself; 'sesam', pipes of a Sesam node, named in"
            " dataflow.toml below [sync.sesam]; 'none'"
        ),
    )
    group.addoption(
        "--real-time",
        action="store_true",
        help=(
            "on the twins: let them have this machine's clock, for a sync that goes by"
            " it; --sync wait and sesam imply it. What needs days is left out"
        ),
    )
    group.addoption(
        "--weather",
        default="fair",
        metavar="SKY[:SEED]",
        help=(
            "on the twins: 'fair'; 'rough', where lists lag and calls fail before their"
            " change is made; 'storm', where answers are lost too. The seed, as in"
            " rough:7, decides what happens when"
        ),
    )
    group.addoption(
        "--night",
        action="store_true",
        help="on a sandbox: also the scenarios of a hundred records or more",
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
    for standing in Basis:
        config.addinivalue_line("markers", f"{standing}: who says that a check holds")
    config.stash[SECRETS] = twin_secrets()
    config.stash[GUARD] = Guard()
    try:
        config.stash[WEATHER] = Weather.parse(config.getoption("--weather"))
        _combination(config)
        source = config.rootpath / FILE_NAME
        settings = read_settings(source)
        refuse_settings(settings, str(source))
        config.stash[MARKS] = parse_marks(settings.get("marks", {}), source=str(source))
        waits = sandbox_settings(settings.get("sandbox", {}), str(source))
        config.stash[WAITS] = waits
        config.stash[PORTS] = _ports(config.getoption("--twin-ports"))
        config.stash[SYNC] = _sync(config, settings.get("sync", {}))
    except DataflowError as error:
        raise pytest.UsageError(str(error)) from error


def _combination(config: pytest.Config) -> None:
    """Refuse what cannot be recorded or replayed, with what to do instead."""
    target, sync = config.getoption("--target"), config.getoption("--sync")
    record = config.getoption("--record")
    if record and target == "recorded":
        raise pytest.UsageError(
            f"--record needs a target that answers, not {target!r}: add --target twin."
        )
    if (record or target == "recorded") and sync != "reference":
        raise pytest.UsageError(
            f"--sync {sync!r} cannot be {'recorded' if record else 'replayed'}: only"
            " the reference sync runs inside of this process. Add --target twin"
            f"{', and leave out --record' if record else ''}."
        )
    if config.stash[WEATHER].sky is not Sky.FAIR and (
        record or target != "twin" or sync in BY_THEMSELVES
    ):
        raise pytest.UsageError(
            "--weather is that of the twins, for a sync that the run starts, and is not"
            " recorded: add --target twin, and leave out --record, --sync wait and"
            " --sync sesam."
        )
    if config.getoption("--real-time") and (
        record or target != "twin" or config.stash[WEATHER].sky is not Sky.FAIR
    ):
        raise pytest.UsageError(
            "--real-time is for the twins in fair weather, and is not recorded: add"
            " --target twin, and leave out --record and --weather."
        )
    alone = "--record" if record else f"--sync {sync}"
    if (record or sync in BY_THEMSELVES) and config.getoption("dist", "no") != "no":
        raise pytest.UsageError(f"{alone} needs one worker: leave out -n.")


def goes_in_real_time(config: pytest.Config) -> bool:
    """Tell whether the twins go by this machine's clock."""
    asked: bool = config.getoption("--real-time")
    return asked or config.getoption("--sync") in BY_THEMSELVES


def _ports(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,5}),([0-9]{1,5})", text)
    if found is None or max(int(found[1]), int(found[2])) > _LAST_PORT:
        raise pytest.UsageError(
            f"--twin-ports {text!r} are no two ports: write them as 8101,8102."
        )
    return int(found[1]), int(found[2])


def _sync(
    config: pytest.Config,
    settings: Mapping[str, object],
    pause: Callable[[float], None] = time.sleep,
) -> SyncUnderTest:
    name: str = config.getoption("--sync")
    kind, colon, command = name.partition(":")
    if colon and kind in _PROGRAMS:
        on_accounts = config.getoption("--target") == "sandbox"
        seconds = PROGRAM_SECONDS_ON_ACCOUNTS if on_accounts else PROGRAM_SECONDS
        return _PROGRAMS[kind](command, config.rootpath, seconds)
    if name == "reference":
        # Imported here: nothing else of the harness knows the reference sync.
        from dataflow.harness.syncs.reference import ReferenceSync  # noqa: PLC0415

        is_real = config.getoption("--target") == "sandbox"
        features = read_features(config.rootpath / "features")
        return ReferenceSync(features, settings, pause if is_real else None)
    if name == "wait":
        return WaitForSync(turn=config.getoption("--wait-turn"))
    if name == "sesam":
        return _sesam(config, settings.get("sesam"))
    if name == "none":
        return NoSync()
    raise NoSuchSyncError(
        f"--sync {name!r} is not known: choose reference, 'command: PROGRAM',"
        " 'python: FILE', wait, sesam or none."
    )


def _sesam(config: pytest.Config, table: object) -> SyncUnderTest:
    """Return the sync of a node, which is the one more place that is called."""
    settings = sesam_settings(table, str(config.rootpath / FILE_NAME))
    sync = SesamSync(settings, token_from(os.environ))
    config.stash[SECRETS] |= {sync.node.token}
    config.stash[GUARD] = Guard(sync.node)
    return sync
