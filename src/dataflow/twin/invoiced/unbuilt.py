"""The calls that Invoiced has and its twin lacks (documented, or sdk)."""

from __future__ import annotations

from dataflow.twin.messages import split_words
from dataflow.twin.unbuilt import UnbuiltCalls

#: Resources of which the twin has no call at all.
_RESOURCES = split_words(
    """
    attachments charges chasing_cadences coupons credit_balance_adjustments
    credit_notes custom_fields customer_chasing_cadences email_templates estimates
    file files gl_accounts health inboxes invoice_chasing_cadences
    invoice_distributions invoice_templates late_fee_schedules line_items members
    merchant_accounts notes payment_methods pdf_templates plans refunds reports
    roles sign_up_pages sms_templates subscriptions tasks tax_rates tax_rules themes
    webhook_attempts webhooks
    """
)
#: The calls that it lacks of a resource that it has: method, path, last steps.
_CALLS = {
    ("GET", "customers/{id}"): """
        attachments balance collection_activity contacts disabled_payment_methods
        line_items notes payment_sources tasks upcoming_invoice
    """,
    ("POST", "customers/{id}"): """
        consolidate_invoices contacts emails import_payment_source invoices letters
        line_items merge payment_sources send text_messages
    """,
    ("DELETE", "customers/{id}/attachments"): "{id}",
    ("POST", "customers/{id}/bank_accounts/{id}"): "reinstate verify",
    ("DELETE", "customers/{id}/contacts"): "{id}",
    ("GET", "customers/{id}/contacts"): "{id}",
    ("PATCH", "customers/{id}/contacts"): "{id}",
    ("POST", "customers/{id}/emails"): "generic",
    ("DELETE", "customers/{id}/line_items"): "{id}",
    ("GET", "customers/{id}/line_items"): "{id}",
    ("PATCH", "customers/{id}/line_items"): "{id}",
    ("DELETE", "customers/{id}/bank_accounts"): "{id}",
    ("DELETE", "customers/{id}/cards"): "{id}",
    ("DELETE", "invoices/{id}"): "payment_plan",
    ("GET", "invoices/{id}"): "attachments delivery distributions notes payment_plan",
    ("POST", "invoices/{id}"): "bad_debt emails letters pay send text_messages",
    ("PUT", "invoices/{id}"): "delivery payment_plan",
    ("GET", "invoices/{id}/delivery"): "state",
    ("GET", "payments/{id}"): "attachments capture",
    ("POST", "payments/{id}"): "capture emails",
}

UNBUILT = UnbuiltCalls.parse(_RESOURCES, _CALLS)
