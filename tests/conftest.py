"""What all suites of the project's own tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a copy of the checklist of items that may be damaged."""
    return Project(tmp_path)
