"""The checks of *properties*: what a table lists is equal on both sides."""

from __future__ import annotations

from collections.abc import Iterator

from dataflow.checklist.check import Check, Rule, Standing, Step
from dataflow.checklist.model import Form, PropertyRow
from dataflow.checklist.scene import Scene
from dataflow.record_types.examples import Examples

NO_PROPERTY = (
    "The document lists no property for this section. Is none meant to be"
    " synchronised, or is the list filled not in yet?"
)


def rule(scene: Scene) -> Rule:
    """Return the rule of a *properties* statement."""
    if not scene.section.properties:
        return Rule(Form.PROPERTIES, "No property is listed", (), (NO_PROPERTY,))
    checks = tuple(
        check
        for row, examples in scene.rows
        for check in _checks_of_row(scene, row, examples)
    )
    questions = tuple(_question(row) for row in scene.unknown_rows)
    return Rule(Form.PROPERTIES, "The listed properties agree", checks, questions)


def _checks_of_row(
    scene: Scene, row: PropertyRow, examples: Examples
) -> Iterator[Check]:
    linked = (scene.neighbour(), scene.new(), scene.catches_up("When"))
    pair = scene.pairs(f"the {scene.left}")
    first = examples.first
    spelled = f": {first.left} is {first.right}" if first.left != first.right else ""
    yield scene.check(
        f"{row.left}.new-pair",
        Standing.STATED,
        f'A new pair agrees on "{row.left}" and "{row.right}"{spelled}',
        *linked,
        pair,
    )
    yield scene.check(
        f"{row.left}.type",
        Standing.STATED,
        f'"{row.right}" is of the listed type: {row.type}',
        *linked,
        pair,
        Step("And", f'the "{row.right}" of the {scene.right} is a JSON {row.type}'),
    )


def _question(row: PropertyRow) -> str:
    return (
        f'The row "{row.left}" / "{row.right}" of type {row.type} is not checked:'
        " a side or the type is not understood, or a property is listed twice."
        " What does it ask for?"
    )
