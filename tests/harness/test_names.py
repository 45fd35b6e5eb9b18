"""A counterpart that bears another record's name has been mixed up with it."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow.harness.scenario.expectations import find_foreign_names
from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.record_types.model import CUSTOMER, ITEM, Kind
from tests.harness.worlds import a_world


def made(name: str, kind: Kind = CUSTOMER) -> CreatedRecord:
    """Return a record of this name."""
    return CreatedRecord(kind, kind.name, {"id": name, "name": name})


ADA, BOB = made("Ada 1f-1"), made("Bob 1f-2")


def others_on(counterpart: dict[str, Any], *more: CreatedRecord) -> list[str]:
    """Return whose names stand on a counterpart of Ada's."""
    world = a_world()
    world.made = [ADA, BOB, *more]
    return find_foreign_names(world, ADA, counterpart)


def test_its_own_name_is_no_others() -> None:
    """A customer that bears its person's name is right."""
    assert [] == others_on({"first_name": "Ada", "last_name": "1f-1"})


def test_no_name_is_no_others() -> None:
    """A name need not be synchronised."""
    assert [] == others_on({"last_name": "Nobody"})


@pytest.mark.parametrize(
    "counterpart",
    [
        {"first_name": "Bob", "last_name": "1f-2"},
        {"company": "Bob 1f-2"},
        {"billing_address": {"last_name": "1f-2"}},
    ],
)
def test_the_name_of_another_is_told(counterpart: dict[str, Any]) -> None:
    """However the name is taken apart, and wherever it stands."""
    assert ["Bob 1f-2"] == others_on(counterpart)


def test_a_name_that_begins_like_anothers_is_not_it() -> None:
    """The twelfth record is not the first one."""
    assert [] == others_on({"last_name": "1f-12"}, made("Zoe 1f-12", ITEM))


def test_namesakes_are_told_apart_by_nobody() -> None:
    """A name that two records share is its own."""
    assert [] == others_on({"last_name": "1f-1"}, made("Ada 1f-1"))


def test_records_of_another_kind_may_be_named() -> None:
    """A customer may bear an item's name in a note."""
    assert [] == others_on({"note": "bought Widget 1f-3"}, made("Widget 1f-3", ITEM))
