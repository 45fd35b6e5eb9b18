"""The calls that Chargebee has and its twin lacks: those of the vendor's SDK (sdk)."""

from __future__ import annotations

from dataflow.twin.messages import split_words
from dataflow.twin.unbuilt import UnbuiltCalls

#: Resources of which the twin has no call at all.
_RESOURCES = split_words(
    """
    addons addresses alerts attached_items batch business_entities business_rules
    business_rulesets cards comments coupon_codes coupon_sets coupons credit_notes
    credit_units differential_prices disputes einvoices entitlements estimates
    exports features gifts grant_blocks hosted_pages in_app_subscriptions
    ledger_account_balances ledger_operations metered_features meters offer_events
    offer_fulfillments omnichannel_one_time_orders omnichannel_subscription_items
    omnichannel_subscriptions payment_intents payment_schedule_schemes
    payment_schedules payment_sources payment_vouchers personalized_offers plans
    portal_sessions price_variants pricing_page_sessions promotional_credits
    promotional_grants purchases quotes ramps recorded_purchases resource_migrations
    rules site_migration_details subscriptions time_machines transactions
    unbilled_charges usage_events usage_files usages vaulted_payment_methods
    virtual_bank_accounts webhook_endpoints
    """
)
#: The calls that it lacks of a resource that it has: method, path, last steps.
_CALLS = {
    ("POST", ""): "invoices",
    ("POST", "currencies/{id}"): "add_schedule remove_schedule",
    ("POST", "customers"): "move",
    ("GET", "customers/{id}"): """
        contacts create_subscription_estimate credit_notes customer_entitlements
        email_logs hierarchy hierarchy_detail invoices payment_vouchers
        subscriptions transactions upcoming_invoices_estimate
    """,
    ("POST", "customers/{id}"): """
        add_contact add_promotional_credits assign_payment_role change_billing_date
        clear_personal_data collect_payment copy_card
        create_subscription_for_items_estimate create_subscription_quote
        create_subscription_quote_for_items credit_card deduct_promotional_credits
        delete_card delete_contact delete_relationship import_for_items
        import_subscription record_excess_payment relationships send_payment_request
        set_promotional_credits subscription_for_items subscriptions switch_gateway
        update_contact update_hierarchy_settings update_payment_method
    """,
    ("GET", "invoices"): "payment_reference_numbers",
    ("POST", "invoices"): "charge charge_addon create_for_charge_item",
    ("GET", "invoices/{id}"): """
        download_einvoice payment_schedules payment_vouchers payments
    """,
    ("POST", "invoices/{id}"): """
        add_addon_charge add_charge add_charge_item apply_credits
        apply_payment_schedule_scheme apply_payments close collect_payment
        delete_line_items pause_dunning pdf record_refund record_tax_withheld refund
        remove_credit_note remove_payment remove_tax_withheld resend_einvoice
        resume_dunning send_einvoice send_email stop_dunning sync_usages
        update_details void_before_capture write_off
    """,
    ("GET", "item_prices/{id}"): "applicable_item_prices applicable_items",
    ("POST", "item_prices/{id}"): "differential_prices",
    ("GET", "items/{id}"): "attached_items item_entitlements",
    ("POST", "items/{id}"): "attached_items item_entitlements",
    ("POST", "orders/{id}"): """
        assign_order_number create_refundable_credit_note reopen resend
    """,
}

UNBUILT = UnbuiltCalls.parse(_RESOURCES, _CALLS)
