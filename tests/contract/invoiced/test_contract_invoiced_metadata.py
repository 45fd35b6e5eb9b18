"""Invoiced: metadata, where a sync leaves the ids of the other side."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.invoiced.account import Account, refused


@pytest.mark.documented
def test_metadata_comes_back(account: Account) -> None:
    """A text in the metadata is read back as it was sent."""
    made = account.customer(metadata={"other_id": "abc"})

    assert {"other_id": "abc"} == account.read(made)["metadata"]


@pytest.mark.recorded
def test_no_metadata_is_an_empty_map(account: Account) -> None:
    """A record without metadata shows an empty map."""
    assert {} == account.read(account.customer())["metadata"]


@pytest.mark.documented("invoiced.metadata.limits")
@pytest.mark.parametrize(
    "metadata",
    [
        {f"key_{number}": "x" for number in range(11)},
        {"k" * 41: "x"},
        {"key": "x" * 256},
    ],
    ids=["11 keys", "key of 41", "value of 256"],
)
def test_metadata_has_limits(metadata: dict[str, str], account: Account) -> None:
    """Eleven keys, a key of 41 and a value of 256 characters are refused."""
    assert (400, "metadata") == refused(lambda: account.customer(metadata=metadata))


@pytest.mark.unconfirmed("invoiced.metadata.types")
def test_a_null_in_the_metadata_is_refused(account: Account) -> None:
    """A null value is refused."""
    found = refused(lambda: account.customer(metadata={"key": None}))

    assert (400, "metadata") == found


@pytest.mark.unconfirmed("invoiced.metadata.replaced")
def test_an_edit_replaces_the_metadata(account: Account) -> None:
    """A PATCH of metadata replaces the whole map."""
    made = account.customer(metadata={"one": "1"})
    made.save(metadata={"two": "2"})

    assert {"two": "2"} == account.read(made)["metadata"]


@pytest.mark.unconfirmed("invoiced.metadata.replaced")
def test_an_empty_map_clears_the_metadata(account: Account) -> None:
    """A PATCH with an empty map leaves no metadata."""
    made = account.customer(metadata={"one": "1"})
    made.save(metadata={})

    assert {} == account.read(made)["metadata"]


@pytest.mark.unconfirmed("invoiced.metadata.texts")
def test_a_write_echoes_numbers(account: Account) -> None:
    """The answer to a write shows a number as it was sent."""
    assert {"key": 5} == account.customer(metadata={"key": 5})["metadata"]


@pytest.mark.unconfirmed("invoiced.metadata.texts")
@pytest.mark.parametrize(("sent", "read"), [(5, "5"), (True, "1")])
def test_a_later_read_shows_texts(sent: object, read: str, account: Account) -> None:
    """A later read shows a number or a truth as a text."""
    made = account.customer(metadata={"key": sent})

    assert {"key": read} == account.read(made)["metadata"]


@pytest.mark.unconfirmed
def test_metadata_is_not_unique(account: Account) -> None:
    """Two customers may carry one foreign id."""
    value = account.new("id")
    for _ in range(2):
        account.customer(metadata={"other_id": value})

    assert 2 == len(account.listed("Customer", metadata={"other_id": value}))


@pytest.mark.unconfirmed("invoiced.patch.bumps")
def test_an_edit_of_metadata_bumps(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH of metadata alone moves updated_at."""
    made = account.customer()
    before = made["updated_at"]
    later(2)
    made.save(metadata={"key": "x"})

    assert before < account.read(made)["updated_at"]


@pytest.mark.documented("invoiced.list.filter-metadata")
@pytest.mark.parametrize("kind", ["Customer", "Invoice", "Item"])
def test_metadata_can_be_filtered(kind: str, account: Account) -> None:
    """A list can be filtered by a value of the metadata."""
    value = account.new("id")
    make = {
        "Customer": account.customer,
        "Invoice": account.invoice,
        "Item": account.item,
    }
    made = make[kind](metadata={"other_id": value})

    assert [made["id"]] == account.listed(kind, metadata={"other_id": value})


@pytest.mark.unconfirmed("invoiced.list.filter-metadata-key")
def test_an_odd_metadata_key_is_refused_on_items(account: Account) -> None:
    """A filter by a metadata key with a dot is refused on items."""
    found = refused(lambda: account.listed("Item", metadata={"a.b": "x"}))

    assert 400 == found[0]
