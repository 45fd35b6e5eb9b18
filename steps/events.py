"""When: something happens to a record that is more than an edit of it."""

from __future__ import annotations

from pytest_bdd import parsers, when

from dataflow.errors import VendorRefusedError
from dataflow.harness.scenario.world import World


@when(parsers.parse("it is issued in {system:w}"))
def is_issued(world: World, system: str) -> None:
    """Make a draft an invoice that must have its counterpart."""
    _comes_to_count(world, system, "draft", value=False)


@when(parsers.parse("it becomes a person in {system:w}"))
def becomes_a_person(world: World, system: str) -> None:
    """Make a company a person that must have its counterpart."""
    _comes_to_count(world, system, "type", value="person")


@when(parsers.parse("it is paid in {system:w}"))
def is_paid(world: World, system: str) -> None:
    """Pay the invoice, whereupon Invoiced closes it."""
    assert system == world.invoiced.name, f"{system} has no such record"
    made = world.subject
    world.note_request(made, {"closed": True})
    world.invoiced.pay(made.record)


@when(parsers.parse("it is voided in {system:w}"))
def is_voided(world: World, system: str) -> None:
    """Void the invoice."""
    assert system == world.invoiced.name, f"{system} has no such record"
    made = world.subject
    world.note_request(made, {"status": "voided"})
    world.invoiced.void(made.id)


@when(parsers.parse("it is deleted in {system:w}"))
def is_deleted(world: World, system: str) -> None:
    """Delete the record in Invoiced, or its counterpart in Chargebee.

    What a sync has made of a record may keep it from being deleted, such as the price
    of an item: the refusal is evidence then, and nothing else may come to harm.
    """
    made = world.subject
    counterpart = world.get_counterpart(made)
    try:
        if system == world.invoiced.name:
            world.invoiced.delete(made.kind, made.id)
        else:
            world.chargebee.delete(made.kind, counterpart["id"])
    except VendorRefusedError as refusal:
        world.notes.refused(f"deletion of {made}: {refusal}")
    else:
        made.deleted = True


@when(parsers.parse("it is made anew in {system:w}"))
def is_made_anew(world: World, system: str) -> None:
    """Make a record once more under its id, as is done where it costs more now."""
    assert system == world.invoiced.name, f"{system} has no such record"
    world.kitchen.recreate(world.subject)


def _comes_to_count(world: World, system: str, name: str, *, value: object) -> None:
    assert system == world.invoiced.name, f"{system} has no such record"
    made = world.subject
    world.edit_in_invoiced(made, {name: value})
    made.expected = True
