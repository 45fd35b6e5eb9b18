"""The plugin that gives each test its verdict, which travels with its reports."""

from __future__ import annotations

import textwrap
from collections.abc import Generator

import pytest

from dataflow.harness.collection import FEATURE, INCONCLUSIVE
from dataflow.harness.verdicts import Verdict

#: The number of inconclusive scenarios in a row after which a sandbox run ends.
LIMIT = 3

#: An error of an HTTP client can be long: this many characters of it are shown.
_CHARACTERS = 200

#: The property of a report, and of its case in JUnit, that marks an inconclusive check.
_MARK = ("verdict", Verdict.INCONCLUSIVE.value)

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
    """Mark an inconclusive check, and fail a test that gives no verdict or reason."""
    report = yield
    error = call.excinfo and call.excinfo.value
    if FEATURE in item.stash and isinstance(error, INCONCLUSIVE):
        report.user_properties.append(_MARK)
        # JUnit reads the properties from the report of the tear-down.
        item.user_properties.append(_MARK)
    if complaint := _find_excuse(report):
        report.outcome = "failed"
        report.longrepr = complaint
        # pytest counts every report with this attribute as an expected failure.
        vars(report).pop("wasxfail", None)
    return report


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
    if report.passed:
        return Verdict.HOLDS
    if report.skipped:
        return Verdict.LEFT_OUT
    is_marked = _MARK in getattr(report, "user_properties", ())
    return Verdict.INCONCLUSIVE if is_marked else Verdict.FAILS


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
