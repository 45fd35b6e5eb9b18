"""Invoiced: the lines of an invoice, and what they come to."""

from __future__ import annotations

import pytest
from invoiced.objects import LineItem

from tests.contract.invoiced.account import Account, Record, refused


@pytest.mark.documented
def test_a_line_shows_its_amount(account: Account) -> None:
    """A line's amount is its quantity times its unit cost."""
    lines = [{"name": "Paper", "quantity": 3, "unit_cost": 1.5}]

    assert 4.5 == account.invoice(items=lines)["items"][0]["amount"]


@pytest.mark.unconfirmed("invoiced.invoice.totals")
def test_half_a_cent_is_rounded_up(account: Account) -> None:
    """A line of 12.045 counts as 12.05, and of -12.045 as -12.05."""
    lines = [{"quantity": 1, "unit_cost": cost} for cost in (12.045, -12.045)]
    made = account.invoice(items=[*lines, {"quantity": 1, "unit_cost": 1}])

    assert [12.05, -12.05, 1] == [line["amount"] for line in made["items"]]


@pytest.mark.unconfirmed("invoiced.invoice.totals")
def test_yen_have_no_decimals(account: Account) -> None:
    """A line in yen is rounded to whole ones."""
    lines = [{"quantity": 1, "unit_cost": 10.5}]

    assert 11 == account.invoice(currency="jpy", items=lines)["total"]


@pytest.mark.unconfirmed("invoiced.invoice.totals")
def test_the_total_adds_up(account: Account) -> None:
    """The total is the lines' sum without the discounts and with the taxes."""
    lines = [{"quantity": 2, "unit_cost": 50}]
    made = account.invoice(
        items=lines, discounts=[{"amount": 10}], taxes=[{"amount": 3.85}]
    )

    assert (100, 93.85) == (made["subtotal"], made["total"])


@pytest.mark.unconfirmed("invoiced.invoice.negative")
def test_a_total_below_zero_is_refused(account: Account) -> None:
    """An invoice over less than nothing is refused."""
    lines = [{"quantity": 1, "unit_cost": -1}]

    assert 400 == refused(lambda: account.invoice(items=lines))[0]


@pytest.mark.unconfirmed("invoiced.lines.replaced")
def test_lines_are_replaced(account: Account) -> None:
    """A PATCH of items replaces all lines, and a line without id is a new one."""
    made = account.invoice()
    before = made["items"][0]["id"]
    made.save(items=[{"name": "Paper", "quantity": 1, "unit_cost": 10}])

    assert before != account.read(made)["items"][0]["id"]


@pytest.mark.unconfirmed("invoiced.lines.replaced")
def test_a_line_with_its_id_stays(account: Account) -> None:
    """A line that is sent with its id keeps it, and what is not sent of it."""
    made = account.invoice()
    line = made["items"][0]["id"]
    made.save(items=[{"id": line, "quantity": 2}])
    now = account.read(made)["items"][0]

    assert (line, "Paper", 20) == (now["id"], now["name"], now["amount"])


@pytest.mark.unconfirmed("invoiced.lines.foreign")
def test_a_line_of_another_invoice_is_refused(account: Account) -> None:
    """A line id of another invoice is refused."""
    made, line = account.invoice(), account.invoice()["items"][0]["id"]

    assert (400, "items") == refused(lambda: made.save(items=[{"id": line}]))


@pytest.mark.unconfirmed("invoiced.lines.filled")
def test_an_item_fills_in_its_line(account: Account) -> None:
    """A line of an item takes the item's name and price."""
    item = account.item(name="Paper, A4", unit_cost=7, currency="usd")["id"]
    line = account.invoice(items=[{"catalog_item": item}])["items"][0]

    assert ("Paper, A4", 7) == (line["name"], line["unit_cost"])


@pytest.mark.unconfirmed("invoiced.lines.item-unknown")
def test_an_unknown_item_is_dropped(account: Account) -> None:
    """A line of an item that is not there has none."""
    lines = [{"catalog_item": account.new("gone"), "name": "Paper", "unit_cost": 1}]

    assert account.invoice(items=lines)["items"][0]["catalog_item"] is None


@pytest.mark.unconfirmed
def test_a_line_keeps_the_old_price(account: Account) -> None:
    """An item that is made anew with another price leaves old invoices alone."""
    item = account.item(unit_cost=7, currency="usd")["id"]
    made = account.invoice(items=[{"catalog_item": item}])
    account.raw.delete(f"/items/{item}")
    account.item(id=item, unit_cost=9, currency="usd")

    assert 7 == account.read(made)["items"][0]["unit_cost"]


# Under addresses of their own


def below(account: Account, invoice: Record) -> LineItem:
    """Return the lines of an invoice under their own address."""
    return LineItem(account.sdk).set_endpoint_base(invoice.endpoint())


@pytest.mark.unconfirmed("invoiced.lines.addresses")
def test_lines_have_addresses(account: Account) -> None:
    """A line is found below its invoice."""
    made = account.invoice()
    line = made["items"][0]["id"]

    assert "Paper" == below(account, made).retrieve(line)["name"]


@pytest.mark.unconfirmed("invoiced.lines.addresses")
def test_a_line_can_be_added(account: Account) -> None:
    """A line that is added below its invoice raises the invoice's total."""
    made = account.invoice()
    below(account, made).create(name="Ink", quantity=1, unit_cost=5)

    assert 15 == account.read(made)["total"]


@pytest.mark.unconfirmed("invoiced.lines.addresses")
def test_a_line_can_be_edited_alone(account: Account) -> None:
    """An edit of a line below its invoice changes the invoice's total."""
    made = account.invoice()
    below(account, made).retrieve(made["items"][0]["id"]).save(quantity=3)

    assert 30 == account.read(made)["total"]


@pytest.mark.unconfirmed("invoiced.lines.addresses")
def test_a_line_can_be_deleted(account: Account) -> None:
    """A line that is deleted below its invoice is gone from it."""
    paper, ink = ({"name": name, "unit_cost": 5} for name in ("Paper", "Ink"))
    made = account.invoice(items=[paper, ink])
    below(account, made).retrieve(made["items"][0]["id"]).delete()

    assert ["Ink"] == [line["name"] for line in account.read(made)["items"]]
