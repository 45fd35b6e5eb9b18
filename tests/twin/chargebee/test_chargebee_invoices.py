"""Invoices that are imported, voided and deleted."""

from __future__ import annotations

import pytest

from dataflow.twin.clock import START
from tests.twin.chargebee.acme import Acme, refused


@pytest.mark.parametrize(
    "name", ["id", "customer_id", "currency_code", "date", "total", "line_items"]
)
def test_an_import_needs(shop: Acme, name: str) -> None:
    """An import without one of its required parameters is refused."""
    answer = refused(lambda: shop.invoice(**{"id": "inv_2", name: ""}))

    assert (400, "param_wrong_value", name) == answer


def test_an_imported_invoice_can_be_retrieved(shop: Acme) -> None:
    """An invoice is retrieved as its import answered."""
    made = shop.invoice(id="inv_2")

    assert made == shop.retrieved("Invoice", "inv_2")


def test_an_import_of_an_unknown_customer_is_refused(shop: Acme) -> None:
    """An invoice of a customer that is not there is refused with 404."""
    answer = refused(lambda: shop.invoice(id="inv_2", customer_id="eve"))

    assert (404, "resource_not_found", "customer_id") == answer


def test_an_import_for_a_deleted_customer_is_refused(shop: Acme) -> None:
    """An invoice of a deleted customer is refused with 404."""
    shop.sdk.Customer.delete("ada")

    answer = refused(lambda: shop.invoice(id="inv_2"))

    assert (404, "resource_not_found", "customer_id") == answer


def test_a_taken_id_is_refused(shop: Acme) -> None:
    """An invoice id that is taken is refused as a duplicate."""
    answer = refused(shop.invoice)

    assert (400, "duplicate_entry", "id") == answer


def test_a_total_that_is_not_the_sum_is_refused(shop: Acme) -> None:
    """A total that differs from the sum of the lines is refused."""
    answer = refused(lambda: shop.invoice(id="inv_2", total=99))

    assert (400, "param_wrong_value", "total") == answer


def test_a_line_is_priced_by_unit(shop: Acme) -> None:
    """A line's amount is its unit amount times its quantity."""
    line = {"description": "Nails", "unit_amount": 25, "quantity": 4}
    made = shop.invoice(id="inv_2", line_items=[line])

    assert 100 == made["line_items"][0]["amount"]


def test_a_line_without_an_amount_is_refused(shop: Acme) -> None:
    """A line with neither amount nor unit amount is refused by its place."""
    lines = [{"description": "Nails", "amount": 100}, {"description": "Screws"}]

    answer = refused(lambda: shop.invoice(id="inv_2", line_items=lines))

    assert (400, "param_wrong_value", "line_items[unit_amount][1]") == answer


def test_a_line_without_a_description_is_refused(shop: Acme) -> None:
    """A line without a description is refused by its place."""
    answer = refused(lambda: shop.invoice(id="inv_2", line_items=[{"amount": 100}]))

    assert (400, "param_wrong_value", "line_items[description][0]") == answer


def test_a_total_of_zero_is_accepted(shop: Acme) -> None:
    """An invoice of nothing is imported, and needs no payment."""
    line = {"description": "A gift", "amount": 0}
    made = shop.invoice(id="inv_2", total=0, line_items=[line])

    assert "paid" == made["status"]


def test_an_invoice_without_payments_is_due(shop: Acme) -> None:
    """An invoice without status and payments is due in full."""
    invoice = shop.retrieved("Invoice", "inv_1")

    assert ("payment_due", 100) == (invoice["status"], invoice["amount_due"])


def test_a_paid_up_invoice_is_paid(shop: Acme) -> None:
    """An invoice whose payments cover its total is paid."""
    payment = {"amount": 100, "payment_method": "cash"}
    made = shop.invoice(id="inv_2", payments=[payment])

    assert ("paid", 0, 100) == (made["status"], made["amount_due"], made["amount_paid"])


def test_a_currency_code_is_stored_as_sent(shop: Acme) -> None:
    """An invoice's currency code in lower case stays in lower case."""
    assert "nok" == shop.invoice(id="inv_2", currency_code="nok")["currency_code"]


def test_a_long_currency_code_is_refused(shop: Acme) -> None:
    """A currency code of more than three characters is refused."""
    answer = refused(lambda: shop.invoice(id="inv_2", currency_code="EURO"))

    assert (400, "param_wrong_value", "currency_code") == answer


def test_the_address_is_the_customers(shop: Acme) -> None:
    """An invoice without an address of its own has its customer's."""
    customer = shop.retrieved("Customer", "ada")

    assert (
        customer["billing_address"]
        == shop.retrieved("Invoice", "inv_1")["billing_address"]
    )


def test_net_terms_set_the_due_date(shop: Acme) -> None:
    """An invoice is due so many days after its date."""
    made = shop.invoice(id="inv_2", net_term_days=2)

    assert START + 2 * 86_400 == made["due_date"]


def test_an_unpaid_invoice_is_voided(shop: Acme) -> None:
    """A voided invoice has nothing due."""
    made = shop.sdk.Invoice.void_invoice("inv_1").invoice.raw_data

    assert ("voided", 0) == (made["status"], made["amount_due"])


def test_a_paid_invoice_is_not_voided(shop: Acme) -> None:
    """A paid invoice is not voided."""
    shop.invoice(id="inv_2", status="paid")

    answer = refused(lambda: shop.sdk.Invoice.void_invoice("inv_2"))

    assert (409, "invalid_state_for_request", None) == answer


def test_an_invoice_is_not_voided_twice(shop: Acme) -> None:
    """A voided invoice is not voided again."""
    shop.sdk.Invoice.void_invoice("inv_1")

    answer = refused(lambda: shop.sdk.Invoice.void_invoice("inv_1"))

    assert (409, "invalid_state_for_request", None) == answer


def test_a_voided_invoice_leaves_its_orders(shop: Acme) -> None:
    """The orders of a voided invoice stay as they are."""
    order = shop.order(id="o1")
    shop.sdk.Invoice.void_invoice("inv_1")

    assert order == shop.retrieved("Order", "o1")


def test_a_paid_invoice_is_not_deleted(shop: Acme) -> None:
    """A paid invoice is not deleted."""
    shop.invoice(id="inv_2", status="paid")

    answer = refused(lambda: shop.sdk.Invoice.delete("inv_2"))

    assert (409, "invalid_state_for_request", None) == answer


def test_a_deleted_invoice_takes_its_orders_along(shop: Acme) -> None:
    """The orders of a deleted invoice are deleted."""
    shop.order(id="o1")
    shop.sdk.Invoice.delete("inv_1")

    assert shop.retrieved("Order", "o1")["deleted"] is True


def test_an_invoice_names_its_orders(shop: Acme) -> None:
    """An invoice names its orders with their status."""
    shop.order(id="o1")
    shop.sdk.Order.update("o1", {"status": "shipped"})

    invoice = shop.retrieved("Invoice", "inv_1")
    assert [{"id": "o1", "status": "shipped", "created_at": START}] == invoice[
        "linked_orders"
    ]


def test_an_order_leaves_its_invoices_version(shop: Acme) -> None:
    """An order does not count as a change of its invoice."""
    before = shop.retrieved("Invoice", "inv_1")["resource_version"]
    shop.order()

    assert before == shop.retrieved("Invoice", "inv_1")["resource_version"]
