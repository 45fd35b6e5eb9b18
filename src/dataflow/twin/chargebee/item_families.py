"""Create, read, update and delete item families, to which the items belong."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.calls import Answer, Call, make_list, make_retrieve
from dataflow.twin.chargebee.errors import wrong_state
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import ITEM_FAMILIES, ITEMS
from dataflow.twin.chargebee.types import Record, drop_fields, string
from dataflow.twin.resource import Field

CREATE = (
    Field("id", types.Text(50), required=True),
    Field("name", types.Text(50), required=True),
    Field("description", types.Text(500)),
    Field("business_entity_id", types.Text(50)),
)
UPDATE = (
    Field("name", types.Text(50), kept=True),
    Field("description", types.Text(500)),
)

#: `deleted` is in the vendor's SDK, not yet in the recorded families.
FIRST: Record = {"status": "active", "object": "item_family", "deleted": False}

LISTING = ListSpec(
    filters=lists.make_filters(
        {
            lists.ID: "id business_entity_id",
            lists.TEXT: "name",
            lists.MOMENT: "updated_at",
        }
    ),
    sorts=(),
    default="updated_at",
    include_deleted=False,
)

list_all = make_list(ITEM_FAMILIES, LISTING)
retrieve = make_retrieve(ITEM_FAMILIES)


def create(call: Call) -> Answer:
    """Create a family with an id that the caller chooses."""
    values = call.read(CREATE)
    call.site.claim(ITEM_FAMILIES, string(values, "id"))
    record = {**FIRST, **drop_fields(values)}
    return {"item_family": call.site.store(ITEM_FAMILIES, record)}


def update(call: Call) -> Answer:
    """Change a family's name or description."""
    family = call.site.find_alive(ITEM_FAMILIES, call.id)
    values = call.read(UPDATE)
    return {"item_family": call.site.change(ITEM_FAMILIES, family, values, FIRST)}


def delete(call: Call) -> Answer:
    """Delete a family that no item belongs to: unconfirmed."""
    family = call.site.find_alive(ITEM_FAMILIES, call.id)
    if call.site.table(ITEMS).alive("item_family_id", call.id):
        text = "The item family has items"
        raise wrong_state(text, behaviours.FAMILY_WITH_ITEMS_STAYS)
    deleted = call.site.delete(ITEM_FAMILIES, family, {"status": "deleted"})
    return {"item_family": deleted}
