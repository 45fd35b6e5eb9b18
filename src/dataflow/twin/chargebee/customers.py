"""Create, read, update, delete and merge customers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from dataflow.twin.chargebee import behaviours, invoices, lists, types
from dataflow.twin.chargebee.addresses import ADDRESS, complete_addresses
from dataflow.twin.chargebee.calls import Answer, Call, make_list, make_retrieve
from dataflow.twin.chargebee.errors import wrong_value
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import CUSTOMERS, INVOICES, ORDERS, Site
from dataflow.twin.chargebee.types import (
    Record,
    Values,
    drop_fields,
    is_deleted,
    objects,
    string,
)
from dataflow.twin.resource import Field, fields

MERGE = (
    Field("from_customer_id", types.Text(50), required=True),
    Field("to_customer_id", types.Text(50), required=True),
)


def merge(call: Call) -> Answer:
    """Merge one customer into another, a little later: documented."""
    values = call.read()
    loser = call.site.find_reference(CUSTOMERS, values, "from_customer_id")
    winner = call.site.find_reference(CUSTOMERS, values, "to_customer_id")
    if loser["id"] == winner["id"]:
        text = "is the customer to merge into"
        raise wrong_value("from_customer_id", text, behaviours.MERGED_INTO_ITSELF)
    call.site.evidence.cite(behaviours.MERGED_LATER)
    ids = string(loser, "id"), string(winner, "id")
    delay = call.site.switches.customer_merge_delay
    call.site.schedule(delay, partial(merge_later, call.site, *ids))
    call.site.catch_up()
    return {"customer": call.site.find(CUSTOMERS, ids[1])}


def merge_later(site: Site, loser_id: str, winner_id: str) -> None:
    """Merge two customers, if both are still there."""
    loser, winner = (site.table(CUSTOMERS).get(each) for each in (loser_id, winner_id))
    if loser and winner and not is_deleted(loser) and not is_deleted(winner):
        move_all(site, loser, winner)


def move_all(site: Site, loser: Record, winner: Record) -> Record:
    """Move a customer's records to another one, delete it, and return the other one."""
    site.evidence.cite(behaviours.MERGED)
    for invoice in site.table(INVOICES).alive("customer_id", str(loser["id"])):
        _move_invoice(site, invoice, winner)
    site.delete(CUSTOMERS, loser, {})
    return site.change(CUSTOMERS, winner, {}, {})


def _move_invoice(site: Site, invoice: Record, winner: Record) -> None:
    owner: Record = {"customer_id": winner["id"]}
    lines = [{**line, **owner} for line in objects(invoice, "line_items")]
    moved: Record = {**owner, "line_items": [*lines]}
    site.change_silently(INVOICES, invoice, moved, {})
    for order in site.table(ORDERS).alive("invoice_id", str(invoice["id"])):
        site.change_silently(ORDERS, order, owner, {})


OFFLINE_METHODS = (
    "no_preference cash check bank_transfer ach_credit sepa_credit boleto"
    " us_automated_bank_transfer eu_automated_bank_transfer uk_automated_bank_transfer"
    " jp_automated_bank_transfer mx_automated_bank_transfer custom"
)

#: Parameters and lengths as in the vendor's SDK and its schemas.
UPDATE = (
    *fields(types.Text(150), "first_name last_name"),
    Field("email", types.Email()),
    *fields(types.Text(50), "phone locale"),
    Field("company", types.Text(250)),
    Field("preferred_currency_code", types.Text(3)),
    Field("auto_collection", types.OneOf("on off")),
    *fields(types.Boolean(), "allow_direct_debit auto_close_invoices"),
    Field("net_term_days", types.Integer(0)),
    Field("taxability", types.OneOf("taxable exempt")),
    Field("offline_payment_method", types.OneOf(OFFLINE_METHODS)),
    Field("invoice_notes", types.Text(2000)),
    Field("meta_data", types.JsonObject()),
    Field(
        "customer_type", types.OneOf("residential business senior_citizen industrial")
    ),
    Field("client_profile_id", types.Text(50)),
    Field("taxjar_exemption_category", types.OneOf("wholesale government other")),
    Field("entity_code", types.OneOf("a b c d e f g h i j k l m n p q r med1 med2")),
    Field("exempt_number", types.Text(100)),
    Field("consolidated_invoicing", types.Boolean()),
)
BILLING_INFO = (
    Field("billing_address", ADDRESS),
    Field("vat_number", types.Text(20)),
    Field("vat_number_prefix", types.Text(10)),
    Field("entity_identifier_scheme", types.Text(50)),
    Field("entity_identifier_standard", types.Text(50)),
    *fields(types.Boolean(), "registered_for_gst is_einvoice_enabled"),
    Field("business_customer_without_vat_number", types.Boolean()),
    Field("einvoicing_method", types.OneOf("automatic manual site_default")),
)
CREATE = (
    *fields(types.Text(50), "id business_entity_id created_from_ip"),
    *UPDATE,
    *BILLING_INFO,
)
CHANGE = (*UPDATE, Field("fraud_flag", types.OneOf("safe fraudulent")))
DELETE = (Field("delete_payment_method", types.Boolean()),)

#: The properties of every recorded customer, with the values of a new one.
FIRST: Record = {
    "auto_collection": "on",
    "net_term_days": 0,
    "allow_direct_debit": False,
    "taxability": "taxable",
    "pii_cleared": "active",
    "channel": "web",
    "deleted": False,
    "object": "customer",
    "card_status": "no_card",
    "promotional_credits": 0,
    "refundable_credits": 0,
    "excess_payments": 0,
    "unbilled_charges": 0,
    "mrr": 0,
    "auto_close_invoices": True,
}

LISTING = ListSpec(
    filters=lists.make_filters(
        {
            lists.ID: "id",
            lists.ONE_ID: "business_entity_id",
            lists.PRESENT_TEXT: "first_name last_name email company phone",
            lists.WORD: "auto_collection taxability offline_payment_method channel",
            lists.MOMENT: "created_at updated_at",
            lists.FLAG: "auto_close_invoices",
        }
    ),
    sorts=("created_at", "updated_at"),
    default="created_at",
)

list_all = make_list(CUSTOMERS, LISTING)
retrieve = make_retrieve(CUSTOMERS)


def create(call: Call) -> Answer:
    """Create a customer; nothing is required, as in the vendor's SDK."""
    site = call.site
    values = drop_fields(complete_addresses(call.read(), {}, site.evidence))
    site.check_currency(values, "preferred_currency_code")
    # Recorded ids have 16 letters and digits; these count, so that runs are alike.
    record_id = string(values, "id") or site.generate_id(CUSTOMERS, "AzTwin{:010d}")
    site.claim(CUSTOMERS, record_id)
    times: Record = {"id": record_id, "created_at": site.clock.seconds()}
    record = {**_first(site), **values, **times}
    if "preferred_currency_code" not in values:
        site.evidence.cite(behaviours.CURRENCY_OF_THE_SITE)
    return {"customer": site.store(CUSTOMERS, record)}


def _first(site: Site) -> Record:
    return {**FIRST, "preferred_currency_code": site.currency}


def update(call: Call) -> Answer:
    """Change a customer; billing address and VAT number have a call of their own."""
    customer = call.site.find_alive(CUSTOMERS, call.id)
    values = _drop_billing_info(call).read()
    call.site.check_currency(values, "preferred_currency_code")
    return _change(call.site, customer, values)


def _drop_billing_info(call: Call) -> Call:
    names = {param.name for param in BILLING_INFO} & call.form.keys()
    if names:
        call.site.evidence.cite(behaviours.BILLING_INFO_IGNORED)
    form = {name: call.form[name] for name in call.form if name not in names}
    return replace(call, form=form)


#: update_billing_info removes these unless they are sent: documented.
_REPLACED = (
    *("vat_number", "vat_number_prefix"),
    *("registered_for_gst", "business_customer_without_vat_number"),
)
#: These parts of an address are not on the documentation's list of removed ones.
_STAYING = ("company", "state_code")


def update_billing_info(call: Call) -> Answer:
    """Replace a customer's billing address and VAT number."""
    site, customer = call.site, call.site.find_alive(CUSTOMERS, call.id)
    values = {**dict.fromkeys(_REPLACED), **call.read()}
    site.evidence.cite(behaviours.BILLING_INFO_REPLACED)
    sent = values.get("billing_address")
    address = {
        **_staying_parts(site, customer),
        **(sent if isinstance(sent, dict) else {}),
    }
    values = complete_addresses(
        {**values, "billing_address": address}, {}, site.evidence
    )
    return _change(site, customer, values)


def _staying_parts(site: Site, customer: Record) -> Record:
    """Return the parts of an address that stay when they are not sent: unconfirmed."""
    old = customer.get("billing_address")
    parts = old if isinstance(old, dict) else {}
    staying = {name: parts[name] for name in _STAYING if name in parts}
    if staying:
        site.evidence.cite(behaviours.COMPANY_STAYS)
    return staying


def _change(site: Site, customer: Record, values: Values) -> Answer:
    return {"customer": site.change(CUSTOMERS, customer, values, _first(site))}


def delete(call: Call) -> Answer:
    """Delete a customer and its invoices, a while later: documented."""
    site, customer = call.site, call.site.find_alive(CUSTOMERS, call.id)
    call.read()
    site.evidence.cite(behaviours.DELETED_LATER)
    delay = site.switches.customer_delete_delay
    site.schedule(delay, partial(remove_later, site, string(customer, "id")))
    site.catch_up()
    return {"customer": site.find(CUSTOMERS, call.id)}


def remove_later(site: Site, customer_id: str) -> None:
    """Remove a customer that is still there."""
    customer = site.table(CUSTOMERS).get(customer_id)
    if customer is not None and not is_deleted(customer):
        _remove(site, customer)


def _remove(site: Site, customer: Record) -> Record:
    site.evidence.cite(behaviours.DELETE_CASCADES)
    for invoice in site.table(INVOICES).alive("customer_id", string(customer, "id")):
        invoices.remove(site, invoice)
    return site.delete(CUSTOMERS, customer, {})
