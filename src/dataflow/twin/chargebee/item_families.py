"""Item families, to which the items belong."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.calls import Resource
from dataflow.twin.chargebee.errors import wrong_state
from dataflow.twin.chargebee.site import ITEM_FAMILIES, ITEMS, Site
from dataflow.twin.chargebee.types import Record, string
from dataflow.twin.resource import Field, Fields, Sent, first, read_only

FIELDS = Fields(
    Field("id", types.Text(50), required=True, sent=Sent.CREATE, filter=lists.ID),
    Field("name", types.Text(50), required=True, kept=True, filter=lists.TEXT),
    Field("description", types.Text(500)),
    Field(
        "business_entity_id",
        types.Text(50),
        sent=Sent.CREATE,
        filter=lists.ONE_PRESENT_ID,
    ),
    *read_only("updated_at", filter=lists.MOMENT),
    *first(status="active"),
    # `deleted`: in the vendor's SDK, not yet in the recorded families.
    *first(object="item_family", deleted=False),
)


def _refuse_used(site: Site, family: Record) -> None:
    """Refuse to delete a family that has active items: documented."""
    items = site.table(ITEMS).alive("item_family_id", string(family, "id"))
    if any(item["status"] == "active" for item in items):
        text = "The item family has active items"
        raise wrong_state(text, behaviours.FAMILY_WITH_ITEMS_STAYS)


ITEM_FAMILY = Resource(
    ITEM_FAMILIES, "item_families", FIELDS, check_delete=_refuse_used
)
