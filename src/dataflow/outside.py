"""A plugin of each run of pytest in this environment: says where the checklist is."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.project import describe_project


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int
) -> None:
    """Write where to run pytest, if it has found no test in this folder."""
    is_empty = exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED
    if not is_empty or "deselected" in terminalreporter.stats:
        return
    terminalreporter.write_line(
        f"There is no check in {Path.cwd()}: run pytest in {describe_project()}."
    )
