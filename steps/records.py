"""Given: the scenario creates records and advances the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pytest_bdd import given, parsers, when

from dataflow.errors import VendorRefusedError
from dataflow.harness.scenario.factories import create_strangers
from dataflow.harness.scenario.world import World
from dataflow.record_types import find_noun, find_singular
from dataflow.record_types.invoiced import ORGANISATIONS
from dataflow.record_types.model import kind_of

#: The number of customers of many invoices: a confusion of two is detected.
OWNERS = 3
#: Every third record has the name of the one before.
NAMESAKES = 3
HOUR = 60 * 60


@given(parsers.parse('a neighbour {noun} in "{currency}"'))
def a_neighbour(
    world: World, noun: str, currency: str, datatable: Sequence[Sequence[str]] = ()
) -> None:
    """Create the neighbour: a pair that must not change."""
    world.neighbour = world.make(noun, currency, _values(datatable))


@given(parsers.parse('a bystander {noun} in "{currency}"'))
def a_bystander(world: World, noun: str, currency: str) -> None:
    """Create a record of another section, which must not change either."""
    world.bystanders.append(world.make(noun, currency, {}))


@given(parsers.parse('a new {noun} in "{currency}"'))
@when(parsers.parse('a new {noun} in "{currency}" is made'))
@when(parsers.parse('another {noun} in "{currency}" is made'))
def a_new_record(
    world: World, noun: str, currency: str, datatable: Sequence[Sequence[str]] = ()
) -> None:
    """Create a record that the scenario is about."""
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
    """Create several records; some have equal names, since a name is no link."""
    create = _make_factory(world, nouns, currency, datatable)
    for _ in range(count):
        create()


@given(parsers.parse('{nouns} of all sorts in "{currency}"'))
def of_all_sorts(
    world: World,
    nouns: str,
    currency: str,
    datatable: Sequence[Sequence[str]] = (),
) -> None:
    """Create unusual records, each in another way."""
    noun = find_singular(nouns)
    for sort in find_noun(noun)[0].variants:
        # What the feature gives is also what it expects.
        values = dict(sort) | _values(datatable)
        world.subjects.append(world.make(noun, currency, values))


@given("organisations of other types, if the API lets it")
def organisations(world: World) -> None:
    """Create customers of the types that are neither person nor company."""
    for noun in ORGANISATIONS:
        try:
            world.subjects.append(world.make(noun, "eur", {}))
        except VendorRefusedError as refusal:
            world.notes.add("refused", f"a customer of type {noun}: {refusal}")


@when(parsers.parse("{count:d} days pass"))
def days_pass(world: World, count: int) -> None:
    """Advance the vendors' time."""
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
    """Create records over many days: a sync must not read only the last hours."""
    create = _make_factory(world, nouns, currency, datatable)
    create()
    for _ in range(count - 1):
        world.advance(hours * HOUR)
        create()


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
    """Create records before and after a run in one second: vendors count seconds."""
    create = _make_factory(world, nouns, currency, datatable)
    create()
    world.sync.run_now()
    create()


@given(parsers.parse("a stranger {noun:w} in Chargebee"))
def a_foreign_record(world: World, noun: str) -> None:
    """Create a record in Chargebee that is no counterpart."""
    kind = kind_of(noun)
    world.strangers = create_strangers(
        world.chargebee, kind, world.factory.name("Stranger"), world.scope
    )


@given("another customer")
def another_customer(world: World) -> None:
    """Create a person to whom an invoice can be assigned."""
    world.another_customer = world.make("person", "eur", {})


def _values(datatable: Sequence[Sequence[str]]) -> dict[str, object]:
    return {cells[0]: cells[1] for cells in datatable}


def _make_factory(
    world: World, nouns: str, currency: str, datatable: Sequence[Sequence[str]]
) -> Callable[[], None]:
    """Return a function that creates the next record."""
    noun, values = find_singular(nouns), _values(datatable)

    def create() -> None:
        number = len(world.subjects)
        owner = world.subjects[number % OWNERS] if number >= OWNERS else None
        customer = owner.customer if owner else None
        shared = {}
        if number % NAMESAKES == NAMESAKES - 1:
            shared = {"name": world.subjects[number - 1].record["name"]}
        made = world.make(noun, currency, values | shared, customer)
        world.subjects.append(made)

    return create
