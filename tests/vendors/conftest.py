"""Both vendors, empty, as the harness reads and writes them. Twins are the vendors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.vendors.both import Both, both_vendors


@pytest.fixture
def both() -> Iterator[Both]:
    """Serve both twins."""
    with both_vendors() as served:
        yield served
