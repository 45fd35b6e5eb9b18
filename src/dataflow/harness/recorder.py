"""Write the run record; data of a check travels on reports to the controller."""

from __future__ import annotations

import argparse
import functools
import importlib.metadata
import os
import subprocess
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dataflow.checklist.check import Basis
from dataflow.harness.collection import FEATURE, SCENARIO
from dataflow.harness.failures import get_failure
from dataflow.harness.judge import find_skip_reason, judge
from dataflow.harness.options import OPTIONS
from dataflow.harness.run_record import (
    RUN_RECORD,
    VERSION,
    CaseRecord,
    CheckRecord,
    RunRecord,
    SectionRecord,
    decode_notes,
    is_whole,
    write_run_record,
)
from dataflow.harness.verdicts import Verdict, exit_status
from dataflow.redact import Redactor, find_machine_paths

#: The record of the run, as soon as it has ended.
RECORD = pytest.StashKey[RunRecord]()

_REDACTOR = pytest.StashKey[Redactor]()

#: The option that names the file of the record.
OPTION = "--run-record"

#: How long git may take.
_GIT_SECONDS = 10

#: The attribute of a report that holds the check as a `ScenarioPlace`.
_CHECK = "check"


class ScenarioPlace(msgspec.Struct, frozen=True):
    """The place of a check in the checklist."""

    id: str
    title: str
    basis: str
    line: int
    section: SectionRecord
    sections: int


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option with which `prove` and `acquit` read a run."""
    group = parser.getgroup("checklist")
    group.addoption(OPTION, type=Path, metavar="FILE", help=argparse.SUPPRESS)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the recorder in the process that gets all reports."""
    if not is_worker(config):
        config.pluginmanager.register(Recorder(config))


def is_worker(config: pytest.Config) -> bool:
    """Return whether this process is a worker of pytest-xdist."""
    return hasattr(config, "workerinput")


def uses_reports_folder(config: pytest.Config) -> bool:
    """Return whether results go to `reports`: not in tests, nor with a named record."""
    is_named = config.getoption(OPTION, None) is not None
    is_nested = "PYTEST_CURRENT_TEST" in os.environ
    return not (config.option.collectonly or is_nested or is_named)


def get_redactor(config: pytest.Config) -> Redactor:
    """Return what redacts the texts of a run, whichever plugins are blocked."""
    return config.stash.setdefault(
        _REDACTOR,
        Redactor(lambda: _get_secrets(config), find_machine_paths(config.rootpath)),
    )


def _get_secrets(config: pytest.Config) -> frozenset[str]:
    options = config.stash.get(OPTIONS, None)
    return frozenset() if options is None else options.secrets


def get_circumstances(config: pytest.Config) -> dict[str, str]:
    """Return where the checklist runs, and with which sync."""
    sync = " ".join(str(config.getoption("--sync", "reference")).split())
    return {
        "target": config.getoption("--target", "recorded"),
        "sync": get_redactor(config)(sync),
    }


@functools.cache
def get_versions() -> dict[str, str]:
    """Return the versions of this project and of both SDKs."""
    names = "dataflow", "invoiced", "chargebee"
    return {name: importlib.metadata.version(name) for name in names}


# What travels on a report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the reports of a check carry its place in the checklist."""
    report = yield
    if FEATURE in item.stash:
        vars(report)[_CHECK] = msgspec.to_builtins(_locate(item))
    return report


def _locate(item: pytest.Item) -> ScenarioPlace:
    feature, scenario = item.stash[FEATURE], item.stash[SCENARIO]
    section = SectionRecord(
        id=feature.section,
        number=feature.number,
        name=feature.name,
        announced=feature.announced,
        questions=feature.questions,
    )
    return ScenarioPlace(
        id=scenario.ids[0],
        title=scenario.name,
        basis=scenario.bases[0],
        line=scenario.line,
        section=section,
        sections=feature.sections,
    )


def get_place(report: pytest.TestReport) -> ScenarioPlace | None:
    """Return the place of the check of a report; None for another test."""
    place = getattr(report, _CHECK, None)
    return None if place is None else msgspec.convert(place, ScenarioPlace)


# The record


@dataclass(slots=True)
class _Case:
    """What the reports of one test add up to; `worst` is the one of its verdict."""

    worst: pytest.TestReport | pytest.CollectReport
    seconds: float = 0.0
    scenario: ScenarioPlace | None = None
    properties: Sequence[tuple[str, object]] = ()

    def add(self, report: pytest.TestReport) -> None:
        """Add the report of one more phase."""
        if _rank(report) < _rank(self.worst):
            self.worst = report
        self.seconds += report.duration
        # Each report repeats the properties that were known by then.
        self.properties = report.user_properties or self.properties
        self.scenario = get_place(report) or self.scenario


def _rank(report: pytest.TestReport | pytest.CollectReport) -> tuple[int, bool]:
    """Return a key by which the report comes first that gives a test its verdict."""
    return list(Verdict).index(judge(report)), report.when != "call"


class Recorder:
    """Collects the reports of a run, and writes its record at the end."""

    def __init__(
        self,
        config: pytest.Config,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._config = config
        self._clock = clock
        self._start = clock()
        self._cases: dict[str, _Case] = {}
        place = config.rootpath / RUN_RECORD if uses_reports_folder(config) else None
        self._path: Path | None = config.getoption(OPTION, None) or place

    def pytest_sessionstart(self) -> None:
        """Remove the record of an earlier run: a run that is stopped leaves none."""
        self._start = self._clock()
        if self._path is not None:
            try:
                self._path.unlink(missing_ok=True)
            except OSError as error:
                raise pytest.UsageError(_unwritable(self._path, error)) from error

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what could not be collected."""
        if not report.passed:
            self._cases[report.nodeid] = _Case(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the report of one phase of a test."""
        self._cases.setdefault(report.nodeid, _Case(report)).add(report)

    # Last, after other plugins have changed the status, and before the summaries.
    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Set the exit status, and write the record."""
        verdicts = {judge(case.worst) for case in self._cases.values()}
        session.exitstatus = exit_status(session.exitstatus, verdicts)
        record = self._build_record(int(session.exitstatus))
        self._config.stash[RECORD] = record
        if self._path is not None:
            try:
                write_run_record(self._path, record)
            except OSError as error:
                pytest.exit(_unwritable(self._path, error), returncode=1)

    def _build_record(self, status: int) -> RunRecord:
        config, scenarios = self._config, self._sort_scenarios()
        sections = {scenario.section.id: scenario.section for scenario, _ in scenarios}
        checks = [_build_check(*pair) for pair in scenarios]
        total = max((scenario.sections for scenario, _ in scenarios), default=0)
        record = RunRecord(
            version=VERSION,
            **get_circumstances(config),
            weather=config.getoption("--weather", "fair"),
            start=self._start,
            end=self._clock(),
            commit=_find_commit(config.rootpath),
            versions=get_versions(),
            status=status,
            is_whole=is_whole(total, sections.values(), checks),
            sections=tuple(sections.values()),
            checks=tuple(checks),
            tests=tuple(
                CaseRecord(id=nodeid, **_describe(case))
                for nodeid, case in self._cases.items()
                if case.scenario is None
            ),
        )
        document = _walk(msgspec.to_builtins(record), get_redactor(config))
        return msgspec.convert(document, RunRecord)

    def _sort_scenarios(self) -> list[tuple[ScenarioPlace, _Case]]:
        """Return the checks in the order of the features, whatever that of the run."""
        found = [(c.scenario, c) for c in self._cases.values() if c.scenario]
        return sorted(found, key=lambda pair: (pair[0].section.number, pair[0].line))


def _build_check(scenario: ScenarioPlace, case: _Case) -> CheckRecord:
    worst = case.worst
    failure = get_failure(worst) if isinstance(worst, pytest.TestReport) else None
    return CheckRecord(
        id=scenario.id,
        section=scenario.section.id,
        title=scenario.title,
        basis=Basis(scenario.basis),
        message=failure.message if failure else "",
        notes=decode_notes(case.properties),
        **_describe(case),
    )


def _describe(case: _Case) -> dict[str, Any]:
    report = case.worst
    return {
        "verdict": judge(report),
        "phase": report.when,
        "reason": _find_reason(report),
        "seconds": round(case.seconds, 3),
    }


def _find_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return why a test failed or was left out; empty if it holds."""
    if report.skipped:
        return find_skip_reason(report)
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longreprtext).strip()


# Once per process: the runs that are forked from a server share the answer.
@functools.cache
def _find_commit(root: Path) -> str:
    """Return the commit that is checked out, `-dirty` beside changes, if git knows."""
    command = "git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"
    try:
        done = subprocess.run(  # noqa: S603 - nothing in it comes from outside
            command,
            cwd=root,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            capture_output=True,
            text=True,
            check=False,
            timeout=_GIT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _walk(value: Any, redact: Redactor) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _walk(inner, redact) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(inner, redact) for inner in value]
    return value


def _unwritable(path: Path, error: OSError) -> str:
    return (
        f"{path} cannot be written ({error.strerror}): check the free space and the"
        " permissions of the folder."
    )
