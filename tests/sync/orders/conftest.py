"""What the tests of orders share."""

from __future__ import annotations

import pytest

from tests.sync.world import World


@pytest.fixture
def person(world: World) -> str:
    """Return a person in sync."""
    person = world.customer()
    world.sync()
    return person


@pytest.fixture
def invoice(world: World, person: str) -> str:
    """Return an invoice in euro, in sync."""
    invoice = world.invoice(person)
    world.sync()
    return invoice
