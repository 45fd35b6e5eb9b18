"""Removes records of ours as far as the vendors' APIs allow, and nothing else.

Right before each removal the record is looked at again, unless it was read in this very
moment. What is refused is told with the vendor's reason, and does not stop the rest.
What carries the mark goes last, so that what is left can be found again: first
Chargebee's side, then Invoiced's, and a customer after its documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from dataflow.harness.scenario.marks import Mark, Marks
from dataflow.harness.vendors.chargebee_site import ChargebeeSite, is_live
from dataflow.harness.vendors.invoiced_account import NOT_FOUND, InvoicedAccount
from dataflow.harness.vendors.kinds import CARRIER, CUSTOMER, FAMILY, ITEM, ORDER, Kind
from dataflow.harness.vendors.refusal import RefusedError
from dataflow.sandbox.belonging import (
    is_counterpart,
    run_in_chargebee,
    run_in_invoiced,
)
from dataflow.sandbox.leftovers import CHARGEBEE, INVOICED, Leftover
from dataflow.sandbox.outcomes import DELETED, GONE, LEFT, Batch, Outcome

Record: TypeAlias = dict[str, Any]
#: Records by their id, of lists by side and kind.
Seen: TypeAlias = Mapping[tuple[str, Kind], Mapping[str, Record]]

#: In which order records go.
_STEPS = (
    (CHARGEBEE, ORDER),
    (CHARGEBEE, CUSTOMER),
    (CHARGEBEE, CARRIER),
    (CHARGEBEE, ITEM),
    (CHARGEBEE, FAMILY),
    (INVOICED, ORDER),
    (INVOICED, ITEM),
    (INVOICED, CUSTOMER),
)

#: An id goes into the path of an address as it is (sdk).
_CAN_BE_SENT = re.compile(r"(?!\.{1,2}$)[^/]+")

#: What is done with a record that cannot be deleted, where there is something.
_PUT_AWAY = {
    (CHARGEBEE, ORDER): "cancelled",
    (CHARGEBEE, CARRIER): "voided",
    (CHARGEBEE, ITEM): "archived",
    (INVOICED, ORDER): "voided",
    (INVOICED, CUSTOMER): "deactivated",
}


@dataclass
class Cleaner:
    """Removes records of ours from both accounts; `marks` are those of the sync.

    `seen` has lists, by side and kind, that need not be asked for again.

    It reads no list but for that of an item family's items, so what is to be removed
    is handed in: by a sweep what it has found, by a run what it has made. The invoice
    that carries an order need not be named.
    """

    invoiced: InvoicedAccount
    chargebee: ChargebeeSite
    marks: Mapping[str, tuple[Mark, ...]]
    seen: Seen = field(default_factory=dict)

    def clean(self, leftovers: Iterable[Leftover]) -> list[Outcome]:
        """Remove these records, and return what could not be removed."""
        return [each for each in self.removing(leftovers) if each.how == LEFT]

    def removing(self, leftovers: Iterable[Leftover]) -> Iterator[Outcome]:
        """Remove one record after the other, and yield what became of each.

        Raises `TroubleError` where a vendor cannot be asked.
        """
        batch = Batch(leftovers)
        for side, kind in _STEPS:
            for each in batch.of(side, kind):
                # A customer takes its invoices along (documented): one call for all.
                along = kind is CARRIER and batch.went_along(each)
                outcome = (
                    Outcome(each, DELETED) if along else self._removed(each, batch)
                )
                batch.note(outcome)
                if kind is not CARRIER:
                    yield outcome
        yield from batch.carriers()

    def _removed(self, each: Leftover, batch: Batch) -> Outcome:
        if not _CAN_BE_SENT.fullmatch(each.id):
            return Outcome(each, LEFT, f"no call can name the id {each.id!r}")
        record = self._there(each)
        if record is None:
            return Outcome(each, GONE)
        reason = self._why_not(each, record, batch)
        if reason:
            return Outcome(each, LEFT, reason)
        outcome = self._tried(each, record)
        if (each.side, each.kind) == (CHARGEBEE, ORDER) and outcome.how != LEFT:
            batch.add_carrier(each, record)
        return outcome

    def _there(self, each: Leftover) -> Record | None:
        """Return a record as it is now, None where nothing is left to do."""
        if each.side == INVOICED:
            return self._in_invoiced(each.kind, each.id)
        seen = self.seen.get((CHARGEBEE, each.kind), {})
        record = seen.get(each.id) or self.chargebee.find(each.kind, each.id)
        if record is None or record.get("deleted"):
            return None
        return record if each.kind is CARRIER or is_live(record) else None

    def _in_invoiced(self, kind: Kind, record_id: str) -> Record | None:
        seen = self.seen.get((INVOICED, kind), {})
        return seen.get(record_id) or self.invoiced.get(kind, record_id)

    def _why_not(self, each: Leftover, record: Record, batch: Batch) -> str:
        """Return why a record may not be evidence, nothing where it may."""
        if str(record["id"]) != each.id:
            return "another record answers to its id"
        if each.kind is CARRIER:
            return self._why_not_carrier(record, batch)
        if not self._is_ours(each, record):
            return "it bears no mark of this run any more"
        if each.side == INVOICED and (each.kind, each.id) in batch.stays:
            return "its counterpart in Chargebee is left"
        return self._why_not_family(each) if each.kind is FAMILY else ""

    def _why_not_carrier(self, invoice: Record, batch: Batch) -> str:
        orders = [str(one["id"]) for one in invoice.get("linked_orders") or []]
        strange = [one for one in orders if batch.get(CHARGEBEE, ORDER, one) is None]
        if strange:
            return f"it carries order {strange[0]}, which is not ours"
        customer_id = str(invoice["customer_id"])
        customer = batch.get(CHARGEBEE, CUSTOMER, customer_id)
        record = self._there(customer) if customer else None
        if customer is None or record is None or not self._is_ours(customer, record):
            return f"it is one of customer {customer_id}, who is not ours"
        return ""

    def _why_not_family(self, family: Leftover) -> str:
        items = self.chargebee.listed(
            ITEM,
            item_family_id={"is": family.id},
            status={"in": ["active", "archived"]},
        )
        return f"item {min(items)} is in it" if items else ""

    def _is_ours(self, each: Leftover, record: Record) -> bool:
        if each.side == INVOICED:
            return run_in_invoiced(record) == each.run
        if each.of is None:
            return run_in_chargebee(each.kind, record) == each.run
        left = self._in_invoiced(each.kind, each.of)
        if left is not None and run_in_invoiced(left) != each.run:
            return False
        marks = Marks(self.marks, self._is_invoice)
        return is_counterpart(marks, each.kind, record, left or {"id": each.of})

    def _is_invoice(self, text: str) -> bool:
        return self._in_invoiced(ORDER, text) is not None

    def _tried(self, each: Leftover, record: Record) -> Outcome:
        try:
            side = self.invoiced if each.side == INVOICED else self.chargebee
            side.delete(each.kind, each.id)
        except RefusedError as refusal:
            if refusal.status == NOT_FOUND:
                return Outcome(each, GONE)
            how = _PUT_AWAY.get((each.side, each.kind))
            if how is not None and (_is_put_away(record) or self._put_away(each)):
                return Outcome(each, how)
            return Outcome(each, LEFT, str(refusal))
        return Outcome(each, DELETED)

    def _put_away(self, each: Leftover) -> bool:
        """Do the next best thing to a deletion; return whether it was let."""
        side, kind, key = each.side, each.kind, each.id
        try:
            match _PUT_AWAY[side, kind]:
                case "cancelled":
                    self.chargebee.cancel(key)
                case "voided":
                    (self.invoiced if side == INVOICED else self.chargebee).void(key)
                case "archived":
                    self.chargebee.edit(kind, key, {"status": "archived"})
                case "deactivated":
                    self.invoiced.edit(kind, key, {"active": False})
        except RefusedError:
            return False
        return True


def _is_put_away(record: Record) -> bool:
    return record.get("status") == "voided" or record.get("active") is False
