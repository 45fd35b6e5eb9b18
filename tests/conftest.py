"""What all suites of the project's own tests share."""

from __future__ import annotations

import pytest

from tests.harness.project import RunChecklist, run


@pytest.fixture(scope="session")
def run_checklist() -> RunChecklist:
    """Return what runs the checklist of a folder, forked from a warm process.

    The process starts with the first run, and serves all tests of this worker.
    """
    return run
