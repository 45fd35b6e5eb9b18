"""Line items and sums of the Invoiced twin's invoices."""

from __future__ import annotations

from typing import Any

import invoiced
import pytest

from dataflow.twin.invoiced.types import line_amount
from tests.twin.invoiced.calling import refused


@pytest.fixture
def bill(invoiced_client: invoiced.Client) -> Any:  # noqa: ANN401
    """Return what makes an invoice of the fields given."""
    customer = invoiced_client.Customer.create(name="Acme")
    return lambda **sent: invoiced_client.Invoice.create(
        customer=customer["id"], **sent
    )


def test_a_line_has_the_documented_keys(bill: Any) -> None:  # noqa: ANN401
    """A line is filled up with its defaults."""
    invoice = bill(items=[{"name": " Paper ", "unit_cost": 45}])

    expected = {
        "amount": 45,
        "catalog_item": None,
        "description": None,
        "discountable": True,
        "discounts": [],
        "id": invoice["id"] + 1,
        "metadata": {},
        "name": "Paper",
        "object": "line_item",
        "quantity": 1,
        "taxable": True,
        "taxes": [],
        "type": None,
        "unit_cost": 45,
    }
    assert [expected] == invoice["items"]


@pytest.mark.parametrize(
    ("quantity", "unit_cost", "currency", "minor"),
    [
        (1, 105.26, "usd", 10526),
        (1, 12.045, "usd", 1205),
        (10, -1, "usd", -1000),
        (1, -12.045, "usd", -1205),
        (3, 0.335, "usd", 101),
        (1, 10.5, "jpy", 11),
        (1, 1.0005, "kwd", 1001),
        (999_999_999_999, 999_999_999_999, "kwd", 999_999_999_998_000_000_000_001_000),
    ],
)
def test_a_line_is_rounded_half_away_from_zero(
    quantity: float, unit_cost: float, currency: str, minor: int
) -> None:
    """A line costs quantity times price, in whole minor units of the currency."""
    assert minor == line_amount(quantity, unit_cost, currency)


def test_discounts_and_taxes_add_up(bill: Any) -> None:  # noqa: ANN401
    """Lines, discounts and taxes of both levels make the total."""
    invoice = bill(
        items=[
            {"unit_cost": 105.26, "discounts": [{"amount": 5.26}]},
            {"unit_cost": 12.045},
            {"quantity": 10, "unit_cost": -1},
        ],
        discounts=[{"amount": 5.1}],
        taxes=[{"amount": 4.85}],
    )

    sums = [invoice[key] for key in ("subtotal", "total", "balance")]
    assert [107.31, 101.8, 101.8] == sums


def test_a_tax_has_the_documented_form(bill: Any) -> None:  # noqa: ANN401
    """A flat tax is read back with an id, its amount and no rate."""
    invoice = bill(items=[{"unit_cost": 55}], tax=3.85)

    expected = {
        "amount": 3.85,
        "id": invoice["id"] + 2,
        "object": "tax",
        "tax_rate": None,
    }
    assert [expected] == invoice["taxes"]


def test_a_discount_can_be_a_number(bill: Any) -> None:  # noqa: ANN401
    """A `discount` is short for a list of one flat amount."""
    assert 50 == bill(items=[{"unit_cost": 55}], discount=5)["total"]


def test_taxes_can_be_sent_as_they_were_read(bill: Any) -> None:  # noqa: ANN401
    """A tax that is sent back keeps its id."""
    invoice = bill(items=[{"unit_cost": 55}], tax=3.85)
    before = invoice["taxes"]
    invoice.save(taxes=before)

    assert before == invoice["taxes"]


def test_an_edit_of_taxes_keeps_the_lines(bill: Any) -> None:  # noqa: ANN401
    """New taxes alone change the total and no line."""
    invoice = bill(items=[{"unit_cost": 55}])
    before = invoice["items"]
    invoice.save(taxes=[{"amount": 5}])

    assert (before, 60) == (invoice["items"], invoice["total"])


def test_an_edit_replaces_the_lines(bill: Any) -> None:  # noqa: ANN401
    """Lines without ids are new, and the old ones are gone."""
    invoice = bill(items=[{"unit_cost": 5}, {"unit_cost": 7}])
    before = {line["id"] for line in invoice["items"]}
    invoice.save(items=[{"unit_cost": 5}])

    after = {line["id"] for line in invoice["items"]}
    assert (1, set(), 5) == (len(after), before & after, invoice["total"])


def test_a_line_with_its_id_is_edited(bill: Any) -> None:  # noqa: ANN401
    """A line that is sent with its id keeps it, and what is not sent."""
    invoice = bill(items=[{"name": "Paper", "unit_cost": 5}])
    line = invoice["items"][0]
    invoice.save(items=[{"id": line["id"], "quantity": 3}])

    assert [line | {"quantity": 3, "amount": 15}] == invoice["items"]


def test_lines_can_be_sent_as_they_were_read(bill: Any) -> None:  # noqa: ANN401
    """Lines that are sent back as they were read stay as they are."""
    invoice = bill(items=[{"name": "Paper", "unit_cost": 5, "tax": 1}])
    before = invoice["items"]
    invoice.save(items=before)

    assert before == invoice["items"]


def test_another_invoices_line_is_refused(bill: Any) -> None:  # noqa: ANN401
    """A line id of another invoice answers 400, param items."""
    line = bill(items=[{"unit_cost": 5}])["items"][0]
    invoice = bill(items=[{"unit_cost": 5}])

    assert (400, "items") == refused(lambda: invoice.save(items=[{"id": line["id"]}]))


def test_a_line_cannot_be_sent_twice(bill: Any) -> None:  # noqa: ANN401
    """Two entries for one line answer 400, param items."""
    invoice = bill(items=[{"unit_cost": 5}])
    entry = {"id": invoice["items"][0]["id"]}

    assert (400, "items") == refused(lambda: invoice.save(items=[entry, entry]))


def test_an_item_fills_a_line(
    invoiced_client: invoiced.Client,
    bill: Any,  # noqa: ANN401
) -> None:
    """A line takes from the catalogue what it does not say itself."""
    invoiced_client.Item.create(
        id="delivery", name="Delivery", unit_cost=7, type="service"
    )
    line = bill(items=[{"catalog_item": "delivery", "name": "Express"}])["items"][0]

    expected = {
        "amount": 7,
        "catalog_item": "delivery",
        "name": "Express",
        "type": "service",
    }
    assert expected == {key: line[key] for key in expected}


def test_a_price_is_copied_whatever_its_currency(
    invoiced_client: invoiced.Client,
    bill: Any,  # noqa: ANN401
) -> None:
    """A price in one currency is copied as it is onto an invoice in another."""
    invoiced_client.Item.create(id="delivery", name="D", unit_cost=7, currency="usd")

    invoice = bill(items=[{"catalog_item": "delivery"}], currency="eur")

    assert (7, "eur") == (invoice["total"], invoice["currency"])


def test_an_unknown_item_is_dropped(bill: Any) -> None:  # noqa: ANN401
    """A line of an item that does not exist has none."""
    invoice = bill(items=[{"catalog_item": "nothing", "unit_cost": 5}])

    assert invoice["items"][0]["catalog_item"] is None


def test_a_line_keeps_the_price_it_was_made_with(
    invoiced_client: invoiced.Client,
    bill: Any,  # noqa: ANN401
) -> None:
    """An item that is deleted and made anew leaves old lines alone."""
    item = invoiced_client.Item.create(id="delivery", name="Delivery", unit_cost=7)
    invoice = bill(items=[{"catalog_item": "delivery"}])
    item.delete()
    invoiced_client.Item.create(id="delivery", name="Delivery", unit_cost=9)

    read = invoiced_client.Invoice.retrieve(invoice["id"])
    assert 7 == read["total"]


def test_an_edit_to_nothing_pays_an_invoice(bill: Any) -> None:  # noqa: ANN401
    """An open invoice whose lines are all taken away is paid and closed."""
    invoice = bill(items=[{"unit_cost": 5}])
    invoice.save(items=[])

    assert ("paid", True) == (invoice["status"], invoice["closed"])
