"""The checks of *kept in sync*: a linked pair agrees wherever it is edited."""

from __future__ import annotations

from collections.abc import Iterator

from dataflow.checklist.check import Check, Rule, Standing, Step
from dataflow.checklist.listed_edits import edits_of_rows
from dataflow.checklist.model import Form
from dataflow.checklist.scene import Scene
from dataflow.checklist.words import (
    CUSTOMER,
    has_customer,
    is_read_only,
    other_edits,
    word_for,
)


def rule(scene: Scene) -> Rule:
    """Return the rule of a *kept in sync* statement."""
    checks = (
        *edits_of_rows(scene),
        *_other_edits(scene),
        *_afterwards(scene),
        *_left_open(scene),
    )
    title = f"A linked {scene.left} and {scene.right} stay in sync"
    return Rule(Form.KEPT_IN_SYNC, f"{title}, wherever they are edited", checks)


def _other_edits(scene: Scene) -> Iterator[Check]:
    left_system, right_system = scene.document.left_system, scene.document.right_system
    listed_left = {row.left for row in scene.section.properties}
    listed_right = {row.right for row in scene.section.properties}
    lefts = other_edits(scene.section.left, listed_left)
    rights = other_edits(scene.section.right, listed_right)
    for system, edits in ((left_system, lefts), (right_system, rights)):
        for name, value in edits:
            yield _other_edit(scene, name, value, system)
    if lefts and rights:
        yield _other_edit_on_both(scene, lefts[0], rights[0])
    if has_customer(scene.section):
        yield _edit_of_customer(scene)


def _other_edit(scene: Scene, name: str, value: str, system: str) -> Check:
    return scene.check(
        f"other.{name}-{scene.suffix(system)}",
        Standing.STATED,
        f'An edit of "{name}" in {system} leaves the pair whole',
        *scene.linked(),
        scene.changed(name, value, system, may_fail=False),
        scene.catches_up(),
        scene.pairs(f"the {scene.left}"),
        scene.stays(),
        Step("And", "what became of the edit is reported"),
    )


def _other_edit_on_both(
    scene: Scene, left: tuple[str, str], right: tuple[str, str]
) -> Check:
    right_edit = scene.changed(*right, scene.document.right_system, may_fail=False)
    return scene.check(
        "other.on-both",
        Standing.STATED,
        f'An edit of "{left[0]}" and one of "{right[0]}", one on either side,'
        " leave the pair whole",
        *scene.linked(),
        scene.changed(*left, scene.document.left_system, may_fail=False),
        Step("And", right_edit.text),
        scene.catches_up(),
        scene.pairs(f"the {scene.left}"),
        scene.stays(),
        Step("And", "what became of the edits is reported"),
    )


def _edit_of_customer(scene: Scene) -> Check:
    """Return the check that a customer is not replaced at the cost of its records."""
    system = scene.document.left_system
    name, value = other_edits(CUSTOMER, set())[0]
    return scene.check(
        f"other.customers-{name}-{scene.suffix(system)}",
        Standing.INFERRED,
        f'An edit of "{name}" of its customer in {system} leaves the pair whole',
        *scene.linked(),
        Step("When", f'its customer\'s "{name}" is changed to "{value}" in {system}'),
        scene.catches_up(),
        scene.pairs(f"the {scene.left}"),
        scene.stays(),
    )


def _afterwards(scene: Scene) -> Iterator[Check]:
    """Yield the check that life goes on after an edit, and comes to rest again."""
    edit = _an_edit(scene)
    if edit is None:
        return
    left = scene.left
    yield scene.check(
        "kept.goes-on",
        Standing.STATED,
        f"After an edit, a new {left} gets its {scene.right}, and all is at rest",
        *scene.linked(),
        edit,
        scene.catches_up(),
        scene.new("When"),
        scene.catches_up(),
        scene.pairs(f"the {left}"),
        scene.stays(),
        Step("When", "the sync runs again"),
        Step("Then", "nothing was written"),
    )


def _an_edit(scene: Scene) -> Step | None:
    """Return an edit in the left system: of what is listed, where it may be edited."""
    system = scene.document.left_system
    for row, examples in scene.rows:
        if not is_read_only(scene.section.left, row.left):
            value = examples.edited_left.left
            return scene.changed(row.left, value, system, may_fail=False)
    for name, value in other_edits(scene.section.left, set()):
        return scene.changed(name, value, system, may_fail=False)
    return None


def _left_open(scene: Scene) -> Iterator[Check]:
    for system in (scene.document.left_system, scene.document.right_system):
        noun = scene.left if system == scene.document.left_system else scene.right
        yield _observed(
            scene,
            f"kept.deleted-{scene.suffix(system)}",
            f"{_beginning(noun)} deleted in {system}",
            Step("When", f"it is deleted in {system}"),
        )
    if scene.section.left == "Customers person":
        system = scene.document.left_system
        yield _observed(
            scene,
            "kept.becomes-a-company",
            "A person who becomes a company",
            scene.changed("type", "company", system, may_fail=False),
        )
    if has_customer(scene.section):
        yield from _replaced(scene)


def _observed(scene: Scene, name: str, title: str, event: Step) -> Check:
    right = word_for(scene.section.right).a
    return scene.check(
        name,
        Standing.OBSERVED,
        f"{title}, of which the document does not speak",
        *scene.linked(),
        event,
        scene.catches_up(),
        scene.pairs(""),
        scene.stays(),
        Step("And", f"whether the {scene.left} has {right} is reported"),
    )


def _replaced(scene: Scene) -> Iterator[Check]:
    """Yield what to ask where a record cannot follow an edit and may be replaced."""
    edits = other_edits(scene.section.right, set())
    for row, examples in scene.rows:
        if not is_read_only(scene.section.right, row.right) or not edits:
            continue
        if is_read_only(scene.section.left, row.left):
            continue
        left_system = scene.document.left_system
        value = examples.edited_left.left
        edit = scene.changed(row.left, value, left_system, may_fail=False)
        yield scene.check(
            f"kept.replaced-{row.left}",
            Standing.OBSERVED,
            f'What was written on the {scene.right} when its "{row.left}" changes',
            *scene.linked(),
            scene.changed(*edits[0], scene.document.right_system, may_fail=False),
            scene.catches_up(),
            edit,
            scene.catches_up(),
            scene.pairs(f"the {scene.left}", {row.left: examples.edited_left}),
            Step("And", "what became of the edit is reported"),
        )


def _beginning(noun: str) -> str:
    """Return the noun with a capital article, to begin a title with."""
    return f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}"
