"""List and retrieve the events about the site's records."""

from __future__ import annotations

import json
from dataclasses import replace

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.calls import Answer, Call, make_list
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import EVENTS
from dataflow.twin.chargebee.types import Form
from dataflow.twin.resource import fields

LISTING = ListSpec(
    filters={
        "id": lists.ID,
        "event_type": lists.WORD,
        "source": lists.WORD,
        "webhook_status": lists.WORD,
        "occurred_at": lists.MOMENT,
    },
    sorts=("occurred_at",),
    default="occurred_at",
    include_deleted=False,
)
PERIOD = tuple(fields(types.Timestamp(), "start_time end_time"))

#: The older parameters of a period, with defaults: the latest time has ten digits.
_PERIOD = {"start_time": "0", "end_time": "9999999999"}

_list_all = make_list(EVENTS, LISTING).rule


def list_all(call: Call) -> Answer:
    """List events; `start_time` and `end_time` are the older form of a period."""
    call.site.evidence.cite(behaviours.EVENT_SHAPE, behaviours.EVENT_EVERY_WRITE)
    return _list_all(replace(call, form=_translate_period(call)))


def retrieve(call: Call) -> Answer:
    """Show one event."""
    call.site.evidence.cite(behaviours.EVENT_SHAPE, behaviours.EVENT_EVERY_WRITE)
    return {"event": call.site.find(EVENTS, call.id)}


def _translate_period(call: Call) -> Form:
    form = {name: call.form[name] for name in call.form if name not in _PERIOD}
    if len(form) == len(call.form):
        return form
    call.site.evidence.cite(behaviours.EVENT_PERIOD)
    ends = [str(call.form.get(name, default)) for name, default in _PERIOD.items()]
    return {"occurred_at": {"between": json.dumps(ends)}, **form}
