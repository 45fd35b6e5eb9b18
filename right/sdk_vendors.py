"""Both vendors through their own SDKs: whole lists, and writes that may be repeated.

Every error of either SDK becomes one of two errors.
"""

from __future__ import annotations

import functools
import json
import os
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import chargebee
import httpx
import invoiced
from invoiced import errors

#: One record, as a vendor's JSON has it.
Record = dict[str, Any]

_TOO_MANY_REQUESTS, _SERVER_FAULT = 429, 500


class TryAgainError(Exception):
    """A vendor or the network failed; a later attempt may succeed."""


class RefusedError(Exception):
    """A vendor refused; `param` is the property that Chargebee names, such as `id`."""

    def __init__(self, sentence: str, param: str = "") -> None:
        super().__init__(sentence)
        self.param = param


@contextmanager
def _convert_errors() -> Iterator[None]:
    """Convert errors of the SDKs into `TroubleError` or `RefusedError`."""
    try:
        yield
    except errors.ErrorBase as error:
        raise _error("Invoiced", error.status_code, error) from error
    except chargebee.APIError as error:
        param = error.param if error.api_error_code == "duplicate_entry" else ""
        raise _error("Chargebee", error.http_status_code, error, param) from error
    except (httpx.HTTPError, json.JSONDecodeError) as error:
        raise TryAgainError(f"no whole answer: {error!r}") from error
    except Exception as error:
        # Chargebee's SDK raises this class if the answer is not JSON (sdk).
        if type(error) is Exception:
            raise TryAgainError(f"Chargebee: {error}") from error
        raise


def _error(
    vendor: str, status: int | None, error: Exception, param: str | None = ""
) -> Exception:
    if not status or status == _TOO_MANY_REQUESTS or status >= _SERVER_FAULT:
        return TryAgainError(f"{vendor}: {error}")
    return RefusedError(f"{vendor} refused with {status}: {error}", param or "")


class Vendors:
    """The clients of both vendors, with addresses and keys from the environment."""

    def __init__(self) -> None:
        self._invoiced = invoiced.Client(os.environ["DATAFLOW_INVOICED_KEY"])
        self._invoiced.api_url = os.environ["DATAFLOW_INVOICED_URL"]
        self._chargebee = _chargebee_client()

    def list_invoiced(self, kind: str) -> list[Record]:
        """Return all records of `Customer`, `Item` or `Invoice`."""
        records: list[Record] = []
        page, links = 1, {"next": ""}
        while "next" in links:
            found, listing = _call(
                getattr(self._invoiced, kind).list, page=page, per_page=100
            )
            records += [dict(record) for record in found]
            page, links = page + 1, listing.links
        return records

    def list_chargebee(self, kind: str, query: Record) -> list[Record]:
        """Return all records of `Customer`, `Item` or `Order` that a query finds."""
        records: list[Record] = []
        query = {"limit": 100, **query}
        while True:
            page = _call(getattr(self._chargebee, kind).list, query)
            records += [getattr(entry, kind.lower()).raw_data for entry in page.list]
            if not page.next_offset:
                return records
            query["offset"] = page.next_offset

    def create(self, kind: str, fields: Record, by: str = "create") -> bool:
        """Create a record in Chargebee, and return whether its id was free.

        The sync chooses ids, so a taken one belongs to a record of an earlier run.
        """
        try:
            _call(getattr(getattr(self._chargebee, kind), by), fields)
        except RefusedError as refusal:
            if refusal.param != "id":
                raise
            return False
        return True

    def delete_order(self, key: str) -> None:
        """Delete an order in Chargebee."""
        _call(self._chargebee.Order.delete, key)

    def void_invoice(self, key: str) -> None:
        """Void an invoice in Chargebee, where that is possible."""
        try:
            _call(self._chargebee.Invoice.void_invoice, key)
        except RefusedError:
            return  # it is paid or voided: there is nothing to collect


def _call(function: Callable[..., Any], *given: object, **named: object) -> Any:  # noqa: ANN401  untyped SDKs
    with _convert_errors():
        return function(*given, **named)


def _chargebee_client() -> Any:  # noqa: ANN401  untyped SDK
    url = os.environ["DATAFLOW_CHARGEBEE_URL"]
    scheme = url.partition(":")[0]
    if scheme == "http":
        # A setting of the class: the SDK does not read it from an instance (sdk).
        chargebee.Chargebee.verify_ca_certs = False
    # The SDK makes a TLS context for each call, which takes longer than the call.
    shared: Any = functools.cache(ssl.create_default_context)
    ssl.create_default_context = shared
    client = chargebee.Chargebee(
        api_key=os.environ["DATAFLOW_CHARGEBEE_KEY"],
        site=os.environ["DATAFLOW_CHARGEBEE_SITE"],
        protocol=scheme,
    )
    client.env.api_endpoint = url
    return client
