"""Broken syncs that change properties which no scenario has written."""

from __future__ import annotations

import json

from broken.api import Record
from broken.common import ReactingSync
from broken.entries import broken
from broken.plain import KINDS, Pair, PlainSync

_KIND = "changes what no scenario wrote"


class WritingBackSync(ReactingSync):
    """After an edit in Invoiced, writes `values` into that record of a `kind`."""

    kind: str
    values: Record

    def react(self, kind: str, key: str, pair: Pair) -> None:
        del pair
        record = self.here[kind][key]
        if kind == self.kind and not self.values.items() <= record.items():
            self.invoiced.edit(KINDS[kind], key, self.values)


@broken(_KIND, "customers-person-customer.other.phone-in-invoiced")
class SetsTermsOfTheEdited(WritingBackSync):
    """A person that is edited gets payment terms in Invoiced."""

    kind, values = "customers", {"payment_terms": "NET 14"}


@broken(_KIND, "customers-person-customer.other.email-in-invoiced")
class MovesTheEdited(WritingBackSync):
    """A person that is edited gets another address in Invoiced."""

    kind, values = "customers", {"city": "Oslo", "country": "NO"}


@broken(_KIND, "customers-person-customer.other.notes-in-invoiced")
class StopsChasingTheEdited(WritingBackSync):
    """A person that is edited is not reminded of its invoices any more."""

    kind, values = "customers", {"chase": False}


@broken(_KIND, "invoices-order.other.purchase_order-in-invoiced")
class SetsNotesOfTheEdited(WritingBackSync):
    """An invoice that is edited gets notes in Invoiced."""

    kind, values = "orders", {"notes": "Synchronised"}


@broken(_KIND, "invoices-order.other.lines-in-invoiced")
class RenamesTheEditedInvoice(WritingBackSync):
    """An invoice whose lines are edited is renamed in Invoiced."""

    kind, values = "orders", {"name": "Edited"}


@broken(_KIND, "items-item.other.name-in-invoiced")
class DescribesTheEdited(WritingBackSync):
    """An item that is edited gets a description in Invoiced."""

    kind, values = "items", {"description": "Synchronised"}


@broken(_KIND, "invoices-order.other.purchase_order-in-invoiced")
class RenumbersTheEdited(WritingBackSync):
    """An invoice that is edited gets another number in Invoiced."""

    kind, values = "orders", {"number": "CB-1"}


class RewritingSync(ReactingSync):
    """After an edit in Invoiced, writes `values` into the counterpart of a `kind`."""

    kind: str
    values: Record

    def react(self, kind: str, key: str, pair: Pair) -> None:
        del key
        if kind == self.kind and pair["id"] in self.there[kind]:
            self.chargebee.edit(kind, pair["id"], self.values)


@broken(_KIND, "invoices-order.other.notes-in-invoiced")
class TracksTheEdited(RewritingSync):
    """The order of an invoice that is edited gets another tracking number."""

    kind, values = "orders", {"tracking_id": "T-0"}


@broken(_KIND, "invoices-order.kept.paid")
class NotesThePaid(RewritingSync):
    """The order of an invoice that is paid gets another note."""

    kind, values = "orders", {"note": "No delivery"}


@broken(_KIND, "customers-person-customer.other.notes-in-invoiced")
class GrantsTermsToTheEdited(RewritingSync):
    """The customer of a person that is edited gets another term of payment."""

    kind, values = "customers", {"net_term_days": 30}


@broken(_KIND, "customers-person-customer.other.phone-in-invoiced")
class OverwritesMetadataOfTheEdited(RewritingSync):
    """The customer of a person that is edited gets metadata of no mark."""

    kind, values = "customers", {"meta_data": json.dumps({"edited": "yes"})}


@broken(_KIND, "items-item.other.description-in-invoiced")
class HidesTheEdited(RewritingSync):
    """The item of an item that is edited leaves the checkout pages."""

    kind, values = "items", {"enabled_for_checkout": "false"}


@broken(_KIND, "invoices-order.kept.paid", "invoices-order.kept.voided")
class VoidsTheInvoicesOfOthers(ReactingSync):
    """An invoice that changes voids the invoices behind the orders of all others."""

    def react(self, kind: str, key: str, pair: Pair) -> None:
        del key
        if kind == "orders":
            for other in self.pairs[kind].values():
                if other is not pair:
                    self.void(other["carrier"])


@broken(_KIND, "customers-person-customer.every.stranger", "items-item.every.stranger")
class ClaimsStrangers(PlainSync):
    """The metadata of a record in Chargebee that is nobody's loses its entries."""

    def serve_all(self) -> None:
        super().serve_all()
        for kind, name in (("customers", "meta_data"), ("items", "metadata")):
            known = {pair["id"] for pair in self.pairs[kind].values()}
            for key in self.there[kind].keys() - known:
                if self.there[kind][key].get(name) != {"seen": "1"}:
                    self.chargebee.edit(kind, key, {name: json.dumps({"seen": "1"})})
