"""Mistakes in features that pytest-bdd accepts: a check would pass or vanish."""

from __future__ import annotations

import functools
import inspect
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pytest_bdd.steps import StepFunctionContext

from dataflow.checklist.features import WrittenFeature, WrittenScenario, WrittenStep
from dataflow.harness.step_catalogue import find_similar, is_match
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.invoiced import InvoicedAccount

_KEYWORD_LIKE = re.compile(r"\s*(@|\*|\w+)")
_STEP_WORDS = ("@", "*", "given", "when", "then", "and", "but")
_BLOCK = re.compile(r"\s*([A-Za-z ]{3,20}):\s")
_CHECK_ID = re.compile(r"[\w-]+(\.[\w-]+)+")
_FILE_NAME = re.compile(r"[\w-]+")
_BLOCK_WORDS = ("scenario", "example", "background", "rule", "scenario outline")


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
    if not _FILE_NAME.fullmatch(feature.section):
        yield (
            f"The file name {feature.path.name!r} begins no check id: rename it, with"
            " letters, digits, - and _ only."
        )
        return
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
        elif not _CHECK_ID.fullmatch(written.ids[0]):
            yield (
                f"{place} has the check id {written.ids[0]!r}: write it with letters,"
                " digits, - and _, and dots between words."
            )
    for tag, count in ids.items():
        if count > 1:
            yield f"{count} scenarios have the check id {tag!r}: make each id unique."


def _check_count(feature: WrittenFeature) -> Iterator[str]:
    count = len(feature.scenarios)
    if not (count or feature.is_generated):
        yield "The feature has no scenario, so it would check nothing: add one."
    if count != feature.announced:
        yield (
            f"The feature announces {feature.announced} checks, but has {count}"
            " scenarios: check the keywords for typing errors, or the number."
        )


def _check_descriptions(feature: WrittenFeature) -> Iterator[str]:
    for written in feature.scenarios:
        yield from _check_steps(written)
    for background in filter(None, feature.background_descriptions):
        yield (
            f"{background.splitlines()[0]!r} in a Background is not a step, so it would"
            " not run: check its keyword for typing errors."
        )
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
    find = functools.cache(functools.partial(_find_matches, definitions))
    exercised = (each for each in feature.scenarios if not each.not_exercised)
    # The lines of a Background are in each scenario.
    steps = dict.fromkeys(step for written in exercised for step in written.steps)
    for step in steps:
        matches = find(step.type, step.text)
        place = f"{step.text!r} (line {step.line})"
        if not matches:
            similar = "".join(f"\n  {each}" for each in find_similar(step, definitions))
            yield f"No step definition matches {place}. The most similar are:{similar}"
        elif len(matches) > 1:
            names = " and ".join(repr(match.parser.name) for match in matches)
            yield f"Several steps match {place}: {names}."
        else:
            yield from _check_extras(step, place, matches[0])


def _find_matches(
    definitions: Iterable[StepFunctionContext], kind: str, text: str
) -> list[StepFunctionContext]:
    return [each for each in definitions if is_match(each, kind, text)]


def _check_extras(
    step: WrittenStep, place: str, definition: StepFunctionContext
) -> Iterator[str]:
    """Yield the mistakes in a line that pytest-bdd accepts and drops in part."""
    parameters = inspect.signature(definition.step_func).parameters
    table = parameters.get("datatable")
    if table is None and step.table:
        yield f"{place} takes no table, so it would be ignored: remove the table."
    if table is not None and table.default is table.empty and len(step.table) <= 1:
        yield f"{place} needs a table of a heading and rows: `dataflow steps` has one."
    system = (definition.parser.parse_arguments(step.text) or {}).get("system")
    if system not in {None, InvoicedAccount.name, ChargebeeSite.name}:
        yield f"{place} names the system {system!r}: write Invoiced or Chargebee."
    if step.has_text and "docstring" not in parameters:
        yield f"{place} takes no text, so it would be ignored: remove the text block."
