"""The checks of the statement *kept in sync*."""

from __future__ import annotations

from collections.abc import Iterator

from dataflow.checklist.check import Check, CheckRule, Step
from dataflow.checklist.document import Form
from dataflow.checklist.templates.listed import edits_of_rows
from dataflow.checklist.templates.scenario import Scene
from dataflow.record_types import find_record_type
from dataflow.record_types.invoiced import ITEM, PERSON


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


def unlisted_edits(scene: Scene) -> Iterator[Check]:
    """Yield the checks of one edit, of several, on one side and on both."""
    for system, edits in (
        (scene.left_system, scene.left_edits),
        (scene.right_system, scene.right_edits),
    ):
        for name, value in edits:
            yield _unlisted_edit(
                scene,
                f"other.{name}-{scene.suffix(system)}",
                f'An edit of "{name}" in {system} leaves the pair whole',
                scene.changed(name, value, system),
                reported="edit",
            )
    yield from _many_edits(scene)
    if scene.left_edits and scene.right_edits:
        left, right = scene.left_edits[0], scene.right_edits[0]
        yield _unlisted_edit(
            scene,
            "other.on-both",
            f'An edit of "{left[0]}" and one of "{right[0]}", one on either side,'
            " leave the pair whole",
            scene.changed(*left, scene.left_system),
            scene.changed(*right, scene.right_system, keyword="And"),
            reported="edits",
        )
    if scene.left_type.has_customer:
        yield _edit_of_lines(scene)
        yield _edit_of_customer(scene)


def _unlisted_edit(
    scene: Scene, name: str, title: str, *edits: Step | str, reported: str
) -> Check:
    return scene.stated(
        name,
        title,
        *scene.linked(),
        *edits,
        *scene.synced(),
        f"And what became of the {reported} is reported",
    )


def _many_edits(scene: Scene) -> Iterator[Check]:
    """Yield the checks of several edits in one call."""
    listed_left = {row.left for row in scene.section.properties}
    listed_right = {row.right for row in scene.section.properties}
    for system, edits in (
        (scene.left_system, scene.left_type.many_edits(listed_left)),
        (scene.right_system, scene.right_type.many_edits(listed_right)),
    ):
        if len(edits) > 1:
            yield _unlisted_edit(
                scene,
                f"other.much-{scene.suffix(system)}",
                f"An edit of {len(edits)} properties in {system} leaves the pair whole",
                Step(
                    "When",
                    f"it is changed in {system}:",
                    (("property", "value"), *edits),
                ),
                reported="edits",
            )


def _edit_of_lines(scene: Scene) -> Check:
    """Return the check of an edit that changes the amount."""
    system = scene.left_system
    return scene.stated(
        f"other.lines-{scene.suffix(system)}",
        f"An edit of its lines in {system} leaves the pair whole",
        *scene.linked(),
        f"When its lines are changed in {system}",
        *scene.synced(),
    )


def _edit_of_customer(scene: Scene) -> Check:
    """Return the check of an edit of the invoice's customer."""
    system = scene.left_system
    name, value = find_record_type(PERSON).other_edits(set())[0]
    return scene.inferred(
        f"other.customers-{name}-{scene.suffix(system)}",
        f'An edit of "{name}" of its customer in {system} leaves the pair whole',
        *scene.linked(),
        f'When its customer\'s "{name}" is changed to "{value}" in {system}',
        *scene.synced(),
    )


def _afterwards(scene: Scene) -> Iterator[Check]:
    """Yield the check that the sync continues after an edit, and then rests."""
    edit = _an_edit(scene)
    if edit is None:
        return
    left = scene.left
    yield scene.stated(
        "kept.goes-on",
        f"After an edit, a new {left} gets its {scene.right}, and all is at rest",
        *scene.linked(),
        edit,
        "And the sync catches up",
        scene.new("When"),
        *scene.synced(),
        "When the sync runs again",
        "Then nothing was written",
    )


def _an_edit(scene: Scene) -> Step | None:
    """Return an edit in the left system, of a listed property if possible."""
    system = scene.left_system
    for row, examples in scene.rows:
        if row.left not in scene.left_type.read_only:
            value = examples.edited_left.left
            return scene.changed(row.left, value, system)
    for name, value in scene.left_type.other_edits(set()):
        return scene.changed(name, value, system)
    return None


def _events(scene: Scene) -> Iterator[Check]:
    """Yield the checks of events whose result the document states."""
    left, system = scene.left, scene.left_system
    if scene.left_type.has_customer:
        yield scene.stated(
            "kept.paid",
            f"{_beginning(left)} that is paid keeps its {scene.right}",
            *scene.linked(),
            f"When it is paid in {system}",
            "And the sync catches up",
            scene.pairs(),
            "And it stays so until the sync has come to rest",
        )
    if scene.section.left == ITEM:
        yield scene.inferred(
            "kept.made-anew",
            f"{_beginning(left)} that is deleted and made anew has one {scene.right}",
            *scene.linked(),
            f"When it is deleted in {system}",
            f"And it is made anew in {system}",
            "And the sync catches up",
            scene.pairs(),
            f"When it is deleted in {system}",
            "And the sync catches up",
            scene.pairs(""),
            f"When it is made anew in {system}",
            "And the sync catches up",
            scene.pairs(),
            "And it stays so until the sync has come to rest",
        )


def _left_open(scene: Scene) -> Iterator[Check]:
    system = scene.left_system
    for where in (system, scene.right_system):
        noun = scene.left if where == system else scene.right
        yield _observed(
            scene,
            f"kept.deleted-{scene.suffix(where)}",
            f"{_beginning(noun)} deleted in {where}",
            f"When it is deleted in {where}",
        )
    if scene.section.left == PERSON:
        for become, title, name, value in (
            ("a-company", "A person who becomes a company", "type", "company"),
            ("inactive", "A person who becomes inactive", "active", "false"),
        ):
            edit = scene.changed(name, value, system)
            yield _observed(scene, f"kept.becomes-{become}", title, edit)
    if scene.left_type.has_customer:
        title = f"{_beginning(scene.left)} that is voided"
        event = f"When it is voided in {system}"
        yield _observed(scene, "kept.voided", title, event)
        yield from _replaced(scene)


def _observed(scene: Scene, name: str, title: str, event: Step | str) -> Check:
    """Return the check that reports the pair after an event; new pairs still sync."""
    right = scene.right_type.a
    return scene.observed(
        name,
        f"{title}, of which the document does not speak",
        *scene.linked(),
        event,
        "And the sync catches up",
        scene.pairs(""),
        "And it stays so until the sync has come to rest",
        f"And whether the {scene.left} has {right} is reported",
        scene.new("When", another=True),
        "And the sync catches up",
        scene.pairs(f"the other {scene.left}"),
    )


def _replaced(scene: Scene) -> Iterator[Check]:
    """Yield the check of a counterpart that an edit may replace."""
    edits = scene.right_type.other_edits(set())
    for row, examples in scene.rows:
        if row.right not in scene.right_type.read_only or not edits:
            continue
        if row.left in scene.left_type.read_only:
            continue
        left_system = scene.left_system
        value = examples.edited_left.left
        edit = scene.changed(row.left, value, left_system)
        yield scene.observed(
            f"kept.replaced-{row.left}",
            f'What was written on the {scene.right} when its "{row.left}" changes',
            scene.neighbour(),
            *scene.bystanders(),
            scene.new(),
            "And the sync has caught up",
            scene.changed(*edits[0], scene.right_system),
            "And the sync catches up",
            edit,
            "And the sync catches up",
            scene.pairs(f"the {scene.left}", {row.left: examples.edited_left}),
            "And what became of the edit is reported",
        )


def _beginning(noun: str) -> str:
    """Return the noun with an article, at the beginning of a title."""
    return f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}"
