"""Broken syncs that go wrong if two events happen before one run."""

from __future__ import annotations

from typing import ClassVar

from broken.api import Record
from broken.entries import broken
from broken.noticing import DroppingSync

_KIND = "two events before one run"
_GAP = "a run follows each event"


class _LosesEdits(DroppingSync):
    """Loses an edit of a currency beside another event."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        edited = kind == "orders" and key in self.find_edited(kind, "currency")
        return edited and self.is_beside(key, record)

    def is_beside(self, key: str, invoice: Record) -> bool:
        """Return whether the other event has happened too."""
        raise NotImplementedError


class _LosesNew(_LosesEdits):
    """Loses a new record of a kind beside another event."""

    kind: ClassVar[str] = "orders"

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        new = kind == self.kind and key in self.find_new(kind)
        return new and self.is_beside(key, record)

    def find_voided(self) -> list[Record]:
        """Return the invoices that were voided since the last run."""
        edited = [self.here["orders"][e] for e in self.find_edited("orders", "status")]
        return [each for each in edited if each["status"] == "voided"]


@broken(_KIND, hole=_GAP)
class LosesEditsBesideNewInvoices(_LosesEdits):
    """An edit of a currency is lost if an invoice was created before the same run."""

    def is_beside(self, key: str, invoice: Record) -> bool:
        del key, invoice
        return bool(self.find_new("orders"))


@broken(_KIND, hole=_GAP)
class LosesEditsBesideNewPersons(_LosesEdits):
    """An edit of a currency is lost if a person was created before the same run."""

    def is_beside(self, key: str, invoice: Record) -> bool:
        del key, invoice
        return bool(self.find_new("customers"))


@broken(_KIND, hole=_GAP)
class LosesEditsOfThePaid(_LosesEdits):
    """An edit of a currency is lost if the invoice was paid before the same run."""

    def is_beside(self, key: str, invoice: Record) -> bool:
        del invoice
        return key in self.find_edited("orders", "paid")


@broken(_KIND, hole=_GAP)
class LosesEditsBesideThePersons(_LosesEdits):
    """An edit of a currency is lost if the person was edited before the same run."""

    def is_beside(self, key: str, invoice: Record) -> bool:
        del key
        persons = self.find_edited("customers", "updated_at")
        return str(invoice["customer"]) in persons


@broken(_KIND, hole=_GAP)
class TakesCorrectionsForTheVoided(_LosesNew):
    """An invoice gets no order if another of its person was voided before the run."""

    def is_beside(self, key: str, invoice: Record) -> bool:
        del key
        customer = invoice["customer"]
        return any(each["customer"] == customer for each in self.find_voided())


@broken(_KIND, hole=_GAP)
class LosesNewInvoicesBesideEditsInChargebee(_LosesNew):
    """An invoice gets no order if an order was edited in Chargebee before the run."""

    def is_beside(self, key: str, invoice: Record) -> bool:
        del key, invoice
        return bool(self.find_edited("orders", "note", "status", side="there"))


@broken(_KIND, hole=_GAP)
class TakesNewItemsForTheGone(_LosesNew):
    """An item gets no counterpart if another was deleted before the same run."""

    kind = "items"

    def is_beside(self, key: str, invoice: Record) -> bool:
        del key, invoice
        return bool(self.find_gone("items"))


@broken(_KIND, hole=_GAP)
class LosesNewItemsBesideInvoices(_LosesNew):
    """A new item gets no counterpart if an invoice was created before the same run."""

    kind = "items"

    def is_beside(self, key: str, invoice: Record) -> bool:
        del key, invoice
        return bool(self.find_new("orders")) and bool(self.before["here"]["orders"])


@broken(_KIND, hole=_GAP)
class LosesTheIssuedBesideTheVoided(_LosesNew):
    """A draft that is issued gets no order if an invoice was voided before the run."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        issued = kind == "orders" and key in self.find_edited(kind, "draft")
        return issued and not record["draft"] and bool(self.find_voided())
