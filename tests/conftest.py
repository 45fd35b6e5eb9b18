"""What all suites of the project's own tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dataflow.files import fast_temporary_folder
from tests.project import Project


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Create a folder in memory: a state file waits for the disk at each write."""
    with fast_temporary_folder() as folder:
        yield folder


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a copy of the checklist of items that may be damaged."""
    return Project(tmp_path)
