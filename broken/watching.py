"""Broken syncs that trip over one value, when somebody edits it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from broken.api import Record
from broken.entries import broken
from broken.manners import Remembers, make_second


class Watches(Remembers):
    """Does something wrong to a pair when one value in Invoiced is edited.

    `fields` names the value by kind; a kind that is not there is not watched.
    """

    fields: ClassVar[Mapping[str, str]]

    def run(self) -> None:
        """Compare the values with those of the last run."""
        super().run()
        before = self.memory.setdefault("before", {})
        for kind, key in self.known():
            record = self.watched(kind, key)
            if kind in self.fields and record is not None and key in self.here[kind]:
                name, now = f"{kind}/{key}", str(record.get(self.fields[kind]))
                if before.setdefault(name, now) != now:
                    self.react(kind, key)
                before[name] = now

    def watched(self, kind: str, key: str) -> Record | None:
        """Return the record whose value is watched."""
        return self.here[kind].get(key)

    def react(self, kind: str, key: str) -> None:
        """Make it once more."""
        make_second(self, kind, key)


class WatchesChargebee(Watches):
    """Watches a value in Chargebee."""

    def watched(self, kind: str, key: str) -> Record | None:
        """Return the counterpart."""
        return self.there[kind].get(self.pairs[kind][key]["id"])


@broken(
    "breaks a pair",
    "customers-person-customer.other.much-in-invoiced",
    "invoices-order.other.much-in-invoiced",
)
class DoublesTheRenumbered(Watches):
    """A person or an invoice that gets another number gets a second counterpart."""

    fields: ClassVar[Mapping[str, str]] = {"customers": "number", "orders": "number"}


@broken(
    "breaks a pair",
    "customers-person-customer.other.much-in-chargebee",
    "invoices-order.other.much-in-chargebee",
    "items-item.other.much-in-chargebee",
)
class DoublesTheShipped(WatchesChargebee):
    """An edit in Chargebee of a status, a first name or a unit makes a second one."""

    fields: ClassVar[Mapping[str, str]] = {
        "customers": "first_name",
        "orders": "status",
        "items": "unit",
    }


@broken("breaks a pair", "invoices-order.other.lines-in-invoiced")
class DoublesOnAnotherTotal(Watches):
    """An invoice whose total changes gets a second order."""

    fields: ClassVar[Mapping[str, str]] = {"orders": "total"}


@broken("breaks a pair", "invoices-order.kept.paid")
class DoublesThePaid(Watches):
    """An invoice that is paid gets a second order."""

    fields: ClassVar[Mapping[str, str]] = {"orders": "paid"}


@broken("ends what it made", "invoices-order.kept.paid")
class EndsTheOrdersOfThePaid(Watches):
    """An invoice that is paid loses its order."""

    fields: ClassVar[Mapping[str, str]] = {"orders": "paid"}

    def react(self, kind: str, key: str) -> None:
        """Delete it."""
        self.chargebee.end(kind, self.pairs[kind][key]["id"], "delete")


@broken("creates twice", "items-item.kept.made-anew")
class DoublesTheMadeAnew(Watches):
    """An item that is made anew under its id gets a second item."""

    fields: ClassVar[Mapping[str, str]] = {"items": "created_at"}


@broken("breaks a pair", "customers-person-customer.kept.becomes-inactive")
class DoublesTheInactive(Watches):
    """A person who becomes inactive gets a second customer."""

    fields: ClassVar[Mapping[str, str]] = {"customers": "active"}


@broken("harms a neighbour", "invoices-order.kept.voided")
class EndsOthersWhereOneIsVoided(Watches):
    """An invoice that is voided takes the orders of all others along."""

    fields: ClassVar[Mapping[str, str]] = {"orders": "status"}

    def react(self, kind: str, key: str) -> None:
        """Delete the others."""
        if self.here[kind][key]["status"] == "voided":
            for other, pair in self.pairs[kind].items():
                if other != key:
                    self.chargebee.end(kind, pair["id"], "delete")


@broken("loses an edit", "invoices-order.currency.edited-after-notes")
class LosesEditsAfterNotes(Watches):
    """Once its notes were edited, edits of an invoice's currency are lost."""

    fields: ClassVar[Mapping[str, str]] = {"orders": "notes"}

    def react(self, kind: str, key: str) -> None:
        """Remember it for ever."""
        del kind
        self.memory.setdefault("noted", []).append(key)

    def settle(self, key: str, invoice: Record) -> None:
        """Leave alone what was noted."""
        if key not in self.memory.get("noted", []):
            super().settle(key, invoice)
