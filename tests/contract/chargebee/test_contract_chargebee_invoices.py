"""Chargebee: invoices that were imported, on which orders stand."""

from __future__ import annotations

import pytest

from tests.contract.chargebee.site import A_DATE, Site, refused

#: Keys that are always there, with the types of their values.
SHOWN = {
    "id": str,
    "object": str,
    "customer_id": str,
    "currency_code": str,
    "base_currency_code": str,
    "recurring": bool,
    "status": str,
    "price_type": str,
    "date": int,
    "due_date": int,
    "exchange_rate": float,
    "total": int,
    "amount_paid": int,
    "amount_due": int,
    "sub_total": int,
    "tax": int,
    "line_items": list,
    "linked_orders": list,
    "deleted": bool,
    "updated_at": int,
    "resource_version": int,
}


@pytest.mark.recorded
def test_an_invoice_shows(site: Site) -> None:
    """An imported invoice has these keys, with values of these types."""
    made = site.invoice()

    assert SHOWN == {key: type(made.get(key)) for key in SHOWN}


@pytest.mark.documented("chargebee.parameter.wrong-value")
@pytest.mark.parametrize("param", ["id", "date", "total", "currency_code"])
def test_an_import_needs(param: str, site: Site) -> None:
    """An import without one of these is refused."""
    found = refused(lambda: site.invoice(**{param: ""}))

    assert (400, "param_wrong_value", param) == found


@pytest.mark.documented("chargebee.parameter.wrong-value")
def test_a_line_needs_a_description(site: Site) -> None:
    """An import with a line that has no description is refused."""
    found = refused(lambda: site.invoice(line_items=[{"amount": 100}]))

    assert (400, "param_wrong_value") == found[:2]


@pytest.mark.unconfirmed("chargebee.reference.unknown")
def test_an_unknown_customer_is_refused(site: Site) -> None:
    """An import for a customer that is not there answers 404."""
    gone = site.new("gone")

    assert 404 == refused(lambda: site.invoice(customer_id=gone))[0]


@pytest.mark.sdk("chargebee.record.duplicate")
def test_a_taken_id_is_a_duplicate(site: Site) -> None:
    """An import under a taken id answers 400 duplicate_entry."""
    taken = site.invoice()["id"]

    assert (400, "duplicate_entry", "id") == refused(lambda: site.invoice(id=taken))


@pytest.mark.documented
def test_amounts_are_whole_cents(site: Site) -> None:
    """A line's amount may be given as a unit amount and a quantity, in cents."""
    lines = [{"description": "A nail", "unit_amount": 25, "quantity": 4}]

    assert 100 == site.invoice(line_items=lines)["line_items"][0]["amount"]


@pytest.mark.unconfirmed("chargebee.currency-code.stored-as-sent")
def test_a_lower_case_currency_stays(site: Site) -> None:
    """A currency code in lower case is stored in lower case."""
    assert "eur" == site.invoice(currency_code="eur")["currency_code"]


@pytest.mark.unconfirmed("chargebee.invoice.import-total-is-the-sum")
def test_the_total_is_the_sum_of_the_lines(site: Site) -> None:
    """An import with another total is refused."""
    assert (400, "param_wrong_value") == refused(lambda: site.invoice(total=99))[:2]


@pytest.mark.unconfirmed("chargebee.invoice.import-zero-amounts")
def test_a_total_can_be_zero(site: Site) -> None:
    """An invoice over nothing can be imported."""
    lines = [{"description": "A gift", "amount": 0}]

    assert 0 == site.invoice(total=0, line_items=lines)["total"]


@pytest.mark.unconfirmed("chargebee.invoice.import-negative-lines")
def test_a_line_can_be_negative(site: Site) -> None:
    """A line below zero can be imported."""
    lines = [
        {"description": "A nail", "amount": 150},
        {"description": "A rebate", "amount": -50},
    ]
    made = site.invoice(line_items=lines)

    assert [150, -50] == [line["amount"] for line in made["line_items"]]


@pytest.mark.unconfirmed("chargebee.invoice.import-status-from-payments")
@pytest.mark.parametrize(("paid", "status"), [(100, "paid"), (40, "payment_due")])
def test_payments_give_the_status(paid: int, status: str, site: Site) -> None:
    """An import without a status is paid if its payments cover the total."""
    payments = [{"amount": paid, "payment_method": "cash", "date": A_DATE}]

    assert status == site.invoice(status=None, payments=payments)["status"]


@pytest.mark.unconfirmed("chargebee.invoice.import-paid-without-payments")
def test_a_paid_invoice_needs_no_payments(site: Site) -> None:
    """An invoice can be imported as paid without its payments."""
    assert 100 == site.invoice(status="paid")["amount_paid"]


@pytest.mark.unconfirmed("chargebee.invoice.exchange-rate-is-one")
def test_the_exchange_rate_is_one(site: Site) -> None:
    """The exchange rate of an import in euros is 1."""
    assert 1.0 == site.invoice(currency_code="EUR")["exchange_rate"]


# Afterwards


@pytest.mark.sdk
def test_an_invoice_can_be_voided(site: Site) -> None:
    """A voided invoice has the status voided."""
    made = site.invoice()
    site.sdk.Invoice.void_invoice(made["id"])

    assert "voided" == site.read(made)["status"]


@pytest.mark.unconfirmed("chargebee.invoice.void-refused")
def test_a_paid_invoice_cannot_be_voided(site: Site) -> None:
    """A paid invoice cannot be voided."""
    made = site.invoice(status="paid")["id"]

    assert 409 == refused(lambda: site.sdk.Invoice.void_invoice(made))[0]


@pytest.mark.unconfirmed("chargebee.invoice.void-leaves-orders")
def test_a_void_leaves_the_orders(site: Site) -> None:
    """The order of a voided invoice stays as it is."""
    order = site.order()
    site.sdk.Invoice.void_invoice(order["invoice_id"])

    assert order["resource_version"] == site.read(order)["resource_version"]


@pytest.mark.unconfirmed("chargebee.invoice.delete-cascades")
def test_an_invoice_takes_its_orders_along(site: Site) -> None:
    """The order of a deleted invoice is deleted too."""
    order = site.order()
    site.sdk.Invoice.delete(order["invoice_id"])

    assert site.read(order)["deleted"] is True


@pytest.mark.unconfirmed("chargebee.invoice.delete-refused-when-paid")
def test_a_paid_invoice_cannot_be_deleted(site: Site) -> None:
    """A paid invoice cannot be deleted."""
    made = site.invoice(status="paid")

    assert 409 == refused(lambda: site.delete(made))[0]


@pytest.mark.unconfirmed("chargebee.record.deleted-id-stays-taken")
def test_a_deleted_invoices_id_stays_taken(site: Site) -> None:
    """The id of a deleted invoice cannot be given again."""
    made = site.invoice()
    site.delete(made)

    assert 400 == refused(lambda: site.invoice(id=made["id"]))[0]
