"""Invoiced: the lines of an invoice, and what they come to."""

from __future__ import annotations

import pytest
from invoiced.objects import LineItem

from tests.cases import cases
from tests.contract.invoiced.account import Account, Record, refused


@pytest.mark.documented
def test_a_line_is_filled_up(account: Account) -> None:
    """A line is trimmed, and filled up with its defaults."""
    made = account.invoice(items=[{"name": " Paper ", "unit_cost": 45}])

    expected = {
        "amount": 45,
        "catalog_item": None,
        "description": None,
        "discountable": True,
        "discounts": [],
        "id": made["items"][0]["id"],
        "metadata": {},
        "name": "Paper",
        "object": "line_item",
        "quantity": 1,
        "taxable": True,
        "taxes": [],
        "type": None,
        "unit_cost": 45,
    }
    assert [expected] == made["items"]


@cases(
    "currency, costs, amounts",
    {
        "quantity": ("usd", [(3, 1.5)], [4.5], pytest.mark.documented),
        "half-a-cent": (
            "usd",
            [(1, 12.045), (1, -12.045), (1, 1)],
            [12.05, -12.05, 1],
            pytest.mark.unconfirmed("invoiced.invoice.totals"),
        ),
        **{
            currency: (
                currency,
                [(1, 10.5555)],
                [amount],
                pytest.mark.unconfirmed("invoiced.currency.digits"),
            )
            for currency, amount in {
                "jpy": 11,
                "mga": 11,
                "bhd": 10.556,
                **dict.fromkeys(
                    ("iqd", "isk", "jod", "kwd", "lyd", "omr", "tnd", "ugx", "vnd"),
                    10.56,
                ),
            }.items()
        },
    },
)
def test_a_line_shows_its_amount(
    currency: str,
    costs: list[tuple[float, float]],
    amounts: list[float],
    account: Account,
) -> None:
    """A line is its quantity times its unit cost, rounded half away from zero."""
    lines = [{"quantity": number, "unit_cost": cost} for number, cost in costs]
    made = account.invoice(currency=currency, items=lines)

    assert amounts == [line["amount"] for line in made["items"]]


# Discounts and taxes


@pytest.mark.unconfirmed("invoiced.invoice.totals")
def test_the_total_adds_up(account: Account) -> None:
    """Lines, discounts and taxes of both levels make the total."""
    made = account.invoice(
        items=[
            {"unit_cost": 105.26, "discounts": [{"amount": 5.26}]},
            {"unit_cost": 12.045},
            {"quantity": 10, "unit_cost": -1},
        ],
        discounts=[{"amount": 5.1}],
        taxes=[{"amount": 4.85}],
    )

    sums = [made[key] for key in ("subtotal", "total", "balance")]
    assert [107.31, 101.8, 101.8] == sums


@pytest.mark.documented
def test_a_tax_can_be_a_number(account: Account) -> None:
    """A flat tax is read back with an id, its amount and no rate."""
    (tax,) = account.invoice(tax=3.85)["taxes"]

    assert {"amount": 3.85, "object": "tax", "tax_rate": None} == {
        key: tax[key] for key in ("amount", "object", "tax_rate")
    }


@pytest.mark.unconfirmed
def test_a_discount_can_be_a_number(account: Account) -> None:
    """A `discount` is short for a list of one flat amount."""
    assert 5 == account.invoice(discount=5)["total"]


@pytest.mark.unconfirmed
@pytest.mark.parametrize("part", ["items", "taxes"])
def test_parts_can_be_sent_as_they_were_read(part: str, account: Account) -> None:
    """Lines and taxes that are sent back as they were read stay as they are."""
    lines = [{"name": "Paper", "unit_cost": 5, "tax": 1}]
    made = account.invoice(items=lines, tax=3.85)
    before = {key: made[key] for key in ("items", "taxes")}
    made.save(**{part: made[part]})

    assert before == {key: account.read(made)[key] for key in before}


@pytest.mark.unconfirmed
def test_an_edit_of_taxes_keeps_the_lines(account: Account) -> None:
    """New taxes alone change the total and no line."""
    made = account.invoice()
    before = made["items"]
    made.save(taxes=[{"amount": 5}])

    assert (before, 15) == (made["items"], made["total"])


# Edits of lines


@pytest.mark.unconfirmed("invoiced.lines.replaced")
def test_lines_are_replaced(account: Account) -> None:
    """A PATCH of items replaces all lines, and a line without id is a new one."""
    made = account.invoice(items=[{"unit_cost": 5}, {"unit_cost": 7}])
    before = {line["id"] for line in made["items"]}
    made.save(items=[{"unit_cost": 5}])
    now = account.read(made)
    (line,) = now["items"]

    assert (5, False) == (now["total"], line["id"] in before)


@pytest.mark.unconfirmed("invoiced.lines.replaced")
def test_a_line_with_its_id_stays(account: Account) -> None:
    """A line that is sent with its id keeps it, and what is not sent of it."""
    made = account.invoice()
    (line,) = made["items"]
    made.save(items=[{"id": line["id"], "quantity": 2}])

    assert [{**line, "quantity": 2, "amount": 20}] == account.read(made)["items"]


@pytest.mark.unconfirmed("invoiced.lines.foreign")
def test_a_strange_line_is_refused(account: Account) -> None:
    """A line id of another invoice, and one that comes twice, are refused."""
    made, other = account.invoice(), account.invoice()
    mine, foreign = ({"id": each["items"][0]["id"]} for each in (made, other))

    assert [(400, "items")] * 2 == [
        refused(made.save, items=[foreign]),
        refused(made.save, items=[mine, mine]),
    ]


@pytest.mark.unconfirmed("invoiced.invoice.zero-total")
def test_an_edit_to_nothing_pays_an_invoice(account: Account) -> None:
    """An open invoice whose lines are all taken away is paid and closed."""
    made = account.invoice()
    made.save(items=[])

    assert ("paid", True) == (made["status"], made["closed"])


# Lines of items


@pytest.mark.unconfirmed("invoiced.lines.filled")
@cases(
    "sent, price, shown",
    {
        "filled": ({}, "usd", ("Paper, A4", "service", 7, "usd")),
        "named": ({"name": "Express"}, "usd", ("Express", "service", 7, "usd")),
        "other-currency": ({}, "eur", ("Paper, A4", "service", 7, "usd")),
    },
)
def test_an_item_fills_in_its_line(
    sent: Record, price: str, shown: tuple[object, ...], account: Account
) -> None:
    """A line takes what it does not say from its item, whatever the currency."""
    item = account.item(name="Paper, A4", unit_cost=7, type="service", currency=price)
    made = account.invoice(items=[{"catalog_item": item["id"], **sent}])
    (line,) = made["items"]

    assert item["id"] == line["catalog_item"]
    assert shown == (line["name"], line["type"], line["amount"], made["currency"])


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
    now = account.read(made)

    assert (7, 7) == (now["items"][0]["unit_cost"], now["total"])


# Under addresses of their own


@pytest.fixture
def invoice(account: Account) -> Record:
    """Return an invoice over ten dollars."""
    return account.invoice()


@pytest.fixture
def below(account: Account, invoice: Record) -> LineItem:
    """Return the lines of the invoice under their own address."""
    return LineItem(account.sdk).set_endpoint_base(invoice.endpoint())


@pytest.mark.unconfirmed("invoiced.lines.addresses")
def test_lines_have_addresses(invoice: Record, below: LineItem) -> None:
    """A line is found below its invoice, as the invoice shows it."""
    (line,) = invoice["items"]

    assert ([line], line) == (below.list()[0], below.retrieve(line["id"]))


@pytest.mark.unconfirmed("invoiced.lines.addresses")
def test_a_line_can_be_added(
    invoice: Record, below: LineItem, account: Account
) -> None:
    """A line that is added below its invoice raises the total; the others stay."""
    added = below.create(name="Ink", quantity=1, unit_cost=5)
    now = account.read(invoice)

    assert ([invoice["items"][0]["id"], added["id"]], 15) == (
        [line["id"] for line in now["items"]],
        now["total"],
    )


@pytest.mark.unconfirmed("invoiced.lines.addresses")
def test_a_line_can_be_edited_alone(
    invoice: Record, below: LineItem, account: Account
) -> None:
    """An edit of a line below its invoice changes the invoice's total."""
    below.retrieve(invoice["items"][0]["id"]).save(quantity=3)

    assert 30 == account.read(invoice)["total"]


@pytest.mark.unconfirmed("invoiced.lines.addresses")
def test_a_line_can_be_deleted(
    invoice: Record, below: LineItem, account: Account
) -> None:
    """A line that is deleted below its invoice is gone from it, and answers 404."""
    below.create(name="Ink", unit_cost=5)
    paper = invoice["items"][0]["id"]
    below.retrieve(paper).delete()

    assert ["Ink"] == [line["name"] for line in account.read(invoice)["items"]]
    assert (404, None) == refused(below.retrieve, paper)
