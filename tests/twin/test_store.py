"""The store that both twins hold their records in."""

from __future__ import annotations

import pytest

from dataflow.twin.store import Record, Store


def _value(_key: int, record: Record) -> int | None:
    value: int | None = record.get("at")
    return value


@pytest.fixture
def store() -> Store[int]:
    """Return a store with three records in the order 2, 1, 3."""
    store: Store[int] = Store({"at": _value}, ["owner"])
    store.put(1, {"at": 20, "owner": "ada"})
    store.put(2, {"at": 10, "owner": "ada"})
    store.put(3, {"at": 20, "owner": "bob"})
    return store


def test_an_order_is_by_value_then_key(store: Store[int]) -> None:
    """Records with equal values follow each other by their keys."""
    order = store.orders["at"]

    assert [(10, 2), (20, 1), (20, 3)] == order


def test_an_edit_moves_a_record(store: Store[int]) -> None:
    """A record is at its new place, and only there, after an edit."""
    store.put(1, {"at": 5, "owner": "ada"})

    assert [(5, 1), (10, 2), (20, 3)] == store.orders["at"]


def test_a_record_without_a_value_is_not_listed(store: Store[int]) -> None:
    """An edit can take a record out of an order, and a later one puts it back."""
    store.put(1, {"owner": "ada"})
    without = [*store.orders["at"]]
    store.put(1, {"at": 20, "owner": "ada"})

    assert [(10, 2), (20, 3)] == without
    assert [(10, 2), (20, 1), (20, 3)] == store.orders["at"]


def test_a_dropped_record_is_in_no_index(store: Store[int]) -> None:
    """A record that is dropped is neither in an order nor found by a link."""
    store.drop(2)

    assert ([(20, 1), (20, 3)], {1}) == (
        store.orders["at"],
        store.linked("owner", "ada"),
    )


def test_a_link_follows_an_edit(store: Store[int]) -> None:
    """A record is found by its new link only."""
    store.put(1, {"at": 20, "owner": "bob"})

    assert ({2}, {1, 3}) == (store.linked("owner", "ada"), store.linked("owner", "bob"))


@pytest.mark.parametrize(
    ("low", "high", "indexes"),
    [(None, None, [0, 1, 2]), ((20,), None, [1, 2]), (None, (20, 3), [0, 1])],
)
def test_a_range_has_its_start_and_not_its_end(
    store: Store[int],
    low: tuple[int, ...] | None,
    high: tuple[int, ...] | None,
    indexes: list[int],
) -> None:
    """A range begins with its low end, which can be a value alone."""
    found = [*store.between("at", low, high)]

    assert indexes == found
