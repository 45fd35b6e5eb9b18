"""The calls of Chargebee's SDK that `vendor_calls.tsv` leaves out: none is built."""

from __future__ import annotations

from dataflow.twin.messages import split_words
from dataflow.twin.unbuilt import UnbuiltCalls

#: Resources of which the twin has no call at all.
_RESOURCES = split_words(
    """
    addons alerts batch business_rules business_rulesets cards coupon_codes
    coupon_sets coupons credit_units disputes einvoices entitlements estimates
    exports features gifts grant_blocks hosted_pages in_app_subscriptions
    ledger_account_balances ledger_operations metered_features meters
    non_subscriptions offer_events offer_fulfillments
    omnichannel_one_time_orders omnichannel_subscription_items
    omnichannel_subscriptions payment_intents payment_schedule_schemes
    payment_schedules payment_vouchers personalized_offers plans portal_sessions
    price_variants pricing_page_sessions promotional_grants purchases quotes ramps
    recorded_purchases resource_migrations rules site_migration_details
    subscriptions time_machines usage_events usage_files usages
    vaulted_payment_methods virtual_bank_accounts
    """
)
#: Calls of other resources: method, path, last steps.
_CALLS = {
    ("GET", "customers/{id}"): """
        create_subscription_estimate customer_entitlements email_logs payment_vouchers
        subscriptions upcoming_invoices_estimate
    """,
    ("POST", "customers/{id}"): """
        copy_card create_subscription_for_items_estimate create_subscription_quote
        create_subscription_quote_for_items credit_card delete_card import_for_items
        import_subscription send_payment_request subscription_for_items subscriptions
        switch_gateway
    """,
    ("GET", "invoices/{id}"): "payment_vouchers",
    ("POST", "credit_notes/{id}"): "send_email",
    ("POST", "invoices/{id}"): "send_email",
    ("GET", "items/{id}"): "item_entitlements",
    ("POST", "items/{id}"): "item_entitlements",
}

UNBUILT = UnbuiltCalls.parse(_RESOURCES, _CALLS)
