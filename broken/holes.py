"""Broken syncs that no check notices yet, each with the reason."""

from __future__ import annotations

from broken.api import Record, TryAgainError
from broken.entries import broken
from broken.manners import Reacts
from broken.plain import KINDS, Pair, PlainSync

_HOUR = 3600
_SATURDAY = 5


@broken("creates twice", hole="the twins lose no answer while the checklist runs")
class MakesAnewAfterTrouble(PlainSync):
    """A call that was not answered is made again, for another record."""

    def serve_customer(self, key: str, customer: Record) -> None:
        """Make one without the right id where the first try failed."""
        try:
            super().serve_customer(key, customer)
        except TryAgainError:
            self.chargebee.post("customers", "customers", {"last_name": "Again"})
            raise


@broken(
    "loses an edit",
    hole="no check edits a listed property while the other side is edited too",
)
class LosesEditOfBothSides(Reacts):
    """Where both sides were edited at once, the invoice's currency stays behind."""

    sides = ("here", "there")

    def settle(self, key: str, invoice: Record) -> None:
        """Leave alone what was edited on both sides."""
        pair = self.pairs["orders"][key]
        seen = self.memory.get("seen", {}).get(f"orders/{key}")
        now = self.stamps("orders", key, pair)
        lost = self.memory.setdefault("lost", [])
        if seen and self.is_saved(seen, now):
            lost.append(key)
        if key not in lost:
            super().settle(key, invoice)

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Do no more than that."""


@broken(
    "overwrites with nothing",
    hole="of an edited record no property is compared that the document does not list",
)
class EmptiesTheEditedRecord(Reacts):
    """An edit of a person in Invoiced empties another property of that person."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Empty it."""
        del pair
        if kind == "customers":
            self.invoiced.edit(kind, key, {"currency": None})


@broken(
    "overwrites with nothing",
    hole="no check writes into the metadata of Invoiced, where a mark may stand",
)
class WipesMetadata(PlainSync):
    """All that stands in the metadata of a linked record of Invoiced is lost."""

    def link(self, kind: str, key: str, record: Record, **more: str) -> None:
        """Put something else in its place."""
        super().link(kind, key, record, **more)
        self.invoiced.edit(KINDS[kind], key, {"metadata": {"mine": "1"}})


@broken(
    "swaps two records",
    hole="the document lists no property of persons by which two could be told apart",
)
class SwapsNamesOfPersons(PlainSync):
    """The customer of a person bears the name of another person."""

    def serve_customer(self, key: str, customer: Record) -> None:
        """Take the name of the first other person."""
        others = [r for k, r in self.here["customers"].items() if k != key]
        other = next(iter(others), customer)
        super().serve_customer(key, {**customer, "name": other["name"]})


@broken("reports wrongly", hole="a program may ask to be run again without an end")
class IsNeverDone(PlainSync):
    """Everything is done, and each run asks to be run again."""

    def run(self) -> None:
        """Ask in the end."""
        super().run()
        raise TryAgainError("there may be more to do")
