"""When: the scenario pays, voids, deletes or replaces a record."""

from __future__ import annotations

from pytest_bdd import parsers, when

from dataflow.harness.scenario.world import World


@when("it is issued in Invoiced")
def is_issued(world: World) -> None:
    """Issue a draft, which must then have a counterpart."""
    _require_counterpart(world, "draft", value=False)


@when("it becomes a person in Invoiced")
def becomes_a_person(world: World) -> None:
    """Change a company to a person, which must then have a counterpart."""
    _require_counterpart(world, "type", value="person")


@when("it is paid in Invoiced")
def is_paid(world: World) -> None:
    """Pay the invoice; Invoiced then closes it."""
    made = world.subject
    world.invoiced.pay(made.record)


@when("it is voided in Invoiced")
def is_voided(world: World) -> None:
    """Void the invoice."""
    made = world.subject
    world.invoiced.void(made.id)


@when(parsers.parse("it is deleted in {system:w}"))
def is_deleted(world: World, system: str) -> None:
    """Delete the record in Invoiced, or its counterpart in Chargebee."""
    made = world.subject
    counterpart = world.get_counterpart(made)
    if system == world.invoiced.name:
        world.invoiced.delete(made.kind, made.id)
    else:
        world.chargebee.delete(made.kind, counterpart["id"])
    made.deleted = True


@when("it is made anew in Invoiced")
def is_made_anew(world: World) -> None:
    """Create the record again with its id, as for an item with a new price."""
    world.factory.recreate(world.subject)


def _require_counterpart(world: World, name: str, *, value: object) -> None:
    made = world.subject
    world.invoiced.edit(made.kind, made.id, {name: value})
    made.expected = True
