"""Items."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.addresses import HTML, drop_scripts
from dataflow.twin.chargebee.calls import Resource
from dataflow.twin.chargebee.errors import wrong_state
from dataflow.twin.chargebee.site import ITEM_PRICES, ITEMS, Site
from dataflow.twin.chargebee.types import Record, Values, string
from dataflow.twin.resource import Field, Fields, Sent, fields, first, read_only

#: The fields that item prices have too.
ID = Field(
    "id",
    types.Text(100),
    required=True,
    sent=Sent.CREATE,
    filter=lists.ID,
    sort=True,
)
STATUS = Field(
    "status",
    types.OneOf("active archived"),
    kept=True,
    sent=Sent.UPDATE,
    default="active",
    filter=lists.WORD,
)

#: Parameters as in the vendor's SDK and its schemas, first values as recorded.
FIELDS = Fields(
    ID,
    Field(
        "name",
        types.Text(100),
        required=True,
        kept=True,
        filter=lists.TEXT,
        sort=True,
        unique=behaviours.DUPLICATE_NAME,
    ),
    Field(
        "type",
        types.OneOf("plan addon charge"),
        required=True,
        sent=Sent.CREATE,
        filter=lists.WORD,
    ),
    Field(
        "item_family_id",
        types.Text(100),
        required=True,
        kept=True,
        filter=lists.ID,
        reference="item_family",
    ),
    STATUS,
    Field("is_shippable", types.Boolean(), default=False),
    Field(
        "is_giftable",
        types.Boolean(),
        sent=Sent.CREATE,
        default=False,
        filter=lists.FLAG,
    ),
    *fields(
        types.Boolean(),
        "enabled_for_checkout enabled_in_portal",
        default=True,
        filter=lists.FLAG,
    ),
    Field(
        "item_applicability",
        types.OneOf("all restricted"),
        default="all",
        filter=lists.WORD,
    ),
    Field(
        "metered", types.Boolean(), sent=Sent.CREATE, default=False, filter=lists.FLAG
    ),
    Field(
        "usage_calculation",
        types.OneOf("sum_of_usages last_usage max_usage"),
        sent=Sent.CREATE,
        filter=lists.WORD,
    ),
    *read_only("channel", default="web", filter=lists.WORD),
    Field("metadata", types.JsonObject(), default={}),
    # `deleted`: in the vendor's SDK, not yet in the recorded items.
    *first(object="item", deleted=False),
    Field(
        "business_entity_id",
        types.Text(50),
        sent=Sent.CREATE,
        filter=lists.ONE_PRESENT_ID,
    ),
    Field("description", HTML),
    Field("external_name", types.Text(100)),
    *fields(types.Boolean(), "included_in_mrr is_percentage_pricing"),
    *fields(types.Text(500), "redirect_url gift_claim_redirect_url"),
    Field("applicable_items", types.Words(100)),
    Field("unit", types.Text(30)),
    *read_only("updated_at", filter=lists.MOMENT, sort=True),
)


def add_archived_at(site: Site, record: Record, values: Values) -> Values:
    """Return the values of an update with the time of archiving, if they archive."""
    if not record:
        return values
    status = values.get("status", record.get("status"))
    if status != "archived":
        return {**values, "archived_at": None}
    return {**values, "archived_at": record.get("archived_at", site.clock.seconds())}


def _complete(site: Site, item: Record, values: Values) -> Values:
    """Return the values as an item stores them."""
    values = add_archived_at(site, item, values)
    ids = values.get("applicable_items")
    if isinstance(ids, list):
        values = {**values, "applicable_items": [{"id": each} for each in ids]}
    sent = string(values, "description")
    clean = drop_scripts(sent)
    if clean == sent:
        return values
    site.evidence.cite(behaviours.SCRIPTS_CUT_OUT)
    return {**values, "description": clean}


def _refuse_priced(site: Site, item: Record) -> None:
    """Refuse to delete an item that has an active or archived price."""
    if site.table(ITEM_PRICES).alive("item_id", string(item, "id")):
        raise wrong_state("The item has prices", behaviours.PRICED_ITEM_STAYS)


ITEM = Resource(ITEMS, "items", FIELDS, complete=_complete, check_delete=_refuse_priced)
