"""The calls of the plain sync to both vendors, over one kept connection each."""

from __future__ import annotations

import base64
import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

#: One record, as a vendor's JSON has it.
Record = dict[str, Any]

_FORM = "application/x-www-form-urlencoded"
#: The form of a body.
JSON = "application/json"
_TOO_MANY_REQUESTS = 429
_SERVER_FAULT = 500
_NOT_FOUND = 404
_REFUSED = 400
_TIMEOUT_SECONDS = 60


class RefusedError(Exception):
    """The vendor refused a call: HTTP `status`, and JSON object or empty `body`."""

    def __init__(self, call: str, status: int, body: Record) -> None:
        super().__init__(f"{call} was refused with {status}: {body.get('message', '')}")
        self.status = status
        self.body = body

    def is_gone(self) -> bool:
        """Return whether the record does not exist."""
        return self.status == _NOT_FOUND

    def is_already_there(self) -> bool:
        """Return whether Chargebee refused a new record because its id is taken."""
        code = self.body.get("api_error_code")
        return code == "duplicate_entry" and self.body.get("param") == "id"


class TryAgainError(Exception):
    """The network or the vendor failed; a later attempt may succeed."""


class Connection:
    """HTTP to one host, over one kept connection."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        connection = HTTPSConnection if secure else HTTPConnection
        self._http = connection(parts.netloc, timeout=_TIMEOUT_SECONDS)
        self._root = parts.path.rstrip("/")
        token = base64.b64encode(f"{key}:".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}"}

    def call(
        self, method: str, path: str, body: str | None = None, form: str = JSON
    ) -> tuple[Any, str]:
        """Return the answer's JSON and its `Link` header, empty if it has none.

        Raises `TryAgainError` where a later attempt may succeed, else `RefusedError`.
        """
        status, link, content = self._exchange(method, path, body, form)
        if status == _TOO_MANY_REQUESTS or status >= _SERVER_FAULT:
            raise TryAgainError(f"{method} {path} was answered with {status}")
        answer = _decode(content)
        if status >= _REFUSED:
            refusal = answer if isinstance(answer, dict) else {}
            raise RefusedError(f"{method} {path}", status, refusal)
        return answer, link

    def _exchange(
        self, method: str, path: str, body: str | None, form: str
    ) -> tuple[int, str, bytes]:
        headers = self._headers | ({} if body is None else {"Content-Type": form})
        try:
            self._http.request(method, f"{self._root}{path}", body, headers)
            answer = self._http.getresponse()
            return answer.status, answer.headers.get("Link", ""), answer.read()
        except (OSError, HTTPException) as error:
            host = self._http.host
            self._http.close()  # otherwise the next call finds this one unfinished
            raise TryAgainError(f"{method} {path} at {host}: {error!r}") from error


class Invoiced:
    """The calls of the plain sync to Invoiced."""

    def __init__(self, wire: Connection) -> None:
        self._wire = wire

    def list_page(
        self, kind: str, number: int, **query: str
    ) -> tuple[list[Record], bool]:
        """Return one page of a list, counted from 1, and whether another follows."""
        asked = urlencode({"per_page": 100, "page": number, **query})
        records, link = self._wire.call("GET", f"/{kind}?{asked}")
        return records, 'rel="next"' in link

    def list_all(self, kind: str, **query: str) -> list[Record]:
        """Return all records of `customers`, `invoices` or `items`, oldest first."""
        records: list[Record] = []
        number, more = 0, True
        while more:
            number += 1
            found, more = self.list_page(kind, number, **query)
            records += found
        return records

    def get(self, kind: str, key: str) -> Record:
        """Return one record."""
        record, _ = self._wire.call("GET", f"/{kind}/{_in_path(key)}")
        found: Record = record
        return found

    def edit(self, kind: str, key: str, values: Record) -> None:
        """Change a few properties of one record."""
        self._wire.call("PATCH", f"/{kind}/{_in_path(key)}", json.dumps(values))

    def create(self, kind: str, values: Record) -> None:
        """Create a record; only broken syncs do."""
        self._wire.call("POST", f"/{kind}", json.dumps(values))

    def delete(self, kind: str, key: str) -> None:
        """Delete a record, or archive an item; only broken syncs do."""
        self._wire.call("DELETE", f"/{kind}/{_in_path(key)}")


class Chargebee:
    """The calls of the plain sync to Chargebee."""

    def __init__(self, wire: Connection) -> None:
        self._wire = wire

    def list_all(self, kind: str, **query: str) -> list[Record]:
        """Return all records of `customers`, `orders` or `items`, without a wrapper."""
        records: list[Record] = []
        offset: dict[str, str] = {}
        while True:
            asked = urlencode({"limit": "100", **query, **offset})
            answer, _ = self._wire.call("GET", f"/{kind}?{asked}")
            records += [_unwrap(kind, entry) for entry in answer["list"]]
            if "next_offset" not in answer:
                return records
            offset = {"offset": answer["next_offset"]}

    def create(self, kind: str, fields: Record, by: str = "") -> Record:
        """Create a record and return it, or the one that has this id already.

        The sync chooses the id, so that record comes from an earlier run whose answer
        was lost. `by` is the operation below `kind` that creates, if it has a name.
        """
        try:
            return self.post(kind, f"{kind}/{by}" if by else kind, fields)
        except RefusedError as refusal:
            if not refusal.is_already_there():
                raise
            return self.get(kind, fields["id"])

    def edit(self, kind: str, key: str, fields: Record) -> None:
        """Change a few properties of one record."""
        self.post(kind, f"{kind}/{_in_path(key)}", fields)

    def remove(self, kind: str, key: str, how: str) -> None:
        """Delete or void one record, if it is still there."""
        try:
            self.post(kind, f"{kind}/{_in_path(key)}/{how}", {})
        except RefusedError as refusal:
            if not refusal.is_gone():
                raise

    def get(self, kind: str, key: str) -> Record:
        """Return one record, even a deleted one."""
        answer, _ = self._wire.call("GET", f"/{kind}/{_in_path(key)}")
        return _unwrap(kind, answer)

    def post(self, kind: str, path: str, fields: Record) -> Record:
        """Send one write and return the record of this kind in its answer."""
        answer, _ = self._wire.call("POST", f"/{path}", urlencode(fields), _FORM)
        return _unwrap(kind, answer)


def _unwrap(kind: str, entry: Record) -> Record:
    record: Record = entry[{"item_families": "item_family"}.get(kind, kind[:-1])]
    return record


def _in_path(key: str) -> str:
    return quote(key, safe="")


def _decode(content: bytes) -> Any:  # noqa: ANN401  JSON can be anything
    try:
        return json.loads(content) if content else {}
    except ValueError:
        return {}
