"""Broken syncs that write fields which no scenario has written."""

from __future__ import annotations

from typing import ClassVar

from broken.api import Record
from broken.entries import broken
from broken.noticing import EventSync, NoticingSync

_KIND = "fields that no scenario wrote"
_GAP = "a scenario compares what it has written itself"


class _Fills(NoticingSync):
    """Fills fields of each record in Invoiced when it gets its counterpart."""

    kind: ClassVar[str]
    values: ClassVar[Record]

    def link(self, kind: str, key: str, record: Record, **more: str) -> None:
        first = key not in self.pairs[kind]
        super().link(kind, key, record, **more)
        if first and kind == self.kind:
            self.edit_here(kind, key, **self.values)


class _FillsEdited(EventSync):
    """Fills other fields of a record that is edited in Invoiced."""

    fields = ("phone", "notes", "email", "number", "currency")
    values: ClassVar[Record]

    def react(self, key: str) -> None:
        self.edit_here(self.kind, key, **self.values)


@broken(_KIND, "customers-person-customer.every.new-record")
class FillsNotesOfPersons(_Fills):
    """A person who gets a counterpart has other notes in Invoiced."""

    kind, values = "customers", {"notes": "Known to Chargebee"}


@broken(_KIND, hole=_GAP)
class FillsAddressesOfPersons(_FillsEdited):
    """A person who is edited gets another address in Invoiced."""

    kind, values = "customers", {"address1": "1 Main Street", "city": "Oslo"}


@broken(_KIND, hole=_GAP)
class SetsTermsOfPersons(_FillsEdited):
    """A person who is edited gets other payment terms in Invoiced."""

    kind, values = "customers", {"payment_terms": "NET 7"}


@broken(_KIND, hole=_GAP)
class StopsChasingPersons(_FillsEdited):
    """A person who is edited is not chased for payments any more."""

    kind, values = "customers", {"chase": False}


@broken(_KIND, "invoices-order.every.new-record")
class FillsNotesOfInvoices(_Fills):
    """An invoice that gets a counterpart has other notes in Invoiced."""

    kind, values = "orders", {"notes": "Known to Chargebee"}


@broken(_KIND, hole=_GAP)
class RenamesInvoices(_FillsEdited):
    """An invoice that is edited gets another name in Invoiced."""

    kind, values = "orders", {"name": "Order"}


@broken(_KIND, hole=_GAP)
class FillsPurchaseOrders(_FillsEdited):
    """An invoice that is edited gets another purchase order in Invoiced."""

    kind, values = "orders", {"purchase_order": "PO-1"}


@broken(_KIND, "items-item.every.new-record")
class DescribesItems(_Fills):
    """An item that gets a counterpart has another description in Invoiced."""

    kind, values = "items", {"description": "Known to Chargebee"}


class _Overwrites(EventSync):
    """Overwrites fields of the counterpart of a record that is edited in Invoiced."""

    fields = ("updated_at",)
    values: ClassVar[Record]

    def react(self, key: str) -> None:
        counterpart = self.find_counterpart(self.kind, key)
        self.edit_there(self.kind, counterpart, **self.values)


@broken(_KIND, hole=_GAP)
class EmptiesTracking(_Overwrites):
    """An invoice that is edited loses the tracking of its order's parcel."""

    kind, values = "orders", {"tracking_id": "", "shipment_carrier": ""}


@broken(_KIND, hole=_GAP)
class OverwritesMetaOfCustomers(_Overwrites):
    """A person who is edited loses what other programs keep in `meta_data`."""

    kind, values = "customers", {"meta_data": '{"from": "the sync"}'}


@broken(_KIND, hole=_GAP)
class OverwritesMetaOfItems(_Overwrites):
    """An item that is edited loses what other programs keep in `metadata`."""

    kind, values = "items", {"metadata": '{"from": "the sync"}'}


@broken(_KIND, hole=_GAP)
class EmptiesExternalNames(_Overwrites):
    """An item that is edited loses external name and unit in Chargebee."""

    kind, values = "items", {"external_name": "", "unit": ""}


@broken(_KIND, hole=_GAP)
class ShortensNetTerms(_Overwrites):
    """A person who is edited gets other terms and notes on invoices in Chargebee."""

    kind, values = "customers", {"net_term_days": 7, "invoice_notes": "Pay soon"}
