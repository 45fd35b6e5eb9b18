"""What must not be green: a test that was expected to fail, or left out with no reason.

pytest counts both beside what has passed, and ends with 0. A checklist that is signed
off says for each check that it holds, or why nobody looked.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

_NO_REASON = {"", "unconditional skip"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[
    None, pytest.TestReport, pytest.TestReport
]:
    """Make such a report one of a failure, with a sentence."""
    report = yield
    if complaint := _complaint(report):
        report.outcome = "failed"
        report.longrepr = complaint
        # pytest takes whoever has it for an expected failure.
        vars(report).pop("wasxfail", None)
    return report


def _complaint(report: pytest.TestReport) -> str | None:
    if hasattr(report, "wasxfail"):
        return (
            f"It was expected to fail ({report.wasxfail or 'no reason is given'}): take"
            " the xfail away, and let it say what it finds."
        )
    if report.skipped and _reason(report) in _NO_REASON:
        return "It was skipped, and does not say why: give a reason."
    return None


def _reason(report: pytest.TestReport) -> str:
    said = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    return said.removeprefix("Skipped").removeprefix(":").strip()
