"""Item prices, as far as items need them."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, lists
from dataflow.twin.chargebee.calls import Answer, Call, listing, retrieving
from dataflow.twin.chargebee.errors import duplicate, wrong_value
from dataflow.twin.chargebee.items import archiving
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import ITEM_PRICES, ITEMS, Site
from dataflow.twin.chargebee.types import (
    Field,
    Record,
    Values,
    boolean,
    drop_fields,
    integer,
    json_object,
    one_of,
    string,
    text,
)

_MODELS = one_of("flat_fee", "per_unit", "tiered", "volume", "stairstep")

SHARED = (
    Field("description", text(2000)),
    Field("external_name", text(100)),
    Field("price", integer(0)),
    Field("currency_code", text(3)),
    Field("pricing_model", _MODELS),
    Field("period", integer(1)),
    Field("period_unit", one_of("day", "week", "month", "year")),
    Field("free_quantity", integer(0)),
    Field("invoice_notes", text(2000)),
    Field("is_taxable", boolean),
    Field("metadata", json_object),
    Field("show_description_in_invoices", boolean),
    Field("show_description_in_quotes", boolean),
)
CREATE = (
    Field("id", text(100), required=True),
    Field("name", text(100), required=True),
    Field("item_id", text(100), required=True),
    *SHARED,
)
UPDATE = (
    Field("name", text(100), kept=True),
    Field("status", one_of("active", "archived"), kept=True),
    *SHARED,
    Field("currency_code", text(3), kept=True),
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
    filters={
        "id": lists.ID,
        "name": lists.TEXT,
        "pricing_model": lists.WORD,
        "item_id": lists.ID,
        "item_family_id": lists.ID,
        "item_type": lists.WORD,
        "currency_code": lists.ID,
        "status": lists.WORD,
        "updated_at": lists.MOMENT,
        "period_unit": lists.WORD,
        "period": lists.NUMBER,
        "channel": lists.WORD,
    },
    sorts=("name", "id", "updated_at"),
    default="updated_at",
    include_deleted=False,
)

list_all = listing(ITEM_PRICES, LISTING)
retrieve = retrieving(ITEM_PRICES)


def create(call: Call) -> Answer:
    """Create a price of an item; type and family come from the item."""
    site, values = call.site, call.read(CREATE)
    site.claim(ITEM_PRICES, string(values, "id"))
    _claim_name(site, string(values, "name"), string(values, "id"))
    site.check_currency(values, "currency_code")
    item = site.refer(ITEMS, values, "item_id")
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
    """Refuse a price without what one of its kind has to have: unconfirmed."""
    needed = ["currency_code"]
    if item["type"] != "charge":
        needed += ["period", "period_unit"]
    for name in needed:
        if not values.get(name):
            raise wrong_value(name, "cannot be blank", behaviours.PRICE_NEEDS_MORE)


def update(call: Call) -> Answer:
    """Change a price; archiving notes when."""
    site = call.site
    price, values = site.find_alive(ITEM_PRICES, call.id), call.read(UPDATE)
    site.check_currency(values, "currency_code")
    if "name" in values:
        _claim_name(site, string(values, "name"), call.id)
    archived = archiving(site, price, values)
    return {"item_price": site.change(ITEM_PRICES, price, archived, FIRST)}


def _claim_name(site: Site, name: str, price_id: str) -> None:
    others = site.table(ITEM_PRICES).alive("name", name)
    if any(string(other, "id") != price_id for other in others):
        raise duplicate("name", name, behaviours.DUPLICATE_PRICE_NAME)


def delete(call: Call) -> Answer:
    """Delete a price; one that an invoice was made with is archived: unconfirmed."""
    site = call.site
    price = site.find_alive(ITEM_PRICES, call.id)
    gone: Values = {"status": "deleted", "deleted": True}
    if call.id in site.used_prices:
        site.evidence.cite(behaviours.USED_PRICE_ARCHIVED)
        gone = archiving(site, price, {"status": "archived"})
    return {"item_price": site.change(ITEM_PRICES, price, gone, FIRST)}
