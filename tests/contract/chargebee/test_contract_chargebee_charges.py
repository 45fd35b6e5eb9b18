"""Chargebee: invoices for what is sold once, and their payments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import chargebee
import pytest

from tests.cases import cases
from tests.contract.chargebee.site import Record, Site, refused, unknown, wrong

THE_PRICE = "item_prices[item_price_id][0]"

WRONG_VALUE = pytest.mark.documented("chargebee.parameter.wrong-value")
REFERENCE = pytest.mark.unconfirmed("chargebee.reference.unknown")


def sold(*prices: Record, **params: object) -> list[Record]:
    """Return what is sold of each of these prices."""
    return [{"item_price_id": price["id"], **params} for price in prices]


def by_unit(site: Site) -> Record:
    """Make a price of a dollar by the unit."""
    return site.price(site.item(), external_name="Nail", pricing_model="per_unit")


@pytest.mark.unconfirmed("chargebee.invoice.charged-is-due")
@pytest.mark.parametrize(("days", "status"), [(0, "payment_due"), (30, "posted")])
def test_a_charge_invoice_is_due(days: int, status: str, site: Site) -> None:
    """A charge invoice is due, or posted while its customer has time to pay."""
    made = site.charge(net_term_days=days)

    assert (status, made["total"], 0, days * 86_400) == (
        made["status"],
        made["amount_due"],
        made["amount_paid"],
        made["due_date"] - made["date"],
    )


@cases(
    "charge, answer",
    {
        "no-customer": (
            lambda site: site.charge(customer_id=""),
            wrong("customer_id"),
            WRONG_VALUE,
        ),
        "no-currency": (
            lambda site: site.charge(currency_code=""),
            wrong("currency_code"),
            WRONG_VALUE,
        ),
        "no-prices": (
            lambda site: site.charge(item_prices=[]),
            wrong(THE_PRICE),
            WRONG_VALUE,
        ),
        "no-amount": (
            lambda site: site.charge(charges=[{"amount": 0, "description": "A"}]),
            wrong("charges[amount][0]"),
            WRONG_VALUE,
        ),
        "unknown-customer": (
            lambda site: site.charge(customer_id=site.new("gone")),
            unknown("customer_id"),
            REFERENCE,
        ),
        "unknown-price": (
            lambda site: site.charge(item_prices=sold({"id": site.new("gone")})),
            unknown(THE_PRICE),
            REFERENCE,
        ),
        "second-unknown-price": (
            lambda site: site.charge(
                item_prices=sold(by_unit(site), {"id": site.new("gone")})
            ),
            unknown("item_prices[item_price_id][1]"),
            REFERENCE,
        ),
        "other-currency": (
            lambda site: site.charge(by_unit(site), currency_code="EUR"),
            (400, "invalid_request", THE_PRICE),
            pytest.mark.unconfirmed("chargebee.invoice.charged-currency"),
        ),
    },
)
def test_an_odd_charge_invoice_is_refused(
    charge: Callable[[Site], Any], answer: tuple[int, str, str], site: Site
) -> None:
    """A charge invoice needs a customer, a currency, and prices in it."""
    assert answer == refused(charge, site)


@pytest.mark.unconfirmed("chargebee.invoice.charged-currency")
def test_another_currency_has_an_older_code(site: Site) -> None:
    """A price in another currency is named in the older form of the error."""
    price = site.price(site.item(), currency_code="EUR")
    with pytest.raises(chargebee.InvalidRequestError) as caught:
        site.charge(price)

    assert "currency_mismatched" == caught.value.error_code


@pytest.mark.unconfirmed("chargebee.invoice.charged-plan-refused")
def test_a_plan_is_not_sold_once(site: Site) -> None:
    """The price of a plan does not stand on a charge invoice."""
    made = site.price(site.item(type="plan"), period=1, period_unit="month")

    assert (400, "param_wrong_value") == refused(site.charge, made)[:2]


@pytest.mark.documented
@cases(
    "model, params, total",
    {
        "by-unit": ("per_unit", {"quantity": 3}, 300),
        "flat": ("flat_fee", {"quantity": 3}, 100),
        "overridden": ("per_unit", {"quantity": 2, "unit_price": 1}, 2),
    },
)
def test_a_price_is_charged(model: str, params: Record, total: int, site: Site) -> None:
    """A price by the unit grows with the quantity, and one that is sent replaces it."""
    price = site.price(site.item(), pricing_model=model)

    assert total == site.charge(item_prices=sold(price, **params))["total"]


@pytest.mark.unconfirmed
def test_a_line_shows_its_price(site: Site) -> None:
    """A line shows its price's external name, and a plain charge its own."""
    price = by_unit(site)
    charge = {"amount": 7, "description": "A smile"}
    made = site.charge(item_prices=sold(price, quantity=2), charges=[charge])
    shown = ("unit_amount", "quantity", "amount", "entity_type", "entity_id")
    line, other = made["line_items"]

    assert [100, 2, 200, "charge_item_price", price["id"]] == [line[k] for k in shown]
    assert (207, "Nail", "A smile") == (
        made["total"],
        line["description"],
        other["description"],
    )


@pytest.mark.unconfirmed
def test_a_charge_over_nothing_is_paid(site: Site) -> None:
    """A charge invoice without a total has nothing left to pay."""
    price = by_unit(site)

    assert "paid" == site.charge(item_prices=sold(price, unit_price=0))["status"]


@pytest.mark.unconfirmed
def test_a_charge_invoice_can_be_read(site: Site) -> None:
    """A charge invoice is retrieved as its creation answered."""
    made = site.charge()

    assert made == site.read(made)


@pytest.mark.unconfirmed("chargebee.item-price.delete-archives-used")
def test_a_used_price_is_archived(site: Site) -> None:
    """A price that an invoice was made with is archived where it is deleted."""
    price = site.price(site.item())
    site.charge(price)
    gone = site.delete(price)

    assert ["archived"] * 2 == [gone["status"], site.read(price)["status"]]


# Payments


@pytest.mark.documented
def test_a_payment_settles_an_invoice(
    site: Site, later: Callable[[float], None]
) -> None:
    """An invoice whose payment was recorded is paid, and says when."""
    made = site.charge()
    later(2)
    paid = site.pay(made)

    assert ("paid", 100, 0, True) == (
        paid["status"],
        paid["amount_paid"],
        paid["amount_due"],
        made["date"] < paid["paid_at"],
    )


@pytest.mark.documented
def test_a_part_payment_leaves_the_rest(site: Site) -> None:
    """A payment of a part leaves the rest of it due."""
    paid = site.pay(site.charge(), amount=30)

    assert ("payment_due", 30, 70) == (
        paid["status"],
        paid["amount_paid"],
        paid["amount_due"],
    )


@pytest.mark.unconfirmed
def test_a_payment_is_a_transaction(site: Site) -> None:
    """The answer shows the transaction, and the invoice is linked to it."""
    made = site.charge()
    at = made["date"] - 5
    answer = site.sdk.Invoice.record_payment(
        made["id"], {"transaction": {"payment_method": "cash", "date": at}}
    )
    (linked,) = answer.invoice.raw_data["linked_payments"]

    assert (answer.transaction.id, 100, at) == (
        linked["txn_id"],
        linked["applied_amount"],
        linked["applied_at"],
    )


@cases(
    "pay, answer",
    {
        "twice": (
            lambda site: site.pay(site.pay(site.charge())),
            (409, "invalid_state_for_request", None),
            pytest.mark.documented("chargebee.invoice.payment-refused"),
        ),
        "voided": (
            lambda site: site.pay(site.void(site.charge())),
            (409, "invalid_state_for_request", None),
            pytest.mark.documented("chargebee.invoice.payment-refused"),
        ),
        "pending": (
            lambda site: site.pay(site.invoice(status="pending")),
            (409, "invalid_state_for_request", None),
            pytest.mark.documented("chargebee.invoice.payment-refused"),
        ),
        "no-method": (
            lambda site: site.pay(site.charge(), payment_method=""),
            wrong("transaction[payment_method]"),
            WRONG_VALUE,
        ),
    },
)
def test_an_odd_payment_is_refused(
    pay: Callable[[Site], Any], answer: tuple[int, str, str | None], site: Site
) -> None:
    """A payment names its method, and the invoice is open."""
    assert answer == refused(pay, site)


@pytest.mark.documented("chargebee.invoice.excess-payment")
def test_a_payment_may_exceed_what_is_due(site: Site) -> None:
    """What is paid above the amount due is an excess payment of the customer."""
    customer = site.customer()
    paid = site.pay(site.charge(customer_id=customer["id"]), amount=130)

    assert ("paid", 0, 100, 30) == (
        paid["status"],
        paid["amount_due"],
        paid["amount_paid"],
        site.read(customer)["excess_payments"],
    )


@pytest.mark.sdk
@pytest.mark.parametrize("status", ["failure", "late_failure"])
def test_a_failed_payment_pays_nothing(status: str, site: Site) -> None:
    """A failed payment is linked to the invoice, and leaves all of it due."""
    paid = site.pay(site.charge(), status=status)

    assert (status, 100) == (
        paid["linked_payments"][0]["txn_status"],
        paid["amount_due"],
    )


@pytest.mark.sdk
def test_a_payment_of_nothing_is_taken(site: Site) -> None:
    """A payment may have an amount of zero, which leaves all of the invoice due."""
    paid = site.pay(site.invoice(), amount=0)

    assert ("payment_due", 100, 0) == (
        paid["status"],
        paid["amount_due"],
        paid["linked_payments"][0]["applied_amount"],
    )


@pytest.mark.documented("chargebee.invoice.payment-removed")
@pytest.mark.parametrize(
    ("terms", "collection", "status"),
    [
        (0, "off", "payment_due"),
        (0, "on", "not_paid"),
        (30, "on", "posted"),
    ],
)
def test_a_removed_payment_reopens_the_invoice(
    terms: int, collection: str, status: str, site: Site
) -> None:
    """A paid invoice whose payment is removed is due, overdue or not paid."""
    customer = site.customer(auto_collection=collection)
    made = site.charge(customer_id=customer["id"], net_term_days=terms)
    paid = site.pay(made)
    gone = {"transaction": {"id": paid["linked_payments"][0]["txn_id"]}}
    site.sdk.Invoice.remove_payment(made["id"], gone)
    now = site.read(made)

    assert (status, 100, [], 100) == (
        now["status"],
        now["amount_due"],
        now["linked_payments"],
        site.read(customer)["excess_payments"],
    )


@pytest.mark.unconfirmed("chargebee.reference.unknown")
def test_an_unknown_payment_is_not_removed(site: Site) -> None:
    """A payment that the invoice does not have answers 404."""
    gone = {"transaction": {"id": "txn_none"}}

    assert unknown("transaction[id]") == refused(
        site.sdk.Invoice.remove_payment, site.charge()["id"], gone
    )


@pytest.mark.documented("chargebee.payment.offline-deleted")
def test_a_removed_payment_can_be_deleted(site: Site) -> None:
    """Then the customer has no excess payment."""
    customer = site.customer()
    made = site.charge(customer_id=customer["id"])
    payment = site.pay(made)["linked_payments"][0]["txn_id"]
    site.sdk.Invoice.remove_payment(made["id"], {"transaction": {"id": payment}})
    site.sdk.Transaction.delete_offline_transaction(payment)

    assert 0 == site.read(customer)["excess_payments"]


@pytest.mark.documented("chargebee.payment.offline-deleted")
def test_a_payment_of_an_invoice_is_not_deleted(site: Site) -> None:
    """Its allocation has to be removed first."""
    payment = site.pay(site.charge())["linked_payments"][0]["txn_id"]

    assert (409, "invalid_state_for_request") == refused(
        site.sdk.Transaction.delete_offline_transaction, payment
    )[:2]
