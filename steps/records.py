"""Given: records are made in Invoiced, and time passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pytest_bdd import given, parsers, when

from dataflow.errors import VendorRefusedError
from dataflow.harness.scenario.factories import create_stranger
from dataflow.harness.scenario.world import World
from dataflow.record_types.invoiced import ORGANISATIONS, VARIANTS
from dataflow.record_types.model import kind_of

#: Many invoices share this many customers, so that two mixed up can be told apart.
OWNERS = 3
#: Of so many records, the last has the name of the one before.
NAMESAKES = 3
HOUR = 60 * 60


@given(parsers.parse('a neighbour {noun} in "{currency}"'))
def a_neighbour(
    world: World, noun: str, currency: str, datatable: Sequence[Sequence[str]] = ()
) -> None:
    """Make the pair that must come through unharmed."""
    world.neighbour = world.make(noun, currency, _values(datatable))


@given(parsers.parse('a bystander {noun} in "{currency}"'))
def a_bystander(world: World, noun: str, currency: str) -> None:
    """Make a record of another section: it must come through unharmed as well."""
    world.bystanders.append(world.make(noun, currency, {}))


@given(parsers.parse('a new {noun} in "{currency}"'))
@when(parsers.parse('a new {noun} in "{currency}" is made'))
@when(parsers.parse('another {noun} in "{currency}" is made'))
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

    Some are namesakes: a name is no link.
    """
    make = _maker(world, nouns, currency, datatable)
    for _ in range(count):
        make()


@given(parsers.parse('{nouns} of all sorts in "{currency}"'))
def of_all_sorts(
    world: World,
    nouns: str,
    currency: str,
    datatable: Sequence[Sequence[str]] = (),
) -> None:
    """Make records that are a little unlike the others, each in its own way."""
    noun = nouns.removesuffix("s")
    for sort in VARIANTS[noun]:
        world.subjects.append(
            world.make(noun, currency, _values(datatable) | dict(sort))
        )


@given("organisations of other types, if the API lets it")
def organisations(world: World) -> None:
    """Make customers that are neither person nor company, as far as there are such."""
    for noun in ORGANISATIONS:
        try:
            world.subjects.append(world.make(noun, "eur", {}))
        except VendorRefusedError as refusal:
            world.notes.refused(f"a customer of type {noun}: {refusal}")


@when(parsers.parse("{count:d} days pass"))
def days_pass(world: World, count: int) -> None:
    """Let the vendors' time pass."""
    world.advance(count * 24 * HOUR)


@given(
    parsers.parse('{count:d} new {nouns} in "{currency}", made {hours:d} hours apart')
)
def made_hours_apart(  # noqa: PLR0913, PLR0917 - one argument a word of the line
    world: World,
    count: int,
    nouns: str,
    currency: str,
    hours: int,
    datatable: Sequence[Sequence[str]] = (),
) -> None:
    """Make several records at all times: a sync must not look back some hours only."""
    make = _maker(world, nouns, currency, datatable)
    make()
    for _ in range(count - 1):
        world.advance(hours * HOUR)
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
    world.sync.run_now()
    make()


@given(parsers.parse("a stranger {noun:w} in {system:w}"))
def a_stranger(world: World, noun: str, system: str) -> None:
    """Make a record that is nobody's counterpart, and none of the sync's business."""
    assert system == world.chargebee.name, f"{system} has no such stranger"
    kind = kind_of(noun)
    stranger = create_stranger(
        world.chargebee, kind, world.kitchen.name("Stranger"), world.scope
    )
    world.foreign = kind, stranger


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
        if number % NAMESAKES == NAMESAKES - 1:
            shared = {"name": world.subjects[number - 1].record["name"]}
        made = world.make(noun, currency, values | shared, customer)
        world.subjects.append(made)

    return make
