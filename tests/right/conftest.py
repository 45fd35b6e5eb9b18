"""What the tests of the good syncs share."""

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
