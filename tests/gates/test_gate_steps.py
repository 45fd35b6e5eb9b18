"""Gates: each step definition is loaded, used, and does something.

That no line is matched by two definitions, the collection itself sees to
(`dataflow.harness.collection`).
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection, Iterable
from pathlib import Path

import pytest
from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from dataflow.checklist.features import read_features
from tests.gates.code import is_empty, steps
from tests.project import ROOT

#: Steps of scenarios that `dataflow scenarios` prints, and tests/scenarios play.
PRINTED = ROOT / "steps" / "generated.py"
#: Where a step may stand: not in the tests, which plant some.
FILES = [
    *ROOT.glob("*.py"),
    *(ROOT / "steps").rglob("*.py"),
    *(ROOT / "src").rglob("*.py"),
]

#: Parts of "everything else is as it was", for checks of QA's own.
PARTS = {
    ("then", "no system has a record too many"),
    ("then", "nothing else was changed in Invoiced"),
    ("then", "the neighbour is unchanged"),
    ("then", "the stranger is unchanged"),
}

LINES = {
    (step.type, step.text)
    for feature in read_features(ROOT / "features")
    for scenario in feature.scenarios
    for step in scenario.steps
}


def written() -> dict[tuple[Path, str], ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return every step that is written down, by file and name."""
    return {
        (path, function.name): function
        for path in FILES
        for function in steps(ast.parse(path.read_text("utf-8")))
    }


def loaded() -> list[StepFunctionContext]:
    """Return the definitions that this very run has loaded from those files."""
    definitions = step_function_context_registry.values()
    return [each for each in definitions if _file(each) in FILES]


def unused(
    definitions: Iterable[StepFunctionContext], lines: Collection[tuple[str, str]]
) -> list[str]:
    """Return the texts of those definitions that no line is matched by."""
    return [
        each.parser.name
        for each in definitions
        if not any(
            each.type in {None, kind} and each.parser.is_matching(text)
            for kind, text in lines
        )
    ]


def _file(definition: StepFunctionContext) -> Path:
    return Path(inspect.getfile(definition.step_func))


def test_every_step_is_loaded() -> None:
    """Each step that is written down is known to pytest, and nothing beside it."""
    known = {(_file(each), each.step_func.__name__) for each in loaded()}

    assert set(written()) == known


def test_every_step_is_used() -> None:
    """Each step definition runs some line of the checklist, or of QA's own checks."""
    definitions = [each for each in loaded() if _file(each) != PRINTED]

    assert [] == unused(definitions, LINES | PARTS)


def test_no_step_is_empty() -> None:
    """Each step does something."""
    assert [] == [name for (_, name), body in written().items() if is_empty(body)]


# The gates themselves, on planted diseases


@pytest.mark.parametrize(
    "body", ["pass", "...", "return", '"""It says."""', "del world", "return None"]
)
def test_an_empty_step_is_found(body: str) -> None:
    """A step is empty in whatever way it does nothing."""
    (found,) = steps(ast.parse(f"@then('it is there')\ndef step(world):\n    {body}"))

    assert is_empty(found)


def test_a_step_that_calls_is_not_empty() -> None:
    """A step that hands its work on does something."""
    (found,) = steps(ast.parse("@bdd.when('it runs')\ndef step(world): world.run()"))

    assert not is_empty(found)


def test_what_is_no_step_is_not_looked_at() -> None:
    """A function without a step's decorator may be empty."""
    assert [] == list(steps(ast.parse("@fixture\ndef step(): ...")))


def test_an_unused_step_is_found() -> None:
    """A definition whose text no line has, or only a line of another kind, is dead."""
    dead, alive = (
        StepFunctionContext(kind, lambda: None, parsers.parse("{n:d} items"))
        for kind in ("then", "given")
    )

    assert ["{n:d} items"] == unused([dead, alive], {("given", "3 items")})
