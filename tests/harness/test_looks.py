"""What a system has said is remembered, until something may have changed there."""

from __future__ import annotations

from typing import Any

from dataflow.record_types.model import CUSTOMER, ITEM
from dataflow.vendors.connection import Looks


class Lists:
    """Reads a list, and counts how often."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self) -> dict[str, dict[str, Any]]:
        """Return one record."""
        self.reads += 1
        return {"1": {"id": "1", "read": self.reads}}


def test_a_list_is_read_once() -> None:
    """Lines that look at the same moment cost one call."""
    looks, lists = Looks(), Lists()
    looks.at(ITEM, lists.read)
    looks.at(ITEM, lists.read)

    assert 1 == lists.reads


def test_each_kind_has_a_list_of_its_own() -> None:
    """What one list says is not taken for another."""
    looks, lists = Looks(), Lists()
    looks.at(ITEM, lists.read)

    assert 2 == looks.at(CUSTOMER, lists.read)["1"]["read"]


def test_what_is_forgotten_is_read_anew() -> None:
    """After a write, or a run of the sync, the old list would hide what came of it."""
    looks, lists = Looks(), Lists()
    looks.at(ITEM, lists.read)
    looks.forget()

    assert 2 == looks.at(ITEM, lists.read)["1"]["read"]
