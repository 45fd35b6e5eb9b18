"""Lists: their filters, their order, their pages."""

from __future__ import annotations

import json

import pytest

from dataflow.twin.clock import START
from tests.twin.chargebee.acme import Acme

Query = dict[str, object]


@pytest.fixture
def three(acme: Acme) -> Acme:
    """Serve a site with three customers, created ten seconds apart."""
    for name in ("ada", "bob", "eve"):
        acme.customer(id=name, first_name=name.title(), company="Looms")
        acme.clock.advance(10)
    return acme


def test_a_list_has_ten_records(acme: Acme) -> None:
    """A list gives ten records unless told otherwise."""
    for at in range(11):
        acme.customer(id=f"c{at}")

    assert 10 == len(acme.ids("Customer"))


def test_a_list_is_in_the_order_of_creation(three: Acme) -> None:
    """A list of customers begins with the one that was created first."""
    assert ["ada", "bob", "eve"] == three.ids("Customer")


def test_a_list_of_items_is_in_the_order_of_change(shop: Acme) -> None:
    """A list of items begins with the one that was changed first."""
    shop.item()
    shop.item(id="saw", name="Saw")
    shop.clock.advance(1)
    shop.sdk.Item.update("hammer", {"unit": "piece"})

    assert ["saw", "hammer"] == shop.ids("Item")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"updated_at": {"after": START}}, ["bob", "eve"]),
        ({"updated_at": {"after": START + 9}}, ["bob", "eve"]),
        ({"updated_at": {"before": START + 20}}, ["ada", "bob"]),
        ({"updated_at": {"before": START + 21}}, ["ada", "bob", "eve"]),
        ({"updated_at": {"on": START + 10}}, ["bob"]),
        ({"updated_at": {"between": [START, START + 10]}}, ["ada", "bob"]),
        ({"created_at": {"after": START + 10}}, ["eve"]),
        ({"id": {"is": "bob"}}, ["bob"]),
        ({"id": {"is_not": "bob"}}, ["ada", "eve"]),
        ({"id": {"in": ["eve", "ada", "zoe"]}}, ["ada", "eve"]),
        ({"id": {"not_in": ["eve", "ada"]}}, ["bob"]),
        ({"id": {"starts_with": "e"}}, ["eve"]),
        ({"first_name": {"is": "Ada"}}, ["ada"]),
        ({"last_name": {"is_present": "false"}}, ["ada", "bob", "eve"]),
        ({"last_name": {"is_present": "true"}}, []),
        ({"auto_close_invoices": {"is": False}}, []),
        ({"id": {"in": ["ada", "bob"]}, "created_at": {"after": START}}, ["bob"]),
        ({"sort_by": {"desc": "created_at"}}, ["eve", "bob", "ada"]),
        ({"sort_by": {"asc": "updated_at"}}, ["ada", "bob", "eve"]),
        (
            {"sort_by": {"desc": "updated_at"}, "updated_at": {"after": START}},
            ["eve", "bob"],
        ),
        (
            {"sort_by": {"asc": "updated_at"}, "updated_at": {"before": START + 20}},
            ["ada", "bob"],
        ),
        (
            {"sort_by": {"desc": "created_at"}, "id": {"in": ["ada", "eve"]}},
            ["eve", "ada"],
        ),
    ],
)
def test_a_list_is_asked(three: Acme, query: Query, expected: list[str]) -> None:
    """A list gives the records that fulfil all its filters, in its order."""
    assert expected == three.ids("Customer", **query)


@pytest.mark.parametrize(
    "operand", ['["ada","eve"]', "['ada', 'eve']", '["ada", "eve"]']
)
def test_a_list_of_operands_has_two_notations(three: Acme, operand: str) -> None:
    """Operands may be in JSON's notation, and in Python's as the SDK sends them."""
    answer = three.raw.get("customers", params={"id[in]": operand}).json()

    assert ["ada", "eve"] == [row["customer"]["id"] for row in answer["list"]]


def test_operands_may_be_numbers(three: Acme) -> None:
    """The ends of a range may be numbers without quotes."""
    ends = {"updated_at[between]": f"[{START},{START + 10}]"}
    answer = three.raw.get("customers", params=ends).json()

    assert ["ada", "bob"] == [row["customer"]["id"] for row in answer["list"]]


def test_a_change_moves_a_record_in_the_list(three: Acme) -> None:
    """A record that is changed is found by the time of its change."""
    three.sdk.Customer.update("ada", {"company": "Engines"})

    assert ["ada"] == three.ids("Customer", updated_at={"after": START + 20})


def test_what_has_moved_is_not_listed_where_it_was(three: Acme) -> None:
    """A record that is changed is not found by the time of its former change."""
    three.sdk.Customer.update("ada", {"company": "Engines"})

    assert [] == three.ids("Customer", updated_at={"on": START})


def test_an_unknown_filter_is_ignored(three: Acme) -> None:
    """A filter that a list does not have is ignored, which is unconfirmed."""
    found = three.ids("Customer", preferred_currency_code={"is": "EUR"})

    assert ["ada", "bob", "eve"] == found


def test_orders_cannot_be_filtered_by_customer(shop: Acme) -> None:
    """A list of orders ignores a filter of the customer."""
    shop.order(id="o1")

    assert ["o1"] == shop.ids("Order", customer_id={"is": "eve"})


def test_orders_are_filtered_by_invoice(shop: Acme) -> None:
    """A list of orders can be asked for those of some invoices."""
    shop.invoice(id="inv_2")
    shop.order(id="o1")
    shop.order(id="o2", invoice_id="inv_2")

    assert ["o2"] == shop.ids("Order", invoice_id={"in": ["inv_2", "inv_3"]})


def test_invoices_are_filtered_by_customer(shop: Acme) -> None:
    """A list of invoices can be asked for those of a customer."""
    shop.customer(id="eve")
    shop.invoice(id="inv_2", customer_id="eve")

    assert ["inv_2"] == shop.ids("Invoice", customer_id={"is": "eve"})


@pytest.mark.parametrize(
    ("operator", "bound", "expected"),
    [
        ("is", 100, ["inv_1"]),
        ("lt", 100, []),
        ("lte", 100, ["inv_1"]),
        ("gt", 99, ["inv_1"]),
        ("gte", 101, []),
        ("between", [100, 100], ["inv_1"]),
    ],
)
def test_invoices_are_filtered_by_total(
    shop: Acme, operator: str, bound: object, expected: list[str]
) -> None:
    """A list of invoices can be asked for a range of totals."""
    assert expected == shop.ids("Invoice", total={operator: bound})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "many"),
        ("offset", "somewhere"),
        ("offset", "[1e999,1]"),
        ("sort_by[asc]", "company"),
        ("sort_by[up]", "created_at"),
        ("updated_at[after]", "yesterday"),
        ("updated_at[after]", "1767603600000"),
        ("updated_at[between]", "[1]"),
        ("id[in]", "ada"),
        ("id[in]", "[[1]]"),
        ("auto_close_invoices[is]", "perhaps"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(
    acme: Acme, name: str, value: str
) -> None:
    """A limit, offset, order or filter that cannot be read is refused by name."""
    answer = acme.raw.get("customers", params={name: value})

    assert (400, name.removesuffix("[asc]").removesuffix("[up]")) == (
        answer.status_code,
        answer.json()["param"],
    )


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"sort_by": {"desc": "created_at"}},
        {"sort_by": {"asc": "updated_at"}},
        {"sort_by": {"desc": "updated_at"}},
        {"updated_at": {"after": START - 1}},
        {"id": {"in": [f"c{at}" for at in range(25)]}},
        {
            "id": {"in": [f"c{at}" for at in range(25)]},
            "sort_by": {"desc": "updated_at"},
        },
    ],
)
def test_pages_neither_skip_nor_repeat(acme: Acme, query: Query) -> None:
    """Pages hold each record once, also when many have the same time."""
    made = [acme.customer(id=f"c{at}")["id"] for at in range(25)]

    found = [name for page in pages(acme, query) for name in page]

    assert sorted(made) == sorted(found)


@pytest.mark.parametrize("by", ["name", "id"])
def test_items_are_paged_by_text(shop: Acme, by: str) -> None:
    """Pages of items can be in the order of a text."""
    for name in ("saw", "axe", "pin"):
        shop.item(id=name, name=name)
    first = shop.sdk.Item.list({"sort_by": {"asc": by}, "limit": 2})
    rest = shop.ids("Item", sort_by={"asc": by}, offset=first.next_offset)

    assert ["axe", "pin", "saw"] == [row.item.id for row in first.list] + rest


def test_a_full_last_page_has_no_next(three: Acme) -> None:
    """A page that ends with the last record has no next one."""
    answer = three.raw.get("customers", params={"limit": 3}).json()

    assert ["list"] == list(answer)


def test_a_next_offset_is_a_list_of_texts(three: Acme) -> None:
    """An offset is a JSON list of texts inside of a text, in milliseconds."""
    answer = three.raw.get("customers", params={"limit": 1}).json()

    assert str(START * 1000) == json.loads(answer["next_offset"])[0]


def test_a_deleted_record_is_left_out(three: Acme) -> None:
    """A deleted customer is not in a plain list."""
    three.sdk.Customer.delete("bob")

    assert ["ada", "eve"] == three.ids("Customer")


def test_deleted_records_are_listed_on_request(three: Acme) -> None:
    """A deleted customer is listed when deleted ones are asked for."""
    three.sdk.Customer.delete("bob")

    assert ["ada", "bob", "eve"] == three.ids("Customer", include_deleted=True)


def test_a_deletion_is_a_change(three: Acme) -> None:
    """A deleted customer is found by the time of its deletion."""
    three.sdk.Customer.delete("bob")
    query: Query = {"updated_at": {"after": START + 20}, "include_deleted": True}

    assert ["bob"] == three.ids("Customer", **query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["axe", "pin"]),
        ({"status": {"in": ["deleted"]}}, ["saw"]),
        ({"status": {"is": "archived"}}, ["pin"]),
        ({"status": {"in": ["active", "deleted"]}}, ["axe", "saw"]),
    ],
)
def test_items_are_listed_by_status(
    shop: Acme, query: Query, expected: list[str]
) -> None:
    """A list of items has active and archived ones unless it asks for a status."""
    for name in ("axe", "pin", "saw"):
        shop.item(id=name, name=name)
    shop.sdk.Item.update("pin", {"status": "archived"})
    shop.sdk.Item.delete("saw")

    assert expected == sorted(shop.ids("Item", **query))


def pages(acme: Acme, query: Query) -> list[list[str]]:
    """Return the ids of all pages of seven customers each."""
    found, offset = [], ""
    while True:
        asked = {**query, "limit": 7, **({"offset": offset} if offset else {})}
        answer = acme.sdk.Customer.list(asked)
        found.append([row.customer.id for row in answer.list])
        offset = answer.next_offset
        if not offset:
            return found
