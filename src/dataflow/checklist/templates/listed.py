"""The checks of the listed properties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dataflow.checklist.check import Check, CheckRule, Step
from dataflow.checklist.document import Form, PropertyRow
from dataflow.checklist.templates.scenario import Scene
from dataflow.record_types import find_record_type
from dataflow.record_types.examples import Example, Examples

#: More than a page of either API.
MORE_THAN_A_PAGE = 101
#: The number of records that are edited at once.
SEVERAL = 4
#: From the first day of the twins, a Monday, to a Saturday.
MANY_DAYS = 40


NO_PROPERTY = (
    "The document lists no property for this section. Is none meant to be"
    " synchronised, or is the list not filled in yet?"
)


def rule(scene: Scene) -> CheckRule:
    """Return the rule of a *properties* statement."""
    if not scene.section.properties:
        return CheckRule(Form.PROPERTIES, "No property is listed", (), (NO_PROPERTY,))
    checks = tuple(
        check
        for row, examples in scene.rows
        for check in _checks_of_row(scene, row, examples)
    )
    questions = tuple(_question(row) for row in scene.unknown_rows)
    return CheckRule(Form.PROPERTIES, "The listed properties agree", checks, questions)


def _checks_of_row(
    scene: Scene, row: PropertyRow, examples: Examples
) -> Iterator[Check]:
    linked = (scene.neighbour(), scene.new(), "When the sync catches up")
    pair = scene.pairs()
    first = examples.first
    spelled = f": {first.left} is {first.right}" if first.left != first.right else ""
    yield scene.stated(
        f"{row.left}.new-pair",
        f'A new pair agrees on "{row.left}" and "{row.right}"{spelled}',
        *linked,
        pair,
    )
    yield scene.stated(
        f"{row.left}.type",
        f'"{row.right}" is of the listed type: {row.type}',
        *linked,
        pair,
        f'And the "{row.right}" of the {scene.right} is a JSON {row.type}',
    )


def _question(row: PropertyRow) -> str:
    return (
        f'The row "{row.left}" / "{row.right}" of type {row.type} is not checked:'
        " a side or the type is not understood, or a property is listed twice."
        " What does it ask for?"
    )


def edits_of_rows(scene: Scene) -> Iterator[Check]:
    """Yield the checks of each listed row that can be checked."""
    for row, examples in scene.rows:
        for system in (scene.left_system, scene.right_system):
            yield _edit_of_row(scene, row, examples, system)
        if row.left not in scene.left_type.read_only:
            yield from _edits_again(scene, row, examples)
            yield from _edits_among_others(scene, row, examples)
            yield _edits_of_several(scene, row, examples)


def _edit_of_row(
    scene: Scene, row: PropertyRow, examples: Examples, system: str
) -> Check:
    on_left = system == scene.left_system
    name = row.left if on_left else row.right
    record_type = scene.section.left if on_left else scene.section.right
    edited = examples.edited_left if on_left else examples.edited_right
    may_fail = name in find_record_type(record_type).read_only
    value = edited.left if on_left else edited.right
    another = ("And another customer",) if "another" in value else ()
    return scene.stated(
        f"{row.left}.edited-{scene.suffix(system)}",
        f'"{name}" edited in {system}',
        scene.neighbour(),
        scene.new(),
        *another,
        "And the sync has caught up",
        scene.changed(name, value, system, may_fail=may_fail),
        *scene.synced(
            f"the {scene.left}",
            {row.left: _if_taken(edited, examples.first) if may_fail else edited},
        ),
    )


def _edits_among_others(
    scene: Scene, row: PropertyRow, examples: Examples
) -> Iterator[Check]:
    """Yield the checks that an edit is found anywhere in a list."""
    system = scene.left_system
    edited = examples.edited_left
    edit = scene.changed(row.left, edited.left, system)
    the_edited = {row.left: edited}
    yield scene.stated(
        f"{row.left}.edited-older-{scene.suffix(system)}",
        f'"{row.left}" edited in {system}, of a record that is not the newest',
        scene.new("Given"),
        scene.neighbour("And"),
        "And the sync has caught up",
        edit,
        *scene.synced(f"the {scene.left}", the_edited),
    )
    yield scene.stated(
        f"{row.left}.edited-late-{scene.suffix(system)}",
        f'"{row.left}" edited in {system}, of a record that is old',
        *scene.linked(),
        f"When {MANY_DAYS} days pass",
        edit,
        "And the sync catches up",
        scene.pairs(f"the {scene.left}", the_edited),
    )
    yield scene.stated(
        f"{row.left}.edited-among-many-{scene.suffix(system)}",
        f'"{row.left}" edited in {system}, of one among {MORE_THAN_A_PAGE}',
        scene.neighbour(),
        scene.many(MORE_THAN_A_PAGE),
        "And the sync has caught up",
        edit,
        "And the sync catches up",
        scene.pairs(f"the {scene.left}", the_edited, f"each other {scene.left}"),
    )


def _edits_of_several(scene: Scene, row: PropertyRow, examples: Examples) -> Check:
    """Return the check that of several edits none is lost or confused."""
    system, many = scene.left_system, scene.left_type.many
    others, last = examples.edited_left, examples.edited_right
    if others == last:  # a boolean has no third value
        last = examples.first
    last_edit = scene.changed(row.left, last.left, system, keyword="And")
    return scene.stated(
        f"{row.left}.edited-in-several-{scene.suffix(system)}",
        f'"{row.left}" edited in {system}, of several {many} at once',
        scene.neighbour(),
        scene.many(SEVERAL),
        "And the sync has caught up",
        f'When the "{row.left}" of each other {scene.left} is changed to'
        f' "{others.left}" in {system}',
        *([last_edit] if last != examples.first else []),
        *scene.synced(
            f"the {scene.left}",
            {row.left: last},
            f"each other {scene.left}",
            {row.left: others},
        ),
    )


def _edit_after_another(
    scene: Scene, row: PropertyRow, edited: Example
) -> Iterator[Check]:
    """Yield the check of an edit after one of an unlisted property."""
    system = scene.left_system
    for name, value in scene.left_edits[:1]:
        yield scene.stated(
            f"{row.left}.edited-after-{name}",
            f'"{row.left}" edited in {system} after "{name}"',
            *scene.linked(),
            scene.changed(name, value, system),
            "And the sync catches up",
            scene.changed(row.left, edited.left, system),
            *scene.synced(f"the {scene.left}", {row.left: edited}),
        )


def _edits_again(scene: Scene, row: PropertyRow, examples: Examples) -> Iterator[Check]:
    """Yield the checks of a second edit."""
    system = scene.left_system
    one, two = examples.edited_left, examples.edited_right
    if one == two:  # a boolean has no third value: it is edited back
        two = examples.first
    both = (
        f'When its "{row.left}" is changed to "{one.left}" and to "{two.left}"'
        f" in {system} in one second, a run between them"
    )
    pairs = scene.pairs(f"the {scene.left}", {row.left: two})
    yield scene.stated(
        f"{row.left}.edited-again-{scene.suffix(system)}",
        f'"{row.left}" edited in {system} again and again',
        *scene.linked(),
        *_one_by_one(scene, row, (one, examples.neighbour, two)),
    )
    yield scene.stated(
        f"{row.left}.edited-back-{scene.suffix(system)}",
        f'"{row.left}" edited in {system} there and back',
        *scene.linked(),
        *_one_by_one(scene, row, (one, examples.first)),
        "And it stays so when the sync runs again",
    )
    yield from _edit_beside_another(scene, row, one)
    yield from _edit_after_another(scene, row, one)
    yield scene.stated(
        f"{row.left}.edited-in-one-second-{scene.suffix(system)}",
        f'"{row.left}" edited in {system} in the very second of a run',
        *scene.linked(),
        both,
        "And the sync catches up",
        pairs,
    )


def _one_by_one(
    scene: Scene, row: PropertyRow, values: Iterable[Example]
) -> Iterator[Step | str]:
    """Yield an edit to each of these values, and expect each before the next."""
    system = scene.left_system
    for value in dict.fromkeys(values):
        yield scene.changed(row.left, value.left, system)
        yield "And the sync catches up"
        yield scene.pairs(f"the {scene.left}", {row.left: value})


def _edit_beside_another(
    scene: Scene, row: PropertyRow, edited: Example
) -> Iterator[Check]:
    """Yield the check of two edits at once; a sync may keep only one."""
    for name, value in scene.right_edits[:1]:
        left_system, right_system = scene.left_system, scene.right_system
        yield scene.observed(
            f"{row.left}.edited-beside-{name}",
            f'"{row.left}" edited in {left_system}, and "{name}" in {right_system}',
            *scene.linked(),
            scene.changed(row.left, edited.left, left_system),
            scene.changed(name, value, right_system, keyword="And"),
            "And the sync catches up",
            scene.pairs(""),
            scene.agreement_on_one([{row.left: edited}, {}]),
            "And it stays so when the sync runs again",
            "And what became of the edits is reported",
        )


def _if_taken(new: Example, old: Example) -> Example:
    return Example(
        f"{new.left} if taken, else {old.left}",
        f"{new.right} if taken, else {old.right}",
    )
