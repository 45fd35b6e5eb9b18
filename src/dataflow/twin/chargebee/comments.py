"""Comments on records."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.calls import Answer, Call, make_list, make_retrieve
from dataflow.twin.chargebee.errors import not_found
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import COMMENTS, KINDS
from dataflow.twin.chargebee.types import Form, Record, drop_fields, string
from dataflow.twin.resource import Field

_ENTITY = types.OneOf(
    "customer subscription invoice quote credit_note transaction plan addon coupon"
    " order business_entity item_family item item_price price_variant"
)
CREATE = (
    Field("entity_type", _ENTITY, required=True),
    Field("entity_id", types.Text(100), required=True),
    Field("notes", types.Text(1000), required=True),
    Field("added_by", types.Text(100)),
)
#: A list of comments has these two as plain parameters.
OF_ENTITY = (Field("entity_type", _ENTITY), Field("entity_id", types.Text(100)))
LISTING = ListSpec(
    {"created_at": lists.MOMENT},
    ("created_at",),
    "created_at",
    include_deleted=False,
    newest_first=True,
)

_EVERY = ListSpec(
    {**LISTING.filters, "entity_type": lists.WORD, "entity_id": lists.ID},
    LISTING.sorts,
    LISTING.default,
    include_deleted=False,
    newest_first=True,
)
_list_all = make_list(COMMENTS, _EVERY).rule
retrieve = make_retrieve(COMMENTS)


def create(call: Call) -> Answer:
    """Add a comment to a record that is there."""
    site, values = call.site, call.read()
    kinds = {kind.name: kind for kind in KINDS}
    kind = kinds.get(string(values, "entity_type"))
    if kind is not None:
        site.find_reference(kind, values, "entity_id")
    first: Record = {"type": "user", "added_by": "full_access_key_v1"}
    made: Record = {
        "id": f"cmt_Tw{site.count('comment'):012d}",
        **first,
        **drop_fields(values),
        "created_at": site.clock.seconds(),
        "object": "comment",
    }
    site.add(COMMENTS, made)
    return {"comment": made}


def list_all(call: Call) -> Answer:
    """List the comments on one record, or all of them; the newest first: documented."""
    form: Form = {name: call.form[name] for name in call.form}
    for field in OF_ENTITY:
        value = form.get(field.name)
        if isinstance(value, str):
            form[field.name] = {"is": value}
    call = Call(call.site, call.id, form)
    return _list_all(call)


def delete(call: Call) -> Answer:
    """Delete a comment for good; the answer shows it: unconfirmed."""
    comment = call.site.table(COMMENTS).get(call.id)
    if comment is None or comment.get("deleted"):
        raise not_found(behaviours.UNKNOWN_RECORD)
    gone: Record = {**comment, "deleted": True}
    call.site.rewrite(COMMENTS, gone)
    return {"comment": comment}
