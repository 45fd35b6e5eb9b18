"""Keeps what a run on real accounts has shown: dates and shapes, once, at its end."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest

from dataflow.contract.collecting import is_contract, settled_by, test_id
from dataflow.contract.confirmed import (
    CONFIRMED,
    Confirmation,
    after_a_run,
    read_confirmed,
    write_confirmed,
)
from dataflow.contract.shape_files import SHAPES, Shapes, write_shapes

#: The shapes of what a test was answered.
ANSWERED = pytest.StashKey[Shapes]()


class Keeper:
    """Is told how each test ended, and writes the files below `root` at the end."""

    def __init__(self, root: Path, today: date) -> None:
        self._root = root
        self._today = today
        self._passed: dict[str, Confirmation] = {}
        self._failed: set[str] = set()
        self._shapes: dict[str, Shapes] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note how a part of a contract test ended."""
        report = yield
        if is_contract(item):
            self._note(item, report)
        return report

    def _note(self, item: pytest.Item, report: pytest.TestReport) -> None:
        test = test_id(item)
        if report.failed:
            self._failed.add(test)
        elif report.passed and report.when == "call":
            self._passed[test] = Confirmation(self._today, settled_by(item))
            self._shapes[test] = item.stash[ANSWERED]

    def pytest_sessionfinish(self) -> None:
        """Replace the files; a run that has shown nothing leaves them alone."""
        if not (self._passed or self._failed):
            return
        path = self._root / CONFIRMED
        before = read_confirmed(path)
        write_confirmed(path, after_a_run(before, self._passed, self._failed))
        kept = {k: v for k, v in self._shapes.items() if k not in self._failed}
        write_shapes(self._root / SHAPES, kept)
