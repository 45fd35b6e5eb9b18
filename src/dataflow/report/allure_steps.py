"""Shows scenarios in Allure, by section, line and check id, which keeps the history."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from allure_commons.model2 import Label, Status, StatusDetails, TestStepResult
from allure_commons.reporter import AllureReporter
from allure_commons.types import AttachmentType, LabelType
from allure_commons.utils import md5, now
from allure_pytest.utils import get_status
from pytest_bdd.parser import Scenario, Step

from dataflow.checklist.check import Basis
from dataflow.checklist.features import WrittenFeature, WrittenScenario
from dataflow.harness.collection import FEATURE, SCENARIO, describe_error
from dataflow.harness.failures import Failure, get_failure
from dataflow.harness.judge import judge
from dataflow.harness.recorder import (
    find_category,
    get_circumstances,
    name_document,
)
from dataflow.harness.redaction import get_redactor
from dataflow.harness.run_record import decode_notes
from dataflow.harness.step_exchanges import EXCHANGES, StepExchanges
from dataflow.harness.verdicts import Verdict
from dataflow.report.exchanges import render_exchanges
from dataflow.report.history import name_history
from dataflow.report.settings import ReportSettings
from dataflow.report.sheet import SEVERITIES
from dataflow.report.side_by_side import render_compared

#: The name of a test's first folder in the tree of suites.
_SUITES = {
    "features": "Checklist",
    "properties": "Properties",
    "tests": "The project's own tests",
}
_BASES = {
    Basis.STATED: "the document states it",
    Basis.INFERRED: "QA concluded it",
    Basis.OBSERVED: (
        "the document leaves it open; the check fails only on what no reading allows"
    ),
}
_NOT_REACHED = "not reached"

#: The label of a result that has the category of its failure.
CATEGORY = "category"

#: The statuses of the verdicts for which pytest has no outcome of its own.
_STATUSES = {Verdict.FAILS: Status.FAILED, Verdict.INCONCLUSIVE: Status.BROKEN}


@dataclass(slots=True)
class _Progress:
    """How far a scenario has come; `running` is the id of the step that runs."""

    steps: Sequence[Step]
    started: int = 0
    running: str | None = None
    finding: str | None = None


_PROGRESS = pytest.StashKey[_Progress]()


class AllureSteps:
    """The hooks around each test; `writer` is the one of allure-pytest's results."""

    def __init__(self, writer: AllureReporter, settings: ReportSettings) -> None:
        self._writer = writer
        self._settings = settings

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Label a test before Allure selects by labels."""
        for kind, value in self._list_labels(item):
            item.add_marker(pytest.mark.allure_label(value, label_type=kind))
        if SCENARIO in item.stash:
            url = self._settings.link_to(item.stash[SCENARIO].ids[0])
            if url:
                mark = pytest.mark.allure_link(url, link_type="link", name="statement")
                item.add_marker(mark)

    def pytest_bdd_before_scenario(
        self, request: pytest.FixtureRequest, scenario: Scenario
    ) -> None:
        """Start to follow a scenario."""
        request.node.stash[_PROGRESS] = _Progress(scenario.steps)

    def pytest_bdd_before_step(
        self, request: pytest.FixtureRequest, step: Step
    ) -> None:
        """Start a step, with its table."""
        progress = request.node.stash[_PROGRESS]
        progress.started += 1
        progress.running = self._start(step)

    def pytest_bdd_after_step(self, request: pytest.FixtureRequest) -> None:
        """End a step that passed."""
        self._end(request)

    def pytest_bdd_step_error(
        self, request: pytest.FixtureRequest, exception: Exception
    ) -> None:
        """End a step that failed, with what it found."""
        request.node.stash[_PROGRESS].finding = describe_error(exception)
        compared = getattr(exception, "compared", None)
        if compared is not None:
            page = render_compared(compared, get_redactor(request.config))
            self._attach("Compared records", page, AttachmentType.HTML)
        self._end(request, exception)

    def pytest_bdd_after_scenario(self, request: pytest.FixtureRequest) -> None:
        """Show the steps that were not reached."""
        # A skip or a timeout inside a step reaches no hook of the step.
        self._end(request, sys.exception())
        progress = request.node.stash[_PROGRESS]
        for step in progress.steps[progress.started :]:
            self._stop(self._start(step), Status.SKIPPED, _NOT_REACHED)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """State the verdict, and attach the exchanges to a failed scenario."""
        report = yield
        if SCENARIO in item.stash:
            self._state_verdict(judge(report), get_failure(report))
        if report.failed and _PROGRESS in item.stash:
            exchanges: list[StepExchanges] = item.stash.get(EXCHANGES, [])
            self._attach(
                "HTTP exchanges", render_exchanges(exchanges, get_redactor(item.config))
            )
            outputs = [
                text for _, text in report.get_sections("Captured sync under test")
            ]
            self._attach("Output of the sync under test", _render_runs(outputs))
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None]:
        """Identify a test by its check id or its node id: both are unique."""
        test = self._writer.get_test(None)
        # allure-pytest identifies a test by its parameters as text: 1 and "1" would be
        # one test, and a lone surrogate an error. They are hidden from it.
        parameters, test.parameters = test.parameters, []
        try:
            return (yield)
        finally:
            test.parameters = [*parameters, *test.parameters]
            if SCENARIO in item.stash:
                _name_scenario(test, item)
            else:
                test.testCaseId = md5(item.nodeid)
                test.titlePath[:1] = [_suite(item)]
            test.historyId = test.testCaseId
            if SCENARIO in item.stash:
                test.historyId = md5(f"{_name_history(item)} {test.fullName}")

    def _list_labels(self, item: pytest.Item) -> Iterator[tuple[str, str]]:
        yield "parentSuite", _suite(item)
        if SCENARIO in item.stash:
            scenario = item.stash[SCENARIO]
            yield "suite", _numbered(item)
            yield "subSuite", scenario.rule
            yield "feature", item.stash[FEATURE].name
            yield "story", scenario.rule
            yield "severity", SEVERITIES[scenario.bases[0]]
            if self._settings.owner:
                yield "owner", self._settings.owner
            yield from get_circumstances(item.config).items()

    def _state_verdict(self, verdict: Verdict, failure: Failure | None) -> None:
        """Give the running test the status of a verdict, its tag, and its category."""
        test = self._writer.get_test(None)
        if verdict in _STATUSES and test.status != Status.FAILED:
            test.status = _STATUSES[verdict]
        tag = Label(name=LabelType.TAG, value=Verdict.REFUSED.value)
        test.labels = [label for label in test.labels if label != tag]
        test.labels += [tag] * (verdict is Verdict.REFUSED)
        category = find_category(verdict, failure)
        if category is not None:
            # The phases before it have stated another one.
            test.labels = [label for label in test.labels if label.name != CATEGORY]
            test.labels.append(Label(name=CATEGORY, value=category.value))

    def _start(self, step: Step) -> str:
        uuid = str(uuid4())
        result = TestStepResult(name=_title(step), start=now())
        self._writer.start_step(None, uuid, result)
        if step.datatable is not None:
            csv.writer(text := io.StringIO()).writerows(step.datatable.raw())
            self._attach("Table", text.getvalue(), AttachmentType.CSV)
        return uuid

    def _end(
        self, request: pytest.FixtureRequest, error: BaseException | None = None
    ) -> None:
        progress = request.node.stash[_PROGRESS]
        if progress.running is not None:
            message = None if error is None else describe_error(error)
            self._stop(progress.running, get_status(error), message)
            progress.running = None

    def _stop(self, uuid: str, status: str, message: str | None) -> None:
        details = message and StatusDetails(message=message)
        self._writer.stop_step(
            uuid, stop=now(), status=status, statusDetails=details or None
        )

    def _attach(
        self, name: str, text: str, kind: AttachmentType = AttachmentType.TEXT
    ) -> None:
        if text:
            self._writer.attach_data(
                str(uuid4()), text, name=name, attachment_type=kind
            )


def _name_scenario(test: Any, item: pytest.Item) -> None:  # noqa: ANN401 - Allure's
    feature, scenario = item.stash[FEATURE], item.stash[SCENARIO]
    test.name = scenario.name
    test.fullName = scenario.ids[0]
    test.testCaseId = md5(test.fullName)
    test.titlePath = [_suite(item), _numbered(item), scenario.rule]
    place = feature.path.relative_to(item.config.rootpath).as_posix()
    test.description = _describe(feature, scenario, place, item.user_properties)
    progress = item.stash.get(_PROGRESS, None)
    if progress is not None and progress.finding is not None:
        # The report shows the steps: the place is all that the trace adds.
        failed = progress.steps[progress.started - 1]
        test.statusDetails.message = progress.finding
        test.statusDetails.trace = f"{place}:{failed.line_number}"


def _name_history(item: pytest.Item) -> str:
    document = name_document([item.stash[FEATURE]])
    return name_history({"document": document, **get_circumstances(item.config)})


def _suite(item: pytest.Item) -> str:
    first = item.nodeid.partition("::")[0].partition("/")[0]
    return _SUITES.get(first, first)


def _numbered(item: pytest.Item) -> str:
    feature = item.stash[FEATURE]
    return f"{feature.number}. {feature.name}"


def _title(step: Step) -> str:
    return f"{step.keyword.strip()} {step.name}"


def _render_runs(outputs: Sequence[str]) -> str:
    return "\n\n".join(
        f"Run {number} of {len(outputs)}\n{text.strip() or '(no output)'}"
        for number, text in enumerate(outputs, 1)
    )


def _describe(
    feature: WrittenFeature,
    scenario: WrittenScenario,
    place: str,
    properties: Sequence[tuple[str, object]],
) -> str:
    """Return the description of a scenario in Markdown; `place` is its file."""
    basis, notes = scenario.bases[0], decode_notes(properties)
    unconfirmed = (text.partition(": ") for text in notes.unconfirmed)
    parts = {
        "Evidence": notes.evidence,
        "Observed behaviour of the sync": (*notes.observed, *notes.unharmed),
        "Edits that a vendor refused": notes.refused,
        "Open questions for the owner of the document": feature.questions,
        "Assumptions about the vendors that no real account has confirmed": [
            f"`{name}`: {sentence}" for name, _, sentence in unconfirmed
        ],
    }
    head = (
        f"Check `{scenario.ids[0]}`, in `{place}:{scenario.line}`.\n\n"
        f"**{basis.capitalize()}**: {_BASES[basis]}."
    )
    lists = (
        f"**{title}**\n\n" + "\n".join(f"- {text}" for text in texts)
        for title, texts in parts.items()
        if texts
    )
    return "\n\n".join([head, *lists])
