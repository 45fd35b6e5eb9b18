"""Metadata of the Invoiced twin's records."""

from __future__ import annotations

import invoiced
import pytest

from tests.twin.invoiced.calling import refused


def test_an_edit_replaces_metadata(invoiced_client: invoiced.Client) -> None:
    """A PATCH of metadata replaces the whole map."""
    customer = invoiced_client.Customer.create(name="Acme", metadata={"a": "1"})
    customer.save(metadata={"b": "2"})

    read = invoiced_client.Customer.retrieve(customer["id"])
    assert {"b": "2"} == read["metadata"]


def test_metadata_can_be_emptied(invoiced_client: invoiced.Client) -> None:
    """A PATCH to an empty map clears the metadata."""
    customer = invoiced_client.Customer.create(name="Acme", metadata={"a": "1"})
    customer.save(metadata={})

    assert {} == customer["metadata"]


def test_a_write_echoes_metadata(invoiced_client: invoiced.Client) -> None:
    """The answer to a write shows metadata as it was sent."""
    sent = {"number": 5, "flag": True}
    customer = invoiced_client.Customer.create(name="Acme", metadata=sent)

    assert sent == customer["metadata"]


@pytest.mark.parametrize(
    ("sent", "stored"),
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
def test_a_read_gives_metadata_as_texts(
    invoiced_client: invoiced.Client, sent: object, stored: str
) -> None:
    """A later read shows every value as a text."""
    customer = invoiced_client.Customer.create(name="Acme", metadata={"key": sent})

    read = invoiced_client.Customer.retrieve(customer["id"])
    assert {"key": stored} == read["metadata"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"k" * 41: "v"},
        {"": "v"},
        {"k": "v" * 256},
        {"k": ["v" * 256]},
        {f"k{number}": "v" for number in range(11)},
        {"k": None},
        None,
        "text",
        ["text"],
    ],
)
@pytest.mark.parametrize("kind", ["Customer", "Item"])
def test_metadata_out_of_bounds_is_refused(
    invoiced_client: invoiced.Client, kind: str, metadata: object
) -> None:
    """Too many, too long or null values answer 400, param metadata."""
    create = getattr(invoiced_client, kind).create

    assert (400, "metadata") == refused(lambda: create(name="A", metadata=metadata))


def test_metadata_can_be_full(invoiced_client: invoiced.Client) -> None:
    """Ten keys of 40 characters with values of 255 are stored."""
    metadata = {f"{number:040}": "v" * 255 for number in range(10)}
    customer = invoiced_client.Customer.create(name="Acme", metadata=metadata)

    read = invoiced_client.Customer.retrieve(customer["id"])
    assert metadata == read["metadata"]
