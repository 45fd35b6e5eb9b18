"""Invoiced: metadata, where a sync leaves the ids of the other side."""

from __future__ import annotations

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import Account, Record, refused

LIMITS = pytest.mark.documented("invoiced.metadata.limits")
BYTES = pytest.mark.unconfirmed("invoiced.body.length-in-bytes")
TYPES = pytest.mark.unconfirmed("invoiced.metadata.types")


@pytest.mark.documented
def test_metadata_comes_back(account: Account) -> None:
    """Ten keys of 40 characters with texts of 255 are read back as they were sent."""
    full = {f"{number:040}": "v" * 255 for number in range(10)}

    assert full == account.read(account.customer(metadata=full))["metadata"]


@pytest.mark.recorded
def test_no_metadata_is_an_empty_map(account: Account) -> None:
    """A record without metadata shows an empty map."""
    assert {} == account.read(account.customer())["metadata"]


@cases(
    "metadata",
    {
        "11-keys": ({f"key_{number}": "x" for number in range(11)}, LIMITS),
        "key-of-41": ({"k" * 41: "x"}, LIMITS),
        "key-of-41-bytes": ({"é" * 20 + "k": "x"}, BYTES),
        "value-of-256-bytes": ({"key": "é" * 128}, BYTES),
        "no-key": ({"": "v"}, LIMITS),
        "value-of-256": ({"key": "x" * 256}, LIMITS),
        "list-of-256": ({"key": ["x" * 256]}, LIMITS),
        "null-value": ({"key": None}, TYPES),
        "null": (None, TYPES),
        "text": ("text", TYPES),
        "list": (["text"], TYPES),
    },
)
@pytest.mark.parametrize("kind", ["customer", "item"])
def test_metadata_out_of_bounds_is_refused(
    kind: str, metadata: object, account: Account
) -> None:
    """Too many, too long or null values answer 400, param metadata."""
    assert (400, "metadata") == refused(account.make, kind, metadata=metadata)


@pytest.mark.unconfirmed("invoiced.metadata.replaced")
@pytest.mark.parametrize("after", [{"two": "2"}, {}])
def test_an_edit_replaces_the_metadata(after: Record, account: Account) -> None:
    """A PATCH of metadata replaces the whole map; an empty one clears it."""
    made = account.customer(metadata={"one": "1"})
    made.save(metadata=after)

    assert after == account.read(made)["metadata"]


@pytest.mark.unconfirmed("invoiced.metadata.texts")
@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (5, "5"),
        (1.5, "1.5"),
        (True, "1"),
        (False, "0"),
        ("x", "x"),
        (["a", 1], '["a",1]'),
        ({"a": 1}, '{"a":1}'),
    ],
)
def test_a_later_read_shows_texts(sent: object, read: str, account: Account) -> None:
    """A write echoes a value as it was sent, a later read shows it as a text."""
    made = account.customer(metadata={"key": sent})

    assert ({"key": sent}, {"key": read}) == (
        made["metadata"],
        account.read(made)["metadata"],
    )


# Filters


@pytest.mark.documented("invoiced.list.filter-metadata")
@pytest.mark.parametrize("kind", ["customer", "invoice", "item"])
def test_metadata_can_be_filtered(kind: str, account: Account) -> None:
    """A list keeps what has exactly this value, which need not be unique."""
    value = account.new("id")
    made = {account.make(kind, metadata={"foreign-id": value})["id"] for _ in range(2)}
    account.make(kind, metadata={"foreign-id": "x"})
    account.make(kind)

    assert made == set(
        account.listed(kind.capitalize(), metadata={"foreign-id": value})
    )


@pytest.mark.unconfirmed
def test_numbers_in_metadata_are_found_as_texts(account: Account) -> None:
    """A number in metadata is found by its digits."""
    made = account.customer(metadata={"foreign": 5})
    mine = {"name": made["name"]}

    assert [made["id"]] == account.listed(
        "Customer", filter=mine, metadata={"foreign": 5}
    )


@pytest.mark.unconfirmed("invoiced.list.filter-metadata-key")
def test_an_odd_metadata_key_is_ignored(account: Account) -> None:
    """A metadata key with a dot filters no customers."""
    made = account.customer()
    mine = {"name": made["name"]}

    assert [made["id"]] == account.listed("Customer", filter=mine, metadata={"a.b": 1})
