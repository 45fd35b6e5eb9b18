"""Create, read, update and delete items."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, lists
from dataflow.twin.chargebee.addresses import html, without_scripts
from dataflow.twin.chargebee.calls import Answer, Call, listing, retrieving
from dataflow.twin.chargebee.errors import duplicate, wrong_state
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import ITEM_FAMILIES, ITEM_PRICES, ITEMS, Site
from dataflow.twin.chargebee.types import (
    Field,
    Record,
    Values,
    boolean,
    drop_fields,
    json_object,
    one_of,
    string,
    text,
    words,
)

#: Parameters that both calls have, as in the vendor's SDK and its schemas.
SHARED = (
    Field("description", html(2000, inner=500)),
    Field("external_name", text(100)),
    Field("is_shippable", boolean),
    Field("enabled_for_checkout", boolean),
    Field("enabled_in_portal", boolean),
    Field("redirect_url", text(500)),
    Field("gift_claim_redirect_url", text(500)),
    Field("item_applicability", one_of("all", "restricted")),
    Field("applicable_items", words(100)),
    Field("unit", text(30)),
    Field("included_in_mrr", boolean),
    Field("is_percentage_pricing", boolean),
    Field("metadata", json_object),
)
CREATE = (
    Field("id", text(100), required=True),
    Field("name", text(100), required=True),
    Field("type", one_of("plan", "addon", "charge"), required=True),
    Field("item_family_id", text(100), required=True),
    Field("is_giftable", boolean),
    Field("metered", boolean),
    Field("usage_calculation", one_of("sum_of_usages", "last_usage", "max_usage")),
    Field("business_entity_id", text(50)),
    *SHARED,
)
#: No id, type, is_giftable or metered: these never change.
UPDATE = (
    Field("name", text(100), kept=True),
    Field("item_family_id", text(100), kept=True),
    Field("status", one_of("active", "archived"), kept=True),
    *SHARED,
)

#: What every recorded item shows; `deleted` is in the vendor's SDK.
FIRST: Record = {
    "status": "active",
    "is_shippable": False,
    "is_giftable": False,
    "enabled_for_checkout": True,
    "enabled_in_portal": True,
    "item_applicability": "all",
    "metered": False,
    "channel": "web",
    "metadata": {},
    "object": "item",
    "deleted": False,
}

LISTING = ListSpec(
    filters={
        "id": lists.ID,
        "item_family_id": lists.ID,
        "type": lists.WORD,
        "name": lists.TEXT,
        "item_applicability": lists.WORD,
        "status": lists.WORD,
        "is_giftable": lists.FLAG,
        "updated_at": lists.MOMENT,
        "enabled_for_checkout": lists.FLAG,
        "enabled_in_portal": lists.FLAG,
        "metered": lists.FLAG,
        "usage_calculation": lists.WORD,
        "channel": lists.WORD,
        "business_entity_id": lists.ID,
    },
    sorts=("name", "id", "updated_at"),
    default="updated_at",
    include_deleted=False,
)

list_all = listing(ITEMS, LISTING)
retrieve = retrieving(ITEMS)


def create(call: Call) -> Answer:
    """Create an item, unique by id and by name, in a family: documented."""
    site, values = call.site, call.read(CREATE)
    site.claim(ITEMS, string(values, "id"))
    _claim_name(site, string(values, "name"), string(values, "id"))
    site.refer(ITEM_FAMILIES, values, "item_family_id")
    record = {**FIRST, **_kept(site, drop_fields(values))}
    return {"item": site.store(ITEMS, record)}


def update(call: Call) -> Answer:
    """Change an item; archiving notes when."""
    site = call.site
    item, values = site.find_alive(ITEMS, call.id), call.read(UPDATE)
    if "name" in values:
        _claim_name(site, string(values, "name"), call.id)
    if "item_family_id" in values:
        site.refer(ITEM_FAMILIES, values, "item_family_id")
    archived = archiving(site, item, values)
    return {"item": site.change(ITEMS, item, _kept(site, archived), FIRST)}


def archiving(site: Site, record: Record, values: Values) -> Values:
    """Return the values with the time of an archiving that they bring about."""
    status = values.get("status", record.get("status"))
    if status != "archived":
        return {**values, "archived_at": None}
    since = record.get("archived_at", site.clock.seconds())
    return {**values, "archived_at": since}


def _kept(site: Site, values: Values) -> Values:
    """Return the values as an item keeps them."""
    values = _with_items(values)
    sent = string(values, "description")
    clean = without_scripts(sent)
    if clean == sent:
        return values
    site.evidence.cite(behaviours.SCRIPTS_CUT_OUT)
    return {**values, "description": clean}


def _with_items(values: Values) -> Values:
    ids = values.get("applicable_items")
    if not isinstance(ids, list):
        return values
    return {**values, "applicable_items": [{"id": each} for each in ids]}


def _claim_name(site: Site, name: str, item_id: str) -> None:
    others = site.table(ITEMS).alive("name", name)
    if any(string(other, "id") != item_id for other in others):
        raise duplicate("name", name, behaviours.DUPLICATE_NAME)


def delete(call: Call) -> Answer:
    """Delete an item that has no active or archived price."""
    item = call.site.find_alive(ITEMS, call.id)
    if call.site.table(ITEM_PRICES).alive("item_id", call.id):
        raise wrong_state("The item has prices", behaviours.PRICED_ITEM_STAYS)
    gone: Values = {"status": "deleted", "deleted": True}
    return {"item": call.site.change(ITEMS, item, gone, FIRST)}
