"""Chargebee's record types: nouns, new records, properties, edits.

Sources of the properties: documentation and SDK, with recorded records.
"""

from __future__ import annotations

from collections.abc import Mapping

from dataflow.record_types import model
from dataflow.record_types.model import (
    CURRENCY_CODE,
    EMAIL,
    REFERENCE,
    Fill,
    Prerequisite,
    Property,
    RecordType,
    computed,
    texts,
)

#: The id of the customer of a stranger's order.
ORDER_CUSTOMER = "customer-{marked}"

#: By the name in the document. The content is that of a stranger: a record that is no
#: counterpart. `{name}` is its name and `{id}` its id; `{marked}` and `{group}` are ids
#: that show the run, for a record that has no other place for it.
RECORD_TYPES: Mapping[str, RecordType] = {
    "Customer": RecordType(
        "customer",
        "customers",
        model.CUSTOMER,
        mark_field="meta_data",
        content={"last_name": "{name}"},
        properties=(
            *texts("first_name", "last_name", "company", "phone", "locale"),
            *texts("invoice_notes"),
            Property("email", values=EMAIL),
            Property("preferred_currency_code", values=CURRENCY_CODE),
            Property("net_term_days", "integer"),
            *computed("integer", "created_at", "updated_at", "resource_version"),
            *computed("integer", "promotional_credits", "refundable_credits"),
            *computed("integer", "excess_payments", "unbilled_charges"),
            *computed("boolean", "deleted"),
            *computed("string", "object", "card_status", "channel", "pii_cleared"),
        ),
        edits=(("last_name", "Lovelace"), ("email", "lovelace@example.com")),
        further_edits=(
            ("first_name", "Ada"),
            ("company", "Engines"),
            ("phone", "555-0101"),
        ),
    ),
    "Order": RecordType(
        "order",
        "orders",
        model.ORDER,
        prerequisites=(
            Prerequisite(model.CUSTOMER, {"id": ORDER_CUSTOMER}, "meta_data"),
            Prerequisite(
                model.CARRIER,
                {
                    "id": "invoice-{marked}",
                    "customer_id": ORDER_CUSTOMER,
                    "currency_code": "EUR",
                    "date": Fill.NOW,
                    "total": 4000,
                    "status": "payment_due",
                    "line_items": [{"description": "Rent", "amount": 4000}],
                },
            ),
        ),
        content={
            "id": "{marked}",
            "invoice_id": "invoice-{marked}",
            "status": "queued",
            "created_at": Fill.NOW,
            "order_date": Fill.NOW,
            "shipping_date": Fill.NOW,
        },
        properties=(
            # Documented: no call takes these two. They are the invoice's.
            Property("customer_id", values=REFERENCE, is_editable=False),
            Property("currency_code", values=CURRENCY_CODE, is_editable=False),
            *texts("note", "tracking_id", "tracking_url", "batch_id"),
            *texts("shipment_carrier", "fulfillment_status"),
            Property("document_number", is_editable=False),
            *computed("integer", "total", "sub_total", "tax", "discount"),
            *computed("integer", "amount_paid", "amount_adjusted", "paid_on"),
            *computed("integer", "created_at", "updated_at", "resource_version"),
            *computed("string", "object", "payment_status", "order_type", "price_type"),
            *computed("string", "created_by", "base_currency_code"),
            *computed("float", "exchange_rate"),
            *computed("boolean", "deleted", "is_resent"),
        ),
        edits=(("note", "Ring twice"),),
        further_edits=(("status", "shipped"), ("tracking_id", "T-7")),
    ),
    "Item": RecordType(
        "item",
        "items",
        model.ITEM,
        prerequisites=(
            Prerequisite(model.FAMILY, {"id": "{group}", "name": "{name}"}),
        ),
        mark_field="metadata",
        content={
            "id": "{id}",
            "name": "{name}",
            "type": "charge",
            "item_family_id": "{group}",
        },
        properties=(
            Property("name", is_unique=True),  # documented
            *texts("description", "external_name", "unit", "redirect_url"),
            Property("is_shippable", "boolean"),
            Property("enabled_for_checkout", "boolean"),
            Property("enabled_in_portal", "boolean"),
            # Documented: an edit takes neither.
            Property("is_giftable", "boolean", is_editable=False),
            Property("metered", "boolean", is_editable=False),
            *computed("integer", "updated_at", "resource_version"),
            *computed("string", "object", "channel"),
        ),
        edits=(("description", "Now in green"), ("name", "Green widget {}")),
        further_edits=(("external_name", "Widget in green"), ("unit", "dozen")),
    ),
}
