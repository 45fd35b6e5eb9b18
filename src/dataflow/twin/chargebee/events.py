"""Events: what became of the site's records, listed and retrieved."""

from __future__ import annotations

import json

from dataflow.twin.chargebee import behaviours, lists
from dataflow.twin.chargebee.calls import Answer, Call, listing
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import EVENTS
from dataflow.twin.chargebee.types import Form

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
)

#: The last second that a time in ten digits can name.
_EVER = "9999999999"

_list_all = listing(EVENTS, LISTING)


def list_all(call: Call) -> Answer:
    """List events; `start_time` and `end_time` are an older way to say a period."""
    _note(call)
    return _list_all(Call(call.site, call.id, _modern(call)))


def retrieve(call: Call) -> Answer:
    """Show one event."""
    _note(call)
    return {"event": call.site.find(EVENTS, call.id)}


def _note(call: Call) -> None:
    evidence = call.site.evidence
    for behaviour in (behaviours.EVENT_SHAPE, behaviours.EVENT_EVERY_WRITE):
        evidence.cite(behaviour)


def _modern(call: Call) -> Form:
    form = {name: call.form[name] for name in call.form if name not in _OLD}
    if len(form) == len(call.form):
        return form
    call.site.evidence.cite(behaviours.EVENT_PERIOD)
    start, end = (str(call.form.get(name, ever)) for name, ever in _OLD.items())
    return {"occurred_at": {"between": json.dumps([start, end])}, **form}


_OLD = {"start_time": "0", "end_time": _EVER}
