"""The options of the checklist: the command line, `dataflow.toml`, the environment."""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from dataflow.checklist.features import read_document_features
from dataflow.errors import DataflowError, SettingsError
from dataflow.harness.syncs.environment import read_names
from dataflow.harness.syncs.program import (
    PROGRAM_SECONDS,
    PROGRAM_SECONDS_ON_ACCOUNTS,
    CommandSync,
    NoSync,
    ProgramSync,
    SyncUnderTest,
    WaitForSync,
)
from dataflow.harness.syncs.python import PythonSync
from dataflow.harness.syncs.sesam import SesamSync
from dataflow.harness.targets.base import TARGETS
from dataflow.harness.targets.recorded import RecordingSettings
from dataflow.harness.targets.sandbox_settings import SandboxSettings, sandbox_settings
from dataflow.harness.targets.twin import twin_secrets
from dataflow.harness.targets.weather import Severity, Weather
from dataflow.network.guard import Guard
from dataflow.network.hosts import refuse_settings
from dataflow.redact import is_key
from dataflow.sandbox.accounts import sandbox_connection, with_keys
from dataflow.settings import FILE_NAME, decode_table, read_settings
from dataflow.vendors.connection import Connection
from dataflow.vendors.marks import MarksByKind, parse_marks, parse_own

_PROGRAMS = {each.kind: each for each in (CommandSync, PythonSync)}
#: The choices of --sync that run by themselves, at their own pace.
_SERVICES = ("wait", "sesam")
_LAST_PORT = 65535
#: The characters of a value that may be a secret: shorter ones are words.
_SECRET = 8


@dataclass(frozen=True)
class Options:
    """The options of a run, validated; no output contains one of the `secrets`."""

    target: str
    record: bool
    sync_name: str
    sync: SyncUnderTest
    uses_real_time: bool
    weather: Weather
    night: bool
    twin_ports: tuple[int, int]
    marks: MarksByKind
    own: MarksByKind
    sandbox: SandboxSettings
    max_age: int
    accounts: Connection | None
    guard: Guard
    secrets: frozenset[str]

    @property
    def is_service(self) -> bool:
        """Return whether the sync runs by itself."""
        return self.sync_name in _SERVICES


#: Where a run keeps its options.
OPTIONS = pytest.StashKey[Options]()


def add_options(parser: pytest.Parser) -> None:
    """Add the options of the checklist to those of pytest."""
    group = parser.getgroup("checklist")
    group.addoption(
        "--target",
        choices=TARGETS,
        default="recorded",
        help=(
            "the systems to run on: 'recorded', replayed cassettes; 'twin', twins of"
            " both APIs; 'sandbox', real test accounts of both vendors"
        ),
    )
    group.addoption(
        "--record",
        action="store_true",
        help="record the cassettes again, from --target twin or sandbox",
    )
    group.addoption(
        "--sync",
        default="reference",
        metavar="SYNC",
        help=(
            "the sync under test: 'reference'; 'command: PROGRAM', any program;"
            " 'python: FILE', a Python program, started faster; 'wait', a service that"
            " runs on its own; 'sesam', pipes of a Sesam node ([sync.sesam] of"
            " dataflow.toml); 'none'"
        ),
    )
    group.addoption(
        "--sync-env",
        action="append",
        default=[],
        metavar="NAME",
        help=(
            "pass this variable of the shell to the program under test; may be"
            " repeated. It gets PATH, HOME, the locale, TZ, TMPDIR and the DATAFLOW_"
            " variables"
        ),
    )
    group.addoption(
        "--real-time",
        action="store_true",
        help=(
            "on the twins: use the clock of this machine, for a sync that needs it;"
            " implied by --sync wait and sesam. Checks that need days are skipped"
        ),
    )
    group.addoption(
        "--weather",
        default="fair",
        metavar="SEVERITY[:SEED]",
        help=(
            "on the twins: 'fair', no faults; 'rough', lists lag and calls fail before"
            " their change is made; 'storm', answers are also lost. The seed, as in"
            " rough:7, determines the faults"
        ),
    )
    group.addoption(
        "--keep-going",
        action="store_true",
        help=(
            "do not stop after one cause has failed 10 checks before any result of the"
            " sync could be compared"
        ),
    )
    group.addoption(
        "--night",
        action="store_true",
        help="on a sandbox: also run scenarios with 100 or more records",
    )
    group.addoption(
        "--whole",
        action="store_true",
        help="end with status 1 if a check of the checklist was not run",
    )
    group.addoption(
        "--wait-turn",
        type=float,
        default=5,
        metavar="SECONDS",
        help="for --sync wait: the longest time between two runs of the service",
    )
    group.addoption(
        "--twin-ports",
        default="0,0",
        metavar="INVOICED,CHARGEBEE",
        help="for --sync wait: the ports of the twins; 0: a free port",
    )


#: The options that a repetition needs, with the attribute of each.
_REPEATED = {
    "--target": "target",
    "--record": "record",
    "--sync": "sync",
    "--sync-env": "sync_env",
    "--real-time": "real_time",
    "--weather": "weather",
    "--night": "night",
    "--wait-turn": "wait_turn",
    "--twin-ports": "twin_ports",
}


def list_chosen(chosen: argparse.Namespace) -> list[str]:
    """Return the options of the checklist that differ from their defaults."""
    parser = pytest.Parser(_ispytest=True)
    add_options(parser)
    defaults = parser.parse([])
    found: list[str] = []
    for option, name in _REPEATED.items():
        value = getattr(chosen, name)
        if isinstance(value, list):
            found += [text for each in value for text in (option, each)]
        elif value != getattr(defaults, name):
            found += [option] if value is True else [option, str(value)]
    return found


def read_options(
    chosen: argparse.Namespace, root: Path, environment: Mapping[str, str] = os.environ
) -> Options:
    """Validate the options of a run below `root`, or raise `UsageError`."""
    try:
        return _read(chosen, root, environment)
    except DataflowError as error:
        raise pytest.UsageError(str(error)) from error


def _read(
    chosen: argparse.Namespace, root: Path, environment: Mapping[str, str]
) -> Options:
    weather = Weather.parse(chosen.weather)
    _refuse_combination(chosen, weather)
    source = str(root / FILE_NAME)
    settings = read_settings(root / FILE_NAME)
    refuse_settings(settings, source)
    marks = parse_marks(settings.get("marks", {}), source=source)
    own = parse_own(settings.get("sync", {}).get("own", {}), source=source)
    sandbox = sandbox_settings(settings.get("sandbox", {}), source)
    recordings = decode_table(
        settings.get("recordings", {}), RecordingSettings, "[recordings]", source
    )
    ports = _parse_ports(chosen.twin_ports)
    sync = create_sync(chosen, root, settings.get("sync", {}), environment)
    accounts = _find_accounts(chosen, with_keys(environment, root))
    secrets = {sync.token} if isinstance(sync, SesamSync) else set()
    if accounts:
        secrets |= {accounts.invoiced_key, accounts.chargebee_key}
    return Options(
        target=chosen.target,
        record=chosen.record,
        sync_name=chosen.sync,
        sync=sync,
        uses_real_time=chosen.real_time or chosen.sync in _SERVICES,
        weather=weather,
        night=chosen.night,
        twin_ports=ports,
        marks=marks,
        own=own,
        sandbox=sandbox,
        max_age=recordings.max_age,
        accounts=accounts,
        guard=Guard(accounts.roots() if accounts else ()),
        secrets=twin_secrets() | secrets | find_secrets(environment, sync),
    )


def find_secrets(environment: Mapping[str, str], sync: SyncUnderTest) -> frozenset[str]:
    """Return what tests and programs may print of the shell: keys, by their names."""
    named = sync.names if isinstance(sync, ProgramSync) else ()
    return frozenset(
        value
        for name, value in environment.items()
        if len(value) >= _SECRET and (name in named or is_key(name))
    )


def refuse_reruns(config: pytest.Config) -> None:
    """Raise `UsageError` if pytest-rerunfailures would repeat failed checks."""
    try:
        # pytest-rerunfailures reads the setting where the option is missing.
        setting = config.getini("reruns")
    except ValueError:
        setting = None
    if config.getoption("reruns", None) or setting:
        raise pytest.UsageError(
            "--reruns would report a check that fails as one that holds: remove the"
            " option and the setting `reruns`. The checklist itself waits for the sync."
        )


def _refuse_combination(chosen: argparse.Namespace, weather: Weather) -> None:
    """Refuse what cannot be recorded or replayed, with what to do instead."""
    target, sync, record = chosen.target, chosen.sync, chosen.record
    is_fair = weather.severity is Severity.FAIR
    if record and target == "recorded":
        raise pytest.UsageError(
            f"--record cannot record from --target {target}: add --target twin."
        )
    if (record or target == "recorded") and sync != "reference":
        raise pytest.UsageError(
            f"--sync {sync!r} cannot be {'recorded' if record else 'replayed'}: only"
            " the reference sync runs inside this process. Add --target twin"
            f"{', and remove --record' if record else ''}."
        )
    if not is_fair and (record or target != "twin" or sync in _SERVICES):
        raise pytest.UsageError(
            "--weather works only on the twins, for a sync that the run starts, and is"
            " not recorded: add --target twin, and remove --record, --sync wait and"
            " --sync sesam."
        )
    if chosen.real_time and (record or target != "twin" or not is_fair):
        raise pytest.UsageError(
            "--real-time works only on the twins in fair weather, and is not recorded:"
            " add --target twin, and remove --record and --weather."
        )
    # Without pytest-xdist, there is no such option.
    if (record or sync in _SERVICES) and getattr(chosen, "dist", "no") != "no":
        alone = "--record" if record else f"--sync {sync}"
        raise pytest.UsageError(f"{alone} needs one worker: remove -n.")


def _parse_ports(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,5}),([0-9]{1,5})", text)
    if found is None or max(int(found[1]), int(found[2])) > _LAST_PORT:
        raise pytest.UsageError(
            f"--twin-ports {text!r} is not a pair of ports: write 8101,8102."
        )
    return int(found[1]), int(found[2])


def _find_accounts(
    chosen: argparse.Namespace, environment: Mapping[str, str]
) -> Connection | None:
    """Return the sandbox accounts of a run on them, else None."""
    if chosen.target != "sandbox":
        return None
    if getattr(chosen, "numprocesses", None):
        raise pytest.UsageError("--target sandbox needs one worker: remove -n.")
    return sandbox_connection(environment)


def create_sync(
    chosen: argparse.Namespace,
    root: Path,
    settings: Mapping[str, object],
    environment: Mapping[str, str],
    pause: Callable[[float], None] = time.sleep,
) -> SyncUnderTest:
    """Return the sync that `--sync` names; raises `SettingsError` for another."""
    name: str = chosen.sync
    on_accounts = chosen.target == "sandbox"
    kind, colon, command = name.partition(":")
    if colon and kind in _PROGRAMS:
        seconds = PROGRAM_SECONDS_ON_ACCOUNTS if on_accounts else PROGRAM_SECONDS
        names = read_names(settings, chosen.sync_env, str(root / FILE_NAME))
        return _PROGRAMS[kind](command, root, seconds, names)
    if name == "reference":
        # Imported here: nothing else of the harness knows the reference sync.
        from dataflow.harness.syncs.reference import ReferenceSync  # noqa: PLC0415

        features = read_document_features(root / "features")
        return ReferenceSync(features, settings, pause if on_accounts else None)
    if name == "wait":
        return WaitForSync(turn=chosen.wait_turn)
    if name == "sesam":
        return SesamSync(root, environment)
    if name == "none":
        return NoSync()
    raise SettingsError(
        f"--sync {name!r} is unknown: choose reference, 'command: PROGRAM',"
        " 'python: FILE', wait, sesam or none."
    )
