"""The records of an Invoiced account, as its own SDK shows them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import invoiced
from invoiced import errors

from dataflow.errors import NotFoundError, VendorUnavailableError
from dataflow.record_types.model import ITEM, Kind
from dataflow.vendors.connection import Record, Records, is_refusal, refusal


class InvoicedAccount(Records):
    """Reads and writes records; ids are text, as in a mark."""

    name = "Invoiced"

    def create(self, kind: Kind, values: Mapping[str, object]) -> Record:
        """Create a record and return it as a read shows it afterwards."""
        create = getattr(self._client, kind.invoiced_class).create
        return self._retrieve(kind, str(self._write(create, **values)["id"]))

    def edit(self, kind: Kind, record_id: str, values: Mapping[str, object]) -> None:
        """Change these properties in one call, or raise `VendorRefusedError`."""
        record = self._handle(kind, record_id)
        for name, value in values.items():
            record[name] = value
        self._write(record.save)

    def pay(self, invoice: Record) -> None:
        """Record a payment of the whole invoice, or raise `VendorRefusedError`."""
        amount = invoice["total"]
        share = {"type": "invoice", "invoice": invoice["id"], "amount": amount}
        self._write(
            invoiced.Payment(self._client).create,
            customer=invoice["customer"],
            currency=invoice["currency"],
            amount=amount,
            applied_to=[share],
        )

    def void(self, record_id: str) -> None:
        """Void an invoice."""
        self._write(invoiced.Invoice(self._client, record_id, {}).void)

    def merge(self, lost: str, kept: str) -> None:
        """Merge a customer into another, which gets its invoices."""
        call = ("POST", f"/customers/{kept}/merge", {"customer": int(lost)})
        self._write(self._client.request, *call)

    def delete(self, kind: Kind, record_id: str) -> None:
        """Delete a record; an item is archived (unconfirmed)."""
        self._write(self._handle(kind, record_id).delete)

    def get(self, kind: Kind, record_id: str) -> Record | None:
        """Return a record as it is now, or None where there is none."""
        try:
            return self._retrieve(kind, record_id)
        except NotFoundError:
            return None

    def list_all(self, kind: Kind) -> dict[str, Record]:
        """Return all records of a kind by id; the vendor leaves deleted ones out."""
        return self.lists.get(
            kind, lambda: {str(record["id"]): record for record in self._pages(kind)}
        )

    def read_headers(self) -> Mapping[str, str]:
        """Return the headers of an answer: the SDK's own reads drop them (sdk)."""
        call = ("GET", "/customers", {"per_page": 1})
        headers: Mapping[str, str] = self._call(self._client.request, *call)["headers"]
        return headers

    def _retrieve(self, kind: Kind, record_id: str) -> Record:
        resource = getattr(self._client, kind.invoiced_class)
        return dict(self._call(resource.retrieve, record_id))

    def _pages(self, kind: Kind) -> Iterator[Record]:
        resource = getattr(self._client, kind.invoiced_class)
        query, page = self._query(kind), 1
        while True:
            found, listing = self._call(resource.list, page=page, per_page=100, **query)
            records = [dict(record) for record in found]
            yield from records
            if "next" not in listing.links or self._is_past(kind, records):
                return
            page += 1

    def _query(self, kind: Kind) -> dict[str, object]:
        if not self._since:
            return {}
        if kind is ITEM:
            # Documented for items too, but their list ignores the other one (sdk).
            return {"sort": "created_at desc"}
        # What was saved in the very second is left out (sdk).
        return {"updated_after": self._since - 1}

    def _is_past(self, kind: Kind, records: Sequence[Record]) -> bool:
        """Return whether a list, newest first, has only older records on later pages.

        That items can be sorted is unconfirmed: an unsorted list is read to its end.
        """
        times = [record["created_at"] for record in records] or [self._since]
        is_sorted = times == sorted(times, reverse=True)
        return kind is ITEM and is_sorted and min(times) < self._since

    def _handle(self, kind: Kind, record_id: str) -> Any:  # noqa: ANN401 - untyped SDK
        # The SDK shares one default dictionary between all handles: give each its own.
        return getattr(invoiced, kind.invoiced_class)(self._client, record_id, {})

    @staticmethod
    @contextmanager
    def _errors() -> Iterator[None]:
        try:
            yield
        except errors.ErrorBase as error:
            status, body = error.status_code, error.error or {}
            if is_refusal(status):
                message = body.get("message", str(error))
                raise refusal("Invoiced", status, message) from error
            # The SDK keeps no headers: the value of Retry-After is lost (sdk).
            raise VendorUnavailableError(
                "Invoiced", str(error), status=status, message=body.get("message", "")
            ) from error
        except json.JSONDecodeError as error:
            reason = f"its answer is not JSON ({error})"
            raise VendorUnavailableError("Invoiced", reason) from error
