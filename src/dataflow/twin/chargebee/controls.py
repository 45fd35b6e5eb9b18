"""What a test can make happen to a site behind the back of the API's callers."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, merging
from dataflow.twin.chargebee.records import Record, is_deleted
from dataflow.twin.chargebee.site import CUSTOMERS, KINDS, Site
from dataflow.twin.control_errors import nothing


def bump(site: Site, kind: str, record_id: str) -> None:
    """Renew the version of a record, and tell nobody.

    Raises `NothingToControlError` for a record that is not there.
    """
    for known in KINDS:
        record = site.table(known).get(record_id) if known.name == kind else None
        if record is not None and not is_deleted(record):
            site.touched.touch(behaviours.BUMPED)
            site.renew(known, record)
            return
    raise nothing(kind, record_id)


def merge(site: Site, loser: str, winner: str) -> None:
    """Merge one customer into another.

    Raises `NothingToControlError` for a customer that is not there, or that is to be
    merged with itself.
    """
    if loser == winner:
        raise nothing("other customer than", winner)
    merging.merged(site, _customer(site, loser), _customer(site, winner))


def _customer(site: Site, customer_id: str) -> Record:
    record = site.table(CUSTOMERS).get(customer_id)
    if record is None or is_deleted(record):
        raise nothing("customer", customer_id)
    return record
