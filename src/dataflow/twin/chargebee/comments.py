"""Comments on records."""

from __future__ import annotations

from dataflow.twin.chargebee import lists, types
from dataflow.twin.chargebee.calls import Answer, Call, Resource
from dataflow.twin.chargebee.site import COMMENTS, KINDS_BY_NAME, Site
from dataflow.twin.chargebee.types import Record, Values, drop_fields, string
from dataflow.twin.resource import Field, Fields, Sent, first, read_only

_ENTITY = types.OneOf(
    "customer subscription invoice quote credit_note transaction plan addon coupon"
    " order business_entity item_family item item_price price_variant"
)
FIELDS = Fields(
    *first(type="user"),
    Field("added_by", types.Text(100), sent=Sent.CREATE, default="full_access_key_v1"),
    Field(
        "entity_type",
        _ENTITY,
        required=True,
        sent=Sent.CREATE,
        filter=lists.make_plain(_ENTITY),
    ),
    Field(
        "entity_id",
        types.Text(100),
        required=True,
        sent=Sent.CREATE,
        filter=lists.make_plain(types.Text(100)),
    ),
    Field("notes", types.Text(1000), required=True, sent=Sent.CREATE),
    *read_only("created_at", filter=lists.MOMENT, sort=True),
)


def _create(call: Call) -> Answer:
    """Add a comment to a record that is there."""
    site, values = call.site, call.read()
    kind = KINDS_BY_NAME.get(string(values, "entity_type"))
    if kind is not None:
        site.find_reference(kind, values, "entity_id")
    made: Record = {
        "id": f"cmt_Tw{site.count('comment'):012d}",
        **FIELDS.first,
        **drop_fields(values),
        "created_at": site.clock.seconds(),
        "object": "comment",
    }
    site.add(COMMENTS, made)
    return {"comment": made}


def _delete(site: Site, comment: Record, _values: Values) -> Answer:
    """Delete a comment for good; the answer shows it: unconfirmed."""
    site.rewrite(COMMENTS, {**comment, "deleted": True})
    return {"comment": comment}


COMMENT = Resource(
    COMMENTS,
    "comments",
    FIELDS,
    usual="list retrieve",
    rules={"create": _create},
    actions={"delete": _delete},
)
