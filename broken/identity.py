"""Broken syncs that take similar records for the same one."""

from __future__ import annotations

import re
from typing import ClassVar

from broken.api import Record
from broken.entries import broken
from broken.noticing import DroppingSync

_KIND = "identity"
_GAP = "names, numbers and ids are regular and dissimilar"
_LARGEST = 2**31 - 1


class _TakesForTheSame(DroppingSync):
    """Creates no counterpart of a record if an older one has the same `field`."""

    kind: ClassVar[str]
    field: ClassVar[str]

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        if kind != self.kind or key in self.pairs[kind]:
            return False
        value = self.spell(record.get(self.field))
        others = [each for k, each in self.here[kind].items() if k != key]
        return bool(value) and any(
            self.spell(each.get(self.field)) == value
            and (each["created_at"], each["id"]) < (record["created_at"], record["id"])
            for each in others
        )

    def spell(self, value: object) -> str:
        """Return the value as it is compared."""
        return str(value or "")


@broken(_KIND, hole=_GAP)
class IgnoresCaseOfItems(_TakesForTheSame):
    """Items whose ids differ by case only share one counterpart."""

    kind, field = "items", "id"

    def spell(self, value: object) -> str:
        return str(value).casefold()


@broken(_KIND, hole=_GAP)
class IgnoresPunctuationOfItems(_TakesForTheSame):
    """Items whose ids differ by punctuation only share one counterpart."""

    kind, field = "items", "id"

    def spell(self, value: object) -> str:
        return re.sub(r"\W|_", "", str(value))


@broken(_KIND, hole=_GAP)
class IgnoresZerosOfItems(_TakesForTheSame):
    """Items whose ids differ by leading zeros only share one counterpart."""

    kind, field = "items", "id"

    def spell(self, value: object) -> str:
        return re.sub(r"\b0+|(?<=\D)0+", "", str(value))


@broken(_KIND, hole=_GAP)
class IgnoresPunctuationOfInvoices(_TakesForTheSame):
    """Invoices whose numbers differ by punctuation only share one order."""

    kind, field = "orders", "number"

    def spell(self, value: object) -> str:
        return re.sub(r"\W|_", "", str(value))


@broken(_KIND, hole=_GAP)
class IgnoresZerosOfPersons(_TakesForTheSame):
    """Persons whose numbers differ by leading zeros only share one customer."""

    kind, field = "customers", "number"

    def spell(self, value: object) -> str:
        return re.sub(r"\b0+|(?<=\D)0+", "", str(value))


@broken(_KIND, hole=_GAP)
class LinksByPhone(_TakesForTheSame):
    """Persons with one phone number share a customer."""

    kind, field = "customers", "phone"


@broken(_KIND, hole=_GAP)
class LinksByPurchaseOrder(_TakesForTheSame):
    """Invoices with one purchase order share an order."""

    kind, field = "orders", "purchase_order"


@broken(_KIND, hole=_GAP)
class LinksByAddress(_TakesForTheSame):
    """Persons at one address share a customer."""

    kind, field = "customers", "address1"


@broken(_KIND, "customers-person-customer.every.already-there")
class IgnoresCaseOfNames(_TakesForTheSame):
    """Persons whose names differ by case and blanks only share a customer."""

    kind, field = "customers", "name"

    def spell(self, value: object) -> str:
        return "".join(str(value).casefold().split())


@broken(_KIND, hole=_GAP)
class RefusesReusedNumbers(DroppingSync):
    """An invoice with the number of one that was deleted gets no order."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        if kind != "orders":
            return False
        owners: dict[str, str] = self.memory.setdefault("numbers", {})
        return owners.setdefault(record["number"], key) != key


@broken(_KIND, hole=_GAP)
class LosesLargeIds(DroppingSync):
    """A record with an id above 2^31 gets no counterpart."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        del record
        return kind != "items" and int(key) > _LARGEST


@broken(_KIND, hole=_GAP)
class KeepsOneIdForAllTypes(DroppingSync):
    """An invoice with the id of a customer, or an item of that id, gets none."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        del record
        return kind != "customers" and key in self.here["customers"]


@broken(_KIND, hole=_GAP)
class TakesItemsForInvoices(DroppingSync):
    """An item whose id is the number of an invoice gets no item."""

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        del record
        numbers = [each["number"] for each in self.here["orders"].values()]
        return kind == "items" and key in numbers
