"""Create, read, update and delete items."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.addresses import Html, drop_scripts
from dataflow.twin.chargebee.calls import Answer, Call, make_list, make_retrieve
from dataflow.twin.chargebee.errors import wrong_state
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import ITEM_FAMILIES, ITEM_PRICES, ITEMS, Site
from dataflow.twin.chargebee.types import Record, Values, drop_fields, string
from dataflow.twin.resource import Field, fields

#: Parameters of both calls, as in the vendor's SDK and its schemas.
SHARED = (
    Field("description", Html(2000, inner=500)),
    Field("external_name", types.Text(100)),
    *fields(types.Boolean(), "is_shippable enabled_for_checkout enabled_in_portal"),
    *fields(types.Boolean(), "included_in_mrr is_percentage_pricing"),
    *fields(types.Text(500), "redirect_url gift_claim_redirect_url"),
    Field("item_applicability", types.OneOf("all restricted")),
    Field("applicable_items", types.Words(100)),
    Field("unit", types.Text(30)),
    Field("metadata", types.JsonObject()),
)
CREATE = (
    Field("id", types.Text(100), required=True),
    Field("name", types.Text(100), required=True),
    Field("type", types.OneOf("plan addon charge"), required=True),
    Field("item_family_id", types.Text(100), required=True),
    *fields(types.Boolean(), "is_giftable metered"),
    Field("usage_calculation", types.OneOf("sum_of_usages last_usage max_usage")),
    Field("business_entity_id", types.Text(50)),
    *SHARED,
)
#: Without id, type, is_giftable and metered, which never change.
UPDATE = (
    *fields(types.Text(100), "name item_family_id", kept=True),
    Field("status", types.OneOf("active archived"), kept=True),
    *SHARED,
)

#: The properties of every recorded item; `deleted` is in the vendor's SDK.
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
    filters=lists.make_filters(
        {
            lists.ID: "id item_family_id business_entity_id",
            lists.TEXT: "name",
            lists.WORD: "type item_applicability status usage_calculation channel",
            lists.FLAG: "is_giftable enabled_for_checkout enabled_in_portal metered",
            lists.MOMENT: "updated_at",
        }
    ),
    sorts=("name", "id", "updated_at"),
    default="updated_at",
    include_deleted=False,
)

list_all = make_list(ITEMS, LISTING)
retrieve = make_retrieve(ITEMS)


def create(call: Call) -> Answer:
    """Create an item, unique by id and by name, in a family: documented."""
    site, values = call.site, call.read(CREATE)
    record_id = string(values, "id")
    site.claim(ITEMS, record_id)
    site.claim_name(ITEMS, values, record_id, behaviours.DUPLICATE_NAME)
    site.find_reference(ITEM_FAMILIES, values, "item_family_id")
    record = {**FIRST, **_normalise(site, drop_fields(values))}
    return {"item": site.store(ITEMS, record)}


def update(call: Call) -> Answer:
    """Change an item; note the time of archiving."""
    site = call.site
    item, values = site.find_alive(ITEMS, call.id), call.read(UPDATE)
    site.claim_name(ITEMS, values, call.id, behaviours.DUPLICATE_NAME)
    if "item_family_id" in values:
        site.find_reference(ITEM_FAMILIES, values, "item_family_id")
    values = _normalise(site, add_archived_at(site, item, values))
    return {"item": site.change(ITEMS, item, values, FIRST)}


def add_archived_at(site: Site, record: Record, values: Values) -> Values:
    """Return the values with the time of archiving, if they archive the record."""
    status = values.get("status", record.get("status"))
    if status != "archived":
        return {**values, "archived_at": None}
    return {**values, "archived_at": record.get("archived_at", site.clock.seconds())}


def _normalise(site: Site, values: Values) -> Values:
    """Return the values as an item stores them."""
    ids = values.get("applicable_items")
    if isinstance(ids, list):
        values = {**values, "applicable_items": [{"id": each} for each in ids]}
    sent = string(values, "description")
    clean = drop_scripts(sent)
    if clean == sent:
        return values
    site.evidence.cite(behaviours.SCRIPTS_CUT_OUT)
    return {**values, "description": clean}


def delete(call: Call) -> Answer:
    """Delete an item that has no active or archived price."""
    item = call.site.find_alive(ITEMS, call.id)
    if call.site.table(ITEM_PRICES).alive("item_id", call.id):
        raise wrong_state("The item has prices", behaviours.PRICED_ITEM_STAYS)
    return {"item": call.site.delete(ITEMS, item, {"status": "deleted"})}
