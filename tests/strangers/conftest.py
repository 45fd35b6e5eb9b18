"""What the tests of the plain sync share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.strangers.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Serve two empty twins."""
    with World(tmp_path / "state") as world:
        yield world


@pytest.fixture
def pair(world: World) -> str:
    """Make an invoice in euro and its order; return the invoice's id."""
    invoice = world.invoice(world.customer())
    world.sync()
    return invoice
