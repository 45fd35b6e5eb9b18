"""The checks of *every* that only some sections have: of persons, and of invoices."""

from __future__ import annotations

from collections.abc import Iterator

from dataflow.checklist.check import Check, Standing, Step
from dataflow.checklist.scene import Scene


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
        Standing.INFERRED,
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
        Standing.INFERRED,
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
        Standing.INFERRED,
        f"An {left} whose customer is not linked yet is not lost",
        scene.neighbour(),
        scene.caught_up(),
        scene.new("When", f"{left} of a new person"),
        scene.catches_up(),
        scene.pairs(f"the {left}"),
    )
    yield scene.check(
        "every.customer-older-than-the-sync",
        Standing.INFERRED,
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
        Standing.INFERRED,
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
        Standing.STATED,
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
        Standing.OBSERVED,
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
