"""Item families, which every item belongs to one of."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, lists
from dataflow.twin.chargebee.calls import Answer, Call, listing, retrieving
from dataflow.twin.chargebee.errors import wrong_state
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import ITEM_FAMILIES, ITEMS
from dataflow.twin.chargebee.types import Field, Record, drop_fields, string, text

CREATE = (
    Field("id", text(50), required=True),
    Field("name", text(50), required=True),
    Field("description", text(500)),
    Field("business_entity_id", text(50)),
)
UPDATE = (
    Field("name", text(50), kept=True),
    Field("description", text(500)),
)

#: `deleted` is in the vendor's SDK, not yet in the recorded families.
FIRST: Record = {"status": "active", "object": "item_family", "deleted": False}

LISTING = ListSpec(
    filters={
        "id": lists.ID,
        "name": lists.TEXT,
        "updated_at": lists.MOMENT,
        "business_entity_id": lists.ID,
    },
    sorts=(),
    default="updated_at",
    include_deleted=False,
)

list_all = listing(ITEM_FAMILIES, LISTING)
retrieve = retrieving(ITEM_FAMILIES)


def create(call: Call) -> Answer:
    """Create a family under an id of the caller's choice."""
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
    gone = call.site.change(
        ITEM_FAMILIES, family, {"status": "deleted", "deleted": True}, FIRST
    )
    return {"item_family": gone}
