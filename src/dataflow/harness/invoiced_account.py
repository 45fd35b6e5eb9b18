"""The records of an Invoiced account, as its own SDK shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import invoiced
from invoiced import errors

from dataflow.harness.kinds import Kind
from dataflow.harness.refusal import RefusedError, TroubleError, is_refusal

Record: TypeAlias = dict[str, Any]

NOT_FOUND = 404


class InvoicedAccount:
    """Creates, edits and reads records; ids are text, as a mark holds them."""

    name = "Invoiced"

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - untyped SDK
        self._client = client

    def create(self, kind: Kind, values: Mapping[str, object]) -> Record:
        """Make a record and return it as it reads afterwards."""
        made = self._call(getattr(self._client, kind.invoiced_class).create, **values)
        return self._existing(kind, str(made["id"]))

    def edit(self, kind: Kind, record_id: str, values: Mapping[str, object]) -> None:
        """Change these properties of a record in one call, or raise `RefusedError`."""
        record = self._handle(kind, record_id)
        for name, value in values.items():
            record[name] = value
        self._call(record.save)

    def pay(self, invoice: Record) -> None:
        """Take in the whole amount of an invoice, or raise `RefusedError`."""
        amount = invoice["total"]
        share = {"type": "invoice", "invoice": invoice["id"], "amount": amount}
        self._call(
            invoiced.Payment(self._client).create,
            customer=invoice["customer"],
            currency=invoice["currency"],
            amount=amount,
            applied_to=[share],
        )

    def void(self, record_id: str) -> None:
        """Void an invoice."""
        self._call(invoiced.Invoice(self._client, record_id, {}).void)

    def delete(self, kind: Kind, record_id: str) -> None:
        """Delete a record; an item is archived (unconfirmed)."""
        self._call(self._handle(kind, record_id).delete)

    def get(self, kind: Kind, record_id: str) -> Record | None:
        """Return a record as it is now, or None where there is none."""
        try:
            return self._existing(kind, record_id)
        except RefusedError as refusal:
            if refusal.status == NOT_FOUND:
                return None
            raise

    def everything(self, kind: Kind) -> dict[str, Record]:
        """Return all records of a kind by id, deleted ones left out by the vendor."""
        return {str(record["id"]): record for record in self._pages(kind)}

    def _existing(self, kind: Kind, record_id: str) -> Record:
        resource = getattr(self._client, kind.invoiced_class)
        return dict(self._call(resource.retrieve, record_id))

    def _pages(self, kind: Kind) -> Iterator[Record]:
        resource = getattr(self._client, kind.invoiced_class)
        page = 1
        while True:
            records, listing = self._call(resource.list, page=page, per_page=100)
            yield from (dict(record) for record in records)
            if "next" not in listing.links:
                return
            page += 1

    def _handle(self, kind: Kind, record_id: str) -> Any:  # noqa: ANN401 - untyped SDK
        # The SDK shares one default dictionary between all handles: give each its own.
        return getattr(invoiced, kind.invoiced_class)(self._client, record_id, {})

    def _call(
        self, function: Callable[..., Any], *args: object, **named: object
    ) -> Any:  # noqa: ANN401 - untyped SDK
        with _refusals():
            return function(*args, **named)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except errors.ErrorBase as error:
        if is_refusal(error.status_code):
            said = (error.error or {}).get("message", str(error))
            raise RefusedError("Invoiced", error.status_code, said) from error
        raise TroubleError("Invoiced", str(error)) from error
    except json.JSONDecodeError as error:
        raise TroubleError("Invoiced", f"its answer is no JSON ({error})") from error
