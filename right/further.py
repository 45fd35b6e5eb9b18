"""Readings of what the document leaves open: when a sync works, what else it does.

Each is right, and may be interrupted at any call: what one run has not come to do, the
next one finds undone.
"""

from __future__ import annotations

from functools import partial

from broken.api import Record, TryAgainError
from broken.plain import KINDS, Pair, PlainSync, in_smallest_unit
from right.readings import attempt

#: What is carried over both ways beside the listed properties, by the name in Invoiced.
_CARRIED = {
    "customers": {"phone": "phone", "notes": "invoice_notes"},
    "items": {"description": "description"},
    "orders": {"notes": "note"},
}


class LooksFirst(PlainSync):
    """A run only looks, and the one after it works."""

    def run(self) -> None:
        """Ask for another run after a look; raises `TryAgainError` for that."""
        self.memory["looked"] = not self.memory.get("looked")
        if self.memory["looked"]:
            raise TryAgainError("this run has only looked")
        try:
            super().run()
        except TryAgainError:
            self.memory["looked"] = True
            raise


class MarksInInvoicedToo(PlainSync):
    """The id in Chargebee is noted in the metadata of the record in Invoiced."""

    def run(self) -> None:
        """Note what is not noted yet, old pairs and new ones."""
        super().run()
        for kind, theirs in KINDS.items():
            for key, pair in self.pairs[kind].items():
                record = self.here[kind].get(key, {})
                # Invoiced takes no change of a closed invoice (unconfirmed).
                metadata = None if record.get("closed") else record.get("metadata")
                noted = {"chargebee_id": pair["id"]}
                if metadata is not None and not noted.items() <= metadata.items():
                    self.invoiced.edit(theirs, key, {"metadata": metadata | noted})


class PricesItems(PlainSync):
    """An item has a price in Chargebee, in the currency that it has in Invoiced."""

    def run(self) -> None:
        """Give each linked item its price, once."""
        super().run()
        priced = self.memory.setdefault("priced", [])
        for key in self.pairs["items"].keys() & self.here["items"].keys():
            is_there = self.pairs["items"][key]["id"] in self.there["items"]
            if is_there and key not in priced:
                self.chargebee.make("item_prices", self.price(self.here["items"][key]))
                priced.append(key)

    def price(self, item: Record) -> Record:
        """Return the price of an item, named like it."""
        key, currency = item["id"], item["currency"].upper()
        return {
            "id": f"{key}-{currency}",
            "name": f"{key} {currency}",
            "item_id": key,
            "currency_code": currency,
            "price": in_smallest_unit(item["unit_cost"], currency),
        }


class CarriesMore(PlainSync):
    """Phone numbers, notes and descriptions are carried over too, both ways."""

    def run(self) -> None:
        """Carry over what has changed since the two sides agreed."""
        super().run()
        for kind in KINDS:
            for key, pair in self.pairs[kind].items():
                attempt(self, f"{kind} {key}", partial(self.carry, kind, key, pair))

    def carry(self, kind: str, key: str, pair: Pair) -> None:
        """Bring one pair together; what changed on both sides is Invoiced's."""
        here = self.here[kind].get(key, {"status": "voided"})
        there = self.there[kind].get(pair["id"])
        if there is None or here.get("status") == "voided":
            return
        agreed = self.memory.setdefault("agreed", {}).setdefault(f"{kind} {key}", {})
        for ours, theirs in _CARRIED[kind].items():
            left, right = here.get(ours) or "", there.get(theirs) or ""
            if left not in (right, agreed.get(ours, "")):
                self.chargebee.edit(kind, pair["id"], {theirs: left})
            elif left != right:
                self.invoiced.edit(KINDS[kind], key, {ours: right or None})
                left = right
            agreed[ours] = left


class NumbersAsReferences(PlainSync):
    """An order has its invoice's id, and its invoice's number as a reference."""

    def marks(self, key: str, invoice: Record, count: int) -> dict[str, str]:
        """Mark a later order, whose id must be another, by its reference."""
        if count > 1:
            return super().marks(key, invoice, count)
        return {"id": key, **self.reference(invoice)}

    def reference(self, invoice: Record) -> dict[str, str]:
        """Return the reference of an invoice's first order."""
        return {"reference_id": invoice["number"]}


class NoReferences(NumbersAsReferences):
    """An order has its invoice's id, and no reference."""

    def reference(self, invoice: Record) -> dict[str, str]:
        """Return no reference."""
        del invoice
        return {}


class PathsAsReferences(NumbersAsReferences):
    """An order has its invoice's id, and a reference with slashes and dots in it."""

    def reference(self, invoice: Record) -> dict[str, str]:
        """Return what would lead elsewhere if it was taken for a part of an address."""
        return {"reference_id": f"../customers/{invoice['id']}?#void"}


#: Those of this module.
FURTHER: tuple[type[PlainSync], ...] = (
    LooksFirst,
    MarksInInvoicedToo,
    PricesItems,
    CarriesMore,
    NumbersAsReferences,
    NoReferences,
    PathsAsReferences,
)
