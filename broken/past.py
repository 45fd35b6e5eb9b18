"""Broken syncs that go wrong with a record because of a state that is past."""

from __future__ import annotations

from broken.api import Record
from broken.entries import broken
from broken.noticing import DroppingSync, FormerSync

_KIND = "past states"
_GAP = "no scenario reaches this state"


@broken(_KIND, hole=_GAP)
class LosesEditedDrafts(DroppingSync):
    """A draft that was edited before it is issued gets no order."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        edited = self.find_edited("orders", "currency", "notes", "items")
        return kind == "orders" and record["draft"] and key in edited


@broken(_KIND, hole=_GAP)
class LosesInvoicesOfFormerCompanies(DroppingSync):
    """An invoice of a person who was a company gets no order."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        del key
        if kind != "orders":
            return False
        companies: list[str] = self.memory.setdefault("companies", [])
        customer = str(record["customer"])
        if not self.is_of_person(record):
            companies.append(customer)
            return False
        return customer in companies


@broken(_KIND, hole=_GAP)
class LosesPersonsWhoWereCompaniesBetween(FormerSync):
    """A person who was a company for a while loses all later edits of invoices."""

    kind = "orders"

    def is_in_state(self, key: str, record: Record) -> bool:
        del key
        return not self.is_of_person(record)


@broken(_KIND, hole=_GAP)
class LosesInvoicesOfTheInactive(DroppingSync):
    """An invoice gets no order if its person became inactive before the run."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        if kind != "orders" or key in self.pairs["orders"]:
            return False
        customer = self.here["customers"].get(str(record["customer"]), {})
        return customer.get("active") is False


@broken(_KIND, hole=_GAP)
class LosesTheReactivated(DroppingSync):
    """An invoice of a person who was inactive for a while gets no order."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        inactive: list[str] = self.memory.setdefault("inactive", [])
        if kind == "customers" and not record["active"]:
            inactive.append(key)
        if kind != "orders" or key in self.pairs["orders"]:
            return False
        customer = str(record["customer"])
        active = self.here["customers"].get(customer, {}).get("active")
        return bool(active) and customer in inactive


@broken(_KIND, hole=_GAP)
class LosesEditsOfTheReopened(FormerSync):
    """Edits of an invoice that was closed and opened again are lost."""

    def is_in_state(self, key: str, record: Record) -> bool:
        del key
        return bool(record["closed"])


@broken(_KIND, hole=_GAP)
class LosesEditsOfTheUnpaid(FormerSync):
    """Edits of an invoice whose payment was taken back are lost."""

    def is_in_state(self, key: str, record: Record) -> bool:
        del key
        return bool(record["paid"])


@broken(_KIND, hole=_GAP)
class LosesEditsOfThePartlyPaid(DroppingSync):
    """Edits of an invoice that is partly paid are lost."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        del key
        return kind == "orders" and bool(0 < record["balance"] < record["total"])


@broken(_KIND, "invoices-order.every.edited-before")
class TakesCurrencyEditedBeforeForOld(DroppingSync):
    """An invoice whose currency is no longer its person's gets no order if edited."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        if kind != "orders" or key in self.pairs["orders"]:
            return False
        customer = self.here["customers"].get(str(record["customer"]), {})
        edited = record["updated_at"] != record["created_at"]
        return (
            edited
            and not self.before["here"]["orders"]
            and (record["currency"] != customer.get("currency"))
        )


@broken(_KIND, hole=_GAP)
class LosesEditsOfThePostponed(DroppingSync):
    """Edits of an invoice whose due date was moved are lost."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        del record
        return kind == "orders" and key in self.find_edited("orders", "due_date")
