"""What all suites of the project's own tests share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from dataflow.contract.items import is_contract
from dataflow.files import fast_temporary_folder
from dataflow.network.sockets import suspended
from tests.project import Project


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Suspend the guard of the run for this project's own tests: they serve hosts."""
    is_own = Path(__file__).parent in item.path.parents and not is_contract(item)
    with suspended() if is_own else nullcontext():
        return (yield)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Create a folder in memory: a state file waits for the disk at each write."""
    with fast_temporary_folder() as folder:
        yield folder


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a copy of the checklist of items that may be damaged."""
    return Project(tmp_path)
