"""Chargebee: orders, which have the customer and the currency of an invoice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cases import cases
from tests.contract.chargebee.site import (
    A_DATE,
    WRONG_STATE,
    Record,
    Site,
    refused,
    unknown,
    wrong,
)

OTHERS = {"cancellation_reason": "others"}
WRONG_VALUE = pytest.mark.documented("chargebee.parameter.wrong-value")
REFERENCE = pytest.mark.unconfirmed("chargebee.reference.unknown")


def for_deleted(site: Site) -> Record:
    """Import an order for a deleted invoice."""
    invoice = site.invoice()
    site.delete(invoice)
    return site.order(invoice_id=invoice["id"])


@cases(
    "make, answer",
    {
        "created": (
            lambda site: site.sdk.Order.create({"invoice_id": site.invoice()["id"]}),
            (400, "invalid_request", None),
            pytest.mark.unconfirmed("chargebee.order.create-refused"),
        ),
        "old-status": (
            lambda site: site.order(status="new"),
            wrong("status"),
            WRONG_VALUE,
        ),
        "legacy-status": (
            lambda site: site.order(status="processing"),
            wrong("status"),
            WRONG_VALUE,
        ),
        "milliseconds": (
            lambda site: site.order(order_date="1767603600000"),
            wrong("order_date"),
            WRONG_VALUE,
        ),
        "no-time": (
            lambda site: site.order(order_date="today"),
            wrong("order_date"),
            WRONG_VALUE,
        ),
        "negative-time": (
            lambda site: site.order(order_date="-1"),
            wrong("order_date"),
            WRONG_VALUE,
        ),
        "unknown-invoice": (
            lambda site: site.order(invoice_id=site.new("gone")),
            unknown("invoice_id"),
            REFERENCE,
        ),
        "deleted-invoice": (for_deleted, unknown("invoice_id"), REFERENCE),
        "voided-invoice": (
            lambda site: site.order(invoice_id=site.void(site.invoice())["id"]),
            WRONG_STATE,
            pytest.mark.unconfirmed("chargebee.order.import-voided-invoice"),
        ),
        "other-customer": (
            lambda site: site.order(customer_id=site.customer()["id"]),
            wrong("customer_id"),
            pytest.mark.unconfirmed("chargebee.order.import-other-customer"),
        ),
        "cancelled-without-reason": (
            lambda site: site.cancel(site.order()),
            wrong("cancellation_reason"),
            WRONG_VALUE,
        ),
        "cancelled-twice": (
            lambda site: site.cancel(site.order(status="cancelled"), **OTHERS),
            WRONG_STATE,
            pytest.mark.unconfirmed("chargebee.order.cancelled-twice"),
        ),
    },
)
def test_an_odd_order_is_refused(
    make: Callable[[Site], Any], answer: tuple[int, str, str | None], site: Site
) -> None:
    """An order is imported for an invoice that is there, and cancelled once."""
    assert answer == refused(make, site)


@pytest.mark.recorded("chargebee.order.follows-invoice")
@pytest.mark.parametrize(
    "key", ["customer_id", "currency_code", "base_currency_code", "billing_address"]
)
def test_an_order_follows_its_invoice(key: str, site: Site) -> None:
    """An order has this value of its invoice."""
    customer = site.customer(billing_address={"city": "Oslo"})
    invoice = site.invoice(customer_id=customer["id"])

    assert invoice[key] == site.order(invoice_id=invoice["id"])[key]


@pytest.mark.documented
def test_the_invoices_customer_is_accepted(site: Site) -> None:
    """An import for the invoice's customer is accepted."""
    invoice = site.invoice()
    mine = invoice["customer_id"]
    made = site.order(invoice_id=invoice["id"], customer_id=mine)

    assert mine == made["customer_id"]


@pytest.mark.unconfirmed("chargebee.order.several-of-one-invoice")
def test_an_invoice_can_have_two_orders(site: Site) -> None:
    """A second order can be imported for one invoice."""
    invoice = site.invoice()["id"]
    made = {site.order(invoice_id=invoice)["id"] for _ in range(2)}

    assert made == set(site.listed("order", invoice_id={"is": invoice}))


@pytest.mark.unconfirmed("chargebee.order.covers-all-lines")
def test_an_order_covers_all_lines(site: Site) -> None:
    """An imported order has a line for every line of its invoice, and their sum."""
    lines = [
        {"description": "Nails", "amount": 30},
        {"description": "Screws", "amount": 70},
    ]
    made = site.order(invoice_id=site.invoice(line_items=lines)["id"])

    assert ([30, 70], 100) == (
        [line["amount"] for line in made["order_line_items"]],
        made["total"],
    )


@pytest.mark.unconfirmed
@pytest.mark.parametrize(
    ("status", "shown", "paid"), [("paid", "paid", 100), ("payment_due", "not_paid", 0)]
)
def test_an_order_is_paid_like_its_invoice(
    status: str, shown: str, paid: int, site: Site
) -> None:
    """An order of a paid invoice is paid in full, another one not."""
    made = site.order(invoice_id=site.invoice(status=status)["id"])

    assert (shown, paid) == (made["payment_status"], made["amount_paid"])


@pytest.mark.unconfirmed("chargebee.order.imported-type")
def test_an_imported_order_is_manual(site: Site) -> None:
    """An imported order is of the type manual, and was made by the key."""
    made = site.order()

    assert ("manual", "full_access_key_v1") == (made["order_type"], made["created_by"])


@pytest.mark.recorded("chargebee.order.leaves-invoice-version")
def test_an_invoice_names_its_orders(site: Site) -> None:
    """An invoice names its order and its status, and keeps its version."""
    invoice = site.invoice()
    order = site.order(invoice_id=invoice["id"])
    site.update(order, status="shipped")
    now = site.read(invoice)
    link = {"id": order["id"], "status": "shipped", "created_at": A_DATE}

    assert ([link], invoice["resource_version"]) == (
        now["linked_orders"],
        now["resource_version"],
    )


@pytest.mark.documented
def test_an_invoices_orders_are_latest_first(
    site: Site, later: Callable[[float], None]
) -> None:
    """The orders of an invoice are listed with the latest on top."""
    invoice = site.invoice()["id"]
    made = []
    for created in (A_DATE, A_DATE + 100):
        made.append(site.order(invoice_id=invoice, created_at=created)["id"])
        later(2)
    listed = site.sdk.Order.orders_for_invoice(invoice).list

    assert made[::-1] == [row.order.id for row in listed]


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


@pytest.mark.unconfirmed("chargebee.order.numeric-id-assigned")
def test_a_numeric_id_is_not_kept(site: Site) -> None:
    """An imported order does not get a numeric id that the caller chose."""
    made = site.order(id="987654321")

    assert (True, False) == (made["id"].isdecimal(), made["id"] == "987654321")


@pytest.mark.unconfirmed("chargebee.order.customer-immutable")
@pytest.mark.parametrize("is_same", [True, False], ids=["same", "other"])
@pytest.mark.parametrize("param", ["customer_id", "currency_code", "invoice_id"])
def test_an_order_cannot_move(param: str, site: Site, *, is_same: bool) -> None:
    """An update of customer, currency or invoice is accepted, and leaves it alone."""
    made = site.order()
    value = made[param] if is_same else "USD"
    site.update(made, note="New", **{param: value})
    now = site.read(made)

    assert ("New", made[param]) == (now["note"], now[param])


@pytest.mark.documented("chargebee.order.status-update-at")
@pytest.mark.parametrize(("status", "is_noted"), [("shipped", True), ("queued", False)])
def test_a_status_notes_its_time(status: str, site: Site, *, is_noted: bool) -> None:
    """A change of the status notes when it happened, the same status does not."""
    made = site.order()
    now = site.update(made, status=status)
    noted = now.get("status_update_at", 0)

    assert is_noted == (made["updated_at"] <= noted <= now["updated_at"])
    assert is_noted == ("status_update_at" in now)


@pytest.mark.unconfirmed
def test_a_line_is_changed_by_its_id(site: Site) -> None:
    """A line's status and sku change by its id, and its amount stays."""
    made = site.order()
    (line,) = made["order_line_items"]
    change = {"id": line["id"], "status": "shipped", "sku": "N1"}
    site.update(made, order_line_items=[change])

    assert [{**line, **change}] == site.read(made)["order_line_items"]


# The end of an order


@pytest.mark.documented
def test_an_order_can_be_cancelled(site: Site) -> None:
    """A cancelled order has the status cancelled, a reason and a time."""
    made = site.order()
    site.cancel(made, **OTHERS)
    now = site.read(made)

    assert ("cancelled", "others") == (now["status"], now["cancellation_reason"])
    assert made["updated_at"] <= now["cancelled_at"] <= now["updated_at"]


@pytest.mark.unconfirmed("chargebee.order.cancelled-twice")
def test_an_order_is_cancelled_once(site: Site) -> None:
    """The older code of a second cancellation is finer than the new one."""
    made = site.order(status="cancelled")
    answer = site.raw.post(f"/orders/{made['id']}/cancel", data=OTHERS)

    assert (409, "invalid_state_for_cancel") == (
        answer.status_code,
        answer.json()["error_code"],
    )


@pytest.mark.documented
def test_an_imported_order_can_be_deleted(site: Site) -> None:
    """A deleted order says so, and its invoice no longer names it."""
    made = site.order()
    gone = site.delete(made)
    invoice = site.sdk.Invoice.retrieve(made["invoice_id"]).invoice.raw_data

    assert (True, []) == (gone["deleted"], invoice["linked_orders"])
