"""Chargebee: orders, which have the customer and the currency of an invoice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.chargebee.site import A_DATE, Site, refused


@pytest.mark.unconfirmed("chargebee.order.create-refused")
def test_an_order_cannot_be_created(site: Site) -> None:
    """POST /orders, which is deprecated, answers 400 invalid_request."""
    invoice = site.invoice()["id"]

    assert (400, "invalid_request") == refused(
        lambda: site.sdk.Order.create({"invoice_id": invoice})
    )[:2]


#: Keys that are always there, with the types of their values.
SHOWN = {
    "id": str,
    "object": str,
    "invoice_id": str,
    "customer_id": str,
    "currency_code": str,
    "status": str,
    "payment_status": str,
    "order_type": str,
    "price_type": str,
    "order_date": int,
    "shipping_date": int,
    "total": int,
    "rounding_adjustement": int,
    "exchange_rate": float,
    "order_line_items": list,
    "linked_credit_notes": list,
    "resent_orders": list,
    "deleted": bool,
    "resource_version": int,
    "updated_at": int,
}


@pytest.mark.recorded
def test_an_order_shows(site: Site) -> None:
    """An imported order has these keys, with values of these types."""
    made = site.order()

    assert SHOWN == {key: type(made.get(key)) for key in SHOWN}


@pytest.mark.documented("chargebee.parameter.wrong-value")
@pytest.mark.parametrize(
    "param", ["invoice_id", "status", "created_at", "order_date", "shipping_date"]
)
def test_an_import_needs(param: str, site: Site) -> None:
    """An import without one of these is refused."""
    found = refused(lambda: site.order(**{param: ""}))

    assert (400, "param_wrong_value", param) == found


@pytest.mark.documented("chargebee.parameter.wrong-value")
def test_an_import_has_no_old_status(site: Site) -> None:
    """An import with a status of old sites is refused."""
    found = refused(lambda: site.order(status="new"))

    assert (400, "param_wrong_value", "status") == found


@pytest.mark.unconfirmed("chargebee.reference.unknown")
def test_an_unknown_invoice_is_refused(site: Site) -> None:
    """An import for an invoice that is not there answers 404."""
    gone = site.new("gone")

    assert 404 == refused(lambda: site.order(invoice_id=gone))[0]


@pytest.mark.recorded("chargebee.order.follows-invoice")
@pytest.mark.parametrize("key", ["customer_id", "currency_code", "base_currency_code"])
def test_an_order_follows_its_invoice(key: str, site: Site) -> None:
    """An order has this value of its invoice."""
    invoice = site.invoice()

    assert invoice[key] == site.order(invoice_id=invoice["id"])[key]


@pytest.mark.unconfirmed("chargebee.order.import-other-customer")
def test_another_customer_is_refused(site: Site) -> None:
    """An import for another customer than the invoice's is refused."""
    other = site.customer()["id"]

    assert (400, "param_wrong_value", "customer_id") == refused(
        lambda: site.order(customer_id=other)
    )


@pytest.mark.documented
def test_the_invoices_customer_is_accepted(site: Site) -> None:
    """An import for the invoice's customer is accepted."""
    invoice = site.invoice()
    mine = invoice["customer_id"]
    made = site.order(invoice_id=invoice["id"], customer_id=mine)

    assert mine == made["customer_id"]


@pytest.mark.unconfirmed("chargebee.order.import-voided-invoice")
def test_a_voided_invoice_gets_no_order(site: Site) -> None:
    """An import for a voided invoice is refused."""
    invoice = site.invoice()["id"]
    site.sdk.Invoice.void_invoice(invoice)

    assert 409 == refused(lambda: site.order(invoice_id=invoice))[0]


@pytest.mark.unconfirmed("chargebee.order.several-of-one-invoice")
def test_an_invoice_can_have_two_orders(site: Site) -> None:
    """A second order can be imported for one invoice."""
    invoice = site.invoice()["id"]
    made = {site.order(invoice_id=invoice)["id"] for _ in range(2)}

    assert made == set(site.listed("order", invoice_id={"is": invoice}))


@pytest.mark.unconfirmed("chargebee.order.covers-all-lines")
def test_an_order_covers_all_lines(site: Site) -> None:
    """An imported order has a line for every line of its invoice."""
    lines = [
        {"description": "Nails", "amount": 30},
        {"description": "Screws", "amount": 70},
    ]
    made = site.order(invoice_id=site.invoice(line_items=lines)["id"])

    assert [30, 70] == [line["amount"] for line in made["order_line_items"]]


@pytest.mark.unconfirmed("chargebee.order.imported-type")
def test_an_imported_order_is_manual(site: Site) -> None:
    """An imported order is of the type manual."""
    assert "manual" == site.order()["order_type"]


@pytest.mark.recorded("chargebee.order.leaves-invoice-version")
def test_an_invoice_names_its_orders(site: Site) -> None:
    """An invoice names its order, and keeps its version when it comes."""
    invoice = site.invoice()
    order = site.order(invoice_id=invoice["id"])
    now = site.read(invoice)

    assert ([order["id"]], invoice["resource_version"]) == (
        [link["id"] for link in now["linked_orders"]],
        now["resource_version"],
    )


# Edits


@pytest.mark.documented
@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("reference_id", "abc"),
        ("batch_id", "abc"),
        ("note", "Leave it at the door"),
        ("tracking_id", "T1"),
        ("fulfillment_status", "packed"),
        ("shipment_carrier", "Post"),
        ("shipping_date", A_DATE + 1),
    ],
)
def test_an_order_can_be_edited(param: str, value: object, site: Site) -> None:
    """An update changes this property of an order."""
    made = site.order()
    site.update(made, **{param: value})

    assert value == site.read(made)[param]


@pytest.mark.unconfirmed("chargebee.order.customer-immutable")
@pytest.mark.parametrize("param", ["customer_id", "currency_code", "invoice_id"])
def test_an_order_cannot_move(param: str, site: Site) -> None:
    """An update of the customer, the currency or the invoice is refused."""
    made = site.order()

    assert (400, "param_wrong_value", param) == refused(
        lambda: site.update(made, **{param: made[param]})
    )


@pytest.mark.documented("chargebee.order.status-update-at")
def test_a_status_notes_its_time(site: Site) -> None:
    """A change of the status notes when it happened."""
    made = site.order()
    now = site.update(made, status="shipped")

    assert made["updated_at"] <= now["status_update_at"] <= now["updated_at"]


@pytest.mark.unconfirmed("chargebee.record.update-without-change")
def test_an_update_without_a_change_renews(
    site: Site, later: Callable[[float], None]
) -> None:
    """An update that changes no value moves updated_at."""
    made = site.order(note="Ring")
    later(2)
    site.update(made, note="Ring")

    assert made["updated_at"] < site.read(made)["updated_at"]


# The end of an order


@pytest.mark.documented
def test_an_order_can_be_cancelled(site: Site) -> None:
    """A cancelled order has the status cancelled."""
    made = site.order()
    site.sdk.Order.cancel(made["id"], {"cancellation_reason": "others"})

    assert "cancelled" == site.read(made)["status"]


@pytest.mark.unconfirmed("chargebee.order.cancelled-twice")
def test_an_order_is_cancelled_once(site: Site) -> None:
    """A cancelled order cannot be cancelled again."""
    made = site.order(status="cancelled")["id"]
    reason = {"cancellation_reason": "others"}

    assert (409, "invalid_state_for_request") == refused(
        lambda: site.sdk.Order.cancel(made, reason)
    )[:2]


@pytest.mark.documented
def test_an_imported_order_can_be_deleted(site: Site) -> None:
    """A deleted order is no longer listed."""
    made = site.order()
    site.delete(made)

    assert [] == site.listed("order", id={"is": made["id"]})


@pytest.mark.documented("chargebee.list.deleted-left-out")
def test_a_deleted_order_is_listed_on_request(site: Site) -> None:
    """A deleted order is listed where include_deleted asks for it."""
    made = site.order()
    site.delete(made)
    listed = site.listed("order", id={"is": made["id"]}, include_deleted=True)

    assert [made["id"]] == listed


@pytest.mark.unconfirmed("chargebee.record.deleted-is-retrievable")
def test_a_deleted_order_can_be_read(site: Site) -> None:
    """A deleted order can be retrieved, and says that it is deleted."""
    made = site.order()
    site.delete(made)

    assert site.read(made)["deleted"] is True


@pytest.mark.unconfirmed("chargebee.record.deleted-id-stays-taken")
def test_a_deleted_orders_id_stays_taken(site: Site) -> None:
    """The id of a deleted order cannot be given again."""
    made = site.order()
    site.delete(made)

    assert 400 == refused(lambda: site.order(id=made["id"]))[0]
