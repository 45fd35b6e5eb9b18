"""Chargebee's SDK is imported in part, and other code finds all of it."""

from __future__ import annotations

import subprocess
import sys

import chargebee
import pytest

from dataflow.vendors.chargebee_sdk import LazyClient

LIST = """
import sys
from dataflow.vendors.chargebee_sdk import LazyClient
getattr(LazyClient("key", "acme-test", "http://127.0.0.1/api/v2"), sys.argv[1])
print(*(name for name in sys.modules if name.endswith(".operations")))
"""


def make_client() -> LazyClient:
    """Return a client that calls nobody."""
    return LazyClient("key", "acme-test", "http://127.0.0.1/api/v2")


@pytest.mark.process
@pytest.mark.parametrize("name", ["Currency", "Customer"])
def test_a_model_is_imported_at_its_first_use(name: str) -> None:
    """A client with one model has imported that model alone, not those it refers to."""
    done = subprocess.run(
        [sys.executable, "-c", LIST, name], capture_output=True, text=True, check=True
    )

    assert [f"chargebee.models.{name.lower()}.operations"] == done.stdout.split()


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
