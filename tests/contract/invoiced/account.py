"""Short ways to make and read records of Invoiced, through its own client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx
import pytest
from invoiced.errors import ErrorBase

#: An id that no record has, and 2026-01-05 09:00:00 UTC.
NOBODY, A_DATE, A_DAY = 999_999_999_999, 1_767_603_600, 86_400

#: A record as the client shows it, or as JSON.
Record: TypeAlias = Any


@dataclass(frozen=True)
class Account:
    """An account; `new` makes names that are this test's own."""

    sdk: Any
    raw: httpx.Client
    new: Callable[[str], str]

    def make(self, kind: str, **params: object) -> Record:
        """Make a record of a kind such as `invoice`, and what it needs."""
        makers = {"customer": self.customer, "invoice": self.invoice, "item": self.item}
        return makers[kind](**params)

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

    def payment(
        self, invoice: Record, amount: float, *, received: float | None = None
    ) -> Record:
        """Pay so much of an invoice, out of just that or of what was received."""
        share = {"type": "invoice", "invoice": invoice["id"], "amount": amount}
        return self.sdk.Payment.create(
            amount=amount if received is None else received,
            currency=invoice["currency"],
            method="cash",
            applied_to=[share],
        )

    def events(self, record: Record, **options: object) -> list[Record]:
        """Return what is told of a record, on one page."""
        subject = f"{record['object']},{record['id']}"
        found: list[Record] = self.sdk.Event.list(related_to=subject, **options)[0]
        return found

    def three(self) -> tuple[list[Record], dict[str, Any]]:
        """Make three customers of one name; return them, and what finds them alone."""
        name = self.new("Ada")
        made = [self.customer(name=name) for _ in range(3)]
        return made, {"filter": {"name": name}}

    def read(self, record: Record) -> Record:
        """Return a record as it is now."""
        resource = getattr(self.sdk, record["object"].capitalize())
        return resource.retrieve(record["id"])

    def listed(self, kind: str, **options: object) -> list[object]:
        """Return the ids of one page of a list; `kind` is a name of the client."""
        return [record["id"] for record in getattr(self.sdk, kind).list(**options)[0]]


def refused(
    call: Callable[..., object],
    *arguments: Any,  # noqa: ANN401 - what the call takes
    **params: Any,  # noqa: ANN401
) -> tuple[int, str | None]:
    """Make a call that must be refused; return status and `param` of the error."""
    with pytest.raises(ErrorBase) as caught:
        call(*arguments, **params)
    return caught.value.status_code, caught.value.error.get("param")
