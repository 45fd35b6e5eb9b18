"""A list of a vendor is read once, until a write may have changed it."""

from __future__ import annotations

from dataflow.record_types.model import CUSTOMER, ITEM
from dataflow.vendors.connection import ListCache, Record


class Lists:
    """A vendor whose every list has one record: how often a list was read."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self) -> dict[str, Record]:
        """Return one record."""
        self.reads += 1
        return {"1": {"id": "1", "read": self.reads}}


def test_each_list_is_read_once() -> None:
    """A list that was read costs no further call, and is of one kind."""
    cache, lists = ListCache(), Lists()
    reads = [
        cache.get(kind, lists.read)["1"]["read"] for kind in (ITEM, ITEM, CUSTOMER)
    ]

    assert [1, 1, 2] == reads


def test_a_cleared_list_is_read_again() -> None:
    """After a write, or a run of the sync, the old list would hide the result."""
    cache, lists = ListCache(), Lists()
    cache.get(ITEM, lists.read)
    cache.clear()

    assert 2 == cache.get(ITEM, lists.read)["1"]["read"]
