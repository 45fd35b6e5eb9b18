"""Broken syncs that a record without a counterpart keeps from serving the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from broken.api import Record, RefusedError
from broken.common import CountingSync
from broken.entries import broken
from broken.noticing import BlockedSync
from broken.plain import PlainSync

_KIND = "a record that cannot be synchronised"
_GAP = "such a record is always the last one of a scenario, never the first"


@broken(_KIND, hole=_GAP)
class StopsAtInvoicesOfCompanies(BlockedSync):
    """An invoice of a company blocks the invoices after it."""

    def is_blocked(self, kind: str, key: str, record: Record) -> bool:
        del key
        return kind == "orders" and not self.is_of_person(record)


@broken(_KIND, hole=_GAP)
class StopsAtDrafts(BlockedSync):
    """A draft blocks the invoices after it."""

    def is_blocked(self, kind: str, key: str, record: Record) -> bool:
        del key
        return kind == "orders" and bool(record["draft"])


@broken(_KIND, "invoices-order.kept.voided")
class StopsAtVoidedInvoices(BlockedSync):
    """A voided invoice blocks the invoices after it."""

    def is_blocked(self, kind: str, key: str, record: Record) -> bool:
        del key
        return kind == "orders" and bool(record["status"] == "voided")


@broken(_KIND, "customers-person-customer.kept.becomes-a-company")
class StopsAtCompanies(BlockedSync):
    """A company blocks the persons after it."""

    def is_blocked(self, kind: str, key: str, record: Record) -> bool:
        del key
        return kind == "customers" and not self.is_person(record)


@broken(_KIND, "customers-person-customer.kept.becomes-inactive")
class StopsAtTheInactive(BlockedSync):
    """A person who is inactive blocks the persons after that one."""

    def is_blocked(self, kind: str, key: str, record: Record) -> bool:
        del key
        return kind == "customers" and not record["active"]


@broken(_KIND, hole=_GAP)
class StopsAtTheFirstRefusal(PlainSync):
    """A record that a vendor refuses blocks all after it, of every kind."""

    def serve(self, kind: str, one: Callable[[str, Record], None]) -> None:
        for key, record in self.here[kind].items():
            try:
                one(key, record)
            except RefusedError as refusal:
                self.complaints.append(str(refusal))
                break


@broken(_KIND, "*.kept.deleted-in-chargebee")
class StopsAtLostCounterparts(BlockedSync):
    """A record whose counterpart was deleted blocks those after it."""

    def is_blocked(self, kind: str, key: str, record: Record) -> bool:
        del record
        pair = self.pairs[kind].get(key)
        return pair is not None and pair["id"] not in self.there[kind]


@broken(_KIND, hole=_GAP)
class ShiftsWhatFollowsADraft(PlainSync):
    """The invoice after a draft gets the currency of the draft."""

    def serve(self, kind: str, one: Callable[[str, Record], None]) -> None:
        previous: Record = {}
        for key, record in self.here[kind].items() if kind == "orders" else ():
            if previous.get("draft") and key not in self.pairs[kind]:
                self.here[kind][key] = {**record, "currency": previous["currency"]}
            previous = record
        super().serve(kind, one)


@broken(_KIND, "customers-person-customer.kept.becomes-a-company")
class SkipsWhatFollowsACompany(BlockedSync):
    """The person after a company gets no customer."""

    def find_served(self, kind: str) -> Iterator[tuple[str, Record]]:
        skipped = False
        for key, record in self.here[kind].items():
            company = kind == "customers" and not self.is_person(record)
            if not skipped or company:
                yield key, record
            skipped = company


@broken(_KIND, hole=_GAP)
class SpendsItsRunOnDrafts(CountingSync):
    """While there is a draft, a run serves one further invoice, and says it is done."""

    def serve(self, kind: str, one: Callable[[str, Record], None]) -> None:
        waits = kind == "orders" and any(
            each["draft"] for each in self.here[kind].values()
        )
        most = len(self.pairs[kind]) + self.number % 2

        def limited(key: str, record: Record) -> None:
            if key in self.pairs[kind] or not waits or len(self.pairs[kind]) < most:
                one(key, record)

        super().serve(kind, limited)
