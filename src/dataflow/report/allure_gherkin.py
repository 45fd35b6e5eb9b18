"""Shows scenarios in Allure as what they are, through allure-pytest alone.

A section is a feature, a statement a story, a line of Gherkin a step. A check keeps its
history by its id, whatever its scenario is called.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allure_commons.model2 import Status, StatusDetails, TestStepResult
from allure_commons.types import AttachmentType
from allure_commons.utils import md5, now
from allure_pytest.utils import get_status
from pytest_bdd.parser import Scenario, Step

from dataflow.harness.collection import FEATURE, SCENARIO, describe_error
from dataflow.harness.targets.base import Target
from dataflow.report.allure_writer import AllureWriter
from dataflow.report.description import describe
from dataflow.report.exchanges import Chapter, as_text
from dataflow.report.folder import CLEANER, circumstances

#: What the first folder of a test is called in the tree of suites.
_SUITES = {
    "features": "Checklist",
    "properties": "Properties",
    "tests": "The project's own tests",
}
_NOT_REACHED = "not reached"


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take the writer's place where allure-pytest is about to write."""
    listener = config.pluginmanager.get_plugin("allure_listener")
    if listener is not None:
        folder = Path(config.option.allure_report_dir)
        writer = AllureWriter(folder, config.stash[CLEANER])
        listener.allure_logger = writer
        config.pluginmanager.register(_AllureGherkin(writer), "allure_gherkin")


def attach_to_report(config: pytest.Config, name: str, text: str) -> None:
    """Attach a text to the report as a whole, where there is one."""
    listener = config.pluginmanager.get_plugin("allure_listener")
    if listener is not None:
        listener.global_attach_data(text, name, AttachmentType.TEXT, None)


@dataclass(slots=True)
class _Told:
    """What has been told of a scenario so far; `running` is the step at work."""

    steps: Sequence[Step]
    begun: int = 0
    running: str | None = None
    finding: str | None = None
    chapters: list[Chapter] = field(default_factory=list)


_TOLD = pytest.StashKey[_Told]()


class _AllureGherkin:
    """The hooks around one test after the other."""

    def __init__(self, writer: AllureWriter) -> None:
        self._writer = writer

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Label a test before Allure selects by labels."""
        for kind, value in _labels(item):
            item.add_marker(pytest.mark.allure_label(value, label_type=kind))

    def pytest_bdd_before_scenario(
        self, request: pytest.FixtureRequest, scenario: Scenario
    ) -> None:
        """Begin to tell."""
        request.node.stash[_TOLD] = _Told(scenario.steps)

    def pytest_bdd_before_step(
        self, request: pytest.FixtureRequest, step: Step
    ) -> None:
        """Begin a step, with its table."""
        told = request.node.stash[_TOLD]
        told.begun += 1
        told.chapters.append(Chapter(_title(step)))
        told.running = self._begin(step)

    def pytest_bdd_after_step(self, request: pytest.FixtureRequest) -> None:
        """End a step that went well."""
        self._end(request)

    def pytest_bdd_step_error(
        self, request: pytest.FixtureRequest, exception: Exception
    ) -> None:
        """End a step that did not, with what it found."""
        request.node.stash[_TOLD].finding = describe_error(exception)
        self._end(request, exception)

    def pytest_bdd_after_scenario(self, request: pytest.FixtureRequest) -> None:
        """Show the steps that were not reached."""
        # A skip or a timeout inside a step reaches no hook of the step.
        self._end(request, sys.exception())
        told = request.node.stash[_TOLD]
        for step in told.steps[told.begun :]:
            self._stop(self._begin(step), Status.SKIPPED, _NOT_REACHED)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach to a failed scenario what it rests on."""
        report = yield
        if report.failed and _TOLD in item.stash:
            self._attach("HTTP exchanges", as_text(item.stash[_TOLD].chapters))
            said = [text for _, text in report.get_sections("Captured sync under test")]
            self._attach("Output of the sync under test", _runs(said))
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None]:
        """Tell a test by its check id, or by its node id: both are unique."""
        test = self._writer.get_test(None)
        # allure-pytest makes a history of them as text, where 1 and "1" are one test,
        # and half a character is an error: it does not get to see them.
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

    def _begin(self, step: Step) -> str:
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
        told = request.node.stash[_TOLD]
        if told.running is not None:
            message = None if error is None else describe_error(error)
            self._stop(told.running, get_status(error), message)
            told.running = None
            target: Target = request.getfixturevalue("target")
            told.chapters[-1].exchanges += target.pop_exchanges()

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
    test.description = describe(feature, scenario, place, item.user_properties)
    told = item.stash.get(_TOLD, None)
    if told is not None and told.finding is not None:
        # The steps are there to be seen: the place is all that the trace adds.
        failed = told.steps[told.begun - 1]
        test.statusDetails.message = told.finding
        test.statusDetails.trace = f"{place}:{failed.line_number}"


def _labels(item: pytest.Item) -> Iterator[tuple[str, str]]:
    yield "parentSuite", _suite(item)
    if SCENARIO in item.stash:
        rule = item.stash[SCENARIO].rule
        yield "suite", _numbered(item)
        yield "subSuite", rule
        yield "feature", item.stash[FEATURE].name
        yield "story", rule
        yield from circumstances(item.config).items()


def _suite(item: pytest.Item) -> str:
    first = item.nodeid.partition("::")[0].partition("/")[0]
    return _SUITES.get(first, first)


def _numbered(item: pytest.Item) -> str:
    feature = item.stash[FEATURE]
    return f"{feature.number}. {feature.name}"


def _title(step: Step) -> str:
    return f"{step.keyword.strip()} {step.name}"


def _runs(said: Sequence[str]) -> str:
    return "\n\n".join(
        f"Run {number} of {len(said)}\n{text.strip() or '(no output)'}"
        for number, text in enumerate(said, 1)
    )
