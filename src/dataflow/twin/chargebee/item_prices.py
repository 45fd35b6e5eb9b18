"""Create, read, update and delete item prices, as far as items need them."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.calls import Answer, Call, make_list, make_retrieve
from dataflow.twin.chargebee.errors import wrong_value
from dataflow.twin.chargebee.items import add_archived_at
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import ITEM_PRICES, ITEMS
from dataflow.twin.chargebee.types import Record, Values, drop_fields, string
from dataflow.twin.resource import Field, fields

_MODELS = types.OneOf("flat_fee per_unit tiered volume stairstep")

SHARED = (
    *fields(types.Text(2000), "description invoice_notes"),
    Field("external_name", types.Text(100)),
    *fields(types.Integer(0), "price free_quantity"),
    Field("currency_code", types.Text(3)),
    Field("pricing_model", _MODELS),
    Field("period", types.Integer(1)),
    Field("period_unit", types.OneOf("day week month year")),
    Field("is_taxable", types.Boolean()),
    Field("metadata", types.JsonObject()),
    *fields(types.Boolean(), "show_description_in_invoices show_description_in_quotes"),
)
CREATE = (
    Field("id", types.Text(100), required=True),
    Field("name", types.Text(100), required=True),
    Field("item_id", types.Text(100), required=True),
    *SHARED,
)
UPDATE = (
    Field("name", types.Text(100), kept=True),
    Field("status", types.OneOf("active archived"), kept=True),
    *SHARED,
    Field("currency_code", types.Text(3), kept=True),
)

FIRST: Record = {
    "status": "active",
    "pricing_model": "flat_fee",
    "free_quantity": 0,
    "channel": "web",
    "is_taxable": True,
    "show_description_in_invoices": False,
    "show_description_in_quotes": False,
    "object": "item_price",
    "deleted": False,
}

LISTING = ListSpec(
    filters=lists.make_filters(
        {
            lists.ID: "id item_id item_family_id currency_code",
            lists.TEXT: "name",
            lists.WORD: "pricing_model item_type status period_unit channel",
            lists.MOMENT: "updated_at",
            lists.NUMBER: "period",
        }
    ),
    sorts=("name", "id", "updated_at"),
    default="updated_at",
    include_deleted=False,
)

list_all = make_list(ITEM_PRICES, LISTING)
retrieve = make_retrieve(ITEM_PRICES)


def create(call: Call) -> Answer:
    """Create a price of an item; type and family come from the item."""
    site, values = call.site, call.read(CREATE)
    record_id = string(values, "id")
    site.claim(ITEM_PRICES, record_id)
    site.claim_name(ITEM_PRICES, values, record_id, behaviours.DUPLICATE_PRICE_NAME)
    site.check_currency(values, "currency_code")
    item = site.find_reference(ITEMS, values, "item_id")
    _check_needs(item, values)
    record = {
        **FIRST,
        **drop_fields(values),
        "item_type": item["type"],
        "item_family_id": item["item_family_id"],
        "created_at": site.clock.seconds(),
    }
    return {"item_price": site.store(ITEM_PRICES, record)}


def _check_needs(item: Record, values: Values) -> None:
    """Refuse a price without currency, or of a plan without period: unconfirmed."""
    needed = ["currency_code"]
    if item["type"] != "charge":
        needed += ["period", "period_unit"]
    for name in needed:
        if not values.get(name):
            raise wrong_value(name, "cannot be blank", behaviours.PRICE_NEEDS_MORE)


def update(call: Call) -> Answer:
    """Change a price; note the time of archiving."""
    site = call.site
    price, values = site.find_alive(ITEM_PRICES, call.id), call.read(UPDATE)
    site.check_currency(values, "currency_code")
    site.claim_name(ITEM_PRICES, values, call.id, behaviours.DUPLICATE_PRICE_NAME)
    values = add_archived_at(site, price, values)
    return {"item_price": site.change(ITEM_PRICES, price, values, FIRST)}


def delete(call: Call) -> Answer:
    """Delete a price; one that is on an invoice is archived: unconfirmed."""
    site = call.site
    price = site.find_alive(ITEM_PRICES, call.id)
    if call.id not in site.used_prices:
        return {"item_price": site.delete(ITEM_PRICES, price, {"status": "deleted"})}
    site.evidence.cite(behaviours.USED_PRICE_ARCHIVED)
    archived = add_archived_at(site, price, {"status": "archived"})
    return {"item_price": site.change(ITEM_PRICES, price, archived, FIRST)}
