"""What can be made to happen inside of the twins, over HTTP and in Python."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dataflow.twin.clock import START
from dataflow.twin.gateway import Seed
from dataflow.twin.messages import Arguments, Json
from tests.twin.controls.bench import Bench


def turned(bench: Bench, vendor: str, name: str, **given: object) -> httpx.Response:
    """Turn a knob of a twin, without a key."""
    client = bench.left if vendor == "invoiced" else bench.right
    url = httpx.URL(str(client.base_url)).join(f"/_twin/{name}")
    return httpx.post(url, json=given)


def customers(bench: Bench) -> list[str]:
    """Return the ids of the customers that Chargebee lists."""
    listed = bench.right.get("/customers").json()["list"]
    return [each["customer"]["id"] for each in listed]


@pytest.fixture
def ada(bench: Bench) -> dict[str, Any]:
    """Make a customer of that name in both twins; return Invoiced's."""
    bench.right.post("/customers", data={"id": "ada"})
    made: dict[str, Any] = bench.left.post("/customers", json={"name": "Ada"}).json()
    return made


@pytest.mark.parametrize(
    ("vendor", "knobs"),
    [
        ("invoiced", ["bump", "merge"]),
        ("chargebee", ["age", "bump", "custom_fields", "merge", "switches"]),
    ],
)
def test_a_twin_lists_its_knobs(bench: Bench, vendor: str, knobs: list[str]) -> None:
    """Each twin lists what can be made to happen inside of it."""
    client = bench.left if vendor == "invoiced" else bench.right
    root = httpx.URL(str(client.base_url)).join("/_twin")
    listed = httpx.get(root).json()["controls"]

    assert [f"POST /_twin/{knob}" for knob in knobs] == listed[-len(knobs) :]


# Bumps


def test_a_bump_in_invoiced(bench: Bench, ada: dict[str, Any]) -> None:
    """A bump moves the time of a record, named by its number."""
    bench.clock.advance(5)
    turned(bench, "invoiced", "bump", kind="customer", id=ada["id"])
    after = bench.left.get(f"/customers/{ada['id']}").json()

    assert ada | {"updated_at": START + 5} == after


@pytest.mark.usefixtures("ada")
def test_a_bump_in_chargebee(bench: Bench) -> None:
    """A bump moves the time of a record, named by its text."""
    bench.clock.advance(5)
    turned(bench, "chargebee", "bump", kind="customer", id="ada")
    after = bench.right.get("/customers/ada").json()["customer"]

    assert START + 5 == after["updated_at"]


# Merges


def test_a_merge_in_invoiced(bench: Bench, ada: dict[str, Any]) -> None:
    """A merge moves all of one customer to another one."""
    bob = bench.left.post("/customers", json={"name": "Bob"}).json()
    invoice = bench.left.post("/invoices", json={"customer": ada["id"]}).json()
    given = {"from": ada["id"], "to": bob["id"]}
    turned(bench, "invoiced", "merge", **given)
    after = bench.left.get(f"/invoices/{invoice['id']}").json()

    assert (bob["id"], ["Bob"]) == (after["customer"], bench.names())


@pytest.mark.usefixtures("ada")
def test_a_merge_in_chargebee(bench: Bench) -> None:
    """A merge leaves one customer of two."""
    bench.right.post("/customers", data={"id": "bob"})
    turned(bench, "chargebee", "merge", **{"from": "ada", "to": "bob"})

    assert ["bob"] == customers(bench)


# Switches


def test_switches_are_told(bench: Bench) -> None:
    """A call that sets nothing answers how all of them stand."""
    assert {
        "orders": False,
        "legacy_orders": False,
        "enabled_currencies_only": True,
        "without_orders": False,
        "high_value_currency": False,
        "order_generation": "paid",
        "product_catalog": "v2",
        "list_lag": 0,
        "order_delay": 0,
        "customer_delete_delay": 180,
        "customer_merge_delay": 60,
    } == turned(bench, "chargebee", "switches").json()


def test_lists_lag(bench: Bench) -> None:
    """A record is listed once the lag is over."""
    turned(bench, "chargebee", "switches", list_lag=5)
    bench.right.post("/customers", data={"id": "ada"})
    before = customers(bench)
    bench.clock.advance(5)

    assert ([], ["ada"]) == (before, customers(bench))


@pytest.mark.usefixtures("ada")
def test_deletions_take_their_time(bench: Bench) -> None:
    """A customer is there until the delay of its deletion is over."""
    turned(bench, "chargebee", "switches", customer_delete_delay=2.5)
    bench.right.post("/customers/ada/delete")
    before = customers(bench)
    bench.clock.advance(2.5)

    assert (["ada"], []) == (before, customers(bench))


def test_orders_are_generated_late(bench: Bench) -> None:
    """A site with orders enabled makes one, so long after its invoice."""
    turned(
        bench,
        "chargebee",
        "switches",
        orders=True,
        order_generation="unpaid",
        order_delay=60,
    )
    hammer: dict[str, Json] = {
        "item_family_id": "tools",
        "type": "charge",
        "is_shippable": True,
    }
    price: dict[str, Json] = {"item_id": "hammer", "price": 100, "currency_code": "USD"}
    bench.pair.chargebee.seed(
        [
            Seed("/customers", {"id": "ada"}),
            Seed("/item_families", {"id": "tools", "name": "Tools"}),
            Seed("/items", {"id": "hammer", "name": "Hammer", **hammer}),
            Seed("/item_prices", {"id": "hammer-usd", "name": "A hammer", **price}),
            Seed(
                "/invoices/create_for_charge_items_and_charges",
                {
                    "customer_id": "ada",
                    "currency_code": "USD",
                    "item_prices": [{"item_price_id": "hammer-usd"}],
                },
            ),
        ]
    )
    before = bench.right.get("/orders").json()["list"]
    bench.clock.advance(60)
    (after,) = bench.right.get("/orders").json()["list"]

    assert ([], "system_generated") == (before, after["order"]["order_type"])


def test_a_knob_is_turned_in_python(bench: Bench) -> None:
    """What can be set over HTTP can be set in Python."""
    bench.pair.chargebee.set_switch("switches", Arguments({"list_lag": 3}))

    assert 3 == bench.pair._chargebee.switches.list_lag


# Slips of the pen


@pytest.mark.parametrize(
    ("vendor", "name", "given", "complaint"),
    [
        ("invoiced", "bump", {"kind": "cat", "id": 1}, "The twin has no cat 1:"),
        ("invoiced", "bump", {"kind": "item", "id": 1.5}, "and is 1.5."),
        ("invoiced", "bump", {"kind": 1, "id": 1}, "kind must be a text, and is 1."),
        ("invoiced", "bump", {"kin": 1}, "There is no argument kin here: kind, id."),
        ("invoiced", "merge", {"from": 1, "to": True}, "and is true."),
        ("invoiced", "merge", {"from": 1, "to": 2}, "The twin has no customer 1:"),
        ("chargebee", "merge", {"from": "eve"}, "to must be a record's id, and is nu"),
        ("chargebee", "switches", {"list_lag": -1}, "0 seconds or more, and is -1."),
        ("chargebee", "switches", {"list_lag": "5"}, 'a number, and is "5".'),
        ("chargebee", "switches", {"orders": 1}, "orders must be true or false"),
        (
            "chargebee",
            "switches",
            {"order_generation": "late"},
            'order_generation must be one of paid, unpaid, and is "late".',
        ),
        ("chargebee", "switches", {"calls_per_minute": 1}, "There is no argument call"),
    ],
)
def test_a_knob_that_cannot_be_turned(
    bench: Bench, vendor: str, name: str, given: dict[str, object], complaint: str
) -> None:
    """What a knob cannot do is refused in one sentence that shows what was given."""
    answer = turned(bench, vendor, name, **given)

    assert (400, True) == (answer.status_code, complaint in answer.json()["message"])


def test_switches_are_set_together_or_not_at_all(bench: Bench) -> None:
    """One value that does not fit leaves all switches as they were."""
    turned(bench, "chargebee", "switches", list_lag=5, orders="no")

    assert 0 == turned(bench, "chargebee", "switches").json()["list_lag"]
