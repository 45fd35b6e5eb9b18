"""The records of a Chargebee site, as its own SDK shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import mktime_tz, parsedate_tz
from typing import Any, TypeAlias

import chargebee
import httpx

from dataflow.harness.vendors.kinds import CARRIER, FAMILY, ITEM, ORDER, Kind
from dataflow.harness.vendors.looks import Looks
from dataflow.harness.vendors.refusal import RefusedError, TroubleError, is_refusal

Record: TypeAlias = dict[str, Any]

NOT_FOUND = 404

#: Statuses in which a record is no longer there for its owner.
_GONE = {"archived", "cancelled", "deleted", "returned", "voided"}


def is_live(record: Record) -> bool:
    """Tell whether a record is not archived, cancelled, deleted, returned or voided."""
    return not record.get("deleted") and record.get("status") not in _GONE


class ChargebeeSite:
    """Edits and reads records. Values are those of the JSON, types included.

    Lists hold what was saved from `since` on, in the vendor's unix seconds. They are
    remembered until something is written here, or `looks` are made to forget.

    `time` is what the site said the time was when it last answered, in unix seconds;
    None where it did not say, which is not documented of it.
    """

    name = "Chargebee"
    time: int | None = None

    def __init__(self, client: Any, since: int = 0) -> None:  # noqa: ANN401 - untyped SDK
        self._client = client
        self._since = since
        self.looks = Looks()

    def create(self, kind: Kind, values: Mapping[str, object]) -> Record:
        """Make a record and return it, or raise `RefusedError`.

        Invoices and orders are imported: Chargebee takes orders in no other way.
        """
        name = f"import_{kind.name}" if kind in {ORDER, CARRIER} else "create"
        make = getattr(self._resource(kind), name)
        return _record(kind, self._write(make, dict(values)))

    def edit(self, kind: Kind, record_id: str, values: Mapping[str, object]) -> Record:
        """Change these properties of a record in one call, or raise `RefusedError`.

        Returned is how it reads then.
        """
        update = self._resource(kind).update
        return _record(kind, self._write(update, record_id, dict(values)))

    def void(self, record_id: str) -> None:
        """Void an invoice, or raise `RefusedError`."""
        self._write(self._resource(CARRIER).void_invoice, record_id)

    def cancel(self, record_id: str) -> None:
        """Cancel an order, or raise `RefusedError`."""
        reason = {"cancellation_reason": "others"}
        self._write(self._resource(ORDER).cancel, record_id, reason)

    def delete(self, kind: Kind, record_id: str) -> None:
        """Delete a record, or raise `RefusedError`."""
        self._write(self._resource(kind).delete, record_id)

    def get(self, kind: Kind, record_id: str) -> Record:
        """Return a record as it is now."""
        answer = self._call(self._resource(kind).retrieve, record_id)
        return _record(kind, answer)

    def find(self, kind: Kind, record_id: str) -> Record | None:
        """Return a record as it is now, or None where there is none.

        A deleted one may be shown, and say so (unconfirmed).
        """
        try:
            return self.get(kind, record_id)
        except RefusedError as refusal:
            if refusal.status == NOT_FOUND:
                return None
            raise

    def everything(self, kind: Kind) -> dict[str, Record]:
        """Return all records of a kind by id, deleted ones too."""
        return self.looks.at(kind, lambda: self._everything(kind))

    def listed(self, kind: Kind, **filters: object) -> dict[str, Record]:
        """Return what the vendor lists of a kind by id: what is deleted is left out.

        `filters` are those of the list, as in `id={"starts_with": "a"}`.
        """
        return {record["id"]: record for record in self._pages(kind, filters)}

    def _everything(self, kind: Kind) -> dict[str, Record]:
        asked: dict[str, object] = {"include_deleted": True}
        if kind is ITEM:
            # Items have no include_deleted; deleted ones are found by their status.
            asked = {"status": {"in": ["active", "archived", "deleted"]}}
        if self._since:
            # The vendor leaves out what was saved in the very second (unconfirmed).
            asked["updated_at"] = {"after": self._since - 1}
        return self.listed(kind, **asked)

    def _pages(self, kind: Kind, asked: Mapping[str, object]) -> Iterator[Record]:
        query: dict[str, object] = {"limit": 100}
        if kind is not FAMILY:  # whose list cannot be sorted (sdk)
            query["sort_by"] = {"asc": "updated_at"}
        query |= asked
        while True:
            page = self._call(self._resource(kind).list, query)
            yield from (_record(kind, entry) for entry in page.list)
            if not page.next_offset:
                return
            query["offset"] = page.next_offset

    def _resource(self, kind: Kind) -> Any:  # noqa: ANN401 - untyped SDK
        return getattr(self._client, kind.chargebee_class)

    def _write(self, function: Callable[..., Any], *args: object) -> Any:  # noqa: ANN401 - untyped SDK
        self.looks.forget()
        return self._call(function, *args)

    def _call(self, function: Callable[..., Any], *args: object) -> Any:  # noqa: ANN401 - untyped SDK
        with _refusals():
            answer = function(*args)
            self.time = _time(answer.headers)
            return answer


def _record(kind: Kind, answer: Any) -> Record:  # noqa: ANN401 - untyped SDK
    # The SDK's objects cannot tell an absent value from null; the raw data can.
    record: Record = getattr(answer, kind.name).raw_data
    return record


def _time(headers: Mapping[str, str]) -> int | None:
    date = parsedate_tz(headers.get("date", ""))
    return None if date is None else int(mktime_tz(date))


def was_generated(kind: Kind, record: Record) -> bool:
    """Tell whether the site made this order by itself, for an invoice (recorded)."""
    return kind is ORDER and record.get("created_by") == "Auto generated by system"


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except chargebee.APIError as error:
        if is_refusal(error.http_status_code):
            raise RefusedError(
                "Chargebee", error.http_status_code, str(error)
            ) from error
        raise TroubleError(
            "Chargebee",
            f"{error.http_status_code}: {error}",
            status=error.http_status_code,
            retry_after=_seconds((error.http_headers or {}).get("retry-after", "")),
        ) from error
    except httpx.HTTPError as error:
        raise TroubleError("Chargebee", str(error) or repr(error)) from error
    except Exception as error:
        # What is no JSON the SDK raises as this very class (sdk).
        if type(error) is Exception:
            raise TroubleError("Chargebee", str(error)) from error
        raise


def _seconds(retry_after: str) -> int | None:
    """Read the header where it is a number of seconds, as vendors mostly send it."""
    return int(retry_after) if retry_after.isdecimal() else None
