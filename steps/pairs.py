"""Then: the pairs in both systems."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import parsers, then

from dataflow.harness.categories import Category, MismatchError
from dataflow.harness.scenario.comparison import judge, require_unchanged
from dataflow.harness.scenario.expectations import (
    find_mismatches,
    find_surplus,
    require_counterpart,
    require_in_invoiced,
    require_none,
)
from dataflow.harness.scenario.world import (
    World,
    describe_counterparts,
    find_differences,
)
from dataflow.record_types.model import kind_of

#: The Python type of each JSON type of the document.
_TYPES: dict[str, type] = {
    "string": str,
    "integer": int,
    "float": float,
    "boolean": bool,
}


@then(parsers.parse("each has exactly one {noun:w}:"))
def each_has_exactly_one(
    world: World, noun: str, datatable: Sequence[Sequence[str]]
) -> None:
    """Expect exactly one live counterpart each, with the values of the table."""

    def holds() -> None:
        require_none(find_mismatches(world, datatable, noun))

    world.sync.wait_until(f"exactly one {noun} each, with these values", holds)
    world.snapshot_neighbour()
    judge(world)
    world.holds = holds


@then(parsers.parse("no {noun:w} has a {counterpart:w}"))
def none_has_one(world: World, noun: str, counterpart: str) -> None:
    """Expect that the scenario's records have no counterparts."""
    found = {made: world.counterparts(made) for made in world.subjects}

    assert found, f"the scenario has made no {noun}"
    for made, theirs in found.items():
        require_counterpart(made, counterpart)
        if theirs:
            found_ones = describe_counterparts(made, theirs)
            sentence = f"{found_ones}, and must have no {counterpart}"
            raise MismatchError(sentence, Category.CHANGED)
        require_in_invoiced(world, made)


@then(parsers.parse("if the {noun} has {counterpart}, it says:"))
def agrees_if_there(
    world: World, noun: str, counterpart: str, datatable: Sequence[Sequence[str]]
) -> None:
    """Expect the values of the table if the pair exists."""
    made = world.subject
    require_counterpart(made, counterpart.partition(" ")[2])

    def holds() -> None:
        if world.counterparts(made):
            require_none(find_mismatches(world, datatable, made.kind.name))
        else:
            require_in_invoiced(world, made)

    world.sync.wait_until(f"{counterpart} of the {noun} with these values", holds)


@then(parsers.parse("the {noun:w} and its {counterpart:w} agree on one of these:"))
def agree_on_one(
    world: World, noun: str, counterpart: str, datatable: Sequence[Sequence[str]]
) -> None:
    """Expect the values of any one line: the document leaves open which."""
    head, *lines = datatable

    def holds() -> None:
        found = [
            find_mismatches(
                world, [["record", *head], [f"the {noun}", *line]], counterpart
            )
            for line in lines
        ]
        if all(found):
            require_none([each for line in found for each in line])

    world.sync.wait_until(f"a {counterpart} that agrees with its {noun}", holds)
    world.holds = holds


@then(parsers.parse("whether the {noun} has {counterpart} is reported"))
def report_counterparts(world: World, noun: str, counterpart: str) -> None:
    """Report the counterpart; two of them, or a lost record, fail in every reading."""
    made = world.subject
    require_counterpart(made, counterpart.partition(" ")[2])
    found = world.counterparts(made)
    is_there = world.is_in_invoiced(made)

    if len(found) > 1:
        sentence = f"under no reading has the {noun} more than {counterpart}"
        raise MismatchError(
            f"{describe_counterparts(made, found)}: {sentence}", Category.DUPLICATED
        )
    if not (is_there or made.deleted):
        raise MismatchError(f"{made} is gone from Invoiced", Category.CHANGED)
    count = "one" if found else "no"
    gone = "" if is_there else ", and is gone from Invoiced"
    world.notes.add(
        "observed", f"It has {count} live {made.kind.name} in Chargebee{gone}."
    )


@then(parsers.parse('the "{name}" of the {noun:w} is a JSON {kind:w}'))
def has_type(world: World, name: str, noun: str, kind: str) -> None:
    """Expect this JSON type of the value in Chargebee."""
    made = world.subject
    assert made.kind is kind_of(noun)
    value = world.get_counterpart(made).get(name)

    assert type(value) is _TYPES[kind], f"{name} is {value!r}, not a JSON {kind}"


@then("everything else is as it was")
def everything_is_as_it_was(world: World) -> None:
    """Expect no duplicate, and no change of either account that nothing explains."""
    none_too_many(world)
    require_unchanged(world, judge(world))


@then("no system has a record too many")
def none_too_many(world: World) -> None:
    """Expect no duplicate record, with or without a mark."""

    def holds() -> None:
        require_none(find_surplus(world), Category.DUPLICATED)

    world.sync.wait_until("no record too many", holds)


@then("nothing else was changed in Invoiced")
def nothing_was_damaged(world: World) -> None:
    """Expect the values that the scenario has written."""
    damage = judge(world)
    require_unchanged(
        world, [each for each in damage if each.place.system == world.invoiced.name]
    )


@then("the stranger is unchanged")
def foreign_record_is_unchanged(world: World) -> None:
    """Expect that the foreign record was not changed."""
    assert world.strangers, "the scenario has made no foreign record"
    kind, before = world.strangers[-1]
    now = world.chargebee.list_all(kind).get(before["id"])

    if now is None:
        sentence = f"{kind.name} {before['id']} is gone from Chargebee"
        raise MismatchError(sentence, Category.CHANGED)
    require_none(find_differences(before, now), Category.CHANGED)


@then("the neighbour is unchanged")
def neighbour_is_unchanged(world: World) -> None:
    """Expect that the neighbour's pair and its customer's pair were not changed."""
    assert world.neighbour is not None, "the scenario has made no neighbour"
    assert world.neighbours, "the neighbour has never had its counterpart"
    for neighbour, before in world.neighbours.items():
        # From the list: an archived item can still be read by id.
        left = world.invoiced.list_all(neighbour.kind).get(neighbour.id)
        if left is None:
            raise MismatchError(f"{neighbour} is gone from Invoiced", Category.CHANGED)
        changed = find_differences(neighbour.record, left, marks=True)
        require_none(changed, Category.CHANGED)
        counterpart = world.get_counterpart(neighbour)
        require_none(find_differences(before, counterpart), Category.CHANGED)
