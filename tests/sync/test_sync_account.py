"""The same memory with the key of another Invoiced account."""

from __future__ import annotations

import pytest

from dataflow.sync.errors import StateError
from dataflow.twin.invoiced.api import InvoicedTwin
from tests.sync.world import KEY, World


@pytest.fixture
def elsewhere(world: World) -> World:
    """Return a world in sync whose Invoiced account is then another one."""
    world.invoice(world.customer())
    world.sync()
    world.invoiced = InvoicedTwin(world.clock, key=KEY, first_id=5_000_001)
    return world


def test_another_account_writes_nothing(elsewhere: World) -> None:
    """Its records are not created beside those of the account that is remembered."""
    elsewhere.customer()
    with pytest.raises(StateError, match="key"):
        elsewhere.sync()

    assert [] == elsewhere.writes


def test_another_account_breaks_no_pair(world: World) -> None:
    """Records of the right account are not remembered as deleted."""
    world.invoice(world.customer())
    world.sync()
    right = world.invoiced
    world.invoiced = InvoicedTwin(world.clock, key=KEY, first_id=5_000_001)
    with pytest.raises(StateError, match=r"belongs to|remembers"):
        world.sync(full=True)
    world.invoiced = right

    assert [] == world.sync().broken


def test_a_known_record_costs_one_call(world: World) -> None:
    """The newest of the remembered records is asked for, unless a list shows one."""
    world.invoice(world.customer())
    world.sync()
    world.clock.advance(3600)
    world.item()

    world.sync()

    assert 7 + 1 == len([call for call in world.calls if call not in world.writes])


def test_one_deleted_record_is_no_other_account(world: World) -> None:
    """An account whose only synchronised record was deleted is the same account."""
    person = world.customer()
    world.sync()
    world.left("DELETE", f"/customers/{person}")

    assert 1 == len(world.sync(full=True).broken)


def test_deleted_latest_records_are_no_other_account(world: World) -> None:
    """An account without the latest records still has the others of the state."""
    people = [world.customer(name=name) for name in ("Ada", "Grace", "Mary", "Joan")]
    for _ in range(2):
        world.sync()
        world.clock.advance(3600)
    for person in people[1:]:
        world.left("DELETE", f"/customers/{person}")
    world.item()

    assert 1 == world.sync().counts["created"]
