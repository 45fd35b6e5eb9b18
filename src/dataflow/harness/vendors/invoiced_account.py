"""The records of an Invoiced account, as its own SDK shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import invoiced
from invoiced import errors

from dataflow.harness.vendors.kinds import ITEM, Kind
from dataflow.harness.vendors.looks import Looks
from dataflow.harness.vendors.refusal import RefusedError, TroubleError, is_refusal

Record: TypeAlias = dict[str, Any]

NOT_FOUND = 404


class InvoicedAccount:
    """Creates, edits and reads records; ids are text, as a mark holds them.

    Lists hold what was saved from `since` on, in the vendor's unix seconds. They are
    remembered until something is written here, or `looks` are made to forget.
    """

    name = "Invoiced"

    def __init__(self, client: Any, since: int = 0) -> None:  # noqa: ANN401 - untyped SDK
        self._client = client
        self._since = since
        self.looks = Looks()

    def create(self, kind: Kind, values: Mapping[str, object]) -> Record:
        """Make a record and return it as it reads afterwards."""
        create = getattr(self._client, kind.invoiced_class).create
        made = self._write(create, **values)
        return self._existing(kind, str(made["id"]))

    def edit(self, kind: Kind, record_id: str, values: Mapping[str, object]) -> None:
        """Change these properties of a record in one call, or raise `RefusedError`."""
        record = self._handle(kind, record_id)
        for name, value in values.items():
            record[name] = value
        self._write(record.save)

    def pay(self, invoice: Record) -> None:
        """Take in the whole amount of an invoice, or raise `RefusedError`."""
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

    def delete(self, kind: Kind, record_id: str) -> None:
        """Delete a record; an item is archived (unconfirmed)."""
        self._write(self._handle(kind, record_id).delete)

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
        return self.looks.at(
            kind, lambda: {str(record["id"]): record for record in self._pages(kind)}
        )

    def _existing(self, kind: Kind, record_id: str) -> Record:
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
        """Tell whether a list with the newest first has only older records to come.

        That items can be sorted so is unconfirmed: one that is not sorted is read on.
        """
        times = [record["created_at"] for record in records] or [self._since]
        is_sorted = times == sorted(times, reverse=True)
        return kind is ITEM and is_sorted and min(times) < self._since

    def _handle(self, kind: Kind, record_id: str) -> Any:  # noqa: ANN401 - untyped SDK
        # The SDK shares one default dictionary between all handles: give each its own.
        return getattr(invoiced, kind.invoiced_class)(self._client, record_id, {})

    def _write(
        self, function: Callable[..., Any], *args: object, **named: object
    ) -> Any:  # noqa: ANN401 - untyped SDK
        self.looks.forget()
        return self._call(function, *args, **named)

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
        # The SDK keeps no headers: what Retry-After says is lost (sdk).
        raise TroubleError("Invoiced", str(error), status=error.status_code) from error
    except json.JSONDecodeError as error:
        raise TroubleError("Invoiced", f"its answer is no JSON ({error})") from error
