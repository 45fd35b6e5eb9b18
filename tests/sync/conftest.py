"""What the tests of the sync share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return two empty twins that were never synchronised."""
    return World(tmp_path)
