"""The checks of the statement *kept in sync*."""

from __future__ import annotations

from collections.abc import Iterator

from dataflow.checklist.check import Basis, Check, CheckRule, Step
from dataflow.checklist.document import Form
from dataflow.checklist.templates.listed import edits_of_rows
from dataflow.checklist.templates.scenario import Scene
from dataflow.record_types import find_record_type
from dataflow.record_types.invoiced import ITEM, PERSON


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
        Basis.STATED,
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
                Basis.STATED,
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
        Basis.STATED,
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
        Basis.STATED,
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
        Basis.INFERRED,
        f'An edit of "{name}" of its customer in {system} leaves the pair whole',
        *scene.linked(),
        Step("When", f'its customer\'s "{name}" is changed to "{value}" in {system}'),
        scene.catches_up(),
        scene.pairs(f"the {scene.left}"),
        scene.stays(),
    )


def rule(scene: Scene) -> CheckRule:
    """Return the rule of a *kept in sync* statement."""
    checks = (
        *edits_of_rows(scene),
        *unlisted_edits(scene),
        *_afterwards(scene),
        *_events(scene),
        *_left_open(scene),
    )
    title = f"A linked {scene.left} and {scene.right} stay in sync"
    return CheckRule(Form.KEPT_IN_SYNC, f"{title}, wherever they are edited", checks)


def _afterwards(scene: Scene) -> Iterator[Check]:
    """Yield the check that life goes on after an edit, and comes to rest again."""
    edit = _an_edit(scene)
    if edit is None:
        return
    left = scene.left
    yield scene.check(
        "kept.goes-on",
        Basis.STATED,
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
        if row.left not in scene.left_type.read_only:
            value = examples.edited_left.left
            return scene.changed(row.left, value, system, may_fail=False)
    for name, value in scene.left_type.other_edits(set()):
        return scene.changed(name, value, system, may_fail=False)
    return None


def _events(scene: Scene) -> Iterator[Check]:
    """Yield what happens to a pair that is no edit, and leaves nothing open."""
    left, system = scene.left, scene.document.left_system
    if scene.left_type.has_customer:
        yield scene.check(
            "kept.paid",
            Basis.STATED,
            f"{_beginning(left)} that is paid keeps its {scene.right}",
            *scene.linked(),
            Step("When", f"it is paid in {system}"),
            scene.catches_up(),
            scene.pairs(f"the {left}"),
            scene.rests(),
        )
    if scene.section.left == ITEM:
        yield scene.check(
            "kept.made-anew",
            Basis.INFERRED,
            f"{_beginning(left)} that is deleted and made anew has one {scene.right}",
            *scene.linked(),
            Step("When", f"it is deleted in {system}"),
            Step("And", f"it is made anew in {system}"),
            scene.catches_up(),
            scene.pairs(f"the {left}"),
            Step("When", f"it is deleted in {system}"),
            scene.catches_up(),
            scene.pairs(""),
            Step("When", f"it is made anew in {system}"),
            scene.catches_up(),
            scene.pairs(f"the {left}"),
            scene.rests(),
        )


def _left_open(scene: Scene) -> Iterator[Check]:
    system = scene.document.left_system
    for where in (system, scene.document.right_system):
        noun = scene.left if where == system else scene.right
        yield _observed(
            scene,
            f"kept.deleted-{scene.suffix(where)}",
            f"{_beginning(noun)} deleted in {where}",
            Step("When", f"it is deleted in {where}"),
        )
    if scene.section.left == PERSON:
        for become, title, name, value in (
            ("a-company", "A person who becomes a company", "type", "company"),
            ("inactive", "A person who becomes inactive", "active", "false"),
        ):
            event = scene.changed(name, value, system, may_fail=False)
            yield _observed(scene, f"kept.becomes-{become}", title, event)
    if scene.left_type.has_customer:
        title = f"{_beginning(scene.left)} that is voided"
        event = Step("When", f"it is voided in {system}")
        yield _observed(scene, "kept.voided", title, event)
        yield from _replaced(scene)


def _observed(scene: Scene, name: str, title: str, event: Step) -> Check:
    """Return the check of what happens then: life goes on, whatever becomes of it."""
    right = scene.right_type.a
    return scene.check(
        name,
        Basis.OBSERVED,
        f"{title}, of which the document does not speak",
        *scene.linked(),
        event,
        scene.catches_up(),
        scene.pairs(""),
        scene.rests(),
        Step("And", f"whether the {scene.left} has {right} is reported"),
        scene.new("When", another=True),
        scene.catches_up(),
        scene.pairs(f"the other {scene.left}"),
    )


def _replaced(scene: Scene) -> Iterator[Check]:
    """Yield what to ask where a record cannot follow an edit and may be replaced."""
    edits = scene.right_type.other_edits(set())
    for row, examples in scene.rows:
        if row.right not in scene.right_type.read_only or not edits:
            continue
        if row.left in scene.left_type.read_only:
            continue
        left_system = scene.document.left_system
        value = examples.edited_left.left
        edit = scene.changed(row.left, value, left_system, may_fail=False)
        yield scene.check(
            f"kept.replaced-{row.left}",
            Basis.OBSERVED,
            f'What was written on the {scene.right} when its "{row.left}" changes',
            scene.neighbour(),
            *scene.bystanders(),
            scene.new(),
            scene.caught_up(),
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
