"""Collects feature files as tests: `pytest features/x.feature` needs no Python beside.

A test's name is its check id, so that a report, `-k` and `--lf` speak of checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest._code.code import TerminalRepr
from pytest_bdd import scenario
from pytest_bdd.steps import step_function_context_registry

from dataflow.checklist.features import WrittenFeature, WrittenScenario, read_feature
from dataflow.errors import FeatureError
from dataflow.harness.failing import describe
from dataflow.harness.lint import complaints
from dataflow.harness.targets.tapes import CASSETTES, strays

#: Where a test keeps which feature it comes from, and its scenario.
FEATURE = pytest.StashKey[WrittenFeature]()
SCENARIO = pytest.StashKey[WrittenScenario]()

SUFFIX = ".feature"
_MAY_STAND_BESIDE = {"README.md"}


class CheckItem(pytest.Function):
    """One scenario. Where it fails is a line of its feature, not of a wrapper."""

    line = 1

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the scenario's place, and its node id as headline."""
        return self.path, self.line - 1, self.nodeid

    def repr_failure(  # type: ignore[override]
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> str | TerminalRepr:
        """Show a finding as a scenario, unless Python's frames were asked for."""
        asked = self.config.getoption("tbstyle") != "short"
        text = None if asked else describe(self, excinfo.value)
        return text or super().repr_failure(excinfo)


class FeatureFile(pytest.File):
    """One feature: every scenario of it is a test."""

    def collect(self) -> Iterator[pytest.Item]:
        """Bind each scenario, after a look at what pytest-bdd would not notice."""
        feature = self._read()
        for written in feature.scenarios:
            bind = scenario(str(self.path), written.name)
            name = written.ids[0].removeprefix(f"{feature.section}.")
            function = bind(lambda: None)
            item = CheckItem.from_parent(self, name=name, callobj=function)
            item.stash[FEATURE] = feature
            item.stash[SCENARIO] = written
            item.line = written.line
            item.add_marker(self._marker(written.ids[0]))
            yield item

    def _marker(self, check: str) -> pytest.MarkDecorator:
        """Register a check id as a marker, so that `-m` and `-k` select by it."""
        self.config.addinivalue_line("markers", f"{check}: a check")
        mark: pytest.MarkDecorator = getattr(pytest.mark, check)
        return mark

    def _read(self) -> WrittenFeature:
        try:
            feature = read_feature(self.path)
        except FeatureError as error:
            raise self.CollectError(str(error)) from error
        found = complaints(feature, list(step_function_context_registry.values()))
        if self.config.getoption("--target") == "recorded":
            found += self._strays(feature)
        if found:
            raise self.CollectError("\n".join([f"{self.path}:", *found]))
        return feature

    def _strays(self, feature: WrittenFeature) -> list[str]:
        """Return what to do about cassettes here that belong to no scenario."""
        folder = self.config.rootpath / CASSETTES
        sections = {path.stem for path in self.path.parent.glob(f"*{SUFFIX}")}
        checks = [scenario.ids[0] for scenario in feature.scenarios]
        return [
            f"{path.relative_to(folder.parent)} belongs to no scenario: remove it."
            for path in strays(folder, checks)
            if path.parent.name == feature.section or path.parent.name not in sections
        ]


class StrayFile(pytest.File):
    """A file that nothing would run, where only features belong."""

    def collect(self) -> Iterator[pytest.Item]:
        """Stop the collection: a checklist must not lose a page."""
        raise self.CollectError(
            f"{self.path} is no {SUFFIX} file, so nothing would run it: rename it or"
            " move it away."
        )


def collector_for(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Return what collects this file, if it is the checklist's business."""
    if path.suffix == SUFFIX:
        return FeatureFile.from_parent(parent, path=path)
    if path.parent.name == "features" and path.name not in _MAY_STAND_BESIDE:
        return StrayFile.from_parent(parent, path=path)
    return None
