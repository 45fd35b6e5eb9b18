"""What became of records that were to be removed together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dataflow.harness.vendors.kinds import CARRIER, CUSTOMER, Kind
from dataflow.sandbox.leftovers import CHARGEBEE, Leftover

DELETED, GONE, LEFT = "deleted", "gone already", "left"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a record: `how` in a word, and why it is left if it is."""

    leftover: Leftover
    how: str
    reason: str = ""


class Batch:
    """Records that are removed together, and what has come of them so far.

    `stays` are the Invoiced records, by kind and id, whose counterparts are left.
    """

    def __init__(self, leftovers: Iterable[Leftover]) -> None:
        self._ours = {(each.side, each.kind, each.id): each for each in leftovers}
        self._done: list[Outcome] = []
        self._customers: dict[str, str] = {}
        self.stays: set[tuple[Kind, str]] = set()

    def of(self, side: str, kind: Kind) -> list[Leftover]:
        """Return what there is of one kind on one side."""
        return [one for (s, k, _), one in self._ours.items() if (s, k) == (side, kind)]

    def get(self, side: str, kind: Kind, record_id: str) -> Leftover | None:
        """Return one of the records, None for what is none of them."""
        return self._ours.get((side, kind, record_id))

    def add_carrier(self, order: Leftover, record: Mapping[str, Any]) -> None:
        """Remember the invoice that an order stood on."""
        invoice_id = str(record["invoice_id"])
        self._customers[invoice_id] = str(record["customer_id"])
        key = (CHARGEBEE, CARRIER, invoice_id)
        self._ours.setdefault(key, Leftover(*key, order.run))

    def note(self, outcome: Outcome) -> None:
        """Remember what became of a record."""
        self._done.append(outcome)
        each = outcome.leftover
        if outcome.how == LEFT and each.of is not None:
            self.stays.add((each.kind, each.of))

    def went_along(self, carrier: Leftover) -> bool:
        """Tell whether the customer of an invoice is gone, and the invoice with it."""
        return self._customers.get(carrier.id) in {
            done.leftover.id
            for done in self._done
            if done.leftover.kind is CUSTOMER and done.leftover.side == CHARGEBEE
            if done.how in {DELETED, GONE}
        }

    def carriers(self) -> Iterator[Outcome]:
        """Yield what became of the invoices."""
        yield from (done for done in self._done if done.leftover.kind is CARRIER)
