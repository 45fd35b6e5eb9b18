"""Fixtures that the tests of the sandbox accounts share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.accounts import Accounts, accounts


@pytest.fixture
def there() -> Iterator[Accounts]:
    """Serve both twins by a clock that a test sets."""
    with accounts() as twins:
        yield twins
