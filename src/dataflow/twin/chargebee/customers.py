"""Create, read, update, delete and merge customers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from dataflow.twin.chargebee import behaviours, invoices, lists, types
from dataflow.twin.chargebee.addresses import ADDRESS, complete_addresses
from dataflow.twin.chargebee.calls import Answer, Call, Resource
from dataflow.twin.chargebee.errors import wrong_value
from dataflow.twin.chargebee.site import CUSTOMERS, INVOICES, ORDERS, Site
from dataflow.twin.chargebee.types import Record, Values, is_deleted, objects, string
from dataflow.twin.resource import Field, Fields, Sent, fields, first, read_only

_OFFLINE_METHODS = (
    "no_preference cash check bank_transfer ach_credit sepa_credit boleto"
    " us_automated_bank_transfer eu_automated_bank_transfer uk_automated_bank_transfer"
    " jp_automated_bank_transfer mx_automated_bank_transfer custom"
)

#: Billing address and VAT number have a call of their own.
_BILLING: Mapping[str, Any] = {
    "sent": "create update_billing_info",
    "dropped": (behaviours.BILLING_INFO_IGNORED,),
}

#: Parameters and lengths as in the vendor's SDK and its schemas, first values as
#: recorded. A creation requires nothing, as in the vendor's SDK.
FIELDS = Fields(
    Field("auto_collection", types.OneOf("on off"), default="on", filter=lists.WORD),
    Field("net_term_days", types.Integer(0), default=0),
    Field("allow_direct_debit", types.Boolean(), default=False),
    Field(
        "taxability",
        types.OneOf("taxable exempt"),
        default="taxable",
        filter=lists.WORD,
    ),
    *first(pii_cleared="active"),
    *read_only("channel", default="web", filter=lists.WORD),
    *first(deleted=False, object="customer", card_status="no_card"),
    *first(promotional_credits=0, refundable_credits=0, excess_payments=0),
    *first(unbilled_charges=0, mrr=0),
    Field("auto_close_invoices", types.Boolean(), default=True, filter=lists.FLAG),
    Field("id", types.Text(50), sent=Sent.CREATE, filter=lists.ID),
    Field("business_entity_id", types.Text(50), sent=Sent.CREATE, filter=lists.ONE_ID),
    Field("created_from_ip", types.Text(50), sent=Sent.CREATE),
    *fields(types.Text(150), "first_name last_name", filter=lists.PRESENT_TEXT),
    Field("email", types.EMAIL, filter=lists.PRESENT_TEXT),
    Field("phone", types.Text(50), filter=lists.PRESENT_TEXT),
    Field("company", types.Text(250), filter=lists.PRESENT_TEXT),
    *fields(types.Text(50), "locale client_profile_id"),
    Field("preferred_currency_code", types.Currency()),
    Field("offline_payment_method", types.OneOf(_OFFLINE_METHODS), filter=lists.WORD),
    Field("invoice_notes", types.Text(2000)),
    Field("meta_data", types.JsonObject()),
    Field(
        "customer_type", types.OneOf("residential business senior_citizen industrial")
    ),
    Field("taxjar_exemption_category", types.OneOf("wholesale government other")),
    Field("entity_code", types.OneOf("a b c d e f g h i j k l m n p q r med1 med2")),
    Field("exempt_number", types.Text(100)),
    Field("consolidated_invoicing", types.Boolean()),
    Field("fraud_flag", types.OneOf("safe fraudulent"), sent=Sent.UPDATE),
    Field("billing_address", ADDRESS, **_BILLING),
    Field("vat_number", types.Text(20), **_BILLING),
    Field("vat_number_prefix", types.Text(10), **_BILLING),
    *fields(
        types.Text(50),
        "entity_identifier_scheme entity_identifier_standard",
        **_BILLING,
    ),
    *fields(
        types.Boolean(),
        "registered_for_gst is_einvoice_enabled business_customer_without_vat_number",
        **_BILLING,
    ),
    Field(
        "einvoicing_method", types.OneOf("automatic manual site_default"), **_BILLING
    ),
    Field("delete_payment_method", types.Boolean(), sent="delete"),
    *fields(
        types.Text(50),
        "from_customer_id to_customer_id",
        required=True,
        sent="merge",
        reference="customer",
    ),
    *read_only("created_at updated_at", filter=lists.MOMENT, sort=True),
)


def _complete(site: Site, customer: Record, values: Values) -> Values:
    """Return the values as a customer stores them, with the currency of the site."""
    name = "preferred_currency_code"
    values = complete_addresses(values, {}, site.evidence)
    if customer and name not in values:
        return values
    if not values.get(name):
        site.evidence.cite(behaviours.CURRENCY_OF_THE_SITE)
    times: Values = {} if customer else {"created_at": site.clock.seconds()}
    return {name: None, **values, **times} | {name: values.get(name) or site.currency}


def _merge(call: Call) -> Answer:
    """Merge one customer into another, a little later: documented."""
    site, values = call.site, call.read()
    loser, winner = string(values, "from_customer_id"), string(values, "to_customer_id")
    if loser == winner:
        text = "is the customer to merge into"
        raise wrong_value("from_customer_id", text, behaviours.MERGED_INTO_ITSELF)
    site.evidence.cite(behaviours.MERGED_LATER)
    delay = site.switches.customer_merge_delay
    site.schedule(delay, partial(merge_later, site, loser, winner))
    site.catch_up()
    return {"customer": site.find(CUSTOMERS, winner)}


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


#: update_billing_info removes these unless they are sent: documented.
_REPLACED = (
    *("vat_number", "vat_number_prefix"),
    *("registered_for_gst", "business_customer_without_vat_number"),
)
#: These parts of an address are not on the documentation's list of removed ones.
_STAYING = ("company", "state_code")


def _update_billing_info(site: Site, customer: Record, values: Values) -> Answer:
    """Replace a customer's billing address and VAT number."""
    site.evidence.cite(behaviours.BILLING_INFO_REPLACED)
    sent = values.get("billing_address")
    parts = sent if isinstance(sent, dict) else {}
    address: Values = {"billing_address": {**_staying_parts(site, customer), **parts}}
    values = {**dict.fromkeys(_REPLACED), **values, **address}
    values = complete_addresses(values, {}, site.evidence)
    return CUSTOMER.change(site, customer, values)


def _staying_parts(site: Site, customer: Record) -> Record:
    """Return the parts of an address that stay when they are not sent: unconfirmed."""
    old = customer.get("billing_address")
    parts = old if isinstance(old, dict) else {}
    staying = {name: parts[name] for name in _STAYING if name in parts}
    if staying:
        site.evidence.cite(behaviours.COMPANY_STAYS)
    return staying


def _delete(site: Site, customer: Record, _values: Values) -> Answer:
    """Delete a customer and its invoices, a while later: documented."""
    site.evidence.cite(behaviours.DELETED_LATER)
    customer_id = string(customer, "id")
    delay = site.switches.customer_delete_delay
    site.schedule(delay, partial(remove_later, site, customer_id))
    site.catch_up()
    return {"customer": site.find(CUSTOMERS, customer_id)}


def remove_later(site: Site, customer_id: str) -> None:
    """Remove a customer that is still there."""
    customer = site.table(CUSTOMERS).get(customer_id)
    if customer is not None and not is_deleted(customer):
        site.evidence.cite(behaviours.DELETE_CASCADES)
        for invoice in site.table(INVOICES).alive("customer_id", customer_id):
            invoices.remove(site, invoice)
        site.delete(CUSTOMERS, customer, {})


# Recorded ids have 16 letters and digits; these count, so that runs are alike.
CUSTOMER = Resource(
    CUSTOMERS,
    "customers",
    FIELDS,
    usual="list retrieve create update",
    rules={"merge": _merge},
    actions={"update_billing_info": _update_billing_info, "delete": _delete},
    id_template="AzTwin{:010d}",
    complete=_complete,
)
