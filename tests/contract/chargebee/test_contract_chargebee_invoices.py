"""Chargebee: invoices that were imported, on which orders stand."""

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

A_NAIL: Record = {"description": "A nail", "amount": 100}


@pytest.mark.unconfirmed("chargebee.reference.unknown")
@pytest.mark.parametrize("is_deleted", [False, True], ids=["unknown", "deleted"])
def test_an_unknown_customer_is_refused(
    site: Site, later: Callable[[float], None], *, is_deleted: bool
) -> None:
    """An import for a customer that is not there, or is deleted, answers 404."""
    gone = site.new("gone")
    if is_deleted:
        site.delete(site.customer(id=gone))
        later(180)

    assert unknown("customer_id") == refused(site.invoice, customer_id=gone)


@cases(
    "params, answer",
    {
        "no-description": (
            {"line_items": [{"amount": 100}]},
            wrong("line_items[description][0]"),
            pytest.mark.documented("chargebee.parameter.wrong-value"),
        ),
        "no-amount": (
            {"line_items": [A_NAIL, {"description": "Screws"}]},
            wrong("line_items[unit_amount][1]"),
            pytest.mark.documented("chargebee.parameter.wrong-value"),
        ),
        "long-currency": (
            {"currency_code": "EURO"},
            wrong("currency_code"),
            pytest.mark.documented("chargebee.parameter.wrong-value"),
        ),
        "other-total": (
            {"total": 99},
            wrong("total"),
            pytest.mark.unconfirmed("chargebee.invoice.import-total-is-the-sum"),
        ),
    },
)
def test_an_odd_import_is_refused(
    params: Record, answer: tuple[int, str, str], site: Site
) -> None:
    """A line needs a description and an amount, and the total is the lines' sum."""
    assert answer == refused(site.invoice, **params)


@pytest.mark.documented
def test_amounts_are_whole_cents(site: Site) -> None:
    """A line's amount may be given as a unit amount and a quantity, in cents."""
    lines = [{"description": "A nail", "unit_amount": 25, "quantity": 4}]

    assert 100 == site.invoice(line_items=lines)["line_items"][0]["amount"]


@pytest.mark.unconfirmed("chargebee.currency-code.stored-as-sent")
def test_a_lower_case_currency_stays(site: Site) -> None:
    """A currency code in lower case is stored in lower case."""
    assert "eur" == site.invoice(currency_code="eur")["currency_code"]


@pytest.mark.unconfirmed("chargebee.invoice.import-zero-amounts")
def test_a_total_can_be_zero(site: Site) -> None:
    """An invoice over nothing can be imported, and needs no payment."""
    lines = [{"description": "A gift", "amount": 0}]
    made = site.invoice(total=0, line_items=lines, status=None)

    assert (0, "paid") == (made["total"], made["status"])


@pytest.mark.documented("chargebee.amount.greatest")
@pytest.mark.parametrize(
    ("amount", "is_refused"), [(2_147_483_647, False), (2_147_483_648, True)]
)
def test_an_amount_has_a_limit(amount: int, site: Site, *, is_refused: bool) -> None:
    """A site without High Value Currency refuses amounts above 21,474,836.47."""
    lines = [{**A_NAIL, "amount": amount}]
    if is_refused:
        assert 400 == refused(site.invoice, total=amount, line_items=lines)[0]
    else:
        assert amount == site.invoice(total=amount, line_items=lines)["total"]


@pytest.mark.unconfirmed("chargebee.invoice.import-negative-lines")
def test_a_line_can_be_negative(site: Site) -> None:
    """A line below zero can be imported."""
    lines = [{**A_NAIL, "amount": 150}, {"description": "A rebate", "amount": -50}]
    made = site.invoice(line_items=lines)

    assert [150, -50] == [line["amount"] for line in made["line_items"]]


@pytest.mark.unconfirmed("chargebee.invoice.import-status-from-payments")
@pytest.mark.parametrize(
    ("paid", "status"), [(100, "paid"), (40, "payment_due"), (0, "payment_due")]
)
def test_payments_give_the_status(paid: int, status: str, site: Site) -> None:
    """An import without a status is paid if its payments cover the total."""
    payment = {"amount": paid, "payment_method": "cash", "date": A_DATE}
    made = site.invoice(status=None, **({"payments": [payment]} if paid else {}))

    assert (status, paid, 100 - paid) == (
        made["status"],
        made["amount_paid"],
        made["amount_due"],
    )


@pytest.mark.unconfirmed("chargebee.invoice.import-written-off")
def test_an_invoice_is_imported_as_written_off(site: Site) -> None:
    """What is not paid of it is written off, and nothing is due."""
    payment = {"amount": 40, "payment_method": "cash", "date": A_DATE}
    made = site.invoice(status="paid", payments=[payment], is_written_off=True)

    assert ("paid", 40, 60, 0) == tuple(
        made[name]
        for name in ("status", "amount_paid", "write_off_amount", "amount_due")
    )


@pytest.mark.unconfirmed("chargebee.invoice.import-paid-without-payments")
def test_a_paid_invoice_needs_no_payments(site: Site) -> None:
    """An invoice can be imported as paid without its payments."""
    assert 100 == site.invoice(status="paid")["amount_paid"]


@pytest.mark.unconfirmed("chargebee.invoice.exchange-rate-is-one")
def test_the_exchange_rate_is_one(site: Site) -> None:
    """The exchange rate of an import in euros is 1."""
    assert 1.0 == site.invoice(currency_code="EUR")["exchange_rate"]


@pytest.mark.unconfirmed
def test_the_address_is_the_customers(site: Site) -> None:
    """An invoice without an address of its own has its customer's."""
    customer = site.customer(billing_address={"city": "Oslo"})
    made = site.invoice(customer_id=customer["id"])

    assert customer["billing_address"] == made["billing_address"]


@pytest.mark.documented
def test_net_terms_set_the_due_date(site: Site) -> None:
    """An invoice is due so many days after its date."""
    assert A_DATE + 2 * 86_400 == site.invoice(net_term_days=2)["due_date"]


# Taxes and discounts

TAXED: Record = {**A_NAIL, "tax1_name": "VAT", "tax1_amount": 25}
VAT: Record = {"name": "VAT", "rate": 25}
REBATE: Record = {"entity_type": "document_level_discount", "amount": 10}

TOGETHER = pytest.mark.documented("chargebee.invoice.import-taxes-belong-together")
SUM = pytest.mark.unconfirmed("chargebee.invoice.import-total-is-the-sum")


@SUM
@pytest.mark.parametrize(
    ("params", "total"),
    [
        ({"line_items": [TAXED], "taxes": [VAT]}, 125),
        ({"discounts": [REBATE]}, 90),
        ({"round_off": 1}, 101),
        (
            {"line_items": [TAXED], "taxes": [VAT], "price_type": "tax_inclusive"},
            100,
        ),
    ],
    ids=["taxes", "discounts", "rounding", "taxes included"],
)
def test_the_total_counts_taxes_and_discounts(
    params: Record, total: int, site: Site
) -> None:
    """The total is that of the lines, less discounts, with taxes and rounding."""
    made = site.invoice(total=total, **params)

    assert (total, total) == (made["total"], made["amount_due"])


@TOGETHER
def test_taxes_are_shown(site: Site) -> None:
    """An imported invoice shows its tax in sum, by name, and on each line."""
    made = site.invoice(total=125, line_items=[TAXED], taxes=[VAT])

    assert (25, [("VAT", 25)], 25) == (
        made["tax"],
        [(tax["name"], tax["amount"]) for tax in made["taxes"]],
        made["line_items"][0]["tax_amount"],
    )


@TOGETHER
@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"line_items": [TAXED]}, "taxes[name]"),
        ({"taxes": [VAT]}, "line_items[tax1_name][0]"),
        ({"line_items": [TAXED], "taxes": [{"name": "VAT"}]}, "taxes[rate][0]"),
        (
            {"line_items": [{**A_NAIL, "tax1_name": "VAT"}], "taxes": [VAT]},
            "line_items[tax1_amount][0]",
        ),
        ({"line_items": [TAXED], "taxes": [VAT], "status": "pending"}, "taxes"),
        (
            {"discounts": [{"entity_type": "item_level_coupon", "amount": 1}]},
            "discounts[line_item_id][0]",
        ),
    ],
    ids=["no tax", "no line", "no rate", "no amount", "pending", "coupon"],
)
def test_parts_of_a_tax_belong_together(params: Record, param: str, site: Site) -> None:
    """A tax has a name, a rate and a line; a coupon has a line."""
    assert wrong(param) == refused(site.invoice, total=125, **params)


# Afterwards


@pytest.mark.sdk
def test_an_invoice_can_be_voided(site: Site) -> None:
    """A voided invoice has the status voided, and nothing due."""
    made = site.invoice()
    site.void(made)
    now = site.read(made)

    assert ("voided", 0) == (now["status"], now["amount_due"])


def paid_partly(site: Site) -> Record:
    """Make an invoice of which a part is paid."""
    made = site.invoice()
    site.pay(made, amount=40)
    return made


@cases(
    "attempt",
    {
        "void-paid": (
            lambda site: site.void(site.invoice(status="paid")),
            pytest.mark.documented("chargebee.invoice.void-refused"),
        ),
        "void-voided": (
            lambda site: site.void(site.void(site.invoice())),
            pytest.mark.documented("chargebee.invoice.void-refused"),
        ),
        "void-pending": (
            lambda site: site.void(site.invoice(status="pending")),
            pytest.mark.documented("chargebee.invoice.void-refused"),
        ),
        "void-paid-partly": (
            lambda site: site.void(paid_partly(site)),
            pytest.mark.documented("chargebee.invoice.partly-paid-stays"),
        ),
        "delete-paid": (
            lambda site: site.delete(site.invoice(status="paid")),
            pytest.mark.documented("chargebee.invoice.delete-refused-when-paid"),
        ),
        "delete-paid-partly": (
            lambda site: site.delete(paid_partly(site)),
            pytest.mark.documented("chargebee.invoice.partly-paid-stays"),
        ),
    },
)
def test_an_invoice_stays(attempt: Callable[[Site], Any], site: Site) -> None:
    """An invoice with a payment is neither voided nor deleted, even a partial one."""
    assert WRONG_STATE == refused(attempt, site)


@pytest.mark.documented("chargebee.invoice.deleted-only-listed")
def test_a_deleted_invoice_is_only_listed(site: Site) -> None:
    """A deleted invoice answers 404 by its id; the list shows it on request."""
    made = site.invoice()
    site.delete(made)
    mine = {"id": {"is": made["id"]}}

    assert unknown() == refused(site.read, made)
    assert [made["id"]] == site.listed("invoice", **mine, include_deleted=True)


@pytest.mark.unconfirmed("chargebee.invoice.void-leaves-orders")
def test_a_void_leaves_the_orders(site: Site) -> None:
    """The order of a voided invoice stays as it is."""
    order = site.order()
    site.void({"id": order["invoice_id"]})

    assert order == site.read(order)


@pytest.mark.unconfirmed("chargebee.invoice.delete-cascades")
def test_an_invoice_takes_its_orders_along(site: Site) -> None:
    """The order of a deleted invoice is deleted too."""
    order = site.order()
    site.sdk.Invoice.delete(order["invoice_id"])

    assert site.read(order)["deleted"] is True
