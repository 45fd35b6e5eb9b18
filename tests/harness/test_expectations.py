"""What each Then compares: tables, names, and surplus records."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow.harness.scenario.expectations import (
    find_foreign_names,
    find_mismatches,
    find_surplus,
    join_messages,
    list_words,
)
from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.harness.scenario.ledger import Place
from dataflow.harness.scenario.world import World
from dataflow.record_types.model import CUSTOMER, ITEM, ORDER, Kind
from dataflow.vendors.marks import parse_own
from tests.harness.worlds import (
    ADA,
    BOB,
    CUSTOMERS,
    INVOICE,
    ORDER_7,
    ORDER_8,
    OTHER,
    Account,
    Site,
    a_world,
)

CURRENCY = "Chargebee currency_code"
OWNER = "Chargebee customer_id"
COMPANY = CreatedRecord(CUSTOMER, "company", {"id": 3}, expected=False)

# The cells of a table


def find(world: World, column: str, cell: str, label: str = "the invoice") -> str:
    """Return the mismatches of one cell."""
    return join_messages(
        find_mismatches(world, [["record", column], [label, cell]], "order")
    )


def test_a_table_that_is_met_has_no_mismatch() -> None:
    """A table that both systems meet has no mismatch: a good sync passes."""
    table = [
        ["record", "Invoiced currency", CURRENCY, "Invoiced customer", OWNER],
        ["the invoice", "eur", "EUR", "its customer", "its customer"],
        ["the neighbour", "jpy", "JPY", "its customer", "its customer"],
    ]

    assert [] == find_mismatches(a_world(ORDER_7, ORDER_8), table, "order")


CHARGEBEE = "invoice 7: currency_code in Chargebee is 'EUR', not"
CUSTOMER_IS = "invoice 7: customer_id in Chargebee is"

#: The orders in Chargebee, column and cell, and the mismatch.
CELLS: dict[str, tuple[list[dict[str, Any]], str, str, str]] = {
    "a wrong value in Chargebee": ([ORDER_7], CURRENCY, "GBP", f"{CHARGEBEE} 'GBP'"),
    "a wrong value in Invoiced": (
        [ORDER_7],
        "Invoiced currency",
        "gbp",
        "invoice 7: currency in Invoiced is 'eur', not 'gbp'",
    ),
    "case is part of a value": ([ORDER_7], CURRENCY, "eur", f"{CHARGEBEE} 'eur'"),
    "a missing value": (
        [ORDER_7],
        "Chargebee note",
        "x",
        "invoice 7: note in Chargebee is None, not 'x'",
    ),
    "a number is compared as text": ([ORDER_7], "Chargebee total", "40", ""),
    "a property inside another": (
        [ORDER_7 | {"meta_data": {"colour": "red"}}],
        "Chargebee meta_data.colour",
        "red",
        "",
    ),
    "no counterpart": (
        [],
        CURRENCY,
        "EUR",
        "invoice 7 has no live orders in Chargebee",
    ),
    "two counterparts, with both ids": (
        [ORDER_7, ORDER_7 | {"id": "x", "reference_id": "7"}],
        CURRENCY,
        "EUR",
        "invoice 7 has 2 live orders in Chargebee (o-7, x)",
    ),
    "its customer is the counterpart of the invoice's": (
        [ORDER_7 | {"customer_id": "c-2"}],
        OWNER,
        "its customer",
        f"{CUSTOMER_IS} 'c-2', not 'c-1'",
    ),
    "a customer in Invoiced is an id of Invoiced": (
        [ORDER_7],
        "Invoiced customer",
        "another customer",
        "invoice 7: customer in Invoiced is 1, not '2'",
    ),
}


@pytest.mark.parametrize(
    ("orders", "column", "cell", "expected"), CELLS.values(), ids=CELLS
)
def test_a_cell_is_compared(
    orders: list[dict[str, Any]], column: str, cell: str, expected: str
) -> None:
    """A mismatch names the record, the property and both values."""
    assert expected == find(a_world(*orders), column, cell)


@pytest.mark.parametrize(
    ("customer_id", "expected"),
    [("c-9", ""), ("c-2", "is 'c-2', not 'a customer of no other record'")],
)
def test_the_order_of_a_company_may_name_any_free_customer(
    customer_id: str, expected: str
) -> None:
    """A company needs no customer: its order may name any that is not another's."""
    invoice = CreatedRecord(ORDER, "invoice", INVOICE.record, False, COMPANY)
    world = a_world(ORDER_7 | {"customer_id": customer_id}, subjects=[invoice])
    world.made = [ADA, BOB, COMPANY, invoice]

    found = find(world, OWNER, "its customer")
    assert expected == found.removeprefix("invoice 7: customer_id in Chargebee ")


def test_an_order_with_the_name_of_another_is_a_mismatch() -> None:
    """A counterpart under the right mark may still be that of another record."""
    named = CreatedRecord(
        ORDER, "invoice", INVOICE.record | {"name": "Rent 7"}, customer=ADA
    )
    other = CreatedRecord(ORDER, "invoice", {"id": 9, "name": "Rent 9"}, customer=BOB)
    world = a_world(ORDER_7 | {"note": "Rent 9"}, subjects=[named])
    world.made = [*world.made, named, other]

    assert "order o-7 of invoice 7 has the name 'Rent 9'" == find(
        world, CURRENCY, "EUR"
    )


def test_a_table_without_columns_asks_for_one_counterpart() -> None:
    """A table of names alone asks for exactly one counterpart each."""
    table = [["record"], ["the invoice"], ["the neighbour"]]

    assert ["invoice 8 has no live orders in Chargebee"] == find_mismatches(
        a_world(ORDER_7), table, "order"
    )


def test_a_record_that_is_gone_from_invoiced_is_a_mismatch() -> None:
    """A record that Invoiced has lost is a mismatch, not a crash."""
    world = a_world(ORDER_7)
    world.invoiced = Account([])

    assert "invoice 7 is gone from Invoiced" == find(world, "Invoiced currency", "eur")


def test_the_neighbour_is_compared() -> None:
    """A line of the neighbour is about the neighbour."""
    order = ORDER_8 | {"currency_code": "EUR"}

    assert "invoice 8: currency_code in Chargebee is 'EUR', not 'JPY'" == find(
        a_world(ORDER_7, order), CURRENCY, "JPY", "the neighbour"
    )


def test_each_record_is_compared() -> None:
    """`each` means all of them: the last one alone would hide a lost page."""
    records = [CreatedRecord(ORDER, "invoice", {"id": number}) for number in (20, 21)]
    world = a_world({"id": "o-21"}, subjects=records)

    assert ["invoice 20 has no live orders in Chargebee"] == find_mismatches(
        world, [["record"], ["each invoice"]], "order"
    )


def test_a_kind_is_listed_once_for_a_table() -> None:
    """A hundred records cost one list: else a page would cost minutes."""
    site = Site({ITEM: [{"id": str(number)} for number in range(100)]})
    items = [CreatedRecord(ITEM, "item", {"id": str(number)}) for number in range(100)]
    world = a_world(subjects=items)
    world.chargebee = site

    find_mismatches(world, [["record"], ["each item"]], "item")

    assert 1 == site.reads


def test_the_next_comparison_reads_anew() -> None:
    """Otherwise, the harness would wait for a new record in vain."""
    world = a_world()
    find(world, CURRENCY, "EUR")
    world.chargebee = Site({ORDER: [ORDER_7]})

    assert "" == find(world, CURRENCY, "EUR")


@pytest.mark.parametrize(("taken", "expected"), [(True, "GBP"), (False, "USD")])
def test_the_expected_value_may_depend_on_the_edit(taken: bool, expected: str) -> None:  # noqa: FBT001
    """`X if taken, else Y` asks for X after an edit, for Y after a refusal."""
    found = find(a_world(ORDER_7, taken=taken), CURRENCY, "GBP if taken, else USD")

    assert f"{CHARGEBEE} {expected!r}" == found


def test_a_choice_may_be_between_customers() -> None:
    """Both halves of a choice may name a customer, in the other system's ids."""
    cell = "another customer if taken, else its customer"

    assert f"{CUSTOMER_IS} 'c-1', not 'c-2'" == find(
        a_world(ORDER_7, taken=True), OWNER, cell
    )


def test_a_customer_without_counterpart_matches_nothing() -> None:
    """If the customer of an order is not linked, no id can be right for it."""
    assert f"{CUSTOMER_IS} 'c-1', not 'the one customer of person 1'" == find(
        a_world(ORDER_7, customers=[]), OWNER, "its customer"
    )


@pytest.mark.parametrize(
    ("world", "label", "message"),
    [
        (
            a_world(ORDER_7, neighbour=None),
            "the neighbour",
            "the scenario has made no neighbour",
        ),
        (
            a_world(ORDER_7, subjects=[CreatedRecord(ORDER, "invoice", {"id": 7})]),
            "the invoice",
            "invoice 7 has no record for its customer",
        ),
    ],
    ids=["no neighbour", "no customer"],
)
def test_a_line_about_nothing_is_an_error(
    world: World, label: str, message: str
) -> None:
    """It would pass without a comparison, as nothing equals nothing."""
    with pytest.raises(AssertionError, match=message):
        find(world, OWNER, "its customer", label)


@pytest.mark.parametrize(
    ("sentences", "text"),
    [("abcde", "a\nb\nc\nd\ne"), ("abcdefg", "a\nb\nc\nd\ne\n... and 2 more")],
    ids=["five", "seven"],
)
def test_five_mismatches_are_shown(sentences: str, text: str) -> None:
    """The others are counted: a hundred sentences hide the first."""
    assert text == join_messages(list(sentences))


# The name of another record


def made(name: str, kind: Kind = CUSTOMER) -> CreatedRecord:
    """Return a record of this name."""
    return CreatedRecord(kind, kind.name, {"id": name, "name": name})


#: A counterpart of Ada 1f-1, another record if there is one, and whose name it bears.
NAMES: dict[str, tuple[dict[str, Any], list[CreatedRecord], list[str]]] = {
    "its own": ({"first_name": "Ada", "last_name": "1f-1"}, [], []),
    "of no record": ({"last_name": "Nobody"}, [], []),
    "in two parts": ({"first_name": "Bob", "last_name": "1f-2"}, [], ["Bob 1f-2"]),
    "in one part": ({"company": "Bob 1f-2"}, [], ["Bob 1f-2"]),
    "in an address": ({"billing_address": {"last_name": "1f-2"}}, [], ["Bob 1f-2"]),
    "with the same beginning": ({"last_name": "1f-12"}, [made("Zoe 1f-12", ITEM)], []),
    "of two records": ({"last_name": "1f-1"}, [made("Ada 1f-1")], []),
    "that a feature gives": ({"last_name": "First"}, [made("First")], []),
    "of another kind": (
        {"note": "bought Widget 1f-3"},
        [made("Widget 1f-3", ITEM)],
        [],
    ),
}


@pytest.mark.parametrize(("counterpart", "more", "expected"), NAMES.values(), ids=NAMES)
def test_the_name_of_another_record_is_found(
    counterpart: dict[str, Any], more: list[CreatedRecord], expected: list[str]
) -> None:
    """However the name is divided, and in whatever property it is."""
    ada = made("Ada 1f-1")
    world = a_world()
    world.made = [ada, made("Bob 1f-2"), *more]
    words = list_words(world, ada.kind)

    assert expected == find_foreign_names(words, ada, counterpart)


# Surplus records

ALIEN = {"id": "alien"}


def after(*orders: dict[str, Any], older: tuple[dict[str, Any], ...] = ()) -> World:
    """Return a scenario that began with the older orders and now has these too."""
    world = a_world(*older, customers=[])
    world.invoiced = Account([])
    world.initial = world.snapshot_all()
    world.made = [ADA, BOB, INVOICE, OTHER]
    world.invoiced = Account(world.made)
    world.chargebee = Site({ORDER: [*older, *orders], CUSTOMER: CUSTOMERS})
    return world


#: What came to Chargebee, what was there before, and the surplus orders.
ORDERS: dict[
    str, tuple[list[dict[str, Any]], tuple[dict[str, Any], ...], list[str]]
] = {
    "one each": ([ORDER_7, ORDER_8], (), []),
    "a copy without a mark": (
        [ORDER_7, ORDER_8, ALIEN],
        (),
        ["Chargebee order: 3 new records, expected at most 2; foreign: alien"],
    ),
    "an older one": ([ORDER_7, ORDER_8], (ALIEN,), []),
    "a deleted one": ([ORDER_7, ORDER_8, ALIEN | {"deleted": True}], (), []),
    "a generated one": (
        [ORDER_7, ORDER_8, ALIEN | {"created_by": "Auto generated by system"}],
        (),
        [],
    ),
}


@pytest.mark.parametrize(("orders", "older", "expected"), ORDERS.values(), ids=ORDERS)
def test_surplus_orders_are_found_by_number(
    orders: list[dict[str, Any]], older: tuple[dict[str, Any], ...], expected: list[str]
) -> None:
    """Each invoice may have one order, and each customer of an invoice one customer."""
    assert expected == find_surplus(after(*orders, older=older))


def test_the_order_of_an_older_invoice_is_no_surplus() -> None:
    """A slow sync may still process what an earlier scenario has created."""
    world = after(ORDER_7, ORDER_8, {"id": "late", "reference_id": "3"})
    world.initial["Invoiced invoice"] = {"3": {"id": 3}}

    assert [] == find_surplus(world)


def test_a_surplus_record_in_invoiced_is_found() -> None:
    """A copy that was written back to Invoiced is found, of whatever kind it is."""
    world = after(ORDER_7, ORDER_8)
    world.invoiced = Account(
        [*world.made, CreatedRecord(CUSTOMER, "person", {"id": 9})]
    )

    assert [
        "Invoiced customer: 3 new records, expected at most 2; foreign: 9"
    ] == find_surplus(world)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([], [("Chargebee customer: 3 new records, expected at most 2; foreign: c-3")]),
        ([COMPANY], []),
    ],
    ids=["of no invoice", "of a company with an invoice"],
)
def test_a_customer_needs_an_invoice(
    more: list[CreatedRecord], expected: list[str]
) -> None:
    """A sync may need the customer of a company for the order of its invoice."""
    world = after(ORDER_7, ORDER_8)
    world.made = [*world.made, *more]
    world.invoiced = Account(world.made)
    world.chargebee = Site({ORDER: [], CUSTOMER: [*CUSTOMERS, {"id": "c-3"}]})

    assert expected == find_surplus(world)


def test_a_company_needs_no_customer() -> None:
    """A customer for a company is one too many where customers are counted."""
    world = after()
    world.made = [ADA, COMPANY]
    world.subjects = [COMPANY]
    world.invoiced = Account(world.made)

    assert [
        "Chargebee customer: 2 new records, expected at most 1; foreign: c-2"
    ] == find_surplus(world)


# Records that the sync keeps for itself

EXTRA = {"id": "sync-1"}


def keep_extra() -> World:
    """Return a scenario of two pairs, and of one customer more in Chargebee."""
    world = a_world(ORDER_7, ORDER_8, customers=[*CUSTOMERS, EXTRA])
    world.made = [ADA, BOB, INVOICE, OTHER]
    return world


def test_a_record_that_the_settings_name_is_not_counted() -> None:
    """`[sync.own]` names a record by the value of a property."""
    world = keep_extra()
    world.own = parse_own({"customer": ["id=sync-*"]}, source="dataflow.toml")

    assert [] == find_surplus(world)


def test_a_record_that_needs_no_other_is_not_counted() -> None:
    """What the sync creates in empty accounts is its own."""
    world = keep_extra()
    world.find_own = lambda: [Place("Chargebee", "customer", "sync-1")]

    assert [] == find_surplus(world)


def test_another_record_is_counted() -> None:
    """Without a name in the settings, a customer too many is a surplus."""
    assert [
        "Chargebee customer: 3 new records, expected at most 2; foreign: sync-1"
    ] == find_surplus(keep_extra())
