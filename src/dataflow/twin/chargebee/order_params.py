"""The parameters of the calls about orders, as in the vendor's SDK and schemas."""

from __future__ import annotations

from dataflow.twin.chargebee.addresses import ADDRESS
from dataflow.twin.chargebee.params import (
    Param,
    group,
    moment,
    one_of,
    rows,
    text,
    whole,
)

CURRENT = (
    "queued",
    "awaiting_shipment",
    "on_hold",
    "delivered",
    "shipped",
    "partially_delivered",
    "returned",
    "cancelled",
)
LEGACY = ("new", "processing", "complete", "cancelled", "voided")
_REASON = one_of(
    "shipping_cut_off_passed",
    "product_unsatisfactory",
    "third_party_cancellation",
    "product_not_required",
    "delivery_date_missed",
    "alternative_found",
    "invoice_written_off",
    "invoice_voided",
    "fraudulent_transaction",
    "payment_declined",
    "subscription_cancelled",
    "product_not_available",
    "others",
    "order_resent",
)

NOTES = (
    Param("reference_id", text(50)),
    Param("fulfillment_status", text(50)),
    Param("note", text(600)),
    Param("tracking_id", text(50)),
    Param("tracking_url", text(255)),
    Param("batch_id", text(50)),
)
SHIPPING = (
    *NOTES,
    Param("shipment_carrier", text(50)),
    Param("shipped_at", moment),
    Param("delivered_at", moment),
    Param("cancelled_at", moment),
    Param("cancellation_reason", _REASON),
    Param("shipping_address", ADDRESS),
)
IMPORT = (
    Param("id", text(40)),
    Param("document_number", text(50)),
    Param("invoice_id", text(50), required=True),
    Param("customer_id", text(50)),
    Param("subscription_id", text(50)),
    Param("status", one_of(*CURRENT), required=True),
    Param("created_at", moment, required=True),
    Param("order_date", moment, required=True),
    Param("shipping_date", moment, required=True),
    Param("shipping_cut_off_date", moment),
    Param("refundable_credits_issued", whole(0)),
    Param("billing_address", ADDRESS),
    *SHIPPING,
)
CREATE = (
    Param("id", text(40)),
    Param("invoice_id", text(50), required=True),
    Param("status", one_of(*LEGACY)),
    *NOTES,
)
LINE = (
    Param("id", text(40)),
    Param("status", one_of(*CURRENT)),
    Param("sku", text(250)),
)
UPDATE = (
    *SHIPPING,
    Param("shipping_date", moment, kept=True),
    Param("order_date", moment, kept=True),
    Param("status", one_of(*CURRENT, *LEGACY), kept=True),
    Param("order_line_items", rows(LINE)),
)
CANCEL = (
    Param("cancellation_reason", _REASON, required=True),
    Param("credit_note", group([Param("total", whole(0))])),
    Param("customer_notes", text(2000)),
    Param("comment", text(300)),
    Param("cancelled_at", moment),
)
#: What an update has no parameter for, and what a sync might want to change.
IMMUTABLE = ("customer_id", "currency_code", "invoice_id")
