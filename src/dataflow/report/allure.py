"""The results for Allure: their folder, redacted, with one example of a property.

allure-pytest hands every result to one object, which `RedactingWriter` replaces. This
module and `allure_steps` alone depend on Allure's internals.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attr
import pytest
from allure_commons.model2 import Status
from allure_commons.reporter import AllureReporter
from allure_commons.types import AttachmentType

from dataflow.errors import SettingsError
from dataflow.files import write_whole
from dataflow.harness.recorder import (
    RECORD,
    get_circumstances,
    get_versions,
    is_over,
)
from dataflow.harness.redaction import get_redactor
from dataflow.harness.reports_folder import (
    get_reports_folder,
    is_worker,
    uses_reports_folder,
)
from dataflow.redact import Redactor
from dataflow.report.allure_steps import AllureSteps
from dataflow.report.settings import ReportSettings, read_report_settings

#: The folder of the results below the folder of the run.
ALLURE = Path("allure-results")

#: Whether this run writes there because no option names another folder.
_IS_DEFAULT = pytest.StashKey[bool]()

#: Labels about the machine.
_LABELS_LEFT_OUT = {"host"}

#: They identify a result, and its files.
_IDS = {"uuid", "historyId", "testCaseId", "source"}


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Name the folder if no option does, before allure-pytest reads the option."""
    is_unnamed = not getattr(config.option, "allure_report_dir", True)
    config.stash[_IS_DEFAULT] = uses_reports_folder(config) and is_unnamed
    if config.stash[_IS_DEFAULT]:
        config.option.allure_report_dir = str(get_reports_folder(config) / ALLURE)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Empty the default folder once, and replace allure-pytest's writer."""
    config = session.config
    # A worker that replaces a crashed one must not remove the results of the others.
    if config.stash[_IS_DEFAULT] and not is_worker(config):
        _empty(get_reports_folder(config) / ALLURE)
    listener = config.pluginmanager.get_plugin("allure_listener")
    if listener is not None:
        folder = Path(config.option.allure_report_dir)
        writer = RedactingWriter(folder, get_redactor(config))
        listener.allure_logger = writer
        config.pluginmanager.register(
            AllureSteps(writer, _read_settings(config)), "allure_steps"
        )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Write the circumstances of the run beside its results."""
    yield
    config = session.config
    if not is_worker(config) and config.pluginmanager.hasplugin("allure_listener"):
        folder = Path(config.option.allure_report_dir)
        write_whole(folder / "environment.properties", _render_properties(config))
        if executor := describe_executor(os.environ):
            write_whole(folder / "executor.json", json.dumps(executor))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Warn if a test has no result: a worker that crashed loses its own."""
    has_listener = config.pluginmanager.hasplugin("allure_listener")
    if not (config.stash[_IS_DEFAULT] and has_listener):
        return
    ran = {
        report.nodeid
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and is_over(report)
    }
    found = len(list((get_reports_folder(config) / ALLURE).glob("*-result.json")))
    if found != len(ran):
        terminalreporter.write_line(
            f"{ALLURE} has {found} results of {len(ran)} tests that ran: do not sign"
            " off this report; run again.",
            red=True,
        )


def _read_settings(config: pytest.Config) -> ReportSettings:
    try:
        return read_report_settings(config.rootpath)
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from error


def describe_executor(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the job of GitHub that runs this, as Allure shows it; empty elsewhere."""
    if "GITHUB_RUN_ID" not in variables:
        return {}
    repository = f"{variables['GITHUB_SERVER_URL']}/{variables['GITHUB_REPOSITORY']}"
    return {
        "name": "GitHub Actions",
        "type": "github",
        "buildName": f"{variables['GITHUB_WORKFLOW']} {variables['GITHUB_RUN_NUMBER']}",
        "buildUrl": f"{repository}/actions/runs/{variables['GITHUB_RUN_ID']}",
    }


def attach_to_report(config: pytest.Config, name: str, text: str) -> None:
    """Attach a text to the report as a whole, if there is one."""
    listener = config.pluginmanager.get_plugin("allure_listener")
    if listener is not None:
        listener.global_attach_data(text, name, AttachmentType.TEXT, None)


def _empty(folder: Path) -> None:
    """Create the folder, or remove the files in it; raises `UsageError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.is_file():
                path.unlink()
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise pytest.UsageError(
            f"{ALLURE} cannot be written ({error.strerror}): check the free space and"
            " the permissions of the folder."
        ) from error


def _render_properties(config: pytest.Config) -> str:
    """Return the circumstances as Java properties, whose keys contain no space."""
    record = config.stash.get(RECORD, None)
    of_checks = {}
    if record is not None:
        evidence = "; ".join(record.evidence)
        of_checks = {"document": record.document, "evidence": evidence}
    values = {
        **get_circumstances(config),
        **{name: text for name, text in of_checks.items() if text},
        "python": platform.python_version(),
        **get_versions(),
    }
    escaped = {name: value.replace("\\", "\\\\") for name, value in values.items()}
    return "".join(f"{name}={value}\n" for name, value in escaped.items())


class RedactingWriter(AllureReporter):  # type: ignore[misc] # it ships no types
    """Redacts a folder's results; keeps Hypothesis's last, smallest, example."""

    def __init__(self, folder: Path, redact: Redactor) -> None:
        super().__init__()
        self._folder = folder
        self._redact = redact
        self._example: object = None
        self._before: tuple[int, int] = (0, 0)

    def close_test(self, uuid: str) -> None:
        """Write a result, unless the run was interrupted before it."""
        test = self.get_test(uuid)
        if test.historyId is None:  # the tear-down states it
            self.drop_test(uuid)
            return
        test.labels[:] = sorted(
            (label for label in test.labels if label.name not in _LABELS_LEFT_OUT),
            key=lambda label: (label.name, label.value),
        )
        self._example = None
        self._redact_item(test)
        super().close_test(uuid)

    def stop_group(self, uuid: str, **changes: Any) -> None:  # noqa: ANN401 - Allure's
        """Write what a fixture did, if a reader needs it."""
        group = self.get_item(uuid)
        group.befores[:] = filter(_is_needed, group.befores)
        group.afters[:] = filter(_is_needed, group.afters)
        if not group.befores and not group.afters:
            self.drop_test(uuid)
            return
        for fixture in (*group.befores, *group.afters):
            self._redact_item(fixture)
        super().stop_group(uuid, **changes)

    def start_step(self, parent_uuid: str | None, uuid: str, step: Any) -> None:  # noqa: ANN401 - Allure's
        """Start a step of the running test."""
        self._keep_one_example()
        super().start_step(parent_uuid, uuid, step)

    def attach_data(self, uuid: str, body: str | bytes, **named: Any) -> None:  # noqa: ANN401 - Allure's
        """Attach a text or bytes, redacted as far as they are text."""
        self._keep_one_example()
        super().attach_data(uuid, _redact(body, self._redact), **named)

    def attach_file(self, uuid: str, source: str, **named: Any) -> None:  # noqa: ANN401 - Allure's
        """Attach the content of a file."""
        self.attach_data(uuid, Path(source).read_bytes(), **named)

    def global_attach_data(self, uuid: str, body: str | bytes, **named: Any) -> None:  # noqa: ANN401 - Allure's
        """Attach a text to the report as a whole, redacted."""
        super().global_attach_data(uuid, _redact(body, self._redact), **named)

    def _redact_item(self, item: Any) -> None:  # noqa: ANN401 - Allure's
        """Redact all texts of an item and below it, except for its ids."""
        for name in attr.fields_dict(type(item)):
            value = getattr(item, name)
            if isinstance(value, str) and name not in _IDS:
                setattr(item, name, self._redact(value))
            for each in value if isinstance(value, list) else [value]:
                if attr.has(type(each)):
                    self._redact_item(each)

    def _keep_one_example(self) -> None:
        """Drop what earlier examples of a property left."""
        example = _running_example()
        test = self.get_test(None)
        if example is None or test is None or example is self._example:
            return
        if self._example is None:
            self._before = len(test.steps), len(test.attachments)
        self._example = example
        steps, attachments = self._before
        for name in _list_attached(test.steps[steps:], test.attachments[attachments:]):
            (self._folder / name).unlink(missing_ok=True)
        del test.steps[steps:], test.attachments[attachments:]


def _is_needed(fixture: Any) -> bool:  # noqa: ANN401 - Allure's
    # The tear-down of a fixture has a status only if it failed.
    passed = fixture.status in {None, Status.PASSED}
    return bool(not passed or fixture.steps or fixture.attachments)


def _redact(body: str | bytes, redact: Redactor) -> str | bytes:
    return redact(body) if isinstance(body, str) else redact.binary(body)


def _running_example() -> object:
    """Return Hypothesis's running example, if a test has imported that (slow)."""
    control: Any = sys.modules.get("hypothesis.control")
    if control is None or not control.currently_in_test_context():
        return None
    return control.current_build_context()


def _list_attached(steps: Any, attachments: Any) -> Iterator[str]:  # noqa: ANN401 - Allure's
    yield from (attachment.source for attachment in attachments)
    for step in steps:
        yield from _list_attached(step.steps, step.attachments)
