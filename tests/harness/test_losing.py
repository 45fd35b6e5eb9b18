"""What somebody wrote in Invoiced has to stay there, listed or not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dataflow.harness.kinds import CUSTOMER
from dataflow.harness.losing import emptied
from dataflow.harness.recipes import Made
from tests.harness.worlds import Account, a_world

ADA: dict[str, Any] = {
    "id": 1,
    "name": "Ada",
    "metadata": {"kept_by": "somebody else"},
    "url": "https://ada.invalid",
}
MADE = Made(CUSTOMER, "person", ADA, written=frozenset(ADA) - {"url"})


def lost(now: dict[str, Any] | None, made: Made = MADE) -> list[str]:
    """Return what is said of a person who was Ada and reads like this now."""
    there = [] if now is None else [replace(made, record=now)]
    world = a_world()
    world.made = [made]
    world.invoiced = Account(there)
    return emptied(world)


def test_a_record_that_is_as_it_was_has_lost_nothing() -> None:
    """Nobody is blamed for a record that nobody has touched."""
    assert [] == lost(ADA)


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_a_value_that_is_empty_now_is_told(empty: object) -> None:
    """A sync that writes nothing over something has lost it."""
    told = lost(ADA | {"name": empty})

    assert ["person 1: name was 'Ada' and is empty now"] == told


def test_a_value_that_is_absent_now_is_told() -> None:
    """A property that does not come any more is empty."""
    now = {name: value for name, value in ADA.items() if name != "name"}

    assert ["person 1: name was 'Ada' and is empty now"] == lost(now)


def test_another_value_is_no_loss() -> None:
    """What a sync carries over from the other side, the tables judge."""
    assert [] == lost(ADA | {"name": "Ada L."})


def test_what_the_vendor_fills_in_it_may_empty() -> None:
    """A voided invoice has no address any more: that is nobody's fault."""
    assert [] == lost(ADA | {"url": None})


def test_a_mark_beside_what_stands_in_the_metadata_is_no_loss() -> None:
    """A sync may keep its marks there."""
    marks = {"kept_by": "somebody else", "chargebee_id": "c-1"}

    assert [] == lost(ADA | {"metadata": marks})


def test_a_mark_in_place_of_what_stood_in_the_metadata_is_told() -> None:
    """Invoiced replaces metadata whole: a sync has to write back what was there."""
    told = lost(ADA | {"metadata": {"chargebee_id": "c-1"}})

    expected = "person 1: metadata.kept_by was 'somebody else' and is empty now"
    assert [expected] == told


def test_a_record_that_is_gone_is_told() -> None:
    """A record that nobody has deleted has to be there."""
    assert ["person 1 is gone from Invoiced"] == lost(None)


def test_a_record_that_the_scenario_has_deleted_may_be_gone() -> None:
    """Whoever deletes a record has not lost it."""
    assert [] == lost(None, replace(MADE, deleted=True))
