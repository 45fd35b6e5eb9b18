"""Clients that write nothing: each write changes only what they answer later.

A preview runs the same code as a sync over these clients, so that it shows what a sync
would do. What a vendor would refuse is not known to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.http import Record
from dataflow.sync.clients.invoiced import Invoiced
from dataflow.sync.errors import NotFoundError
from dataflow.sync.record_types import Kind

#: What a call at the end of a path changes in a record.
_CHANGES: Mapping[str, Record] = {
    "delete": {"deleted": True, "status": "deleted"},
    "void": {"status": "voided"},
    "cancel": {"status": "cancelled"},
}

#: The paths of the calls that import a record into a collection.
_IMPORTS = ("import_invoice", "import_order")


# Without slots: `super()` needs the class that it is written in.
@dataclass(frozen=True)
class InvoicedPreview(Invoiced):
    """Reads an Invoiced account, and keeps edits to itself."""

    edited: dict[tuple[str, str], Record] = field(default_factory=dict)

    def get(self, kind: Kind, left_id: str) -> Record:
        """Return one record with its edits; raises NotFoundError."""
        edited = self.edited.get((kind.name, left_id))
        return super().get(kind, left_id) if edited is None else edited

    def find(self, kind: Kind, left_id: str) -> Record | None:
        """Return one record with its edits, or None if it was deleted."""
        edited = self.edited.get((kind.name, left_id))
        return super().find(kind, left_id) if edited is None else edited

    def patch(self, kind: Kind, left_id: str, body: Mapping[str, object]) -> Record:
        """Edit one record in this preview."""
        record = {**(self.find(kind, left_id) or {"id": left_id}), **body}
        self.edited[kind.name, left_id] = record
        return record

    def delete(self, kind: Kind, left_id: str) -> None:
        """Delete nothing: only the state of the preview has the record deleted."""


@dataclass(frozen=True)
class ChargebeePreview(Chargebee):
    """Reads a Chargebee site, and keeps what it creates and edits to itself."""

    written: dict[tuple[str, str], Record] = field(default_factory=dict)

    def delete_payment(self, payment_id: str) -> Record:
        """Delete a payment in this preview; no call shows it later."""
        return {"id": payment_id}

    def _one(self, path: str, record_id: str, name: str) -> Record:
        written = self.written.get((path, record_id))
        if written is not None:
            return written
        return super()._one(path, record_id, name)

    def _send(self, path: str, params: Mapping[str, object], name: str) -> Record:
        _, collection, *rest = path.split("/")
        place = f"/{collection}"
        if not rest or rest[0] in _IMPORTS:
            record = {**self._find_origin(params), **params}
        else:
            before = self._find_before(place, unquote(rest[0]), name)
            change = _CHANGES.get(rest[-1], {}) if len(rest) > 1 else {}
            record = {**before, **params, **change}
        self.written[place, str(record["id"])] = record
        return record

    def _find_before(self, place: str, record_id: str, name: str) -> Record:
        try:
            return self._one(place, record_id, name)
        except NotFoundError:
            return {"id": record_id}

    def _find_origin(self, params: Mapping[str, object]) -> Record:
        """Return what a new order takes from its invoice."""
        invoice = self.written.get(("/invoices", str(params.get("invoice_id"))), {})
        names = ("customer_id", "currency_code", "total")
        return {name: invoice[name] for name in names if name in invoice}
