"""List and retrieve the events about the site's records."""

from __future__ import annotations

import dataclasses
import json

from dataflow.twin.chargebee import behaviours, lists, types
from dataflow.twin.chargebee.calls import Answer, Call, Resource, make_list
from dataflow.twin.chargebee.site import EVENTS
from dataflow.twin.chargebee.types import drop_fields
from dataflow.twin.resource import Fields, fields, read_only

FIELDS = Fields(
    *read_only("id", filter=lists.ID),
    *read_only("event_type source webhook_status", filter=lists.WORD),
    *read_only("occurred_at", filter=lists.MOMENT, sort=True),
    *fields(types.Timestamp(), "start_time end_time", sent="list"),
)

#: The older parameters of a period, with defaults: the latest time has ten digits.
_PERIOD = {"start_time": 0, "end_time": 9_999_999_999}


def _list_all(call: Call) -> Answer:
    """List events; `start_time` and `end_time` are the older form of a period."""
    call.site.evidence.cite(behaviours.EVENT_SHAPE, behaviours.EVENT_EVERY_WRITE)
    return make_list(EVENTS, EVENT.spec).rule(_translate_period(call))


def _retrieve(call: Call) -> Answer:
    """Show one event."""
    call.site.evidence.cite(behaviours.EVENT_SHAPE, behaviours.EVENT_EVERY_WRITE)
    return {"event": call.site.find(EVENTS, call.id)}


def _translate_period(call: Call) -> Call:
    period = call.leave_out(call.form.keys() - _PERIOD.keys()).read()
    if not period:
        return call
    call.site.evidence.cite(behaviours.EVENT_PERIOD)
    ends = json.dumps([*{**_PERIOD, **drop_fields(period)}.values()])
    others = call.leave_out({*_PERIOD}).form
    return dataclasses.replace(call, form={"occurred_at": {"between": ends}, **others})


EVENT = Resource(
    EVENTS, "events", FIELDS, usual="", rules={"list": _list_all, "retrieve": _retrieve}
)
