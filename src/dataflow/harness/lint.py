"""What pytest-bdd lets through in silence stops the collection here, with a sentence.

Two scenarios of one name: only the last would run. A mistyped keyword makes its line,
or a whole scenario, a description, which passes. A scenario without a Then asks for
nothing. An `async` step is never awaited, so it passes. Of two definitions that match a
line, one is taken unseen.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from pytest_bdd.steps import StepFunctionContext

from dataflow.checklist.features import WrittenFeature, WrittenStep

_KEYWORD_LIKE = re.compile(r"\s*(@|\*|\w+)")
_STEP_WORDS = ("@", "*", "given", "when", "then", "and", "but")
_BLOCK = re.compile(r"\s*([A-Za-z ]{3,20}):\s")
_BLOCK_WORDS = ("scenario", "example", "background", "rule", "scenario outline")


def complaints(
    feature: WrittenFeature, definitions: Iterable[StepFunctionContext]
) -> list[str]:
    """Return a sentence for each mistake in the feature or in the steps it uses."""
    known = list(definitions)
    return [
        *_names(feature),
        *_tags(feature),
        *_numbers(feature),
        *_descriptions(feature),
        *_async(known),
        *(
            sentence
            for scenario in feature.scenarios
            for step in scenario.steps
            for sentence in _bindings(step, known)
        ),
    ]


def _names(feature: WrittenFeature) -> Iterator[str]:
    names = Counter(scenario.name for scenario in feature.scenarios)
    for name, count in names.items():
        if count > 1:
            yield f"{count} scenarios are called {name!r}: only the last would run."


def _tags(feature: WrittenFeature) -> Iterator[str]:
    ids = Counter(tag for scenario in feature.scenarios for tag in scenario.ids)
    for scenario in feature.scenarios:
        if len(scenario.bases) != 1:
            yield (
                f"Scenario {scenario.name!r} (line {scenario.line}) must have exactly"
                " one of the tags @stated, @inferred and @observed."
            )
        if [tag.partition(".")[0] for tag in scenario.ids] != [feature.section]:
            yield (
                f"Scenario {scenario.name!r} (line {scenario.line}) must have exactly"
                f" one check id as a tag, beginning with @{feature.section}. and not"
                f" {', '.join(scenario.ids) or 'none'}."
            )
    for tag, count in ids.items():
        if count > 1:
            yield f"{count} scenarios have the check id {tag!r}: ids are unique."


def _numbers(feature: WrittenFeature) -> Iterator[str]:
    found = len(feature.scenarios)
    if found != feature.announced:
        yield (
            f"The feature announces {feature.announced} checks and has {found}"
            " scenarios: one is lost, by a mistyped keyword perhaps, or too many."
        )


def _descriptions(feature: WrittenFeature) -> Iterator[str]:
    for scenario in feature.scenarios:
        if scenario.description:
            line = scenario.description.splitlines()[0]
            yield (
                f"{line!r} in scenario {scenario.name!r} is no step, so nothing would"
                " run it: is its keyword mistyped?"
            )
        elif scenario.is_outline:
            yield (
                f"Scenario {scenario.name!r} is an outline, whose examples nothing"
                " would run: write a scenario for each."
            )
        elif not scenario.steps:
            yield f"Scenario {scenario.name!r} has no step: it would pass."
        elif all(step.type != "then" for step in scenario.steps):
            yield f"Scenario {scenario.name!r} has no Then: it would ask for nothing."
    yield from _lost_steps(feature)


def _lost_steps(feature: WrittenFeature) -> Iterator[str]:
    for description in feature.descriptions:
        for line in description.splitlines():
            if _looks_like_gherkin(line):
                yield (
                    f"{line.strip()!r} stands in a description, so nothing would run"
                    " it: is a keyword before it mistyped?"
                )


def _looks_like_gherkin(line: str) -> bool:
    block = _BLOCK.match(line)
    if block and block[1].strip().lower() in _BLOCK_WORDS:
        return True
    found = _KEYWORD_LIKE.match(line)
    return found is not None and found[1].lower() in _STEP_WORDS


def _async(definitions: Iterable[StepFunctionContext]) -> Iterator[str]:
    for definition in definitions:
        function = definition.step_func
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(
            function
        ):
            yield (
                f"The step {definition.parser.name!r} is async: pytest-bdd never"
                " awaits it, so it would pass."
            )


def _bindings(
    step: WrittenStep, definitions: Iterable[StepFunctionContext]
) -> Iterator[str]:
    matches = [
        definition
        for definition in definitions
        if definition.type in {None, step.type}
        and definition.parser.is_matching(step.text)
    ]
    if not matches:
        yield f"No step definition matches {step.text!r} (line {step.line})."
    elif len(matches) > 1:
        names = " and ".join(repr(match.parser.name) for match in matches)
        yield f"{step.text!r} (line {step.line}) is matched by two steps: {names}."
