"""A table of a feature is compared with both systems, and each shortfall is told."""

from __future__ import annotations

import pytest

from dataflow.harness.scenario.expectations import find_mismatches, join_messages
from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.harness.scenario.world import World
from dataflow.record_types.model import CUSTOMER, ITEM, ORDER
from tests.harness.worlds import (
    ADA,
    BOB,
    INVOICE,
    ORDER_7,
    ORDER_8,
    Account,
    Site,
    a_world,
)

CURRENCY = "Chargebee currency_code"
OWNER = "Chargebee customer_id"


def found(world: World, column: str, cell: str, label: str = "the invoice") -> str:
    """Return what is said of one cell."""
    return join_messages(find_mismatches(world, [["record", column], [label, cell]]))


def test_a_table_that_is_met_says_nothing() -> None:
    """A table that both systems meet has no shortfall: right syncs are not blamed."""
    table = [
        ["record", "Invoiced currency", CURRENCY, "Invoiced customer", OWNER],
        ["the invoice", "eur", "EUR", "its customer", "its customer"],
        ["the neighbour", "jpy", "JPY", "its customer", "its customer"],
    ]

    assert [] == find_mismatches(a_world(ORDER_7, ORDER_8), table)


@pytest.mark.parametrize(
    ("customer_id", "expected"),
    [
        ("c-9", ""),
        ("c-2", "is 'c-2', not 'a customer of no other record'"),
    ],
)
def test_whom_the_order_of_a_company_may_name(customer_id: str, expected: str) -> None:
    """A company needs no customer: its order may name any that is not another's."""
    company = CreatedRecord(CUSTOMER, "company", {"id": 3}, expected=False)
    invoice = CreatedRecord(ORDER, "invoice", INVOICE.record, False, company)
    world = a_world(ORDER_7 | {"customer_id": customer_id}, subjects=[invoice])
    world.made = [ADA, BOB, company, invoice]

    told = found(world, OWNER, "its customer")
    assert expected == told.removeprefix("invoice 7: customer_id in Chargebee ")


def test_a_wrong_value_in_chargebee_is_told() -> None:
    """A value that Chargebee has wrong is told with record, name and both values."""
    assert "invoice 7: currency_code in Chargebee is 'EUR', not 'GBP'" == found(
        a_world(ORDER_7), CURRENCY, "GBP"
    )


def test_a_wrong_value_in_invoiced_is_told() -> None:
    """A value that Invoiced has wrong is told too: a sync may harm its source."""
    assert "invoice 7: currency in Invoiced is 'eur', not 'gbp'" == found(
        a_world(ORDER_7), "Invoiced currency", "gbp"
    )


def test_an_order_that_bears_anothers_name_is_told() -> None:
    """A counterpart under the right mark may still be somebody else's."""
    named = CreatedRecord(
        ORDER, "invoice", INVOICE.record | {"name": "Rent 7"}, customer=ADA
    )
    other = CreatedRecord(ORDER, "invoice", {"id": 9, "name": "Rent 9"}, customer=BOB)
    world = a_world(ORDER_7 | {"note": "Rent 9"}, subjects=[named])
    world.made = [*world.made, named, other]

    assert "order o-7 of invoice 7 has the name 'Rent 9'" == found(
        world, CURRENCY, "EUR"
    )


def test_case_is_part_of_a_value() -> None:
    """`eur` is not `EUR`: copying the spelling of the other side is wrong."""
    assert "invoice 7: currency_code in Chargebee is 'EUR', not 'eur'" == found(
        a_world(ORDER_7), CURRENCY, "eur"
    )


def test_a_missing_value_is_told() -> None:
    """A property that is not there is no match for anything."""
    assert "invoice 7: note in Chargebee is None, not 'x'" == found(
        a_world(ORDER_7), "Chargebee note", "x"
    )


def test_numbers_are_compared_as_text() -> None:
    """A cell is text and a total a number: both mean the same."""
    assert "" == found(a_world(ORDER_7), "Chargebee total", "40")


def test_a_dotted_property_is_looked_up_inside() -> None:
    """A property inside another is found: some live in `meta_data`."""
    order = ORDER_7 | {"meta_data": {"colour": "red"}}

    assert "" == found(a_world(order), "Chargebee meta_data.colour", "red")


def test_a_record_without_counterpart_is_told() -> None:
    """A lost record is told by noun and id, and not as a wrong value."""
    assert "invoice 7 has no live orders in Chargebee" == found(
        a_world(), CURRENCY, "EUR"
    )


def test_a_record_with_two_counterparts_is_told() -> None:
    """A doubled record is told with both ids: the first one alone would look right."""
    double = ORDER_7 | {"id": "x", "reference_id": "7"}

    assert "invoice 7 has 2 live orders in Chargebee (o-7, x)" == found(
        a_world(ORDER_7, double), CURRENCY, "EUR"
    )


def test_a_table_without_columns_asks_for_one_counterpart() -> None:
    """A table of names alone is no empty question: it asks for exactly one each."""
    table = [["record"], ["the invoice"], ["the neighbour"]]

    assert ["invoice 8 has no live orders in Chargebee"] == find_mismatches(
        a_world(ORDER_7), table
    )


def test_a_record_that_is_gone_from_invoiced_is_told() -> None:
    """A record that Invoiced has lost is a shortfall, not a crash."""
    world = a_world(ORDER_7)
    world.invoiced = Account([])

    assert "invoice 7 is gone from Invoiced" == found(world, "Invoiced currency", "eur")


def test_the_neighbour_is_looked_at() -> None:
    """A line of the neighbour is about the neighbour: harm beside the point is seen."""
    order = ORDER_8 | {"currency_code": "EUR"}

    assert "invoice 8: currency_code in Chargebee is 'EUR', not 'JPY'" == found(
        a_world(ORDER_7, order), CURRENCY, "JPY", "the neighbour"
    )


def test_a_neighbour_that_was_never_made_is_an_error() -> None:
    """A line about nobody fails: it would pass by looking at nothing."""
    world = a_world(ORDER_7, neighbour=None)

    with pytest.raises(AssertionError, match="the scenario has made no neighbour"):
        found(world, CURRENCY, "JPY", "the neighbour")


def test_each_record_is_looked_at() -> None:
    """`each` means all of them: the last one alone would hide a lost page."""
    records = [CreatedRecord(ORDER, "invoice", {"id": number}) for number in (20, 21)]
    world = a_world({"id": "o-21"}, subjects=records)

    assert ["invoice 20 has no live orders in Chargebee"] == find_mismatches(
        world, [["record"], ["each invoice"]]
    )


def test_a_kind_is_listed_once_a_look() -> None:
    """Hundred records cost one list: else a page would cost minutes."""
    site = Site({ITEM: [{"id": str(number)} for number in range(100)]})
    items = [CreatedRecord(ITEM, "item", {"id": str(number)}) for number in range(100)]
    world = a_world(subjects=items)
    world.chargebee = site

    find_mismatches(world, [["record"], ["each item"]])

    assert 1 == site.reads


def test_the_next_look_sees_what_is_new() -> None:
    """Each look reads anew: what was remembered would be waited for in vain."""
    world = a_world()
    found(world, CURRENCY, "EUR")
    world.chargebee = Site({ORDER: [ORDER_7]})

    assert "" == found(world, CURRENCY, "EUR")


@pytest.mark.parametrize(("taken", "expected"), [(True, "GBP"), (False, "USD")])
def test_what_is_expected_may_depend_on_the_edit(taken: bool, expected: str) -> None:  # noqa: FBT001
    """`X if taken, else Y` asks for X after an edit, for Y after a refusal."""
    said = found(a_world(ORDER_7, taken=taken), CURRENCY, "GBP if taken, else USD")

    assert (f"invoice 7: currency_code in Chargebee is 'EUR', not {expected!r}") == said


def test_a_choice_may_be_between_customers() -> None:
    """Both halves of a choice may name a customer, in the other system's ids."""
    cell = "another customer if taken, else its customer"

    assert "invoice 7: customer_id in Chargebee is 'c-1', not 'c-2'" == found(
        a_world(ORDER_7, taken=True), OWNER, cell
    )


def test_its_customer_is_the_linked_one() -> None:
    """`its customer` is the counterpart of the invoice's customer, and nobody else."""
    order = ORDER_7 | {"customer_id": "c-2"}

    assert "invoice 7: customer_id in Chargebee is 'c-2', not 'c-1'" == found(
        a_world(order), OWNER, "its customer"
    )


def test_its_customer_in_invoiced_is_an_id_of_invoiced() -> None:
    """In Invoiced the same cell means Invoiced's id: ids of two systems differ."""
    assert "invoice 7: customer in Invoiced is 1, not '2'" == found(
        a_world(ORDER_7), "Invoiced customer", "another customer"
    )


def test_a_customer_without_counterpart_matches_nothing() -> None:
    """An order whose customer is not linked is told: no id can be right for it."""
    assert (
        "invoice 7: customer_id in Chargebee is 'c-1', not 'the one customer of"
        " person 1'"
    ) == found(a_world(ORDER_7, customers=[]), OWNER, "its customer")


def test_a_record_without_customer_has_nobody() -> None:
    """`its customer` of a record that has none fails: nothing would equal nothing."""
    nobodys = CreatedRecord(ORDER, "invoice", {"id": 7})
    world = a_world(ORDER_7, subjects=[nobodys])

    with pytest.raises(
        AssertionError, match="invoice 7 has no record for its customer"
    ):
        found(world, OWNER, "its customer")


def test_five_shortfalls_are_told() -> None:
    """Five sentences are told in full, one a line."""
    assert "a\nb\nc\nd\ne" == join_messages(list("abcde"))


def test_more_shortfalls_are_counted() -> None:
    """What goes beyond five is counted: a hundred sentences hide the first."""
    assert "a\nb\nc\nd\ne\n... and 2 more" == join_messages(list("abcdefg"))
