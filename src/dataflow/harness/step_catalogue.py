"""The steps that a feature can use: `dataflow steps`, and the most similar ones."""

from __future__ import annotations

import difflib
import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry
from rich.console import Console
from rich.text import Text

from dataflow.checklist.features import WrittenFeature, WrittenStep, read_features
from dataflow.errors import FeatureError
from dataflow.project import get_project

#: The number of steps that are shown in place of a missing one.
_SIMILAR = 3
_KEYWORDS = ("Given", "When", "Then")
#: A value in a line, and the type of one in a definition.
_VALUE = re.compile(r'"[^"]*"|\{[^}]*\}|\d+')
_TYPE = re.compile(r"(\{\w+):\w+\}")


@dataclass(frozen=True, slots=True)
class CatalogueStep:
    """One step: its form with names in braces, its help, and the lines of an example.

    A step without values, which is its own example, has no lines.
    """

    keyword: str
    form: str
    help: str
    example: tuple[str, ...]

    def has(self, word: str) -> bool:
        """Return whether a word is in one of its texts."""
        texts = (self.keyword, self.form, self.help, *self.example)
        return any(word.casefold() in text.casefold() for text in texts)


@click.command(epilog='Example: dataflow steps "is changed"')
@click.argument("word", default="")
def steps(word: str) -> None:
    """List the steps that a feature can use, each with an example.

    WORD selects the steps that contain it. A name in braces stands for a value; a step
    without one is its own example. A step that ends with a colon has a table below it.
    """
    root = get_project()
    found = list_steps(load_definitions(root), read_features(root / "features"))
    chosen = [step for step in found if step.has(word)]
    if not chosen:
        raise FeatureError(
            f"No step contains {word!r}: `dataflow steps` lists all {len(found)}."
        )
    _print(chosen)


def load_definitions(root: Path) -> list[StepFunctionContext]:
    """Import the modules of steps of a project, and return their definitions."""
    sys.path.insert(0, str(root))
    for path in sorted((root / "steps").glob("*.py")):
        importlib.import_module(f"steps.{path.stem}")
    # pytest-bdd has a step of its own, which starts a debugger.
    return [
        definition
        for definition in step_function_context_registry.values()
        if not definition.step_func.__module__.startswith("pytest_bdd")
    ]


def list_steps(
    definitions: Iterable[StepFunctionContext], features: Iterable[WrittenFeature]
) -> list[CatalogueStep]:
    """Return all steps by keyword and form, with examples from the features."""
    written = [
        step
        for feature in features
        for scenario in feature.scenarios
        for step in scenario.steps
    ]
    found = [_describe(definition, written) for definition in definitions]
    return sorted(found, key=lambda step: (_KEYWORDS.index(step.keyword), step.form))


def _describe(
    definition: StepFunctionContext, written: Iterable[WrittenStep]
) -> CatalogueStep:
    keyword, form = describe_definition(definition)
    uses = [
        (f"{keyword} {step.text}", *_render_rows(step.table))
        for step in written
        if is_match(definition, step.type, step.text)
    ]
    text = (definition.step_func.__doc__ or "").strip().partition("\n")[0]
    # The shortest use shows the form best; of equal ones, the first.
    example = min(uses, key=lambda lines: sum(map(len, lines)), default=())
    is_form = example == (f"{keyword} {form}",)
    return CatalogueStep(keyword, form, text, () if is_form else example)


def is_match(definition: StepFunctionContext, kind: str, text: str) -> bool:
    """Return whether a line of this kind runs this definition."""
    return definition.type in {None, kind} and definition.parser.is_matching(text)


def describe_definition(definition: StepFunctionContext) -> tuple[str, str]:
    """Return the keyword and the form of a step, without the types of its values."""
    keyword = (definition.type or "given").capitalize()
    return keyword, _TYPE.sub(r"\1}", definition.parser.name)


def find_similar(
    step: WrittenStep, definitions: Iterable[StepFunctionContext]
) -> list[str]:
    """Return the forms of the steps that are most similar to a line."""
    forms = {describe_definition(definition) for definition in definitions}
    matcher = difflib.SequenceMatcher(b=_VALUE.sub('"', step.text), autojunk=False)

    def measure(form: tuple[str, str]) -> tuple[float, bool]:
        matcher.set_seq1(_VALUE.sub('"', form[1].replace('"', "")))
        return -matcher.ratio(), form[0].lower() != step.type

    best = sorted(sorted(forms), key=measure)[:_SIMILAR]
    return [f"{keyword} {form}" for keyword, form in best]


# The list


def _print(found: Sequence[CatalogueStep]) -> None:
    """Print the steps by keyword; a line that can be copied is not folded."""
    console = Console(highlight=False, markup=False, emoji=False)
    for keyword in _KEYWORDS:
        group = [step for step in found if step.keyword == keyword]
        if group:
            console.rule(Text(keyword, style="bold"), align="left")
        for step in group:
            console.print(f"\n{keyword} {step.form}", style="bold", soft_wrap=True)
            console.print(f"    {step.help}", soft_wrap=True)
            for line in step.example:
                console.print(f"    {line}", style="cyan", soft_wrap=True)
        if group:
            console.print()


def _render_rows(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the rows of a table as a feature has them."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (c.ljust(width) for c, width in zip(row, widths, strict=True))
        yield f"  | {' | '.join(cells)} |"
