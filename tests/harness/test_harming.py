"""What somebody wrote in Invoiced stays there until somebody writes something else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dataflow.harness.scenario.expectations import find_damage
from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.harness.scenario.world import Edit
from dataflow.record_types.model import CUSTOMER, ORDER
from tests.harness.worlds import BOB, Account, a_world

ADA: dict[str, Any] = {
    "id": 1,
    "name": "Ada",
    "active": True,
    "metadata": {"kept_by": "somebody else"},
    "url": "https://ada.invalid",
}
MADE = CreatedRecord(CUSTOMER, "person", ADA, written=frozenset({"name", "metadata"}))

LINES = [{"id": 4, "name": "Widget", "quantity": 1, "unit_cost": 40}]
RENT = {"id": 7, "status": "not_sent", "closed": False, "total": 40, "items": LINES}
INVOICE = CreatedRecord(ORDER, "invoice", RENT, written=frozenset({"items"}))


def harm(
    now: dict[str, Any] | None,
    made: CreatedRecord = MADE,
    asked: object = None,
    written_there: object = None,
) -> list[str]:
    """Return what is said of a record that reads like this now.

    Its name may have been changed to what was `asked` for, or been `written_there`.
    """
    there = [] if now is None else [replace(made, record=now)]
    world = a_world()
    world.made = [made]
    world.invoiced = Account(there)
    world.another_customer = None
    if asked is not None:
        world.requested[made, "name"] = [asked]
    if written_there is not None:
        world.edits = [Edit("Chargebee", made, "last_name", written_there, "c-1")]
    return find_damage(world)


def test_a_record_that_is_as_it_was_has_come_to_no_harm() -> None:
    """Nobody is blamed for a record that nobody has touched."""
    assert [] == harm(ADA)


@pytest.mark.parametrize("value", [None, "", "Bob"])
def test_another_value_is_told(value: object) -> None:
    """A sync that writes over what somebody wrote has lost it."""
    assert [f": name was 'Ada' and is {value!r}"] == [
        told.removeprefix("person 1") for told in harm(ADA | {"name": value})
    ]


def test_a_value_that_somebody_asked_for_is_no_harm() -> None:
    """An edit of the scenario's own stands."""
    assert [] == harm(ADA | {"name": "Ada L."}, asked="Ada L.")


def test_an_edit_that_was_undone_is_not_judged_here() -> None:
    """What became of an edit that is not listed is reported, not judged."""
    assert [] == harm(ADA, asked="Ada L.")


def test_a_third_value_is_told() -> None:
    """A value that was neither there nor asked for is nobody's."""
    told = harm(ADA | {"name": "Bob"}, asked="Ada L.")

    assert ["person 1: name was 'Ada' and is 'Bob'"] == told


def test_what_was_written_in_chargebee_may_be_carried_over() -> None:
    """A last name that was edited there may become part of the name here."""
    assert [] == harm(ADA | {"name": "Ada Byron"}, written_there="Byron")


def test_the_other_customer_may_be_carried_over() -> None:
    """A record that was moved in Chargebee is moved in Invoiced, under its id there."""
    made = replace(MADE, written=frozenset({"customer"}), record=ADA | {"customer": 1})
    world = a_world()
    world.made = [made]
    world.invoiced = Account([replace(made, record=made.record | {"customer": 2})])
    world.another_customer = BOB
    world.edits = [Edit("Chargebee", made, "customer_id", "c-2", "o-1")]

    assert [] == find_damage(world)


def test_what_the_vendor_fills_in_it_may_change() -> None:
    """A voided invoice has no address any more: that is nobody's fault."""
    assert [] == harm(ADA | {"url": None})


def test_a_state_that_nobody_wrote_is_watched_too() -> None:
    """A customer that cannot be used any more has come to harm."""
    told = harm(ADA | {"active": False})

    assert ["person 1: active was True and is False"] == told


@pytest.mark.parametrize(
    "marks", [{"kept_by": "somebody else", "chargebee_id": "c-1"}, ADA["metadata"]]
)
def test_a_mark_beside_what_stands_in_the_metadata_is_no_harm(
    marks: dict[str, str],
) -> None:
    """A sync may keep its marks there."""
    assert [] == harm(ADA | {"metadata": marks})


@pytest.mark.parametrize(
    "marks", [{"chargebee_id": "c-1"}, {"kept_by": "me"}, {}, None]
)
def test_a_mark_in_place_of_what_stood_in_the_metadata_is_told(
    marks: dict[str, str] | None,
) -> None:
    """Invoiced replaces metadata whole: a sync has to write back what was there."""
    told = harm(ADA | {"metadata": marks})

    expected = f"metadata was {ADA['metadata']!r} and is {marks!r}"
    assert [f"person 1: {expected}"] == told


def test_a_record_that_is_gone_is_told() -> None:
    """A record that nobody has deleted has to be there."""
    assert ["person 1 is gone from Invoiced"] == harm(None)


def test_a_record_that_the_scenario_has_deleted_may_be_gone() -> None:
    """Whoever deletes a record has not lost it."""
    assert [] == harm(None, replace(MADE, deleted=True))


def test_a_voided_invoice_is_told() -> None:
    """A sync that voids an invoice has taken it from the books."""
    assert ["invoice 7 is voided now"] == harm(RENT | {"status": "voided"}, INVOICE)


def test_an_invoice_that_was_voided_may_be() -> None:
    """Whoever made it so knows."""
    voided = replace(INVOICE, record=RENT | {"status": "voided"})

    assert [] == harm(RENT | {"status": "voided"}, voided)


def test_an_invoice_that_the_scenario_has_voided_may_be() -> None:
    """Whoever voids an invoice has asked for it."""
    world = a_world()
    world.made = [INVOICE]
    world.invoiced = Account([replace(INVOICE, record=RENT | {"status": "voided"})])
    world.note_request(INVOICE, {"status": "voided"})

    assert [] == find_damage(world)


def test_a_line_may_get_another_id() -> None:
    """What of a line nobody wrote is the vendor's."""
    lines = [{**LINES[0], "id": 5}]

    assert [] == harm(RENT | {"items": lines}, INVOICE)


def test_a_line_that_costs_more_is_told() -> None:
    """A sync that changes what is billed has harmed the invoice."""
    lines = [{**LINES[0], "unit_cost": 80}]

    (told,) = harm(RENT | {"items": lines}, INVOICE)
    assert told.startswith("invoice 7: items was ")
