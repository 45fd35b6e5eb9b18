"""Prints the summary at the end of a run that held scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dataflow.checklist.features import WrittenFeature, read_feature
from dataflow.harness.verdicts import UNTOLD, is_untold
from dataflow.report.allure_gherkin import attach_to_report
from dataflow.report.results import Verdict, collect
from dataflow.report.summary import assumptions_in_words, render

#: How wide the summary is in the report, in characters.
_PAGE = 100

_BASES = {
    "reference": "the reference sync",
    "wait": "a service that runs by itself",
    "sesam": "the pipes of a Sesam node",
    "none": "no sync at all",
}
_TARGETS = {
    "recorded": "as recorded",
    "twin": "on the twins",
    "sandbox": "on a sandbox",
}


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Write the summary below pytest's own."""
    reports = list(_reports(terminalreporter))
    outcomes = {}
    for report in reports:
        properties = dict(report.user_properties)
        if "check" in properties:
            notes = tuple(
                (str(name), str(text)) for name, text in report.user_properties
            )
            outcomes[str(properties["check"])] = (_verdict(report), notes)
    if not outcomes:
        return
    sections = collect(_features(config.rootpath, reports), outcomes)
    width = terminalreporter._tw.fullwidth  # noqa: SLF001 - pytest has no other way
    colour, basis = terminalreporter.hasmarkup, _basis(config)
    text = render(sections, basis=basis, width=width, colour=colour)
    terminalreporter.write(f"\n{text}")
    plain = render(sections, basis=basis, width=_PAGE, colour=False)
    in_words = assumptions_in_words(sections, width=_PAGE)
    attach_to_report(config, "Summary", plain + in_words)
    if config.get_verbosity() > 0:
        terminalreporter.write(assumptions_in_words(sections, width=width))


def _reports(terminalreporter: pytest.TerminalReporter) -> Iterator[pytest.TestReport]:
    """Yield one report a test: of its call, or of the set-up that went wrong."""
    for category in ("passed", "failed", "error", UNTOLD):
        for report in terminalreporter.stats.get(category, []):
            if isinstance(report, pytest.TestReport):
                yield report


def _verdict(report: pytest.TestReport) -> Verdict:
    if report.passed:
        return Verdict.HOLDS
    return Verdict.UNTOLD if is_untold(report) else Verdict.FAILS


def _features(root: Path, reports: list[pytest.TestReport]) -> Iterator[WrittenFeature]:
    names = {report.nodeid.partition("::")[0] for report in reports}
    for name in sorted(names):
        if name.endswith(".feature"):
            yield read_feature(root / name)


def _basis(config: pytest.Config) -> str:
    sync: str = config.getoption("--sync")
    return f"{_BASES.get(sync, sync)} {_TARGETS[config.getoption('--target')]}"
