"""The records of a Chargebee site, as its own SDK shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import mktime_tz, parsedate_tz
from typing import Any

import httpx

from dataflow.errors import NotFoundError, VendorUnavailableError
from dataflow.record_types.model import (
    CARRIER,
    CUSTOMER,
    FAMILY,
    ITEM,
    ORDER,
    Kind,
)
from dataflow.vendors.chargebee_sdk import sdk
from dataflow.vendors.connection import Record, Records, is_refusal, refusal

#: Statuses in which a record is no longer there for its owner.
_GONE = {"archived", "cancelled", "deleted", "returned", "voided"}


def is_live(record: Record) -> bool:
    """Return whether a record is not archived, cancelled, deleted, returned, voided."""
    return not record.get("deleted") and record.get("status") not in _GONE


class ChargebeeSite(Records):
    """Reads and writes JSON records; `headers` are those of the last answer."""

    name = "Chargebee"
    headers: Mapping[str, str] = {}

    @property
    def time(self) -> int | None:
        """Return the last answer's unix time; None without a date (undocumented)."""
        date = parsedate_tz(self.headers.get("date", ""))
        return None if date is None else int(mktime_tz(date))

    def create(self, kind: Kind, values: Mapping[str, object]) -> Record:
        """Create a record or raise `VendorRefusedError`; import invoices and orders."""
        name = f"import_{kind.name}" if kind in {ORDER, CARRIER} else "create"
        create = getattr(self._resource(kind), name)
        return _record(kind, self._write(create, dict(values)))

    def edit(self, kind: Kind, record_id: str, values: Mapping[str, object]) -> Record:
        """Edit in one call; return the record, or raise `VendorRefusedError`."""
        update = self._resource(kind).update
        return _record(kind, self._write(update, record_id, dict(values)))

    def pay(self, record_id: str) -> None:
        """Record a payment of all that is due of an invoice."""
        payment = {"transaction": {"payment_method": "cash"}}
        self._write(self._resource(CARRIER).record_payment, record_id, payment)

    def merge(self, lost: str, kept: str) -> None:
        """Merge a customer into another, which gets its orders."""
        ids = {"from_customer_id": lost, "to_customer_id": kept}
        self._write(self._resource(CUSTOMER).merge, ids)

    def void(self, record_id: str) -> None:
        """Void an invoice, or raise `VendorRefusedError`."""
        self._write(self._resource(CARRIER).void_invoice, record_id)

    def cancel(self, record_id: str) -> None:
        """Cancel an order, or raise `VendorRefusedError`."""
        reason = {"cancellation_reason": "others"}
        self._write(self._resource(ORDER).cancel, record_id, reason)

    def delete(self, kind: Kind, record_id: str) -> None:
        """Delete a record, or raise `VendorRefusedError`."""
        self._write(self._resource(kind).delete, record_id)

    def get(self, kind: Kind, record_id: str) -> Record:
        """Return a record as it is now."""
        return _record(kind, self._call(self._resource(kind).retrieve, record_id))

    def find(self, kind: Kind, record_id: str) -> Record | None:
        """Return a record, or None; a deleted one may be marked so (unconfirmed)."""
        try:
            return self.get(kind, record_id)
        except NotFoundError:
            return None

    def find_first(self, kind: Kind, **filters: object) -> Record | None:
        """Return the first record of a list, or None for an empty list."""
        with _expecting("list"):
            query = {**filters, "limit": 1}
            page = self._call(self._resource(kind).list, query)
            return next((_record(kind, entry) for entry in page.list), None)

    def list_all(self, kind: Kind) -> dict[str, Record]:
        """Return all records of a kind by id, deleted ones too."""
        return self.lists.get(kind, lambda: self._list_all(kind))

    def list_records(self, kind: Kind, **filters: object) -> dict[str, Record]:
        """Return live records by id; filters as in `id={"starts_with": "a"}`."""
        return {record["id"]: record for record in self._pages(kind, filters)}

    def get_configuration(self) -> Record:
        """Return the site's configuration: its domain, its product catalog."""
        with _expecting("configurations"):
            answer = self._call(self._client.Configuration.list)
            found: Record = answer.configurations[0].raw_data
            return found

    def list_currencies(self) -> list[Record]:
        """Return the currencies of the site."""
        with _expecting("list"):
            answer = self._call(self._client.Currency.list)
            return [entry.currency.raw_data for entry in answer.list]

    def _list_all(self, kind: Kind) -> dict[str, Record]:
        query: dict[str, object] = {"include_deleted": True}
        if kind is ITEM:
            # Items have no include_deleted; deleted ones are found by their status.
            query = {"status": {"in": ["active", "archived", "deleted"]}}
        if self._since:
            # The vendor leaves out what was saved in the very second (unconfirmed).
            query["updated_at"] = {"after": self._since - 1}
        return self.list_records(kind, **query)

    def _pages(self, kind: Kind, filters: Mapping[str, object]) -> Iterator[Record]:
        query: dict[str, object] = {"limit": 100}
        if kind is not FAMILY:  # whose list cannot be sorted (sdk)
            query["sort_by"] = {"asc": "updated_at"}
        query |= filters
        while True:
            page = self._call(self._resource(kind).list, query)
            yield from (_record(kind, entry) for entry in page.list)
            if not page.next_offset:
                return
            query["offset"] = page.next_offset

    def _resource(self, kind: Kind) -> Any:  # noqa: ANN401 - untyped SDK
        return getattr(self._client, kind.chargebee_class)

    def _call(
        self, function: Callable[..., Any], *args: object, **named: object
    ) -> Any:  # noqa: ANN401 - untyped SDK
        answer = super()._call(function, *args, **named)
        self.headers = answer.headers
        return answer

    @staticmethod
    @contextmanager
    def _errors() -> Iterator[None]:
        try:
            yield
        except sdk.APIError as error:
            status, message = error.http_status_code, str(error)
            if is_refusal(status):
                raise refusal("Chargebee", status, message) from error
            wait = (error.http_headers or {}).get("retry-after", "")
            raise VendorUnavailableError(
                "Chargebee",
                f"{status}: {message}",
                status=status,
                message=message,
                # The header may have another form than a number of seconds.
                retry_after=int(wait) if wait.isdecimal() else None,
            ) from error
        except httpx.HTTPError as error:
            reason = str(error) or repr(error)
            raise VendorUnavailableError("Chargebee", reason) from error
        except Exception as error:
            # An answer that is not JSON raises exactly this class (sdk).
            if type(error) is Exception:
                raise VendorUnavailableError("Chargebee", str(error)) from error
            raise


def _record(kind: Kind, answer: Any) -> Record:  # noqa: ANN401 - untyped SDK
    # In the SDK's objects, an absent value equals null; in the raw data it does not.
    record: Record = getattr(answer, kind.name).raw_data
    return record


def was_generated(kind: Kind, record: Record) -> bool:
    """Return whether the site generated this order for an invoice (recorded)."""
    return kind is ORDER and record.get("created_by") == "Auto generated by system"


@contextmanager
def _expecting(name: str) -> Iterator[None]:
    """Raise `VendorUnavailableError` for an answer without the part of this name."""
    try:
        yield
    except (AttributeError, LookupError, TypeError) as error:
        # The SDK reads every answer as if it had the documented shape (sdk).
        reason = f"its answer has no {name!r}"
        raise VendorUnavailableError("Chargebee", reason) from error
