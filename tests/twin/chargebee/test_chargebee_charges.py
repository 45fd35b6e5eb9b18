"""Charge invoices, their payments, and the orders that a site makes for them."""

from __future__ import annotations

import pytest

from dataflow.twin.clock import START
from tests.twin.chargebee.acme import Acme, Record, refused

Query = dict[str, object]


@pytest.fixture
def market(shop: Acme) -> Acme:
    """Serve a site with a hammer to ship for 12 euros a piece, and advice for 5."""
    shop.item(is_shippable=True)
    shop.price(
        id="hammer-eur",
        name="Hammer in euros",
        external_name="Hammer",
        price=1200,
        currency_code="EUR",
        pricing_model="per_unit",
    )
    shop.item(id="advice", name="Advice")
    shop.price(
        id="advice-eur",
        name="Advice in euros",
        item_id="advice",
        price=500,
        currency_code="EUR",
    )
    shop.twin.switches.orders = True
    return shop


def charge(acme: Acme, **params: object) -> Record:
    """Make an invoice for two hammers, unless told otherwise."""
    known = {
        "customer_id": "ada",
        "currency_code": "EUR",
        "auto_collection": "off",
        "item_prices": [{"item_price_id": "hammer-eur", "quantity": 2}],
    }
    create = acme.sdk.Invoice.create_for_charge_items_and_charges
    made: Record = create({**known, **params}).invoice.raw_data
    return made


def pay(acme: Acme, invoice: Record, **params: object) -> Record:
    """Note that an invoice was paid in cash."""
    sent = {"transaction": {"payment_method": "cash", **params}}
    answer = acme.sdk.Invoice.record_payment(invoice["id"], sent)
    paid: Record = answer.invoice.raw_data
    return paid


def orders(acme: Acme, invoice: Record) -> list[Record]:
    """Return the orders of an invoice as the list shows them."""
    return acme.listed("Order", invoice_id={"is": invoice["id"]})


# Invoices


def test_an_item_price_is_charged(market: Acme) -> None:
    """A price by the unit is charged as often as there are units."""
    line = charge(market)["line_items"][0]

    assert (1200, 2, 2400, "charge_item_price", "hammer-eur", "Hammer") == (
        line["unit_amount"],
        line["quantity"],
        line["amount"],
        line["entity_type"],
        line["entity_id"],
        line["description"],
    )


def test_a_flat_price_is_charged_once(market: Acme) -> None:
    """A flat price does not grow with the quantity."""
    sold = [{"item_price_id": "advice-eur", "quantity": 3}]

    assert 500 == charge(market, item_prices=sold)["total"]


def test_a_price_can_be_overridden(market: Acme) -> None:
    """A unit price that is sent takes the place of the item's."""
    sold = [{"item_price_id": "hammer-eur", "quantity": 2, "unit_price": 1}]

    assert 2 == charge(market, item_prices=sold)["total"]


def test_a_plain_charge_stands_beside_items(market: Acme) -> None:
    """A charge adds a line of its own."""
    made = charge(market, charges=[{"amount": 7, "description": "A smile"}])

    assert (2407, ["Hammer", "A smile"]) == (
        made["total"],
        [line["description"] for line in made["line_items"]],
    )


def test_a_charge_invoice_is_due(market: Acme) -> None:
    """A charge invoice is due at once, and in full."""
    made = charge(market)

    assert ("payment_due", 2400, 0, START) == (
        made["status"],
        made["amount_due"],
        made["amount_paid"],
        made["due_date"],
    )


def test_a_charge_invoice_with_terms_is_posted(market: Acme) -> None:
    """Net terms move the due date by so many days."""
    made = charge(market, net_term_days=2)

    assert ("posted", START + 2 * 86_400) == (made["status"], made["due_date"])


def test_a_charge_invoice_over_nothing_is_paid(market: Acme) -> None:
    """An invoice without a total has nothing left to pay."""
    sold = [{"item_price_id": "hammer-eur", "unit_price": 0}]

    assert "paid" == charge(market, item_prices=sold)["status"]


def test_charge_invoices_are_numbered(market: Acme) -> None:
    """Charge invoices are given numbers that no other invoice has."""
    market.invoice(id="2")

    assert ["1", "3"] == [charge(market)["id"], charge(market)["id"]]


def test_a_charge_invoice_is_kept(market: Acme) -> None:
    """A charge invoice is retrieved as its creation answered."""
    made = charge(market)

    assert made == market.retrieved("Invoice", made["id"])


@pytest.mark.parametrize(
    ("params", "answer"),
    [
        ({"customer_id": ""}, (400, "param_wrong_value", "customer_id")),
        ({"customer_id": "bob"}, (404, "resource_not_found", "customer_id")),
        ({"currency_code": ""}, (400, "param_wrong_value", "currency_code")),
        (
            {"item_prices": []},
            (400, "param_wrong_value", "item_prices[item_price_id][0]"),
        ),
        (
            {"item_prices": [{"item_price_id": "saw"}]},
            (404, "resource_not_found", "item_prices[item_price_id][0]"),
        ),
        (
            {"item_prices": [{"item_price_id": p} for p in ("hammer-eur", "saw")]},
            (404, "resource_not_found", "item_prices[item_price_id][1]"),
        ),
        (
            {"currency_code": "USD"},
            (400, "invalid_request", "item_prices[item_price_id][0]"),
        ),
        (
            {"charges": [{"amount": 0, "description": "A smile"}]},
            (400, "param_wrong_value", "charges[amount][0]"),
        ),
    ],
)
def test_an_odd_charge_invoice_is_refused(
    market: Acme, params: Query, answer: tuple[int, str, str]
) -> None:
    """A charge invoice needs a customer, a currency, and prices in it."""
    assert answer == refused(lambda: charge(market, **params))


def test_another_currency_has_its_own_code(market: Acme) -> None:
    """A price in another currency is named in the older form of the error."""
    with pytest.raises(Exception, match="currency") as caught:
        charge(market, currency_code="USD")

    assert "currency_mismatched" == getattr(caught.value, "error_code", None)


@pytest.mark.parametrize(
    ("item", "price"), [({"type": "plan"}, {}), ({}, {"pricing_model": "tiered"})]
)
def test_what_is_not_sold_once_is_refused(
    market: Acme, item: Query, price: Query
) -> None:
    """Plans and tiers do not stand on a charge invoice."""
    market.item(id="odd", name="Odd", **item)
    known = {"id": "odd-eur", "name": "Odd", "item_id": "odd", "currency_code": "EUR"}
    market.price(**{**known, "price": 1, "period": 1, "period_unit": "month", **price})

    sold = [{"item_price_id": "odd-eur"}]
    assert 400 == refused(lambda: charge(market, item_prices=sold))[0]


def test_a_used_price_is_archived(market: Acme) -> None:
    """A price that an invoice was made with is archived when it is deleted."""
    charge(market)
    gone = market.sdk.ItemPrice.delete("hammer-eur").item_price

    assert "archived" == gone.status


# Payments


def test_a_payment_pays_all_that_is_due(market: Acme) -> None:
    """A payment without an amount settles the invoice."""
    market.clock.advance(5)
    paid = pay(market, charge(market))

    assert ("paid", 2400, 0, START + 5) == (
        paid["status"],
        paid["amount_paid"],
        paid["amount_due"],
        paid["paid_at"],
    )


def test_a_part_leaves_the_rest_due(market: Acme) -> None:
    """A payment of less leaves the invoice as it was, but for the amounts."""
    paid = pay(market, charge(market), amount=1000)

    assert ("payment_due", 1000, 1400) == (
        paid["status"],
        paid["amount_paid"],
        paid["amount_due"],
    )


def test_a_payment_is_answered_as_a_transaction(market: Acme) -> None:
    """The answer shows the transaction, and the invoice is linked to it."""
    answer = market.sdk.Invoice.record_payment(
        charge(market)["id"],
        {"transaction": {"payment_method": "cash", "date": START - 5}},
    )
    linked = answer.invoice.raw_data["linked_payments"][0]

    assert (answer.transaction.id, 2400, START - 5) == (
        linked["txn_id"],
        linked["applied_amount"],
        linked["applied_at"],
    )


@pytest.mark.parametrize(
    ("params", "answer"),
    [
        ({"amount": 2401}, (400, "param_wrong_value", "transaction[amount]")),
        (
            {"payment_method": ""},
            (400, "param_wrong_value", "transaction[payment_method]"),
        ),
    ],
)
def test_an_odd_payment_is_refused(
    market: Acme, params: Query, answer: tuple[int, str, str]
) -> None:
    """A payment says how it was made, and is no more than what is due."""
    made = charge(market)

    assert answer == refused(lambda: pay(market, made, **params))


def test_a_paid_invoice_takes_no_payment(market: Acme) -> None:
    """An invoice is not paid twice."""
    paid = pay(market, charge(market))

    assert 409 == refused(lambda: pay(market, paid))[0]


# Orders that a site makes


def test_a_paid_invoice_has_an_order_made(market: Acme) -> None:
    """An order follows the payment, made by the system, and paid."""
    paid = pay(market, charge(market))
    made = orders(market, paid)[0]

    assert ("system_generated", "Auto generated by system", "queued", "paid") == (
        made["order_type"],
        made["created_by"],
        made["status"],
        made["payment_status"],
    )


def test_an_unpaid_invoice_has_no_order_made(market: Acme) -> None:
    """Unless it is told otherwise, a site makes orders for paid invoices."""
    assert [] == orders(market, charge(market))


def test_a_site_can_make_orders_for_what_is_due(market: Acme) -> None:
    """A site may make orders for unpaid invoices, and notes a later payment on them."""
    market.twin.switches.order_generation = "unpaid"
    made = charge(market)
    before = orders(market, made)[0]["payment_status"]
    pay(market, made)

    after = orders(market, made)
    assert ("not_paid", ["paid"]) == (
        before,
        [order["payment_status"] for order in after],
    )


def test_a_site_without_orders_makes_none(market: Acme) -> None:
    """Orders are made only where they are switched on."""
    market.twin.switches.orders = False

    assert [] == orders(market, pay(market, charge(market)))


@pytest.mark.parametrize(("seconds", "count"), [(3.9, 0), (4, 1)])
def test_an_order_takes_its_time(market: Acme, seconds: float, count: int) -> None:
    """An order is there when its delay is over, and not before."""
    market.twin.switches.order_delay = 4
    paid = pay(market, charge(market))
    market.clock.advance(seconds)

    assert count == len(orders(market, paid))


def test_a_late_order_was_made_when_it_was_due(market: Acme) -> None:
    """An order that nobody looked for was made at its time all the same."""
    market.twin.switches.order_delay = 4
    paid = pay(market, charge(market))
    market.clock.advance(100)
    made = orders(market, paid)[0]

    assert (START + 4, START + 4, START) == (
        made["created_at"],
        made["updated_at"],
        made["order_date"],
    )


def test_an_order_covers_what_is_shipped(market: Acme) -> None:
    """An order's total is that of the lines that are shipped."""
    sold = [{"item_price_id": "hammer-eur"}, {"item_price_id": "advice-eur"}]
    paid = pay(market, charge(market, item_prices=sold))

    assert (1700, 1200) == (paid["total"], orders(market, paid)[0]["total"])


def test_nothing_to_ship_has_no_order_made(market: Acme) -> None:
    """An invoice of what is not shipped has no order."""
    sold = [{"item_price_id": "advice-eur"}]

    assert [] == orders(market, pay(market, charge(market, item_prices=sold)))


def test_an_imported_invoice_has_an_order_made(market: Acme) -> None:
    """A paid invoice that is imported with something to ship has an order made."""
    line = {
        "description": "A hammer",
        "amount": 100,
        "entity_type": "charge_item_price",
        "entity_id": "hammer-eur",
    }
    made = market.invoice(id="inv_2", status="paid", line_items=[line])

    assert 1 == len(orders(market, made))


def test_a_voided_invoice_has_no_order_made(market: Acme) -> None:
    """An invoice that is voided before its order's time has none."""
    market.twin.switches.order_generation = "unpaid"
    market.twin.switches.order_delay = 4
    made = charge(market)
    market.sdk.Invoice.void_invoice(made["id"])
    market.clock.advance(4)

    assert [] == orders(market, made)


def test_a_made_order_cannot_be_deleted(market: Acme) -> None:
    """Only imported orders can be deleted."""
    made = orders(market, pay(market, charge(market)))[0]

    assert 409 == refused(lambda: market.sdk.Order.delete(made["id"]))[0]


def test_a_made_order_is_told_by_the_system(market: Acme) -> None:
    """The event of a made order tells it from one that a caller wrote."""
    pay(market, charge(market))
    event = market.listed("Event", event_type={"is": "order_created"})[0]

    assert "system" == event["source"]


def test_an_invoice_names_the_order_made(market: Acme) -> None:
    """An invoice links the order that was made, and keeps its version."""
    paid = pay(market, charge(market))
    known = market.retrieved("Invoice", paid["id"])

    assert (["1"], paid["resource_version"]) == (
        [order["id"] for order in known["linked_orders"]],
        known["resource_version"],
    )


def test_what_an_order_rests_on_is_noted(market: Acme) -> None:
    """That charge items have orders made is only assumed."""
    orders(market, pay(market, charge(market)))

    assert "chargebee.order.generated-for-charges" in market.met()
