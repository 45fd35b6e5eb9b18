"""A site to test on: the twin behind a real server, spoken to by the vendor's SDK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from chargebee import APIError
from chargebee.main import Chargebee

from dataflow.twin.chargebee import ChargebeeTwin
from dataflow.twin.clock import START, ManualClock

KEY = "test_key"
SITE = "acme-test"
Record = dict[str, Any]


class Acme:
    """A site with short ways to make records; answers are as they came."""

    def __init__(self, twin: ChargebeeTwin, clock: ManualClock, url: str) -> None:
        self.twin = twin
        self.clock = clock
        self.sdk = Chargebee(api_key=KEY, site=SITE, protocol="http")
        self.sdk.env.api_endpoint = f"{url}/api/v2"
        self.raw = httpx.Client(base_url=f"{url}/api/v2/", auth=(KEY, ""))

    def customer(self, **params: object) -> Record:
        """Create a customer."""
        return _raw(self.sdk.Customer.create(params).customer)

    def family(self, **params: object) -> Record:
        """Create a family, `tools` unless told otherwise."""
        known = {"id": "tools", "name": "Tools"}
        return _raw(self.sdk.ItemFamily.create({**known, **params}).item_family)

    def item(self, **params: object) -> Record:
        """Create an item of the family `tools`, `hammer` unless told otherwise."""
        known = {
            "id": "hammer",
            "name": "Hammer",
            "type": "charge",
            "item_family_id": "tools",
        }
        return _raw(self.sdk.Item.create({**known, **params}).item)

    def price(self, **params: object) -> Record:
        """Create a price of the item `hammer`, in dollars unless told otherwise."""
        known = {
            "id": "hammer-usd",
            "name": "Hammer in dollars",
            "item_id": "hammer",
            "currency_code": "USD",
        }
        return _raw(self.sdk.ItemPrice.create({**known, **params}).item_price)

    def invoice(self, **params: object) -> Record:
        """Import an invoice of one euro, `inv_1` of `ada` unless told otherwise."""
        known = {
            "id": "inv_1",
            "customer_id": "ada",
            "currency_code": "EUR",
            "date": START,
            "total": 100,
            "line_items": [{"description": "A nail", "amount": 100}],
        }
        return _raw(self.sdk.Invoice.import_invoice({**known, **params}).invoice)

    def order(self, **params: object) -> Record:
        """Import an order for the invoice `inv_1`."""
        known = {
            "invoice_id": "inv_1",
            "status": "queued",
            "created_at": START,
            "order_date": START,
            "shipping_date": START,
        }
        return _raw(self.sdk.Order.import_order({**known, **params}).order)

    def retrieved(self, kind: str, record_id: str) -> Record:
        """Return a record as it is now; `kind` is a name of the SDK."""
        answer = vars(getattr(self.sdk, kind).retrieve(record_id))
        return _raw(next(each for each in answer.values() if hasattr(each, "raw_data")))

    def ids(self, kind: str, **query: object) -> list[str]:
        """Return the ids of one page of a list."""
        return [record["id"] for record in self.listed(kind, **query)]

    def listed(self, kind: str, **query: object) -> list[Record]:
        """Return the records of one page of a list."""
        rows = getattr(self.sdk, kind).list(query).list
        return [_raw(next(iter(vars(row).values()))) for row in rows]

    def met(self) -> set[str]:
        """Return the names of the unconfirmed behaviours met so far."""
        return {behaviour.name for behaviour in self.twin.touched.unconfirmed()}


def _raw(answer: Any) -> Record:  # noqa: ANN401
    record: Record = answer.raw_data
    return record


def refused(call: Callable[[], object]) -> tuple[int, str, str | None]:
    """Make a call that must be refused; return status, error code and parameter."""
    with pytest.raises(APIError) as caught:
        call()
    error = caught.value
    return error.http_status_code, error.api_error_code, error.param
