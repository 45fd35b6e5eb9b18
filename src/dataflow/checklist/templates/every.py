"""The checks of the statement *every*."""

from __future__ import annotations

from collections.abc import Iterator

from dataflow.checklist.check import Check, CheckRule
from dataflow.checklist.document import Form
from dataflow.checklist.templates.scenario import Scene
from dataflow.record_types.examples import EUR, USD

#: More than two pages of either API: both answer with at most 100 records (documented
#: for Chargebee, unconfirmed for Invoiced).
THREE_PAGES = 201
#: With the neighbour, exactly one page: only an empty further page shows its end.
ALL_BUT_ONE = 99
#: Records, and hours between them: together each hour of the day, each day of the week
#: and of the month.
A_MONTH, HOURS = 32, 25
#: Further runs: a fault may appear late.
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
    yield scene.stated(
        "every.new-record",
        f"A new {left} gets exactly one {right}",
        scene.neighbour(),
        *([scene.new(noun="person")] if belongs else []),
        "And the sync has caught up",
        scene.new("When", f"{left} of that person" if belongs else left),
        "And the sync catches up",
        scene.pairs(),
    )
    yield scene.stated(
        "every.already-there",
        f"{many.capitalize()} that were there before the sync began get theirs",
        scene.neighbour(),
        scene.many(3),
        "When the sync catches up",
        scene.pairs(f"each {left}"),
    )
    if scene.left_type.has_variants:
        yield scene.stated(
            "every.all-sorts",
            f"{many.capitalize()} of all sorts get exactly one {right} each",
            scene.neighbour(),
            f'And {many} of all sorts in "{EUR.left}"',
            "When the sync catches up",
            scene.pairs(f"each {left}"),
        )
    yield from _edited_before(scene)
    yield from _stranger(scene)
    yield from _paged(scene)
    yield from _in_time(scene)
    yield scene.inferred(
        "every.sync-again",
        "Syncing again writes nothing",
        scene.neighbour(),
        scene.new(),
        "And the sync has caught up",
        f"When the sync runs {OFTEN} times more",
        "Then nothing was written",
        scene.pairs(keyword="And"),
    )


def _stranger(scene: Scene) -> Iterator[Check]:
    """Yield the check that a foreign record, with a counterpart or not, stays."""
    if scene.right_type.has_factory:
        yield scene.inferred(
            "every.stranger",
            f"{scene.right_type.a.capitalize()} that is nobody's stays as it is",
            f"Given a stranger {scene.right} in {scene.right_system}",
            scene.neighbour("And"),
            scene.new(),
            "And the sync has caught up",
            "When the sync runs again",
            "Then the stranger is unchanged",
            scene.pairs(keyword="And"),
            counts=False,
        )


def _edited_before(scene: Scene) -> Iterator[Check]:
    """Yield the check of a record that was edited before the first run."""
    for name, value in scene.left_edits[:1]:
        system = scene.left_system
        yield scene.stated(
            "every.edited-before",
            f"{scene.left_type.a.capitalize()} that was edited before the"
            f" sync saw it gets its {scene.right}",
            scene.neighbour(),
            scene.new(),
            f'And its "{name}" was changed to "{value}" in {system}',
            "When the sync catches up",
            scene.pairs(),
        )


def _paged(scene: Scene) -> Iterator[Check]:
    """Yield the checks of long lists: a sync may miss pages."""
    left, right = scene.left, scene.right
    many = scene.left_type.many
    for name, made, what in (
        ("many-pages", THREE_PAGES, f"{THREE_PAGES} {many}, more than two pages"),
        ("full-page", ALL_BUT_ONE, f"{ALL_BUT_ONE + 1} {many}, exactly one page"),
    ):
        yield scene.stated(
            f"every.{name}",
            f"{what}, get exactly one {right} each",
            scene.neighbour(),
            scene.many(made, USD),
            "When the sync catches up",
            scene.pairs(f"each {left}", {"currency": USD}),
            "And it stays so when the sync runs again",
        )


def _in_time(scene: Scene) -> Iterator[Check]:
    """Yield the checks of time: a sync may read only new records."""
    left, right = scene.left, scene.right
    word = scene.left_type
    yield scene.stated(
        "every.a-day-apart",
        f"{word.many.capitalize()} of a whole month get theirs, however old",
        scene.neighbour(),
        scene.many(A_MONTH, more=f", made {HOURS} hours apart"),
        "When the sync catches up",
        scene.pairs(f"each {left}"),
    )
    yield scene.stated(
        "every.same-second",
        f"{word.a.capitalize()} saved in the very second of a run gets its {right}",
        scene.neighbour(),
        scene.many(
            2, keyword="When", more=" are made in one second, a run between them"
        ),
        "And the sync catches up",
        scene.pairs(f"each {left}"),
    )


def of_the_type(scene: Scene) -> Iterator[Check]:
    """Yield the checks of certain types of the left record."""
    if _only_persons(scene):
        yield _company(scene)
        yield _company_turned(scene)
    if scene.left_type.has_customer:
        yield from _of_customers(scene)


def _only_persons(scene: Scene) -> bool:
    covered = any("company" in other.left.lower() for other in scene.document.sections)
    return scene.section.left == "Customers person" and not covered


def _company(scene: Scene) -> Check:
    return scene.inferred(
        "every.company",
        f"A company or an authority does not turn up as the {scene.right} of a person",
        scene.neighbour(),
        scene.new(noun="company"),
        "And organisations of other types, if the API lets it",
        "When the sync catches up",
        scene.pairs(""),
        "And it stays so when the sync runs again",
        f"And no organisation has a {scene.right}",
    )


def _company_turned(scene: Scene) -> Check:
    return scene.inferred(
        "every.company-becomes-a-person",
        "A company that becomes a person is a person like any other",
        scene.neighbour(),
        scene.new(noun="company"),
        "And the sync has caught up",
        f"When it becomes a person in {scene.left_system}",
        *scene.synced(),
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
    yield scene.inferred(
        "every.customer-not-linked-yet",
        f"An {left} whose customer is not linked yet is not lost",
        scene.neighbour(),
        "And the sync has caught up",
        scene.new("When", f"{left} of a new person"),
        "And the sync catches up",
        scene.pairs(),
    )
    yield scene.inferred(
        "every.customer-older-than-the-sync",
        f"An {left} brings along a customer that is older than the sync looks back",
        scene.new("Given", "person"),
        "And the sync looks no further back than now",
        scene.neighbour("And"),
        scene.new(noun=f"{left} of that person"),
        "When the sync catches up",
        scene.pairs(),
    )


def _issued(scene: Scene) -> Check:
    left = scene.left
    return scene.inferred(
        "every.draft-issued",
        f"A draft that is issued is an {left} like any other",
        scene.neighbour(),
        scene.new(noun=f"draft {left}"),
        "And the sync has caught up",
        f"When it is issued in {scene.left_system}",
        *scene.synced(),
    )


def _paid(scene: Scene) -> Check:
    left = scene.left
    return scene.stated(
        "every.paid-before",
        f"An {left} that was paid before the sync saw it gets its {scene.right}",
        scene.neighbour(),
        scene.new(noun=f"paid {left}"),
        "When the sync catches up",
        scene.pairs(),
        "And it stays so when the sync runs again",
    )


def _observed(scene: Scene, noun: str, title: str) -> Check:
    name = noun.removeprefix(scene.left).removesuffix(scene.left).strip()
    return scene.observed(
        f"every.{name.replace(' ', '-')}",
        f"{title}, of which the document does not speak",
        scene.neighbour(),
        scene.new(noun=noun),
        "When the sync catches up",
        scene.pairs(""),
        "And it stays so until the sync has come to rest",
        *([scene.agreement(noun)] if scene.rows else []),
        f"And whether the {noun} has {scene.right_type.a} is reported",
    )
