"""A plugin of each run of pytest in this environment: says where the checklist is."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.project import describe_project, is_project

#: The projects that a run from another folder has met.
_MET = pytest.StashKey[list[Path]]()
_HARNESS = "dataflow.harness.plugin"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out a project below the folder of the run, whose plugins are not loaded."""
    if config.pluginmanager.hasplugin(_HARNESS) or not is_project(collection_path):
        return None
    config.stash.setdefault(_MET, []).append(collection_path)
    return True


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    """Write where to run pytest, if it has found no check here."""
    met = config.stash.get(_MET, [])
    is_empty = exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED
    if met or (is_empty and "deselected" not in terminalreporter.stats):
        place = " or ".join(map(str, met)) or describe_project()
        terminalreporter.write_line(
            f"There is no check in {Path.cwd()}: run pytest in {place}."
        )
