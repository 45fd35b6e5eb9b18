"""Orders: imported, changed where they may change, cancelled, deleted."""

from __future__ import annotations

import pytest

from dataflow.twin.clock import START
from tests.twin.chargebee.acme import Acme, refused


@pytest.mark.parametrize(
    "name", ["invoice_id", "status", "created_at", "order_date", "shipping_date"]
)
def test_an_import_needs(shop: Acme, name: str) -> None:
    """An import without one of its required parameters is refused."""
    answer = refused(lambda: shop.order(**{name: ""}))

    assert (400, "param_wrong_value", name) == answer


def test_a_site_without_orders_takes_none(shop: Acme) -> None:
    """Where orders are not enabled no import of one is taken."""
    shop.twin.switches.without_orders = True

    assert (400, "configuration_incompatible", None) == refused(shop.order)


def test_an_imported_order_can_be_retrieved(shop: Acme) -> None:
    """An order is retrieved as its import answered."""
    made = shop.order(id="o1", reference_id="ref", note="A note")

    assert made == shop.retrieved("Order", "o1")


@pytest.mark.parametrize(
    "name", ["customer_id", "currency_code", "billing_address", "base_currency_code"]
)
def test_an_order_follows_its_invoice(shop: Acme, name: str) -> None:
    """An order has its invoice's customer, currencies and billing address."""
    order = shop.order()

    assert shop.retrieved("Invoice", "inv_1")[name] == order[name]


def test_an_order_covers_the_lines(shop: Acme) -> None:
    """An order's total is the sum of its invoice's lines."""
    lines = [
        {"description": "Nails", "amount": 30},
        {"description": "Screws", "amount": 70},
    ]
    shop.invoice(id="inv_2", line_items=lines)
    order = shop.order(invoice_id="inv_2")

    assert (100, [30, 70]) == (
        order["total"],
        [line["amount"] for line in order["order_line_items"]],
    )


def test_an_order_of_a_paid_invoice_is_paid(shop: Acme) -> None:
    """An order of a paid invoice is paid in full."""
    shop.invoice(id="inv_2", status="paid")
    order = shop.order(invoice_id="inv_2")

    assert ("paid", 100) == (order["payment_status"], order["amount_paid"])


def test_an_order_of_an_unpaid_invoice_is_not_paid(shop: Acme) -> None:
    """An order of an invoice that is due is not paid."""
    order = shop.order()

    assert ("not_paid", 0) == (order["payment_status"], order["amount_paid"])


def test_ids_are_counted(shop: Acme) -> None:
    """Orders without an id are numbered from one on."""
    assert ["1", "2"] == [shop.order()["id"], shop.order()["id"]]


def test_a_chosen_number_is_left_out(shop: Acme) -> None:
    """A number that a caller has chosen is not given to another order."""
    shop.order(id="1")

    assert "2" == shop.order()["id"]


def test_a_taken_id_is_refused(shop: Acme) -> None:
    """An order id that is taken is refused as a duplicate."""
    shop.order(id="o1")

    answer = refused(lambda: shop.order(id="o1"))

    assert (400, "duplicate_entry", "id") == answer


def test_the_id_of_a_deleted_order_stays_taken(shop: Acme) -> None:
    """The id of a deleted order is refused as a duplicate, which is unconfirmed."""
    shop.order(id="o1")
    shop.sdk.Order.delete("o1")
    answer = refused(lambda: shop.order(id="o1"))

    assert (400, "duplicate_entry", "id") == answer


def test_an_import_was_not_made_by_the_system(shop: Acme) -> None:
    """An imported order was created by the key, and is a manual one."""
    order = shop.order()

    assert ("full_access_key_v1", "manual") == (
        order["created_by"],
        order["order_type"],
    )


def test_one_invoice_may_have_several_orders(shop: Acme) -> None:
    """A second order for an invoice is accepted, which is unconfirmed."""
    shop.order()
    shop.order()

    assert "chargebee.order.several-of-one-invoice" in shop.met()


def test_an_import_may_name_the_customer(shop: Acme) -> None:
    """An import that names the invoice's customer is accepted."""
    assert "ada" == shop.order(customer_id="ada")["customer_id"]


def test_an_import_with_another_customer_is_refused(shop: Acme) -> None:
    """An import that names another customer is refused."""
    shop.customer(id="eve")

    answer = refused(lambda: shop.order(customer_id="eve"))

    assert (400, "param_wrong_value", "customer_id") == answer


def test_an_import_for_an_unknown_invoice_is_refused(shop: Acme) -> None:
    """An order for an invoice that is not there is refused with 404."""
    answer = refused(lambda: shop.order(invoice_id="inv_2"))

    assert (404, "resource_not_found", "invoice_id") == answer


def test_an_import_for_a_deleted_invoice_is_refused(shop: Acme) -> None:
    """An order for a deleted invoice is refused with 404."""
    shop.sdk.Invoice.delete("inv_1")

    answer = refused(shop.order)

    assert (404, "resource_not_found", "invoice_id") == answer


def test_an_import_for_a_voided_invoice_is_refused(shop: Acme) -> None:
    """An order for a voided invoice is refused."""
    shop.sdk.Invoice.void_invoice("inv_1")

    answer = refused(shop.order)

    assert (409, "invalid_state_for_request", None) == answer


def test_an_import_in_a_legacy_status_is_refused(shop: Acme) -> None:
    """An import in a status of legacy orders is refused."""
    answer = refused(lambda: shop.order(status="processing"))

    assert (400, "param_wrong_value", "status") == answer


@pytest.mark.parametrize(
    ("name", "value"),
    [("customer_id", "eve"), ("currency_code", "USD"), ("invoice_id", "inv_2")],
)
def test_an_order_is_bound(shop: Acme, name: str, value: str) -> None:
    """An update of an order's customer, currency or invoice is refused."""
    shop.order(id="o1")

    answer = refused(lambda: shop.sdk.Order.update("o1", {name: value}))

    assert (400, "param_wrong_value", name) == answer


def test_a_refused_update_changes_nothing(shop: Acme) -> None:
    """An update that is refused changes none of what it carries."""
    made = shop.order(id="o1")
    shop.raw.post("orders/o1", data={"note": "New", "customer_id": "eve"})

    assert made == shop.retrieved("Order", "o1")


def test_an_unknown_parameter_is_ignored(shop: Acme) -> None:
    """A parameter that an update does not have is ignored, which is unconfirmed."""
    shop.order(id="o1")
    shop.sdk.Order.update("o1", {"total": 7, "note": "New"})
    order = shop.retrieved("Order", "o1")

    assert ("New", 100) == (order["note"], order["total"])


def test_an_ignored_parameter_is_noted(shop: Acme) -> None:
    """That an unknown parameter is ignored is noted as unconfirmed."""
    shop.order(id="o1")
    shop.sdk.Order.update("o1", {"total": 7})

    assert "chargebee.parameter.unknown-ignored" in shop.met()


def test_a_change_of_status_notes_the_time(shop: Acme) -> None:
    """A change of status notes when it happened."""
    shop.order(id="o1")
    shop.clock.advance(9)
    shop.sdk.Order.update("o1", {"status": "shipped"})

    assert START + 9 == shop.retrieved("Order", "o1")["status_update_at"]


def test_the_same_status_notes_no_time(shop: Acme) -> None:
    """An update to the status that the order has notes no time."""
    shop.order(id="o1")
    shop.sdk.Order.update("o1", {"status": "queued"})

    assert "status_update_at" not in shop.retrieved("Order", "o1")


def test_a_line_is_changed_by_its_id(shop: Acme) -> None:
    """A line's status and sku change by its id, and its amount stays."""
    line = shop.order(id="o1")["order_line_items"][0]
    change = {"id": line["id"], "status": "shipped", "sku": "N1"}
    shop.sdk.Order.update("o1", {"order_line_items": [change]})

    assert [{**line, **change}] == shop.retrieved("Order", "o1")["order_line_items"]


def test_a_cancelled_order_says_why(shop: Acme) -> None:
    """A cancelled order has a reason and a time."""
    shop.order(id="o1")
    shop.sdk.Order.cancel("o1", {"cancellation_reason": "others"})
    order = shop.retrieved("Order", "o1")

    assert ("cancelled", "others", START) == (
        order["status"],
        order["cancellation_reason"],
        order["cancelled_at"],
    )


def test_a_cancellation_needs_a_reason(shop: Acme) -> None:
    """A cancellation without a reason is refused."""
    shop.order(id="o1")

    answer = refused(lambda: shop.sdk.Order.cancel("o1", {}))

    assert (400, "param_wrong_value", "cancellation_reason") == answer


def test_an_order_is_not_cancelled_twice(shop: Acme) -> None:
    """A second cancellation is refused, with a finer code in the old form."""
    shop.order(id="o1")
    shop.sdk.Order.cancel("o1", {"cancellation_reason": "others"})
    answer = shop.raw.post("orders/o1/cancel", data={"cancellation_reason": "others"})

    assert (409, "invalid_state_for_cancel") == (
        answer.status_code,
        answer.json()["error_code"],
    )


def test_an_imported_order_is_deleted(shop: Acme) -> None:
    """A deleted order says so, and vanishes from its list."""
    shop.order(id="o1")
    deleted = shop.sdk.Order.delete("o1").order.raw_data["deleted"]

    assert (True, []) == (deleted, shop.ids("Order"))


def test_a_deleted_order_leaves_its_invoice(shop: Acme) -> None:
    """A deleted order is no longer named by its invoice."""
    shop.order(id="o1")
    shop.sdk.Order.delete("o1")

    assert [] == shop.retrieved("Invoice", "inv_1")["linked_orders"]


def test_creating_an_order_is_refused(shop: Acme) -> None:
    """An order cannot be created other than by import."""
    answer = refused(lambda: shop.sdk.Order.create({"invoice_id": "inv_1"}))

    assert (400, "invalid_request", None) == answer


def test_an_old_site_creates_orders(old_acme: Acme) -> None:
    """A site of the old kind creates orders."""
    old_acme.customer(id="ada")
    old_acme.invoice()
    made = old_acme.sdk.Order.create({"invoice_id": "inv_1"}).order.raw_data

    assert ("1", "new", "ada") == (made["id"], made["status"], made["customer_id"])


def test_an_order_that_was_created_is_not_deleted(old_acme: Acme) -> None:
    """An order that was not imported is not deleted."""
    old_acme.customer(id="ada")
    old_acme.invoice()
    old_acme.sdk.Order.create({"invoice_id": "inv_1"})

    answer = refused(lambda: old_acme.sdk.Order.delete("1"))

    assert (409, "invalid_state_for_request", None) == answer


def test_the_orders_of_an_invoice_are_listed_latest_first(shop: Acme) -> None:
    """The orders of one invoice are listed, the latest first."""
    shop.order(id="o1")
    shop.order(id="o2", created_at=START + 1)
    rows = shop.sdk.Order.orders_for_invoice("inv_1").list

    assert ["o2", "o1"] == [row.order.id for row in rows]
