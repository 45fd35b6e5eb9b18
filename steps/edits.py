"""When: a record is edited or deleted in one of the systems."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, parsers, then, when

from dataflow.harness.refusal import RefusedError
from dataflow.harness.world import Edit, World


@when(parsers.parse('its "{name}" is changed to "{value}" in {system:w}'))
def is_changed(world: World, name: str, value: str, system: str) -> None:
    """Edit the record in Invoiced, or its counterpart in Chargebee."""
    edit = _edit(world, name, value, system)
    assert edit.taken, f"{system} did not take the edit of {name}"


@given(parsers.parse('its "{name}" was changed to "{value}" in {system:w}'))
def was_changed(world: World, name: str, value: str, system: str) -> None:
    """Edit a record that has no counterpart yet."""
    assert system == world.invoiced.name, f"{system} has no such record yet"
    world.edit_in_invoiced(world.subject, name, value)


@when(
    parsers.parse(
        'its "{name}" is changed to "{value}" in {system:w}, if the API lets it'
    )
)
def may_be_changed(world: World, name: str, value: str, system: str) -> None:
    """Try an edit that the vendor is known to refuse, and keep what it says."""
    _edit(world, name, value, system)


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
        _edit(world, name, another.record["id"], system)
    else:
        _edit(world, name, world.the_counterpart(another)["id"], system)


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
    world.catching_up.at_once()
    made = world.subject
    assert system == world.invoiced.name, f"{system} may have another record by now"
    world.edit_in_invoiced(made, name, last)


@when(parsers.parse('its customer\'s "{name}" is changed to "{value}" in {system:w}'))
def customer_is_changed(world: World, name: str, value: str, system: str) -> None:
    """Edit the record's customer, which nobody else has."""
    customer = world.subject.customer
    assert customer is not None, f"{world.subject} has no customer"
    assert system == world.invoiced.name, f"{system} has no such record"
    world.edit_in_invoiced(customer, name, value)


@when(parsers.parse("it is issued in {system:w}"))
def is_issued(world: World, system: str) -> None:
    """Make a draft an invoice that must have its counterpart."""
    _comes_to_count(world, system, "draft", value=False)


@when(parsers.parse("it becomes a person in {system:w}"))
def becomes_a_person(world: World, system: str) -> None:
    """Make a company a person that must have its counterpart."""
    _comes_to_count(world, system, "type", value="person")


@when(parsers.parse("it is deleted in {system:w}"))
def is_deleted(world: World, system: str) -> None:
    """Delete the record in Invoiced, or its counterpart in Chargebee.

    What a sync has made of a record may keep it from being deleted, such as the price
    of an item: the refusal is evidence then, and nothing else may come to harm.
    """
    made = world.subject
    counterpart = world.the_counterpart(made)
    try:
        if system == world.invoiced.name:
            world.invoiced.delete(made.kind, made.id)
        else:
            world.chargebee.delete(made.kind, counterpart["id"])
    except RefusedError as refusal:
        world.notes.refused(f"deletion of {made}: {refusal}")
    else:
        made.deleted = True


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


def _comes_to_count(world: World, system: str, name: str, *, value: object) -> None:
    assert system == world.invoiced.name, f"{system} has no such record"
    made = world.subject
    world.edit_in_invoiced(made, name, value)
    made.expected = True


def _edit(world: World, name: str, value: object, system: str) -> Edit:
    made = world.subject
    # A run may have been cut short between two records: what is edited has to be there.
    counterpart = world.catching_up.until(
        "the counterpart to be edited", lambda: world.the_counterpart(made)
    )
    edit = Edit(system, made, name, value, str(counterpart["id"]))
    world.edits.append(edit)
    try:
        if system == world.invoiced.name:
            world.edit_in_invoiced(made, name, value)
        else:
            world.chargebee.edit(made.kind, edit.counterpart_id, name, value)
    except RefusedError as refusal:
        edit.taken = False
        world.notes.refused(f"{name} of {made}: {refusal}")
        return edit
    edit.taken = _taken(world, edit) == value
    if not edit.taken:
        world.notes.refused(f"{name} of {made}: {system} took the call, not the value")
    return edit


def _taken(world: World, edit: Edit) -> object:
    """Return the value right after the edit; a list may still show the one before."""
    if edit.system == world.invoiced.name:
        return (world.invoiced.get(edit.made.kind, edit.made.id) or {}).get(edit.name)
    return world.chargebee.get(edit.made.kind, edit.counterpart_id).get(edit.name)


def _now(world: World, edit: Edit) -> tuple[object, str]:
    made = edit.made
    counterpart = world.the_counterpart(made)
    if edit.system == world.invoiced.name:
        record = world.invoiced.get(made.kind, made.id)
        assert record is not None, f"{made} is gone from Invoiced"
        return record.get(edit.name), ""
    replaced = str(counterpart["id"]) != edit.counterpart_id
    return counterpart.get(edit.name), (
        f"The {made.kind.name} was replaced by a new one. " if replaced else ""
    )
