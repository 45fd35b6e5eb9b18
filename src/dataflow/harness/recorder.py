"""Write the run record: each check of the checklist, and the tests that ran."""

from __future__ import annotations

import argparse
import functools
import importlib.metadata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs

from dataflow.checklist.features import (
    WrittenFeature,
    WrittenScenario,
    read_features,
)
from dataflow.errors import FeatureError, SettingsError
from dataflow.harness.categories import Category
from dataflow.harness.collection import FEATURE, NOT_EXERCISED
from dataflow.harness.evidence import merge_evidence
from dataflow.harness.failures import Failure, get_failure
from dataflow.harness.judge import find_skip_reason, judge
from dataflow.harness.redaction import get_redactor
from dataflow.harness.reports_folder import (
    get_reports_folder,
    is_worker,
    uses_reports_folder,
)
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
from dataflow.harness.waivers import FILE_NAME as WAIVERS
from dataflow.harness.waivers import (
    Waiver,
    describe_unused,
    find_waiver,
    read_waivers,
    refuse_unknown,
)
from dataflow.recordings.provenance import find_commit
from dataflow.redact import Redactor

#: The record of a run that concerns the checklist, as soon as it has ended.
RECORD = pytest.StashKey[RunRecord]()

#: The option that names the file of the record.
OPTION = "--run-record"

#: The folder of the checklist below the root of the project.
_FEATURES = "features"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option with which `prove` and `acquit` read a run."""
    group = parser.getgroup("checklist")
    group.addoption(OPTION, type=Path, metavar="FILE", help=argparse.SUPPRESS)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the recorder in the process that gets all reports."""
    if not is_worker(config):
        config.pluginmanager.register(Recorder(config, _read_waivers(config)))


def _read_waivers(config: pytest.Config) -> tuple[Waiver, ...]:
    """Return the waivers; none for the syncs of `prove` and `acquit`."""
    if config.getoption(OPTION, None) is not None:
        return ()
    path = config.rootpath / WAIVERS
    try:
        waivers = read_waivers(path)
        if waivers:
            features = read_features(config.rootpath / _FEATURES)
            checks = {each.ids[0] for one in features for each in one.scenarios}
            refuse_unknown(waivers, checks, path)
    except FeatureError:  # the collection stops with this error
        return ()
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from error
    return waivers


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


def is_over(report: pytest.TestReport) -> bool:
    """Return whether a test has a result: a run may be interrupted after its set-up."""
    return report.when != "setup" or not report.passed


# The record


@dataclass(slots=True)
class _Case:
    """What the reports of one test add up to; `worst` is the one of its verdict."""

    worst: pytest.TestReport | pytest.CollectReport
    seconds: float = 0.0
    is_over: bool = False
    properties: Sequence[tuple[str, object]] = ()
    categories: set[Category] = field(default_factory=set)

    def add(self, report: pytest.TestReport) -> None:
        """Add the report of one more phase."""
        if _rank(report) < _rank(self.worst):
            self.worst = report
        self.is_over |= is_over(report)
        if (failure := get_failure(report)) is not None:
            self.categories.add(failure.category)
        self.seconds += report.duration
        # Each report repeats the properties that were known by then.
        self.properties = report.user_properties or self.properties


def _rank(report: pytest.TestReport | pytest.CollectReport) -> tuple[int, bool]:
    """Return a key by which the report comes first that gives a test its verdict."""
    return list(Verdict).index(judge(report)), report.when != "call"


class Recorder:
    """Collects the reports of a run, and writes its record at the end."""

    def __init__(
        self,
        config: pytest.Config,
        waivers: tuple[Waiver, ...] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._config = config
        self._waivers = waivers
        self._categories: dict[str, Collection[Category]] = {}
        self._clock = clock
        self._start = clock()
        self._cases: dict[str, _Case] = {}
        self._has_checks = False
        place = get_reports_folder(config) / RUN_RECORD.name
        named: Path | None = config.getoption(OPTION, None)
        self._path = named or (place if uses_reports_folder(config) else None)

    def pytest_sessionstart(self) -> None:
        """Remove the record of an earlier run: a run that is stopped leaves none."""
        self._start = self._clock()
        if self._path is not None:
            try:
                self._path.unlink(missing_ok=True)
            except OSError as error:
                raise pytest.UsageError(
                    explain_unwritable(self._path, error)
                ) from error

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what could not be collected."""
        if not report.passed:
            self._cases[report.nodeid] = _Case(report)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Keep whether the run is about the checklist."""
        self._has_checks |= FEATURE in item.stash

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the report of one phase of a test."""
        self._cases.setdefault(report.nodeid, _Case(report)).add(report)

    # Last, after other plugins have changed the status, and before the summaries.
    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Set the exit status, and write the record."""
        checks = self._build_checks()
        verdicts = {check.verdict for check in [*checks, *self._list_tests()]}
        is_partial = self._config.getoption("--whole", False) and not is_whole(checks)
        status = exit_status(
            session.exitstatus,
            verdicts,
            misses_checks=is_partial,
            was_cut=bool(session.shouldfail),
        )
        session.exitstatus = status
        record = self._build_record(status, checks)
        if self._has_checks or is_partial or any(c.verdict.is_result for c in checks):
            self._config.stash[RECORD] = record
        if self._path is not None:
            try:
                write_run_record(self._path, record)
            except OSError as error:
                pytest.exit(explain_unwritable(self._path, error), returncode=1)

    def _build_record(self, status: int, checks: Sequence[CheckRecord]) -> RunRecord:
        config, features = self._config, self._features
        record = RunRecord(
            version=VERSION,
            document=name_document(features),
            **get_circumstances(config),
            weather=config.getoption("--weather", "fair"),
            start=self._start,
            end=self._clock(),
            commit=find_commit(config.rootpath),
            versions=get_versions(),
            status=status,
            is_whole=is_whole(checks),
            evidence=merge_evidence(e for c in checks for e in c.notes.evidence),
            waivers=tuple(
                describe_unused(self._waivers, self._categories, self._start.date())
            ),
            sections=tuple(map(_describe_section, features)),
            checks=tuple(checks),
            tests=self._list_tests(),
        )
        document = _walk(msgspec.to_builtins(record), get_redactor(config))
        return msgspec.convert(document, RunRecord)

    @functools.cached_property
    def _features(self) -> tuple[WrittenFeature, ...]:
        """Return the whole checklist, whatever was selected."""
        try:
            return read_features(self._config.rootpath / _FEATURES)
        except FeatureError:  # the collection has stopped with this error
            return ()

    def _list_tests(self) -> tuple[CaseRecord, ...]:
        places = {_locate(f, s) for f in self._features for s in f.scenarios}
        return tuple(
            CaseRecord(id=nodeid, **_describe(case))
            for nodeid, case in self._cases.items()
            if nodeid not in places
        )

    def _build_checks(self) -> list[CheckRecord]:
        return [
            self._build_check(feature, scenario)
            for feature in self._features
            for scenario in feature.scenarios
            if scenario.ids and scenario.bases
        ]

    def _build_check(
        self, feature: WrittenFeature, scenario: WrittenScenario
    ) -> CheckRecord:
        case = self._cases.get(_locate(feature, scenario))
        check = CheckRecord(
            id=scenario.ids[0],
            section=feature.section,
            title=scenario.name,
            basis=scenario.bases[0],
            statement=scenario.rule,
            **_describe_check(case),
        )
        if case is None or not check.verdict.is_result:
            return check
        self._categories[check.id] = case.categories
        waiver = find_waiver(
            self._waivers, check.id, case.categories, self._start.date()
        )
        if waiver is None:
            return check
        return structs.replace(check, verdict=Verdict.WAIVED, waiver=waiver)


def _locate(feature: WrittenFeature, scenario: WrittenScenario) -> str:
    """Return the node id of a check of the project."""
    name = "".join(scenario.ids[:1]).removeprefix(f"{feature.section}.")
    return f"{_FEATURES}/{feature.path.name}::{name}"


def name_document(features: Sequence[WrittenFeature]) -> str:
    """Return the systems of the checklist, such as `Invoiced and Chargebee`."""
    pairs = dict.fromkeys(" and ".join(filter(None, f.systems)) for f in features)
    return ", ".join(filter(None, pairs))


def _describe_section(feature: WrittenFeature) -> SectionRecord:
    return SectionRecord(
        id=feature.section,
        number=feature.number,
        name=feature.name,
        announced=feature.announced,
        questions=feature.questions,
    )


def _describe_check(case: _Case | None) -> dict[str, Any]:
    if case is None or not case.is_over:
        return {"verdict": Verdict.NOT_RUN}
    worst = case.worst
    failure = get_failure(worst) if isinstance(worst, pytest.TestReport) else None
    return {
        **_describe(case),
        "message": failure.message if failure else "",
        "category": find_category(judge(worst), failure),
        "notes": decode_notes(case.properties),
    }


def find_category(verdict: Verdict, failure: Failure | None) -> Category | None:
    """Return what a verdict states about the sync; None if the check holds."""
    if failure is not None:
        return failure.category
    return {
        Verdict.FAILS: Category.DEFECT,
        Verdict.INCONCLUSIVE: Category.INCONCLUSIVE,
        Verdict.NOT_EXERCISED: Category.NOT_EXERCISED,
        Verdict.REFUSED: Category.REFUSED,
    }.get(verdict)


def _describe(case: _Case) -> dict[str, Any]:
    report = case.worst
    return {
        "verdict": judge(report),
        "phase": report.when,
        "reason": _find_reason(report),
        "seconds": round(case.seconds, 3),
    }


def _find_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return why a test failed or was not exercised; empty if it holds."""
    if report.skipped:
        return find_skip_reason(report).removeprefix(NOT_EXERCISED)
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longreprtext).strip()


def _walk(value: Any, redact: Redactor) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _walk(inner, redact) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(inner, redact) for inner in value]
    return value


def explain_unwritable(path: Path, error: OSError) -> str:
    """Return the sentence for a file of results that cannot be written."""
    return (
        f"{path} cannot be written ({error.strerror}): check the free space and the"
        " permissions of the folder."
    )
