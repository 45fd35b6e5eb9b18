"""What the properties say of the sync holds over real HTTP too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from properties.accounts import Place, accounts, served
from properties.pairs import (
    CUSTOMER,
    ITEM,
    ORDER,
    Sort,
    arrived,
    made,
    there_and_back,
    two_versions,
)
from properties.rows import rich

each_sort = pytest.mark.parametrize(
    "sort", [CUSTOMER, ORDER, ITEM], ids=lambda sort: sort.left
)


@pytest.fixture(scope="module")
def loopback() -> Iterator[Place]:
    """Serve both stand-ins, once for all examples."""
    with served() as place:
        yield place


@each_sort
@settings(max_examples=3, deadline=None, derandomize=True)
@given(data=st.data())
def test_there_and_back_over_http(
    sort: Sort, loopback: Place, data: st.DataObject
) -> None:
    """A pair holds what was written on either side, over a wire as without one."""
    first, second = data.draw(two_versions(sort))
    with accounts(loopback, rich()) as world:
        seen = there_and_back(made(world, sort, first), first, second)

    assert arrived(first, second) == seen
