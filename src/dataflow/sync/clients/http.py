"""Call a vendor, with retries, and turn its refusals into errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import urlencode

import httpx

from dataflow.errors import TryAgainError
from dataflow.sync.clients.connection import Connection, Request, Response
from dataflow.sync.errors import (
    DuplicateError,
    KeyRefusedError,
    MappingError,
    NotFoundError,
    RefusedError,
)

#: A record of either vendor, decoded from JSON; fractions are Decimal.
Record: TypeAlias = Mapping[str, object]

_DECODER = json.JSONDecoder(parse_float=Decimal)
_FORM = "application/x-www-form-urlencoded"

#: The first digit of the status of a success.
_SUCCESS = 2

#: Waits this many seconds.
Pause: TypeAlias = Callable[[float], None]

#: Seconds to wait after a 429 without a time (as other clients do), the number of
#: retries of one call, and the longest wait in seconds.
DEFAULT_WAIT, RETRIES, MAX_WAIT = 60.0, 3, 300.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a call: its JSON (None without a body) and its headers."""

    body: object
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RecordList:
    """The records of a list; `cursor`: unix seconds to read from next, if certain."""

    records: list[Record]
    cursor: int | None


def find_latest_change(records: Iterable[Record]) -> int:
    """Return the latest time of change of the records, or 0."""
    times = (record.get("updated_at") for record in records)
    return max((time for time in times if isinstance(time, int)), default=0)


def encode_json(body: Mapping[str, object]) -> str:
    """Return a body as JSON; raises MappingError for a fraction that would change."""
    return json.dumps(body, default=_fraction)


def _fraction(value: object) -> float:
    if not isinstance(value, Decimal):
        raise TypeError(f"{value!r} has no place in JSON")
    if Decimal(repr(float(value))) != value:
        raise MappingError(
            f"{value} has more digits than JSON carries safely: round it."
        )
    return float(value)


@dataclass(frozen=True, slots=True)
class VendorApi:
    """Calls one vendor, whose name is in every error.

    `pause` waits when the vendor limits the rate; without it a 429 is an error. All
    methods raise the errors of `sync.errors`, and TryAgainError without an answer.
    """

    vendor: str
    connection: Connection
    pause: Pause | None = None

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """Send a GET request."""
        return self._call(Request("GET", path, query or {}))

    def send_json(self, method: str, path: str, body: Mapping[str, object]) -> Answer:
        """Send a JSON body."""
        content = encode_json(body).encode()
        return self._call(
            Request(method, path, body=content, content_type="application/json")
        )

    def send_form(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Send a form."""
        content = urlencode(form).encode()
        return self._call(
            Request("POST", path, body=content, content_type=_FORM, headers=headers)
        )

    def _call(self, request: Request) -> Answer:
        response = self._send(request)
        for _ in range(RETRIES):
            seconds = _find_wait(response)
            if self.pause is None or seconds is None:
                break
            self.pause(seconds)
            response = self._send(request)
        return self._check_status(response)

    def _send(self, request: Request) -> Response:
        try:
            return self.connection.send(request)
        except httpx.HTTPError as error:
            address = httpx.URL(self.connection.url).copy_with(userinfo=b"")
            raise TryAgainError(
                f"{self.vendor} did not answer at {address}"
                f" ({type(error).__name__}: {error}): check the address, or try later."
            ) from None

    def _check_status(self, response: Response) -> Answer:
        body = _json(response)
        if response.status // 100 != _SUCCESS:
            raise self._error(response.status, body)
        if body is None and response.body:
            shown = response.body.decode(errors="replace")[:80]
            raise TryAgainError(
                f"{self.vendor} answered {response.status} with something that"
                f" is not JSON: {shown!r}: try again later."
            )
        return Answer(body, response.headers)

    def _error(self, status: int, body: object) -> Exception:
        details = body if isinstance(body, Mapping) else {}
        message = str(details.get("message") or "no reason given")
        codes = {details.get("api_error_code"), details.get("error_code")}
        if status in {401, 402, 403}:
            return KeyRefusedError(
                f"{self.vendor} does not accept the API key ({status}): {message}"
            )
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500:  # noqa: PLR2004
            return TryAgainError(
                f"{self.vendor} answered {status} ({message}): try again later."
            )
        # A site that does not exist answers 404 too, but it is no missing record.
        if status == HTTPStatus.NOT_FOUND and "site_not_found" not in codes:
            return NotFoundError(f"{self.vendor}: {message}")
        is_duplicate = codes & {"duplicate_entry", "param_not_unique"}
        error = DuplicateError if is_duplicate else RefusedError
        param = details.get("param")
        return error(self.vendor, status, message, str(param) if param else None)


def _find_wait(response: Response) -> float | None:
    """Return the seconds until a retry, if any; a 429 executed nothing (sdk)."""
    if response.status != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    text = response.headers.get("retry-after", "")
    seconds = float(text) if text.isascii() and text.isdigit() else DEFAULT_WAIT
    return seconds if seconds <= MAX_WAIT else None


def _json(response: Response) -> object:
    try:
        body: object = _DECODER.decode(response.body.decode())
    except ValueError:
        return None
    return body
