"""When: a record is edited in one of the systems."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pytest_bdd import given, parsers, then, when

from dataflow.errors import VendorRefusedError
from dataflow.harness.scenario.world import Edit, Record, World
from dataflow.record_types.invoiced import UNIT_COST


@when(parsers.parse('its "{name}" is changed to "{value}" in {system:w}'))
def is_changed(world: World, name: str, value: str, system: str) -> None:
    """Edit the record in Invoiced, or its counterpart in Chargebee."""
    _must_be_taken(_edit(world, {name: value}, system))


@when(parsers.parse("it is changed in {system:w}:"))
def is_changed_in_many_ways(
    world: World, system: str, datatable: Sequence[Sequence[str]]
) -> None:
    """Edit several properties of the record, or of its counterpart, in one call."""
    _, *lines = datatable
    _must_be_taken(_edit(world, {line[0]: line[1] for line in lines}, system))


@when(
    parsers.parse(
        'the "{name}" of each other {noun:w} is changed to "{value}" in {system:w}'
    )
)
def others_are_changed(
    world: World, name: str, noun: str, value: str, system: str
) -> None:
    """Edit all records of the scenario but the last one."""
    assert system == world.invoiced.name, f"{system} has no such {noun}"
    for made in world.subjects[:-1]:
        world.edit_in_invoiced(made, {name: value})


@given(parsers.parse('its "{name}" was changed to "{value}" in {system:w}'))
def was_changed(world: World, name: str, value: str, system: str) -> None:
    """Edit a record that has no counterpart yet."""
    assert system == world.invoiced.name, f"{system} has no such record yet"
    world.edit_in_invoiced(world.subject, {name: value})


@when(
    parsers.parse(
        'its "{name}" is changed to "{value}" in {system:w}, if the API lets it'
    )
)
def may_be_changed(world: World, name: str, value: str, system: str) -> None:
    """Try an edit that the vendor is known to refuse, and keep what it says."""
    _edit(world, {name: value}, system)


@when(
    parsers.parse(
        'its "{name}" is changed to another customer in {system:w}, if the API lets it'
    )
)
def may_be_moved(world: World, name: str, system: str) -> None:
    """Try to move the record to another customer."""
    another = world.another_customer
    assert another is not None, "the scenario has made no other customer"
    if system == world.invoiced.name:
        _edit(world, {name: another.record["id"]}, system)
    else:
        _edit(world, {name: world.get_counterpart(another)["id"]}, system)


@when(
    parsers.parse(
        'its "{name}" is changed to "{first}" and to "{last}" in {system:w} in one'
        " second, a run between them"
    )
)
def is_changed_twice(
    world: World, name: str, first: str, last: str, system: str
) -> None:
    """Edit the record in the second in which the sync looks: vendors count seconds."""
    is_changed(world, name, first, system)
    world.sync.run_now()
    made = world.subject
    assert system == world.invoiced.name, f"{system} may have another record by now"
    world.edit_in_invoiced(made, {name: last})


@when(parsers.parse('its customer\'s "{name}" is changed to "{value}" in {system:w}'))
def customer_is_changed(world: World, name: str, value: str, system: str) -> None:
    """Edit the record's customer, which nobody else has."""
    customer = world.subject.customer
    assert customer is not None, f"{world.subject} has no customer"
    assert system == world.invoiced.name, f"{system} has no such record"
    world.edit_in_invoiced(customer, {name: value})


@when(parsers.parse("its lines are changed in {system:w}"))
def lines_are_changed(world: World, system: str) -> None:
    """Bill one more of what the invoice has been for."""
    assert system == world.invoiced.name, f"{system} has no such record"
    made = world.subject
    line = {"name": "Widget", "quantity": 2, "unit_cost": UNIT_COST}
    world.note_request(made, {"total": 2 * UNIT_COST})
    world.edit_in_invoiced(made, {"items": [line]})


@then("what became of the edit is reported")
def report_edit(world: World) -> None:
    """Report whether the first edit is still there; only a lost record is red."""
    _report(world, world.edits[:1])


@then("what became of the edits is reported")
def report_edits(world: World) -> None:
    """Report whether each edit is still there; only a lost record is red."""
    _report(world, world.edits)


def _report(world: World, edits: Sequence[Edit]) -> None:
    for edit in edits:
        now, replaced = _now(world, edit)
        assert world.is_in_invoiced(edit.made), f"{edit.made} is gone from Invoiced"
        what = f"{replaced}The edit of {edit.name} in {edit.system}"
        if now == edit.value:
            world.notes.unharmed(f"{what} stayed.")
        else:
            world.notes.observed(f"{what} was lost: it is {now!r} now.")


def _must_be_taken(edits: Sequence[Edit]) -> None:
    for edit in edits:
        assert edit.taken, f"{edit.system} did not take the edit of {edit.name}"


def _edit(world: World, values: Mapping[str, object], system: str) -> list[Edit]:
    made = world.subject
    # A run may have been cut short between two records: what is edited has to be there.
    counterpart = world.sync.wait_until(
        "the counterpart to be edited", lambda: world.get_counterpart(made)
    )
    there = str(counterpart["id"])
    before = made.record if system == world.invoiced.name else counterpart
    sent = {
        name: _typed(world.kitchen.fill(value), before.get(name))
        for name, value in values.items()
    }
    edits = [Edit(system, made, name, value, there) for name, value in sent.items()]
    world.edits += edits
    try:
        if system == world.invoiced.name:
            world.edit_in_invoiced(made, sent)
        else:
            world.chargebee.edit(made.kind, there, sent)
    except VendorRefusedError as refusal:
        for edit in edits:
            edit.taken = False
        world.notes.refused(f"{', '.join(sent)} of {made}: {refusal}")
        return edits
    now = _right_after(world, edits[0])
    for edit in edits:
        edit.taken = now.get(edit.name) == edit.value
        if not edit.taken:
            told = f"{edit.name} of {made}: {system} took the call, not the value"
            world.notes.refused(told)
    return edits


def _typed(value: object, before: object) -> object:
    """Return a feature's text as JSON's type of what stands there, if it is no text."""
    if isinstance(value, str) and isinstance(before, int):
        return json.loads(value)
    return value


def _right_after(world: World, edit: Edit) -> Record:
    """Return the record right after an edit; a list may still show the one before."""
    if edit.system == world.invoiced.name:
        return world.invoiced.get(edit.made.kind, edit.made.id) or {}
    return world.chargebee.get(edit.made.kind, edit.counterpart_id)


def _now(world: World, edit: Edit) -> tuple[object, str]:
    made = edit.made
    counterpart = world.get_counterpart(made)
    if edit.system == world.invoiced.name:
        record = world.invoiced.get(made.kind, made.id)
        assert record is not None, f"{made} is gone from Invoiced"
        return record.get(edit.name), ""
    replaced = str(counterpart["id"]) != edit.counterpart_id
    return counterpart.get(edit.name), (
        f"The {made.kind.name} was replaced by a new one. " if replaced else ""
    )
