"""The third verdict: a vendor that could not be asked is nobody's lost edit.

A check holds, fails, or is inconclusive. pytest ends with 1 where something failed, and
with 75, like a program that asks for another try, where all that went wrong is
inconclusive.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from dataflow.harness.collection import FEATURE, INCONCLUSIVE

#: What a run ends with that failed nothing, and could not tell everything.
TRY_AGAIN = 75

#: The verdict as it travels with a result, and the category that pytest counts it in.
VERDICT, UNTOLD = "verdict", "inconclusive"


def is_untold(report: pytest.TestReport | pytest.CollectReport) -> bool:
    """Tell whether a report is of a check that is inconclusive."""
    if isinstance(report, pytest.CollectReport):
        return False
    return (VERDICT, UNTOLD) in report.user_properties


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Mark the report of a check that tells nothing about the sync."""
    report = yield
    error = call.excinfo and call.excinfo.value
    if FEATURE in item.stash and isinstance(error, INCONCLUSIVE):
        report.user_properties.append((VERDICT, UNTOLD))
        # JUnit takes them from the report of what comes after the call.
        item.user_properties.append((VERDICT, UNTOLD))
    return report


def pytest_report_teststatus(
    report: pytest.TestReport | pytest.CollectReport,
) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    """Count it apart from what failed."""
    if report.failed and is_untold(report):
        return UNTOLD, "?", (UNTOLD.upper(), {"yellow": True})
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show it as pytest shows what failed."""
    reports = terminalreporter.getreports(UNTOLD)
    if reports:
        terminalreporter.write_sep("=", UNTOLD.upper(), yellow=True)
    for report in reports:
        terminalreporter.write_sep("_", report.nodeid, yellow=True)
        terminalreporter.write_line(report.longreprtext)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """End with a status of its own where nothing failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or session.exitstatus != pytest.ExitCode.TESTS_FAILED:
        return
    if reporter.stats.get(UNTOLD) and not _failed(reporter):
        session.exitstatus = TRY_AGAIN


def _failed(reporter: pytest.TerminalReporter) -> bool:
    return bool(reporter.stats.get("failed") or reporter.stats.get("error"))
