"""What a replaced order keeps: each field that Chargebee lets a program write."""

from __future__ import annotations

import pytest

from dataflow.sync import copied_fields
from dataflow.sync.clients.chargebee import ANSWERED_ONLY, Chargebee
from dataflow.sync.model import Link, Links
from dataflow.sync.orders import Orders
from dataflow.twin.chargebee.vendor_calls import (
    VendorParameter,
    load_vendor_calls,
)
from tests.sync.orders.ordering import by_hand
from tests.sync.world import Record, World, refusing

#: Set by the sync, for the new order.
OWN = {"id", "invoice_id", "customer_id", "reference_id"}

LINE = "order_line_items"


def parameters() -> dict[str, VendorParameter]:
    """Return the parameters that write an order, by their first names."""
    found: dict[str, VendorParameter] = {}
    for path in ("orders/import_order", "orders/{id}"):
        call = load_vendor_calls()["POST", path]
        found |= {name.partition("[")[0]: x for name, x in call.parameters.items()}
    return found


def test_each_writable_field_of_an_order_is_copied() -> None:
    """A parameter that a new version of the API has is decided on here."""
    copied = {*copied_fields.WRITABLE, *copied_fields.ONLY_AT_IMPORT}

    assert parameters().keys() == copied | {*copied_fields.CONVERTED} | OWN


def example(world: World, name: str, parameter: VendorParameter) -> object:
    """Return a value that is not a default."""
    if name.endswith("_address"):
        return {"first_name": "Ada", "city": "Oslo", "country": "NO"}
    if name == "status":
        return "awaiting_shipment"
    if parameter.words:
        return "others"
    if parameter.type == "int":
        return world.clock.seconds() - len(name)
    return "https://example.com/7" if name == "tracking_url" else f"a {name}"


def make_old(world: World, customer: str, left_id: str) -> Record:
    """Return an order that has every writable field."""
    skipped = OWN | {LINE}
    values = {
        name: example(world, name, parameter)
        for name, parameter in parameters().items()
        if name not in skipped
    }
    by_hand(world, f"invoiced-{left_id}", customer, reference_id=left_id, **values)
    return edit_line(world, f"invoiced-{left_id}")


def edit_line(world: World, order_id: str) -> Record:
    """Write on the line of an order, and return the order."""
    order = world.right("GET", f"/orders/{order_id}")["order"]
    line = {"id": [order[LINE][0]["id"]], "sku": ["S"], "status": ["on_hold"]}
    answer = world.right("POST", f"/orders/{order_id}", order_line_items=line)
    found: Record = answer["order"]
    return found


def written(order: Record) -> Record:
    """Return what was written on an order, as far as the sync does not set it."""
    found = {name: order.get(name) for name in parameters().keys() - OWN - {LINE}}
    for name in ("billing_address", "shipping_address"):
        shown = (found[name] or {}).items()
        found[name] = {key: text for key, text in shown if key not in ANSWERED_ONLY}
    return {**found, LINE: [(line["sku"], line["status"]) for line in order[LINE]]}


def replace(world: World, old: Record, customer: str, notes: list[str]) -> Record:
    """Replace an order, and return the new one."""
    left = world.left("GET", f"/invoices/{old['reference_id']}")
    links = Links()
    links.put("customer", Link(str(left["customer"]), customer))
    orders = Orders(Chargebee.over(world.connect_right()), links, notes.append)
    wanted = {"currency_code": "USD"}
    return dict(orders.create_replacement(left, old, wanted, frozenset()).record)


def test_a_replaced_order_keeps_every_writable_field(world: World, person: str) -> None:
    """With another currency, all that was written on it is on the new one."""
    old = make_old(world, person, world.invoice(person))
    notes: list[str] = []

    new = replace(world, old, person, notes)

    assert ("USD", written(old), []) == (new["currency_code"], written(new), notes)


def test_a_billing_address_stays_with_its_customer(world: World, person: str) -> None:
    """The order of another customer has the billing address of that one."""
    other = world.customer(name="Charles Babbage")
    world.sync()
    address = {"first_name": "Charles"}
    path = f"/customers/{other}/update_billing_info"
    world.right("POST", path, billing_address=address)
    old = make_old(world, person, world.invoice(other))

    new = replace(world, old, other, [])

    assert "Charles" == new["billing_address"]["first_name"]


@pytest.mark.parametrize(
    "name", sorted({*copied_fields.ONLY_AT_IMPORT} - {"created_at"})
)
def test_a_field_that_is_refused_at_the_import_is_lost_alone(
    world: World, person: str, name: str
) -> None:
    """The order is replaced, and a note says what it lacks."""
    old = make_old(world, person, world.invoice(person))
    notes: list[str] = []
    refused = refusing("POST /orders/import_order", name, param=name)

    with world.failing(refused):
        new = replace(world, old, person, notes)

    lost = {key for key, value in written(old).items() if written(new)[key] != value}
    assert (lost, len(notes)) == ({name}, 1)
