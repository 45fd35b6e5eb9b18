"""The checks of the listed properties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dataflow.checklist.check import Basis, Check, CheckRule, Step
from dataflow.checklist.document import Form, PropertyRow
from dataflow.checklist.templates.scenario import Scene
from dataflow.record_types import find_record_type
from dataflow.record_types.examples import Example, Examples

#: More than a page of either API.
MORE_THAN_A_PAGE = 101
#: So many records are edited at once, the last one unlike the others.
SEVERAL = 4
#: From the stand-ins' first day, a Monday, to a Saturday.
MANY_DAYS = 40


def edits_of_rows(scene: Scene) -> Iterator[Check]:
    """Yield the checks of each listed row that can be checked."""
    for row, examples in scene.rows:
        for system in (scene.document.left_system, scene.document.right_system):
            yield _edit_of_row(scene, row, examples, system)
        if row.left not in scene.left_type.read_only:
            yield from _edits_again(scene, row, examples)
            yield from _edits_among_others(scene, row, examples)
            yield _edits_of_several(scene, row, examples)


def _edit_of_row(
    scene: Scene, row: PropertyRow, examples: Examples, system: str
) -> Check:
    on_left = system == scene.document.left_system
    name = row.left if on_left else row.right
    record_type = scene.section.left if on_left else scene.section.right
    edited = examples.edited_left if on_left else examples.edited_right
    may_fail = name in find_record_type(record_type).read_only
    value = edited.left if on_left else edited.right
    another = (Step("And", "another customer"),) if "another" in value else ()
    return scene.check(
        f"{row.left}.edited-{scene.suffix(system)}",
        Basis.STATED,
        f'"{name}" edited in {system}',
        scene.neighbour(),
        scene.new(),
        *another,
        scene.caught_up(),
        scene.changed(name, value, system, may_fail=may_fail),
        scene.catches_up(),
        scene.pairs(
            f"the {scene.left}",
            {row.left: _if_taken(edited, examples.first) if may_fail else edited},
        ),
        scene.stays(),
    )


def _edits_among_others(
    scene: Scene, row: PropertyRow, examples: Examples
) -> Iterator[Check]:
    """Yield the checks that an edit is found wherever the record stands in a list."""
    system = scene.document.left_system
    edited = examples.edited_left
    edit = scene.changed(row.left, edited.left, system, may_fail=False)
    the_edited = {row.left: edited}
    yield scene.check(
        f"{row.left}.edited-older-{scene.suffix(system)}",
        Basis.STATED,
        f'"{row.left}" edited in {system}, of a record that is not the newest',
        scene.new("Given"),
        scene.neighbour("And"),
        scene.caught_up(),
        edit,
        scene.catches_up(),
        scene.pairs(f"the {scene.left}", the_edited),
        scene.stays(),
    )
    yield scene.check(
        f"{row.left}.edited-late-{scene.suffix(system)}",
        Basis.STATED,
        f'"{row.left}" edited in {system}, of a record that is old',
        *scene.linked(),
        Step("When", f"{MANY_DAYS} days pass"),
        edit,
        scene.catches_up(),
        scene.pairs(f"the {scene.left}", the_edited),
    )
    yield scene.check(
        f"{row.left}.edited-among-many-{scene.suffix(system)}",
        Basis.STATED,
        f'"{row.left}" edited in {system}, of one among {MORE_THAN_A_PAGE}',
        scene.neighbour(),
        scene.many(MORE_THAN_A_PAGE),
        scene.caught_up(),
        edit,
        scene.catches_up(),
        scene.pairs(f"the {scene.left}", the_edited, f"each other {scene.left}"),
    )


def _edits_of_several(scene: Scene, row: PropertyRow, examples: Examples) -> Check:
    """Return the check that of edits at once none is lost, and no two are mixed up."""
    system, many = scene.document.left_system, scene.left_type.many
    others, last = examples.edited_left, examples.edited_right
    if others == last:  # a boolean has no third value
        last = examples.first
    last_edit = scene.changed(row.left, last.left, system, may_fail=False)
    return scene.check(
        f"{row.left}.edited-in-several-{scene.suffix(system)}",
        Basis.STATED,
        f'"{row.left}" edited in {system}, of several {many} at once',
        scene.neighbour(),
        scene.many(SEVERAL),
        scene.caught_up(),
        Step(
            "When",
            f'the "{row.left}" of each other {scene.left} is changed to'
            f' "{others.left}" in {system}',
        ),
        *([Step("And", last_edit.text)] if last != examples.first else []),
        scene.catches_up(),
        scene.pairs(
            f"the {scene.left}",
            {row.left: last},
            f"each other {scene.left}",
            {row.left: others},
        ),
        scene.stays(),
    )


def _edit_after_another(
    scene: Scene, row: PropertyRow, edited: Example
) -> Iterator[Check]:
    """Yield the check that an edit of something else does not cost the next one."""
    system = scene.document.left_system
    listed = {other.left for other in scene.section.properties}
    for name, value in scene.left_type.other_edits(listed)[:1]:
        yield scene.check(
            f"{row.left}.edited-after-{name}",
            Basis.STATED,
            f'"{row.left}" edited in {system} after "{name}"',
            *scene.linked(),
            scene.changed(name, value, system, may_fail=False),
            scene.catches_up(),
            scene.changed(row.left, edited.left, system, may_fail=False),
            scene.catches_up(),
            scene.pairs(f"the {scene.left}", {row.left: edited}),
            scene.stays(),
        )


def _edits_again(scene: Scene, row: PropertyRow, examples: Examples) -> Iterator[Check]:
    """Yield the checks that a second edit is not lost after a first one."""
    system = scene.document.left_system
    one, two = examples.edited_left, examples.edited_right
    if one == two:  # a boolean has no third value: it is edited back
        two = examples.first
    both = (
        f'its "{row.left}" is changed to "{one.left}" and to "{two.left}" in {system}'
        " in one second, a run between them"
    )
    pairs = scene.pairs(f"the {scene.left}", {row.left: two})
    yield scene.check(
        f"{row.left}.edited-again-{scene.suffix(system)}",
        Basis.STATED,
        f'"{row.left}" edited in {system} again and again',
        *scene.linked(),
        *_one_by_one(scene, row, (one, examples.neighbour, two)),
    )
    yield scene.check(
        f"{row.left}.edited-back-{scene.suffix(system)}",
        Basis.STATED,
        f'"{row.left}" edited in {system} there and back',
        *scene.linked(),
        *_one_by_one(scene, row, (one, examples.first)),
        scene.stays(),
    )
    yield from _edit_beside_another(scene, row, one)
    yield from _edit_after_another(scene, row, one)
    yield scene.check(
        f"{row.left}.edited-in-one-second-{scene.suffix(system)}",
        Basis.STATED,
        f'"{row.left}" edited in {system} in the very second of a run',
        *scene.linked(),
        Step("When", both),
        scene.catches_up(),
        pairs,
    )


def _one_by_one(
    scene: Scene, row: PropertyRow, values: Iterable[Example]
) -> Iterator[Step]:
    """Yield an edit to each of these values, and ask for each before the next."""
    system = scene.document.left_system
    for value in dict.fromkeys(values):
        yield scene.changed(row.left, value.left, system, may_fail=False)
        yield scene.catches_up()
        yield scene.pairs(f"the {scene.left}", {row.left: value})


def _edit_beside_another(
    scene: Scene, row: PropertyRow, edited: Example
) -> Iterator[Check]:
    """Yield the check that two edits at once, one on either side, leave no rift.

    Which of them is kept where a sync can keep but one, the document leaves open.
    """
    listed = {other.right for other in scene.section.properties}
    for name, value in scene.right_type.other_edits(listed)[:1]:
        left_system, right_system = (
            scene.document.left_system,
            scene.document.right_system,
        )
        beside = scene.changed(name, value, right_system, may_fail=False)
        yield scene.check(
            f"{row.left}.edited-beside-{name}",
            Basis.OBSERVED,
            f'"{row.left}" edited in {left_system}, and "{name}" in {right_system}',
            *scene.linked(),
            scene.changed(row.left, edited.left, left_system, may_fail=False),
            Step("And", beside.text),
            scene.catches_up(),
            scene.pairs(""),
            scene.agreement_on_one([{row.left: edited}, {}]),
            scene.stays(),
            Step("And", "what became of the edits is reported"),
        )


def _if_taken(new: Example, old: Example) -> Example:
    return Example(
        f"{new.left} if taken, else {old.left}",
        f"{new.right} if taken, else {old.right}",
    )


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
    linked = (scene.neighbour(), scene.new(), scene.catches_up("When"))
    pair = scene.pairs(f"the {scene.left}")
    first = examples.first
    spelled = f": {first.left} is {first.right}" if first.left != first.right else ""
    yield scene.check(
        f"{row.left}.new-pair",
        Basis.STATED,
        f'A new pair agrees on "{row.left}" and "{row.right}"{spelled}',
        *linked,
        pair,
    )
    yield scene.check(
        f"{row.left}.type",
        Basis.STATED,
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
