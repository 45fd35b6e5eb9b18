"""Item prices, as far as items need them."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.calls import Answer, Resource
from dataflow.twin.chargebee.errors import wrong_value
from dataflow.twin.chargebee.items import ID, STATUS, add_archived_at
from dataflow.twin.chargebee.site import ITEM_PRICES, ITEMS, Site
from dataflow.twin.chargebee.types import Record, Values, string
from dataflow.twin.resource import Field, Fields, Sent, fields, first, read_only

_TIERED = frozenset({"tiered", "volume", "stairstep"})

TIER = (
    Field("starting_unit", types.Integer(1)),
    Field("ending_unit", types.Integer()),
    Field("price", types.Amount(0)),
    *fields(types.Text(33), "starting_unit_in_decimal ending_unit_in_decimal"),
    Field("price_in_decimal", types.Text(39)),
    Field("pricing_type", types.OneOf("per_unit flat_fee package")),
    Field("package_size", types.Integer(1)),
)
TAX_DETAIL = (
    *fields(types.Text(50), "tax_profile_id avalara_tax_code hsn_code"),
    Field("avalara_sale_type", types.OneOf("wholesale retail consumed vendor_use")),
    *fields(types.Integer(), "avalara_transaction_type avalara_service_type"),
    Field("taxjar_product_code", types.Text(50)),
)
ACCOUNTING_DETAIL = tuple(
    fields(
        types.Text(100),
        "sku accounting_code accounting_category1 accounting_category2"
        " accounting_category3 accounting_category4",
    )
)
FIELDS = Fields(
    ID,
    Field(
        "name",
        types.Text(100),
        required=True,
        kept=True,
        filter=lists.ID,
        sort=True,
        unique=behaviours.DUPLICATE_PRICE_NAME,
    ),
    Field(
        "item_id",
        types.Text(100),
        required=True,
        sent=Sent.CREATE,
        filter=lists.ID,
        reference="item",
    ),
    STATUS,
    Field(
        "pricing_model",
        types.OneOf("flat_fee per_unit tiered volume stairstep"),
        default="flat_fee",
        filter=lists.WORD,
    ),
    Field("free_quantity", types.Integer(0), default=0),
    *read_only("channel", default="web", filter=lists.WORD),
    Field("is_taxable", types.Boolean(), default=True),
    *fields(
        types.Boolean(),
        "show_description_in_invoices show_description_in_quotes",
        default=False,
    ),
    *first(object="item_price", deleted=False),
    *fields(types.Text(2000), "description invoice_notes"),
    Field("external_name", types.Text(100)),
    Field("price", types.Amount(0)),
    Field("currency_code", types.Currency(), kept=True, filter=lists.ID),
    Field("period", types.Integer(1), filter=lists.NUMBER),
    Field("period_unit", types.OneOf("day week month year"), filter=lists.WORD),
    Field("metadata", types.JsonObject()),
    Field("tiers", types.Rows(TIER)),
    Field("price_in_decimal", types.Text(39)),
    Field("free_quantity_in_decimal", types.Text(33)),
    Field("trial_period", types.Integer(0)),
    Field("trial_period_unit", types.OneOf("day month")),
    Field(
        "trial_end_action",
        types.OneOf("site_default activate_subscription cancel_subscription"),
    ),
    Field("shipping_period", types.Integer(1)),
    Field("shipping_period_unit", types.OneOf("day week month year")),
    Field("billing_cycles", types.Integer(1)),
    Field("proration_type", types.OneOf("site_default partial_term full_term")),
    Field("business_entity_id", types.Text(50), sent=Sent.CREATE),
    Field("price_variant_id", types.Text(100)),
    Field(
        "usage_accumulation_reset_frequency",
        types.OneOf("never subscription_billing_frequency"),
    ),
    Field("tax_detail", types.Group(TAX_DETAIL)),
    Field("accounting_detail", types.Group(ACCOUNTING_DETAIL)),
    *read_only("item_family_id", filter=lists.ID),
    *read_only("item_type", filter=lists.WORD),
    *read_only("updated_at", filter=lists.MOMENT, sort=True),
)


def _complete(site: Site, price: Record, values: Values) -> Values:
    """Return the values as a price stores them; type and family are its item's."""
    item = site.find_reference(ITEMS, {**price, **values}, "item_id")
    _check_needs(item, price, values)
    _refuse_second(site, {**FIELDS.first, **price, **values})
    if price:
        return add_archived_at(site, price, values)
    return {
        **values,
        "item_type": item["type"],
        "item_family_id": item["item_family_id"],
        "created_at": site.clock.seconds(),
    }


def _check_needs(item: Record, price: Record, values: Values) -> None:
    """Refuse a price without currency, price or tiers, or of a plan without period."""
    whole = {**FIELDS.first, **price, **values}
    is_tiered = whole["pricing_model"] in _TIERED
    if values.get("tiers") and not is_tiered:
        text = f"do not belong to the pricing model {whole['pricing_model']}"
        raise wrong_value("tiers", text, behaviours.TIERS_OF_TIERED)
    needed = ["currency_code"]
    if item["type"] != "charge":
        needed += ["period", "period_unit"]
    if is_tiered:
        needed.append("tiers")
    elif whole.get("price_in_decimal") is None:
        needed.append("price")
    for name in needed:
        if whole.get(name) is None or whole[name] == []:
            raise wrong_value(name, "cannot be blank", behaviours.PRICE_NEEDS_MORE)


def _refuse_second(site: Site, price: Record) -> None:
    """Refuse a second price of an item in one currency and period: documented."""
    same = ("currency_code", "period", "period_unit")
    for other in site.table(ITEM_PRICES).alive("item_id", string(price, "item_id")):
        is_other = other["id"] != price["id"]
        if is_other and all(other.get(name) == price.get(name) for name in same):
            text = f"The item has the price {other['id']} in this currency and period"
            behaviour = behaviours.ONE_PRICE
            raise wrong_value("currency_code", text, behaviour)


def _delete(site: Site, price: Record, _values: Values) -> Answer:
    """Delete a price; one that is on an invoice is archived: unconfirmed."""
    if price["id"] not in site.used_prices:
        return {"item_price": site.delete(ITEM_PRICES, price, {"status": "deleted"})}
    site.evidence.cite(behaviours.USED_PRICE_ARCHIVED)
    archived = add_archived_at(site, price, {"status": "archived"})
    return ITEM_PRICE.change(site, price, archived)


ITEM_PRICE = Resource(
    ITEM_PRICES,
    "item_prices",
    FIELDS,
    actions={"delete": _delete},
    complete=_complete,
)
