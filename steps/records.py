"""Given: records are made in Invoiced."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pytest_bdd import given, parsers, when

from dataflow.harness.world import World

#: Many invoices share this many customers, so that two mixed up can be told apart.
OWNERS = 3
#: Of so many persons, the last has the name of the one before.
NAMESAKES = 3
DAY = 24 * 60 * 60


@given(parsers.parse('a neighbour {noun} in "{currency}"'))
def a_neighbour(
    world: World, noun: str, currency: str, datatable: Sequence[Sequence[str]] = ()
) -> None:
    """Make the pair that must come through unharmed."""
    world.neighbour = world.make(noun, currency, _values(datatable))


@given(parsers.parse('a new {noun} in "{currency}"'))
@when(parsers.parse('a new {noun} in "{currency}" is made'))
def a_new_record(
    world: World, noun: str, currency: str, datatable: Sequence[Sequence[str]] = ()
) -> None:
    """Make the record that the scenario is about."""
    customer = world.subject if noun.endswith("that person") else None
    made = world.make(noun, currency, _values(datatable), customer)
    world.subjects.append(made)


@given(parsers.parse('{count:d} new {nouns} in "{currency}"'))
def new_records(
    world: World,
    count: int,
    nouns: str,
    currency: str,
    datatable: Sequence[Sequence[str]] = (),
) -> None:
    """Make several records; neighbouring invoices are of different customers.

    Some persons are namesakes: a name is no link.
    """
    make = _maker(world, nouns, currency, datatable)
    for _ in range(count):
        make()


@given(parsers.parse('{count:d} new {nouns} in "{currency}", made a day apart'))
def made_a_day_apart(
    world: World,
    count: int,
    nouns: str,
    currency: str,
    datatable: Sequence[Sequence[str]] = (),
) -> None:
    """Make several records, one a day: a sync must not look back some hours only."""
    make = _maker(world, nouns, currency, datatable)
    make()
    for _ in range(count - 1):
        world.let_pass(DAY)
        make()


@when(
    parsers.parse(
        '2 new {nouns} in "{currency}" are made in one second, a run between them'
    )
)
def made_in_one_second(
    world: World,
    nouns: str,
    currency: str,
    datatable: Sequence[Sequence[str]] = (),
) -> None:
    """Make records in the second in which the sync looks: the vendors count seconds."""
    make = _maker(world, nouns, currency, datatable)
    make()
    world.catching_up.at_once()
    make()


@given("another customer")
def another_customer(world: World) -> None:
    """Make a person to whom an invoice could be moved."""
    world.another_customer = world.make("person", "eur", {})


def _values(datatable: Sequence[Sequence[str]]) -> dict[str, object]:
    return {cells[0]: cells[1] for cells in datatable}


def _maker(
    world: World, nouns: str, currency: str, datatable: Sequence[Sequence[str]]
) -> Callable[[], None]:
    """Return what makes the next record each time that it is called."""
    noun, values = nouns.removesuffix("s"), _values(datatable)

    def make() -> None:
        number = len(world.subjects)
        owner = world.subjects[number % OWNERS] if number >= OWNERS else None
        customer = owner.customer if owner else None
        shared = {}
        if noun == "person" and number % NAMESAKES == NAMESAKES - 1:
            shared = {"name": world.subjects[number - 1].record["name"]}
        made = world.make(noun, currency, values | shared, customer)
        world.subjects.append(made)

    return make
