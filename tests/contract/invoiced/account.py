"""Short ways to make and read records of Invoiced, through its own client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import httpx
import pytest
from invoiced.errors import ErrorBase

#: A record as the client shows it, or as JSON.
Record: TypeAlias = Any


class Account:
    """An account; `new` makes names that are this test's own."""

    def __init__(
        self,
        sdk: Any,  # noqa: ANN401 - untyped SDK
        raw: httpx.Client,
        new: Callable[[str], str],
    ) -> None:
        self.sdk = sdk
        self.raw = raw
        self.new = new

    def customer(self, **params: object) -> Record:
        """Make a customer."""
        return self.sdk.Customer.create(**{"name": self.new("Ada"), **params})

    def invoice(self, **params: object) -> Record:
        """Make an invoice of ten dollars, for a customer of its own."""
        known = {
            "currency": "usd",
            "items": [{"name": "Paper", "quantity": 1, "unit_cost": 10}],
        }
        if "customer" not in params:
            known["customer"] = self.customer()["id"]
        return self.sdk.Invoice.create(**{**known, **params})

    def item(self, **params: object) -> Record:
        """Make an item without a price."""
        known = {"id": self.new("paper"), "name": "Paper"}
        return self.sdk.Item.create(**{**known, **params})

    def read(self, record: Record) -> Record:
        """Return a record as it is now."""
        kind = {"customer": "Customer", "invoice": "Invoice", "item": "Item"}
        resource = getattr(self.sdk, kind[record["object"]])
        return resource.retrieve(record["id"])

    def listed(self, kind: str, **options: object) -> list[object]:
        """Return the ids of one page of a list; `kind` is a name of the client."""
        return [record["id"] for record in getattr(self.sdk, kind).list(**options)[0]]


def refused(call: Callable[[], object]) -> tuple[int, str | None]:
    """Make a call that must be refused; return status and `param` of the error."""
    with pytest.raises(ErrorBase) as caught:
        call()
    return caught.value.status_code, caught.value.error.get("param")
