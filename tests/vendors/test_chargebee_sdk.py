"""Chargebee's SDK is imported in part, and other code finds all of it."""

from __future__ import annotations

import subprocess
import sys

import chargebee
import pytest

from dataflow.vendors.chargebee_sdk import LazyClient

COUNT = """
import sys
from dataflow.vendors.chargebee_sdk import LazyClient
LazyClient("key", "acme-test", "http://127.0.0.1/api/v2").Currency
print(sum(name.startswith("chargebee.models.") for name in sys.modules))
"""


def make_client() -> LazyClient:
    """Return a client that calls nobody."""
    return LazyClient("key", "acme-test", "http://127.0.0.1/api/v2")


@pytest.mark.process
def test_a_model_is_imported_at_its_first_use() -> None:
    """A client with one model has imported the modules of that model alone."""
    counted = subprocess.run(
        [sys.executable, "-c", COUNT], capture_output=True, text=True, check=True
    )

    assert int(counted.stdout) < 10


@pytest.mark.parametrize("name", ["Customer", "ItemPrice", "Subscription"])
def test_other_code_finds_every_name(name: str) -> None:
    """The package has each model, and it is the one that the client uses."""
    found = getattr(chargebee, name)

    assert found is type(getattr(make_client(), name))


def test_the_whole_client_works() -> None:
    """The SDK's own client, which makes all models, can be made too."""
    whole = chargebee.Chargebee("key", "acme-test")

    assert "UsageEvent" == type(whole.UsageEvent).__name__


def test_a_model_that_does_not_exist() -> None:
    """An unknown name is an AttributeError, as of any object."""
    assert not hasattr(make_client(), "NoSuchModel")
    assert not hasattr(chargebee, "NoSuchModel")
