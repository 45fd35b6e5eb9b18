"""When: the scenario edits a record in one of the systems."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pytest_bdd import given, parsers, then, when

from dataflow.errors import VendorRefusedError
from dataflow.harness.categories import Category, MismatchError
from dataflow.harness.scenario.expectations import require_in_invoiced
from dataflow.harness.scenario.world import Edit, World
from dataflow.record_types.invoiced import UNIT_COST
from dataflow.vendors.connection import Record

#: The status with which a vendor accepts a call, and may drop a value.
_OK = 200


@when(parsers.parse('its "{name}" is changed to "{value}" in {system:w}'))
def is_changed(world: World, name: str, value: str, system: str) -> None:
    """Edit the record in Invoiced, or its counterpart in Chargebee."""
    _edit(world, {name: value}, system)


@when(parsers.parse("it is changed in {system:w}:"))
def is_changed_in_many_ways(
    world: World, system: str, datatable: Sequence[Sequence[str]]
) -> None:
    """Edit several properties of the record or its counterpart in one call."""
    _, *lines = datatable
    _edit(world, {line[0]: line[1] for line in lines}, system)


@when(
    parsers.parse(
        'the "{name}" of each other {noun:w} is changed to "{value}" in Invoiced'
    )
)
def others_are_changed(world: World, name: str, value: str) -> None:
    """Edit all records of the scenario except the last one."""
    for made in world.others:
        world.invoiced.edit(made.kind, made.id, {name: value})


@given(parsers.parse('its "{name}" was changed to "{value}" in Invoiced'))
def was_changed(world: World, name: str, value: str) -> None:
    """Edit a record that has no counterpart yet."""
    world.invoiced.edit(world.subject.kind, world.subject.id, {name: value})


@when(
    parsers.parse(
        'its "{name}" is changed to "{value}" in {system:w}, if the API lets it'
    )
)
def may_be_changed(world: World, name: str, value: str, system: str) -> None:
    """Try an edit that the vendor may refuse, and note the refusal."""
    _try_edit(world, {name: value}, system)


@when(
    parsers.parse(
        'its "{name}" is changed to another customer in {system:w}, if the API lets it'
    )
)
def may_be_assigned(world: World, name: str, system: str) -> None:
    """Try to assign the record to another customer."""
    another = world.another_customer
    assert another is not None, "the scenario has made no other customer"
    if system == world.invoiced.name:
        _try_edit(world, {name: another.record["id"]}, system)
    else:
        _try_edit(world, {name: world.get_counterpart(another)["id"]}, system)


@when(
    parsers.parse(
        'its "{name}" is changed to "{first}" and to "{last}" in Invoiced in one'
        " second, a run between them"
    )
)
def is_changed_twice(world: World, name: str, first: str, last: str) -> None:
    """Edit the record before and after a run in one second: vendors count seconds."""
    is_changed(world, name, first, world.invoiced.name)
    world.sync.run_now()
    world.invoiced.edit(world.subject.kind, world.subject.id, {name: last})


@when(parsers.parse('its customer\'s "{name}" is changed to "{value}" in Invoiced'))
def customer_is_changed(world: World, name: str, value: str) -> None:
    """Edit the customer of the record."""
    customer = world.subject.customer
    assert customer is not None, f"{world.subject} has no customer"
    world.invoiced.edit(customer.kind, customer.id, {name: value})


@when("its lines are changed in Invoiced")
def lines_are_changed(world: World) -> None:
    """Change the quantity on the invoice's line."""
    made = world.subject
    line = {"name": "Widget", "quantity": 2, "unit_cost": UNIT_COST}
    world.invoiced.edit(made.kind, made.id, {"items": [line]})


@then("what became of the edit is reported")
def report_edit(world: World) -> None:
    """Report whether the first edit is kept; only a lost record fails."""
    _report(world, world.edits[:1])


@then("what became of the edits is reported")
def report_edits(world: World) -> None:
    """Report whether each edit is kept; only a lost record fails."""
    _report(world, world.edits)


def _report(world: World, edits: Sequence[Edit]) -> None:
    assert edits, "the scenario has made no edit"
    for edit in edits:
        now, replaced = _get_current(world, edit)
        require_in_invoiced(world, edit.made)
        what = f"{replaced}The edit of {edit.name} in {edit.system}"
        if now == edit.value:
            world.notes.add("unharmed", f"{what} stayed.")
        else:
            world.notes.add("observed", f"{what} was lost: it is {now!r} now.")


def _try_edit(world: World, values: Mapping[str, object], system: str) -> None:
    """Edit a record; note it if the vendor refuses the edit or drops a value."""
    try:
        _edit(world, values, system)
    except VendorRefusedError as refusal:
        world.notes.add("refused", f"{', '.join(values)} of {world.subject}: {refusal}")


def _edit(world: World, values: Mapping[str, object], system: str) -> None:
    """Edit a record; raise `VendorRefusedError`, also for a dropped value."""
    made = world.subject
    # An interrupted run may not have created it yet.
    counterpart = world.sync.wait_until(
        "the counterpart to be edited", lambda: world.get_counterpart(made)
    )
    key = str(counterpart["id"])
    before = made.record if system == world.invoiced.name else counterpart
    sent = {
        name: _convert(world.factory.fill(value), before.get(name))
        for name, value in values.items()
    }
    edits = [
        Edit(system, made, name, value, key, taken=False)
        for name, value in sent.items()
    ]
    world.edits += edits
    if system == world.invoiced.name:
        world.invoiced.edit(made.kind, made.id, sent)
    else:
        world.chargebee.edit(made.kind, key, sent)
    now = _get_edited(world, edits[0])
    for edit in edits:
        edit.taken = now.get(edit.name) == edit.value
    dropped = ", ".join(edit.name for edit in edits if not edit.taken)
    if dropped:
        raise VendorRefusedError(system, _OK, f"{dropped} has not the new value")


def _convert(value: object, before: object) -> object:
    """Convert a feature's text to the JSON type of the value before."""
    if isinstance(value, str) and isinstance(before, int):
        return json.loads(value)
    return value


def _get_edited(world: World, edit: Edit) -> Record:
    """Return the record by id after an edit: a list may lag."""
    if edit.system == world.invoiced.name:
        return world.invoiced.get(edit.made.kind, edit.made.id) or {}
    return world.chargebee.get(edit.made.kind, edit.counterpart_id)


def _get_current(world: World, edit: Edit) -> tuple[object, str]:
    made = edit.made
    counterpart = world.get_counterpart(made)
    if edit.system == world.invoiced.name:
        record = world.invoiced.get(made.kind, made.id)
        if record is None:
            raise MismatchError(f"{made} is gone from Invoiced", Category.CHANGED)
        return record.get(edit.name), ""
    replaced = str(counterpart["id"]) != edit.counterpart_id
    return counterpart.get(edit.name), (
        f"The {made.kind.name} was replaced by a new one. " if replaced else ""
    )
