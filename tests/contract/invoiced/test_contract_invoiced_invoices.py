"""Invoiced: invoices, their customer and currency, their lines and sums."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.invoiced.account import Account, refused

#: 2026-01-05 09:00:00 UTC.
A_DATE = 1_767_603_600


#: Keys that are always there, with the types of their values.
SHOWN = {
    "id": int,
    "object": str,
    "customer": int,
    "number": str,
    "currency": str,
    "draft": bool,
    "closed": bool,
    "paid": bool,
    "status": str,
    "date": int,
    "items": list,
    "discounts": list,
    "taxes": list,
    "metadata": dict,
    "url": str,
}


@pytest.mark.documented("invoiced.invoice.shape")
def test_an_invoice_shows(account: Account) -> None:
    """An issued invoice has these keys, with values of these types."""
    made = account.invoice()

    assert SHOWN == {key: type(made.get(key)) for key in SHOWN}


@pytest.mark.documented("invoiced.invoice.customer-needed")
def test_an_invoice_needs_a_customer(account: Account) -> None:
    """An invoice without a customer is refused."""
    assert (400, "customer") == refused(lambda: account.sdk.Invoice.create(name="x"))


@pytest.mark.unconfirmed("invoiced.invoice.customer-unknown")
def test_an_unknown_customer_is_no_404(account: Account) -> None:
    """An invoice for a customer that is not there answers 400."""
    found = refused(lambda: account.invoice(customer=999_999_999_999))

    assert (400, "customer") == found


@pytest.mark.documented("invoiced.invoice.name")
def test_an_invoice_is_named_invoice(account: Account) -> None:
    """An invoice without a name is named Invoice."""
    assert "Invoice" == account.read(account.invoice())["name"]


@pytest.mark.unconfirmed("invoiced.invoice.number")
def test_drafts_are_numbered(account: Account) -> None:
    """A draft without a number is given one of the form INV-00001."""
    word, digits = account.invoice(draft=True)["number"].split("-")

    assert ("INV", 5) == (word, len(digits))


@pytest.mark.unconfirmed("invoiced.number.taken")
def test_a_number_is_free_after_a_delete(account: Account) -> None:
    """The number of a deleted invoice can be given again."""
    number = account.new("N")
    account.invoice(number=number).delete()

    assert number == account.invoice(number=number)["number"]


@pytest.mark.unconfirmed("invoiced.number.taken")
def test_a_number_stays_taken_after_a_void(account: Account) -> None:
    """The number of a voided invoice stays taken."""
    number = account.new("N")
    account.invoice(number=number).void()

    assert (400, "number") == refused(lambda: account.invoice(number=number))


@pytest.mark.unconfirmed("invoiced.invoice.due-date")
def test_terms_set_the_due_date(account: Account) -> None:
    """NET 14 sets the due date 14 days after the date."""
    made = account.invoice(date=A_DATE, payment_terms="NET 14")

    assert A_DATE + 14 * 86_400 == made["due_date"]


@pytest.mark.unconfirmed("invoiced.body.blocked-keys")
@pytest.mark.parametrize("key", ["total", "balance", "status", "paid", "updated_at"])
def test_computed_values_cannot_be_edited(key: str, account: Account) -> None:
    """A PATCH of what is computed answers 400."""
    made = account.invoice()

    assert 400 == refused(lambda: made.save(**{key: made[key]}))[0]


# The customer of an invoice


@pytest.mark.unconfirmed("invoiced.invoice.customer-immutable")
@pytest.mark.parametrize("draft", [False, True], ids=["issued", "draft"])
def test_the_customer_cannot_be_edited(account: Account, *, draft: bool) -> None:
    """A PATCH of the customer is refused, and its parameter named."""
    made, other = account.invoice(draft=draft), account.customer()["id"]

    assert (400, "customer") == refused(lambda: made.save(customer=other))


@pytest.mark.unconfirmed("invoiced.invoice.customer-immutable")
def test_a_refused_edit_changes_nothing(account: Account) -> None:
    """What else a refused PATCH of the customer holds is not applied."""
    made, other = account.invoice(), account.customer()["id"]
    refused(lambda: made.save(customer=other, notes="Moved"))

    assert account.read(made)["notes"] is None


@pytest.mark.unconfirmed
def test_the_same_customer_is_accepted(account: Account) -> None:
    """A PATCH with the customer that the invoice has is accepted."""
    made = account.invoice()
    customer = made["customer"]
    made.save(customer=customer)

    assert customer == account.read(made)["customer"]


# The currency of an invoice


@pytest.mark.documented("invoiced.invoice.currency-editable")
def test_the_currency_can_be_edited(account: Account) -> None:
    """The currency of an open invoice can be edited."""
    made = account.invoice(currency="usd")
    made.save(currency="eur")

    assert "eur" == account.read(made)["currency"]


@pytest.mark.unconfirmed("invoiced.invoice.currency-not-converted")
def test_a_new_currency_converts_nothing(account: Account) -> None:
    """An edit of the currency leaves the total as it was."""
    made = account.invoice(currency="usd")
    made.save(currency="nok")

    assert 10 == account.read(made)["total"]


@pytest.mark.unconfirmed("invoiced.invoice.currency-default")
def test_the_currency_is_the_customers(account: Account) -> None:
    """An invoice without a currency takes its customer's."""
    customer = account.customer(currency="nok")["id"]
    made = account.sdk.Invoice.create(customer=customer)

    assert "nok" == made["currency"]


@pytest.mark.unconfirmed("invoiced.invoice.currency-unset")
@pytest.mark.parametrize("value", ["", None], ids=["empty", "null"])
def test_the_currency_cannot_be_unset(value: str | None, account: Account) -> None:
    """An empty currency and none at all are refused."""
    made = account.invoice()

    assert (400, "currency") == refused(lambda: made.save(currency=value))


@pytest.mark.unconfirmed("invoiced.currency.checked")
def test_an_unknown_currency_is_refused(account: Account) -> None:
    """An edit to a currency outside ISO 4217 is refused, without a param."""
    made = account.invoice()

    assert (400, None) == refused(lambda: made.save(currency="xyz"))


# Lines and sums


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


@pytest.mark.unconfirmed("invoiced.patch.bumps")
def test_an_edit_of_the_notes_bumps(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH of the notes moves updated_at."""
    made = account.invoice()
    before = made["updated_at"]
    later(2)
    made.save(notes="Thank you")

    assert before < account.read(made)["updated_at"]
