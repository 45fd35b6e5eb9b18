"""The checks of the statement *every*."""

from __future__ import annotations

from collections.abc import Iterator

from dataflow.checklist.check import Basis, Check, CheckRule, Step
from dataflow.checklist.document import Form
from dataflow.checklist.templates.scenario import Scene
from dataflow.record_types.examples import EUR, USD


def of_the_type(scene: Scene) -> Iterator[Check]:
    """Yield what follows from the type of the section's left record."""
    if _only_persons(scene):
        yield _company(scene)
        yield _company_turned(scene)
    if scene.left_type.has_customer:
        yield from _of_customers(scene)


def _only_persons(scene: Scene) -> bool:
    covered = any("company" in other.left.lower() for other in scene.document.sections)
    return scene.section.left == "Customers person" and not covered


def _company(scene: Scene) -> Check:
    return scene.check(
        "every.company",
        Basis.INFERRED,
        f"A company or an authority does not turn up as the {scene.right} of a person",
        scene.neighbour(),
        scene.new(noun="company"),
        Step("And", "organisations of other types, if the API lets it"),
        scene.catches_up("When"),
        scene.pairs(""),
        scene.stays(),
        Step("And", f"no organisation has a {scene.right}"),
    )


def _company_turned(scene: Scene) -> Check:
    return scene.check(
        "every.company-becomes-a-person",
        Basis.INFERRED,
        "A company that becomes a person is a person like any other",
        scene.neighbour(),
        scene.new(noun="company"),
        scene.caught_up(),
        Step("When", f"it becomes a person in {scene.document.left_system}"),
        scene.catches_up(),
        scene.pairs(f"the {scene.left}"),
        scene.stays(),
    )


def _of_customers(scene: Scene) -> Iterator[Check]:
    yield from _linked_in_the_end(scene)
    yield _issued(scene)
    yield _paid(scene)
    for noun, title in (
        (f"draft {scene.left}", f"A draft {scene.left}"),
        (f"voided {scene.left}", f"A voided {scene.left}"),
        (f"{scene.left} of a company", f"An {scene.left} of a company"),
    ):
        yield _observed(scene, noun, title)


def _linked_in_the_end(scene: Scene) -> Iterator[Check]:
    left = scene.left
    yield scene.check(
        "every.customer-not-linked-yet",
        Basis.INFERRED,
        f"An {left} whose customer is not linked yet is not lost",
        scene.neighbour(),
        scene.caught_up(),
        scene.new("When", f"{left} of a new person"),
        scene.catches_up(),
        scene.pairs(f"the {left}"),
    )
    yield scene.check(
        "every.customer-older-than-the-sync",
        Basis.INFERRED,
        f"An {left} brings along a customer that is older than the sync looks back",
        scene.new("Given", "person"),
        Step("And", "the sync looks no further back than now"),
        scene.neighbour("And"),
        scene.new(noun=f"{left} of that person"),
        scene.catches_up("When"),
        scene.pairs(f"the {left}"),
    )


def _issued(scene: Scene) -> Check:
    left = scene.left
    return scene.check(
        "every.draft-issued",
        Basis.INFERRED,
        f"A draft that is issued is an {left} like any other",
        scene.neighbour(),
        scene.new(noun=f"draft {left}"),
        scene.caught_up(),
        Step("When", f"it is issued in {scene.document.left_system}"),
        scene.catches_up(),
        scene.pairs(f"the {left}"),
        scene.stays(),
    )


def _paid(scene: Scene) -> Check:
    left = scene.left
    return scene.check(
        "every.paid-before",
        Basis.STATED,
        f"An {left} that was paid before the sync saw it gets its {scene.right}",
        scene.neighbour(),
        scene.new(noun=f"paid {left}"),
        scene.catches_up("When"),
        scene.pairs(f"the {left}"),
        scene.stays(),
    )


def _observed(scene: Scene, noun: str, title: str) -> Check:
    name = noun.removeprefix(scene.left).removesuffix(scene.left).strip()
    return scene.check(
        f"every.{name.replace(' ', '-')}",
        Basis.OBSERVED,
        f"{title}, of which the document does not speak",
        scene.neighbour(),
        scene.new(noun=noun),
        scene.catches_up("When"),
        scene.pairs(""),
        scene.rests(),
        *([scene.agreement(noun)] if scene.rows else []),
        Step(
            "And",
            f"whether the {noun} has {scene.right_type.a} is reported",
        ),
    )


#: More than two pages of either API: both answer with at most 100 records (documented
#: for Chargebee, unconfirmed for Invoiced).
THREE_PAGES = 201
#: With the neighbour, exactly one page: nothing tells its end but that no more comes.
ALL_BUT_ONE = 99
#: So many records, so many hours apart: each hour of the day is there, each day of the
#: week and of the month, and most of them are old.
A_MONTH, HOURS = 32, 25
#: So many further runs: what a sync does wrong may begin late.
OFTEN = 10


def rule(scene: Scene) -> CheckRule:
    """Return the rule of an *every* statement."""
    checks = (*_always(scene), *of_the_type(scene))
    article = scene.right_type.a
    return CheckRule(Form.EVERY, f"Every {scene.left} has {article}", checks)


def _always(scene: Scene) -> Iterator[Check]:
    left, right = scene.left, scene.right
    many = scene.left_type.many
    belongs = scene.left_type.has_customer
    yield scene.check(
        "every.new-record",
        Basis.STATED,
        f"A new {left} gets exactly one {right}",
        scene.neighbour(),
        *([scene.new(noun="person")] if belongs else []),
        scene.caught_up(),
        scene.new("When", f"{left} of that person" if belongs else left),
        scene.catches_up(),
        scene.pairs(f"the {left}"),
    )
    yield scene.check(
        "every.already-there",
        Basis.STATED,
        f"{many.capitalize()} that were there before the sync began get theirs",
        scene.neighbour(),
        scene.many(3),
        scene.catches_up("When"),
        scene.pairs(f"each {left}"),
    )
    if scene.left_type.has_variants:
        yield scene.check(
            "every.all-sorts",
            Basis.STATED,
            f"{many.capitalize()} of all sorts get exactly one {right} each",
            scene.neighbour(),
            Step("And", f'{many} of all sorts in "{EUR.left}"'),
            scene.catches_up("When"),
            scene.pairs(f"each {left}"),
        )
    yield from _edited_before(scene)
    yield from _stranger(scene)
    yield from _paged(scene)
    yield from _in_time(scene)
    yield scene.check(
        "every.sync-again",
        Basis.INFERRED,
        "Syncing again writes nothing",
        scene.neighbour(),
        scene.new(),
        scene.caught_up(),
        Step("When", f"the sync runs {OFTEN} times more"),
        Step("Then", "nothing was written"),
        _and(scene.pairs(f"the {left}")),
    )


def _stranger(scene: Scene) -> Iterator[Check]:
    """Yield the check that what is nobody's counterpart is left alone.

    Whether it gets a counterpart in turn, the document leaves open: so nothing asks
    what came.
    """
    system, right = scene.document.right_system, scene.right
    if scene.right_type.has_factory:
        yield Check(
            f"{scene.section.id}.every.stranger",
            Basis.INFERRED,
            f"{scene.right_type.a.capitalize()} that is nobody's stays as it is",
            (
                Step("Given", f"a stranger {right} in {system}"),
                scene.neighbour("And"),
                scene.new(),
                scene.caught_up(),
                Step("When", "the sync runs again"),
                Step("Then", "the stranger is unchanged"),
                _and(scene.pairs(f"the {scene.left}")),
                scene.unharmed(),
                Step("And", "the neighbour is unchanged"),
            ),
        )


def _edited_before(scene: Scene) -> Iterator[Check]:
    """Yield the check that an edit before the first run costs no counterpart."""
    listed = {row.left for row in scene.section.properties}
    for name, value in scene.left_type.other_edits(listed)[:1]:
        system = scene.document.left_system
        yield scene.check(
            "every.edited-before",
            Basis.STATED,
            f"{scene.left_type.a.capitalize()} that was edited before the"
            f" sync saw it gets its {scene.right}",
            scene.neighbour(),
            scene.new(),
            Step("And", f'its "{name}" was changed to "{value}" in {system}'),
            scene.catches_up("When"),
            scene.pairs(f"the {scene.left}"),
        )


def _paged(scene: Scene) -> Iterator[Check]:
    """Yield what a sync can miss that reads lists page by page."""
    left, right = scene.left, scene.right
    many = scene.left_type.many
    for name, made, what in (
        ("many-pages", THREE_PAGES, f"{THREE_PAGES} {many}, more than two pages"),
        ("full-page", ALL_BUT_ONE, f"{ALL_BUT_ONE + 1} {many}, exactly one page"),
    ):
        yield scene.check(
            f"every.{name}",
            Basis.STATED,
            f"{what}, get exactly one {right} each",
            scene.neighbour(),
            scene.many(made, USD),
            scene.catches_up("When"),
            scene.pairs(f"each {left}", {"currency": USD}),
            scene.stays(),
        )


def _in_time(scene: Scene) -> Iterator[Check]:
    """Yield what a sync can miss that asks only for what is new."""
    left, right = scene.left, scene.right
    word = scene.left_type
    yield scene.check(
        "every.a-day-apart",
        Basis.STATED,
        f"{word.many.capitalize()} of a whole month get theirs, however old",
        scene.neighbour(),
        scene.many(A_MONTH, more=f", made {HOURS} hours apart"),
        scene.catches_up("When"),
        scene.pairs(f"each {left}"),
    )
    yield scene.check(
        "every.same-second",
        Basis.STATED,
        f"{word.a.capitalize()} saved in the very second of a run gets its {right}",
        scene.neighbour(),
        scene.many(
            2, keyword="When", more=" are made in one second, a run between them"
        ),
        scene.catches_up(),
        scene.pairs(f"each {left}"),
    )


def _and(step: Step) -> Step:
    return Step("And", step.text, step.table)
