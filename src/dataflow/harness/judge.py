"""The plugin that gives each test its verdict, which travels with its reports."""

from __future__ import annotations

import textwrap
from collections.abc import Generator

import pytest

from dataflow.harness.collection import FEATURE, NOT_EXERCISED, is_inconclusive
from dataflow.harness.verdicts import Verdict

#: The number of inconclusive scenarios in a row after which a sandbox run ends.
LIMIT = 3

#: An error of an HTTP client can be long: this many characters of it are shown.
_CHARACTERS = 200

#: The properties of a report, and of its case in JUnit, that state its verdict. pytest
#: has no outcome for these; the outcome alone states the other verdicts.
_MARKS = {
    each: ("verdict", each.value) for each in (Verdict.INCONCLUSIVE, Verdict.REFUSED)
}
#: The note of a check whose edit was refused, in a step that expects it.
_REFUSED = "refused"

#: The reasons that pytest gives where the test gives none.
_NO_REASON = {"", "unconditional skip"}


def pytest_configure(config: pytest.Config) -> None:
    """Limit a run on sandbox accounts."""
    if config.getoption("--target", None) == "sandbox":
        config.pluginmanager.register(InconclusiveLimit())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Mark a verdict that pytest lacks; fail a test without verdict or reason."""
    report = yield
    if complaint := _find_excuse(report):
        _fail(report, complaint)
    if FEATURE in item.stash:
        _mark(item, report, call.excinfo and call.excinfo.value)
    return report


def _mark(
    item: pytest.Item, report: pytest.TestReport, error: BaseException | None
) -> None:
    """Let a report of a check, and its case in JUnit, state the verdict."""
    reason, mark = find_skip_reason(report), None
    if report.skipped and not reason.startswith(NOT_EXERCISED):
        _fail(
            report,
            f"The check was skipped ({reason}), which gives no verdict: declare before"
            " the run that it is not exercised.",
        )
        mark = _MARKS[Verdict.INCONCLUSIVE]
    elif report.failed and is_inconclusive(error):
        mark = _MARKS[Verdict.INCONCLUSIVE]
    elif report.passed and report.when == "call" and _is_refused(item):
        mark = _MARKS[Verdict.REFUSED]
    # JUnit reads the properties from the report of the tear-down.
    for properties in (report.user_properties, item.user_properties):
        if report.failed:
            # The phases before it have stated another verdict.
            properties[:] = [p for p in properties if p not in _MARKS.values()]
        if mark is not None and mark not in properties:
            properties.append(mark)


def _is_refused(item: pytest.Item) -> bool:
    return any(name == _REFUSED for name, _ in item.user_properties)


def _fail(report: pytest.TestReport, sentence: str) -> None:
    report.outcome = "failed"
    report.longrepr = sentence
    # pytest counts every report with this attribute as an expected failure.
    vars(report).pop("wasxfail", None)


def _find_excuse(report: pytest.TestReport) -> str | None:
    """Return the sentence about a test that pytest would not count as failed.

    pytest ends with 0 beside an expected failure and an unexplained skip. A checklist
    that is signed off gives a verdict on each check, or the reason for none.
    """
    if hasattr(report, "wasxfail"):
        return (
            f"The test has an xfail mark ({report.wasxfail or 'no reason given'}):"
            " remove the mark, so that the test gives a verdict."
        )
    if report.skipped and find_skip_reason(report) in _NO_REASON:
        return "The test was skipped without a reason: give a reason."
    return None


def find_skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return why a test was skipped; empty without a reason."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    return text.removeprefix("Skipped").removeprefix(":").strip()


def judge(report: pytest.TestReport | pytest.CollectReport) -> Verdict:
    """Return the verdict of one phase of a test."""
    marked = getattr(report, "user_properties", ())
    if report.passed:
        is_refused = _MARKS[Verdict.REFUSED] in marked
        return Verdict.REFUSED if is_refused else Verdict.HOLDS
    if report.skipped:
        return Verdict.NOT_EXERCISED
    is_inconclusive = _MARKS[Verdict.INCONCLUSIVE] in marked
    return Verdict.INCONCLUSIVE if is_inconclusive else Verdict.FAILS


def pytest_report_teststatus(
    report: pytest.TestReport | pytest.CollectReport,
) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    """Count an inconclusive check in a category of its own."""
    verdict = judge(report)
    if verdict is Verdict.INCONCLUSIVE:
        return verdict, "?", (verdict.upper(), {"yellow": True})
    return None


class InconclusiveLimit:
    """Ends a run on sandboxes after some inconclusive scenarios in a row."""

    def __init__(self) -> None:
        self._session: pytest.Session | None = None
        self._in_a_row = 0

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep the session that may have to end."""
        self._session = session

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count, and end the run with one sentence."""
        if report.when != "call" or self._session is None:
            return
        is_inconclusive = judge(report) is Verdict.INCONCLUSIVE
        self._in_a_row = self._in_a_row + 1 if is_inconclusive else 0
        if self._in_a_row == LIMIT:
            text = report.longreprtext.strip().splitlines()[-1]
            last = textwrap.shorten(text, _CHARACTERS, placeholder=" ...")
            self._session.shouldfail = (
                f"{LIMIT} scenarios in a row were inconclusive, so the run ends"
                f" here: {last}"
            )
