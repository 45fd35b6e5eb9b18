"""The merge of two customers: what one has becomes the other's, and it is gone."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.calls import Answer, Call
from dataflow.twin.chargebee.errors import wrong_value
from dataflow.twin.chargebee.params import Param, text
from dataflow.twin.chargebee.records import Record, objects
from dataflow.twin.chargebee.site import CUSTOMERS, INVOICES, ORDERS, Site

MERGE = (
    Param("from_customer_id", text(50), required=True),
    Param("to_customer_id", text(50), required=True),
)


def merge(call: Call) -> Answer:
    """Merge one customer into another; the vendor does so a little later."""
    values = call.read(MERGE)
    loser = call.site.refer(CUSTOMERS, values, "from_customer_id")
    winner = call.site.refer(CUSTOMERS, values, "to_customer_id")
    if loser["id"] == winner["id"]:
        text = "is the customer to merge into"
        raise wrong_value("from_customer_id", text, behaviours.MERGED_INTO_ITSELF)
    return {"customer": merged(call.site, loser, winner)}


def merged(site: Site, loser: Record, winner: Record) -> Record:
    """Move what a customer has to another one, delete it, and return that one."""
    site.touched.touch(behaviours.MERGED)
    for invoice in site.table(INVOICES).alive("customer_id", str(loser["id"])):
        _move(site, invoice, winner)
    site.change(CUSTOMERS, loser, {"deleted": True}, {})
    return site.change(CUSTOMERS, winner, {}, {})


def _move(site: Site, invoice: Record, winner: Record) -> None:
    owner: Record = {"customer_id": winner["id"]}
    lines = [{**line, **owner} for line in objects(invoice, "line_items")]
    moved: Record = {**owner, "line_items": [*lines]}
    site.change_silently(INVOICES, invoice, moved, {})
    for order in site.table(ORDERS).alive("invoice_id", str(invoice["id"])):
        site.change_silently(ORDERS, order, owner, {})
