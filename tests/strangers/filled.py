"""Twins with 1,000 records of each type that is built, for connectors of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from dataflow.twin.clock import START, ManualClock
from dataflow.twin.gateway import Gateway, Seed
from dataflow.twin.messages import Json
from dataflow.twin.pair import Addresses, TwinPair

COUNT = 1000
#: So many records have the same second as time of change.
_AT_ONCE = 40

#: Makes the call that creates the record of a number.
MakeSeed: TypeAlias = Callable[[int], Seed]

_CHARGEBEE: Mapping[str, MakeSeed] = {
    "customers": lambda n: Seed("/customers", {"id": f"c{n}"}),
    "item_families": lambda n: Seed("/item_families", {"id": f"f{n}", "name": f"F{n}"}),
    "items": lambda n: Seed(
        "/items",
        {"id": f"i{n}", "name": f"I{n}", "type": "charge", "item_family_id": f"f{n}"},
    ),
    "item_prices": lambda n: Seed(
        "/item_prices",
        {
            "id": f"p{n}",
            "name": f"P{n}",
            "item_id": f"i{n}",
            "price": 100,
            "currency_code": "USD",
        },
    ),
    "invoices": lambda n: Seed(
        "/invoices/import_invoice",
        {
            "id": f"v{n}",
            "customer_id": f"c{n}",
            "currency_code": "EUR",
            "date": START,
            "total": 100,
            "status": "payment_due",
            "line_items": [{"description": "A nail", "amount": 100}],
        },
    ),
    "orders": lambda n: Seed(
        "/orders/import_order",
        {
            "id": f"o{n}",
            "invoice_id": f"v{n}",
            "status": "queued",
            "created_at": START,
            "order_date": START,
            "shipping_date": START,
        },
    ),
    "comments": lambda n: Seed(
        "/comments",
        {"entity_type": "customer", "entity_id": f"c{n}", "notes": "Ok"},
    ),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """The addresses of filled twins, and the sorted ids by vendor and type."""

    at: Addresses
    ids: Mapping[tuple[str, str], list[str]]


@contextmanager
def serve_filled() -> Iterator[Filled]:
    """Serve twins with `COUNT` records of each type."""
    clock = ManualClock()
    pair = TwinPair(clock)
    ids = {
        ("chargebee", kind): _create(pair.chargebee, clock, make)
        for kind, make in _CHARGEBEE.items()
    }
    customers = _create(
        pair.invoiced, clock, lambda n: Seed("/customers", {"name": f"Ada {n}"})
    )
    line: Json = {"name": "Nail", "quantity": 1, "unit_cost": 1}
    ids["invoiced", "customers"] = customers
    ids["invoiced", "invoices"] = _create(
        pair.invoiced,
        clock,
        lambda n: Seed("/invoices", {"customer": customers[n], "items": [line]}),
    )
    # An event has no id that its creator knows: it is known by its customer.
    ids["chargebee", "events"] = ids["chargebee", "customers"]
    with pair.serve(0, 0) as at:
        yield Filled(at, ids)


def identify(kind: str, records: list[dict[str, Any]]) -> list[str]:
    """Return the sorted ids of records; of events, those of the customers created."""
    if kind == "events":
        created = (r for r in records if r["event_type"] == "customer_created")
        records = [event["content"]["customer"] for event in created]
    return sorted(str(record["id"]) for record in records)


def _create(gateway: Gateway, clock: ManualClock, make: MakeSeed) -> list[str]:
    records: list[dict[str, Any]] = []
    for first in range(0, COUNT, _AT_ONCE):
        seeds = [make(number) for number in range(first, first + _AT_ONCE)]
        for answer in gateway.seed(seeds):
            assert isinstance(answer, dict)
            is_wrapped = len(answer) == 1
            records.append(next(iter(answer.values())) if is_wrapped else answer)  # type: ignore[arg-type]
        clock.advance(1)
    return sorted(str(record["id"]) for record in records)
