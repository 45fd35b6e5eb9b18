"""The checks of edits of what is not listed: they must not cost a pair its link."""

from __future__ import annotations

from collections.abc import Iterator

from dataflow.checklist.check import Check, Standing, Step
from dataflow.checklist.scene import Scene
from dataflow.record_types import find_record_type
from dataflow.record_types.invoiced import PERSON


def unlisted_edits(scene: Scene) -> Iterator[Check]:
    """Yield the checks of one edit, of several, on one side and on both."""
    left_system, right_system = scene.document.left_system, scene.document.right_system
    listed_left = {row.left for row in scene.section.properties}
    listed_right = {row.right for row in scene.section.properties}
    lefts = scene.left_type.other_edits(listed_left)
    rights = scene.right_type.other_edits(listed_right)
    for system, edits in ((left_system, lefts), (right_system, rights)):
        for name, value in edits:
            yield _other_edit(scene, name, value, system)
    yield from _many_edits(scene)
    if lefts and rights:
        yield _other_edit_on_both(scene, lefts[0], rights[0])
    if scene.left_type.has_customer:
        yield _edit_of_lines(scene)
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


def _many_edits(scene: Scene) -> Iterator[Check]:
    """Yield the checks that it does no harm to edit much at once."""
    left_system, right_system = scene.document.left_system, scene.document.right_system
    listed_left = {row.left for row in scene.section.properties}
    listed_right = {row.right for row in scene.section.properties}
    for system, edits in (
        (left_system, scene.left_type.many_edits(listed_left)),
        (right_system, scene.right_type.many_edits(listed_right)),
    ):
        if len(edits) > 1:
            yield scene.check(
                f"other.much-{scene.suffix(system)}",
                Standing.STATED,
                f"An edit of {len(edits)} properties in {system} leaves the pair whole",
                *scene.linked(),
                Step(
                    "When",
                    f"it is changed in {system}:",
                    (("property", "value"), *edits),
                ),
                scene.catches_up(),
                scene.pairs(f"the {scene.left}"),
                scene.stays(),
                Step("And", "what became of the edits is reported"),
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


def _edit_of_lines(scene: Scene) -> Check:
    """Return the check that another amount costs no record its counterpart."""
    system = scene.document.left_system
    return scene.check(
        f"other.lines-{scene.suffix(system)}",
        Standing.STATED,
        f"An edit of its lines in {system} leaves the pair whole",
        *scene.linked(),
        Step("When", f"its lines are changed in {system}"),
        scene.catches_up(),
        scene.pairs(f"the {scene.left}"),
        scene.stays(),
    )


def _edit_of_customer(scene: Scene) -> Check:
    """Return the check that a customer is not replaced at the cost of its records."""
    system = scene.document.left_system
    name, value = find_record_type(PERSON).other_edits(set())[0]
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
