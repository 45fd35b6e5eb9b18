"""Collects features as tests: `pytest features/x.feature` needs no Python module.

The name of a test is its check id, which reports, `-k` and `--lf` show. Mistakes that
pytest-bdd accepts stop the collection, and a failed check is shown as its scenario.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import TerminalRepr
from pytest_bdd import scenario as bind_scenario
from pytest_bdd.parser import Scenario, Step
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from dataflow.checklist.features import (
    WrittenFeature,
    WrittenScenario,
    read_feature,
)
from dataflow.errors import (
    DataflowError,
    FeatureError,
    NotASandboxError,
    TargetFailedError,
    VendorRefusedError,
    VendorUnavailableError,
)
from dataflow.harness.scenario.polling import SyncDriver
from dataflow.harness.targets.base import CASSETTES, find_stray_cassettes
from dataflow.harness.verdicts import Verdict
from dataflow.recordings.cassette import CassetteError
from dataflow.recordings.replay import ReplayMismatchError

#: The feature and the scenario of a test, and the scenario and the step that failed.
FEATURE = pytest.StashKey[WrittenFeature]()
SCENARIO = pytest.StashKey[WrittenScenario]()
FAILED = pytest.StashKey[tuple[Scenario, Step]]()
#: What runs the sync, of a test and of the latest one of a run.
DRIVER = pytest.StashKey[SyncDriver]()

#: How the reason begins for which a check is skipped.
NOT_EXERCISED = f"{Verdict.NOT_EXERCISED}: "

#: The errors that make a check inconclusive: of a vendor, of its twin, of accounts that
#: are not a sandbox, of a recording. A refusal that the sync has caused does not.
_INCONCLUSIVE = (
    VendorUnavailableError,
    VendorRefusedError,
    TargetFailedError,
    NotASandboxError,
    ReplayMismatchError,
    CassetteError,
)
_FINDINGS = (AssertionError, DataflowError, *_INCONCLUSIVE)
#: The errors that may occur before the first step or after the last.
_TARGET_ERRORS = (DataflowError, ReplayMismatchError, TargetFailedError)

#: The definitions of the lines of a feature, by type and text.
_DEFINITIONS = pytest.StashKey[dict[tuple[str, str], list[Any]]]()

_SUFFIX = ".feature"
_ALLOWED_FILES = {"README.md"}

_KEYWORD_LIKE = re.compile(r"\s*(@|\*|\w+)")
_STEP_WORDS = ("@", "*", "given", "when", "then", "and", "but")
_BLOCK = re.compile(r"\s*([A-Za-z ]{3,20}):\s")
_BLOCK_WORDS = ("scenario", "example", "background", "rule", "scenario outline")


class CheckItem(pytest.Function):
    """One scenario. Its place is a line of the feature."""

    line = 1

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of the scenario, and its node id as headline."""
        return self.path, self.line - 1, self.nodeid

    def repr_failure(  # type: ignore[override]
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> str | TerminalRepr:
        """Show a finding as a scenario, unless --tb asks for Python frames."""
        is_short = self.config.getoption("tbstyle") == "short"
        text = describe_failure(self, excinfo.value) if is_short else None
        return text or super().repr_failure(excinfo)


class FeatureFile(pytest.File):
    """One feature; each of its scenarios is a test."""

    def collect(self) -> Iterator[pytest.Item]:
        """Bind each scenario after a search for mistakes."""
        _search_for_steps_once()
        feature = self._read()
        # All at once: at each unknown marker, pytest reads every registered one again.
        for written in feature.scenarios:
            self.config.addinivalue_line("markers", f"{written.ids[0]}: a check")
        for written in feature.scenarios:
            bind = bind_scenario(str(self.path), written.name)
            name = written.ids[0].removeprefix(f"{feature.section}.")
            function = bind(lambda: None)
            item = CheckItem.from_parent(self, name=name, callobj=function)
            item.stash[FEATURE] = feature
            item.stash[SCENARIO] = written
            item.line = written.line
            item.add_marker(written.ids[0])  # `-m` and `-k` select by it
            yield item

    def _read(self) -> WrittenFeature:
        try:
            feature = read_feature(self.path)
        except FeatureError as error:
            raise self.CollectError(str(error)) from error
        found = find_mistakes(feature, step_function_context_registry.values())
        if self.config.getoption("--target") == "recorded":
            found += self._find_strays(feature)
        if found:
            raise self.CollectError("\n".join([f"{self.path}:", *found]))
        return feature

    def _find_strays(self, feature: WrittenFeature) -> list[str]:
        """Return a sentence for each cassette here that belongs to no scenario."""
        folder = self.config.rootpath / CASSETTES
        sections = {path.stem for path in self.path.parent.glob(f"*{_SUFFIX}")}
        checks = [scenario.ids[0] for scenario in feature.scenarios]
        return [
            f"{path.relative_to(folder.parent)} belongs to no scenario: delete it."
            for path in find_stray_cassettes(folder, checks)
            if path.parent.name == feature.section or path.parent.name not in sections
        ]


class StrayFile(pytest.File):
    """A file among the features that is not a feature."""

    def collect(self) -> Iterator[pytest.Item]:
        """Stop the collection: otherwise a misnamed feature would not run."""
        raise self.CollectError(
            f"{self.path} is not a {_SUFFIX} file, so pytest would not run it: rename"
            " or move it."
        )


def create_collector(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Return the collector of a file in the checklist; None for another file."""
    if path.suffix == _SUFFIX:
        return FeatureFile.from_parent(parent, path=path)
    if path.parent.name == "features" and path.name not in _ALLOWED_FILES:
        return StrayFile.from_parent(parent, path=path)
    return None


@functools.cache
def _search_for_steps_once() -> None:
    """Let pytest-bdd search for the definition of a line once in each file.

    It asks pytest about all fixtures, for every line of every scenario.
    """
    # The package has a function of the module's name.
    module = vars(importlib.import_module("pytest_bdd.scenario"))
    search = module["find_fixturedefs_for_step"]

    def search_once(step: Step, fixturemanager: Any, node: Any) -> list[Any]:  # noqa: ANN401 - pytest's own
        known = node.parent.stash.setdefault(_DEFINITIONS, {})
        key = step.type, step.name
        if key not in known:
            known[key] = list(search(step, fixturemanager, node))
        found: list[Any] = known[key]
        return found

    module["find_fixturedefs_for_step"] = search_once


# Mistakes that pytest-bdd accepts


def find_mistakes(
    feature: WrittenFeature, definitions: Iterable[StepFunctionContext]
) -> list[str]:
    """Return a sentence for each mistake in the feature or in the steps it uses.

    Of two scenarios of one name, only the last runs. A mistyped keyword makes its line,
    or a whole scenario, a description, which passes. A scenario without a Then checks
    nothing. An `async` step is never awaited. Of two definitions that match a line, one
    is taken without a warning.
    """
    known = list(definitions)
    return [
        *_check_names(feature),
        *_check_tags(feature),
        *_check_count(feature),
        *_check_descriptions(feature),
        *_check_async(known),
        *_check_bindings(feature, known),
    ]


def _check_names(feature: WrittenFeature) -> Iterator[str]:
    names = Counter(scenario.name for scenario in feature.scenarios)
    for name, count in names.items():
        if count > 1:
            yield (
                f"{count} scenarios have the name {name!r}, but only the last would"
                " run: rename the others."
            )


def _check_tags(feature: WrittenFeature) -> Iterator[str]:
    ids = Counter(tag for scenario in feature.scenarios for tag in scenario.ids)
    for written in feature.scenarios:
        place = f"Scenario {written.name!r} (line {written.line})"
        if len(written.bases) != 1:
            yield (
                f"{place} must have exactly one of the tags @stated, @inferred and"
                " @observed."
            )
        if [tag.partition(".")[0] for tag in written.ids] != [feature.section]:
            yield (
                f"{place} must have exactly one check id as a tag that begins with"
                f" @{feature.section}., but has {', '.join(written.ids) or 'none'}."
            )
    for tag, count in ids.items():
        if count > 1:
            yield f"{count} scenarios have the check id {tag!r}: make each id unique."


def _check_count(feature: WrittenFeature) -> Iterator[str]:
    count = len(feature.scenarios)
    if count != feature.announced:
        yield (
            f"The feature announces {feature.announced} checks, but has {count}"
            " scenarios: check the keywords for typing errors, or the number."
        )


def _check_descriptions(feature: WrittenFeature) -> Iterator[str]:
    for written in feature.scenarios:
        yield from _check_steps(written)
    for description in feature.descriptions:
        for line in filter(_is_like_gherkin, description.splitlines()):
            yield (
                f"{line.strip()!r} is in a description, so it would not run: check"
                " the keyword before it for typing errors."
            )


def _check_steps(written: WrittenScenario) -> Iterator[str]:
    name = repr(written.name)
    if written.not_exercised:
        return
    if written.description:
        line = written.description.splitlines()[0]
        yield (
            f"{line!r} in scenario {name} is not a step, so it would not run: check its"
            " keyword for typing errors."
        )
    elif written.is_outline:
        yield (
            f"Scenario {name} is an outline, whose examples would not run: write a"
            " scenario for each."
        )
    elif not written.steps:
        yield f"Scenario {name} has no step, so it would pass: add its steps."
    elif all(step.type != "then" for step in written.steps):
        yield f"Scenario {name} has no Then, so it would check nothing: add one."


def _is_like_gherkin(line: str) -> bool:
    block = _BLOCK.match(line)
    if block and block[1].strip().lower() in _BLOCK_WORDS:
        return True
    found = _KEYWORD_LIKE.match(line)
    return found is not None and found[1].lower() in _STEP_WORDS


def _check_async(definitions: Iterable[StepFunctionContext]) -> Iterator[str]:
    for definition in definitions:
        function = definition.step_func
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(
            function
        ):
            yield (
                f"The step {definition.parser.name!r} is async, which pytest-bdd never"
                " awaits, so it would pass: make it synchronous."
            )


def _check_bindings(
    feature: WrittenFeature, definitions: Sequence[StepFunctionContext]
) -> Iterator[str]:
    # The scenarios of a feature repeat their lines.
    find = functools.cache(functools.partial(_find_names, definitions))
    exercised = (each for each in feature.scenarios if not each.not_exercised)
    for step in (step for written in exercised for step in written.steps):
        names = find(step.type, step.text)
        if not names:
            yield f"No step definition matches {step.text!r} (line {step.line})."
        elif len(names) > 1:
            shown = " and ".join(map(repr, names))
            yield f"Several steps match {step.text!r} (line {step.line}): {shown}."


def _find_names(
    definitions: Iterable[StepFunctionContext], kind: str, text: str
) -> list[str]:
    """Return the names of the definitions that match a line of this kind."""
    return [
        definition.parser.name
        for definition in definitions
        if definition.type in {None, kind} and definition.parser.is_matching(text)
    ]


# Failures


def is_inconclusive(error: BaseException | None) -> bool:
    """Return whether a check that ends with this error gives no verdict on the sync."""
    if isinstance(error, VendorRefusedError) and error.is_consequence:
        return False
    return isinstance(error, _INCONCLUSIVE)


def describe_failure(node: pytest.Item, error: BaseException) -> str | None:
    """Return the scenario and the finding; None where Python frames are needed."""
    has_step = FAILED in node.stash
    if not isinstance(error, _FINDINGS if has_step else _TARGET_ERRORS):
        return None
    line, steps = (node.reportinfo()[1] or 0) + 1, []
    if has_step:
        scenario, failed = node.stash[FAILED]
        line, steps = failed.line_number, [*_mark_step(scenario, failed), ""]
    path, root = node.path, node.config.rootpath
    place = f"{path.relative_to(root) if path.is_relative_to(root) else path}:{line}"
    return "\n".join([place, "", *steps, describe_error(error)])


def describe_error(error: BaseException) -> str:
    """Return the message of an error, with its notes."""
    # pytest adds an explanation to the sentence, which would repeat it.
    sentence = str(error).partition("\nassert ")[0]
    lines = [sentence, *getattr(error, "__notes__", [])]
    cause = error.__context__
    if isinstance(error, ReplayMismatchError) and isinstance(cause, AssertionError):
        # A check that failed is tried again, which leaves the recording.
        lines.append(f"Previous finding: {describe_error(cause)}")
    return "\n".join(lines)


def _mark_step(scenario: Scenario, failed: Step) -> Iterator[str]:
    for step in scenario.steps:
        is_failed = step.line_number == failed.line_number
        yield f"{'  > ' if is_failed else '    '}{step.keyword.strip()} {step.name}"
        if is_failed and step.datatable is not None:
            yield from _align([list(map(str, row)) for row in step.datatable.raw()])


def _align(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (c.ljust(width) for c, width in zip(row, widths, strict=True))
        yield f"        | {' | '.join(cells)} |"
