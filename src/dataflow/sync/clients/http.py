"""Call a vendor, with retries, and turn its refusals into errors."""

from __future__ import annotations

import contextlib
import functools
import json
import math
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import urlencode

import httpx

from dataflow.errors import DataflowError, TryAgainError
from dataflow.sync.clients.connection import Connection, Request, Response
from dataflow.sync.clients.waiting import Attempt, Pause, RateLimiter, find_wait, retry
from dataflow.sync.errors import (
    DuplicateError,
    KeyRefusedError,
    MappingError,
    NotFoundError,
    RefusedError,
)

#: A record of either vendor, decoded from JSON; fractions are Decimal.
Record: TypeAlias = Mapping[str, object]

#: Answers of the same second have the same date.
_parse_date = functools.lru_cache(maxsize=10)(parsedate_to_datetime)

_DECODER = json.JSONDecoder(parse_float=Decimal)
_FORM = "application/x-www-form-urlencoded"

#: The first digit of the status of a success.
_SUCCESS = 2

#: A vendor that answers every call with one of these does not accept the key; to single
#: calls it answers 403 too, as with a key that may only read (documented).
REFUSED_KEY = frozenset({HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a call: its JSON (None without a body) and its headers."""

    body: object
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RecordList:
    """What is known of a list besides its records, which the caller has kept.

    `cursor` is the time to read from next in unix seconds, if it is certain; `unusable`
    describes the rows that are no records.
    """

    cursor: int | None
    unusable: tuple[str, ...] = ()


@dataclass(slots=True)
class Rows:
    """The records of one reading of a list, kept in `found`.

    `unusable` describes the other rows; `earliest_new` is the earliest time of change
    of the records that `found` lacked before.
    """

    found: MutableMapping[str, Record]
    unusable: list[str] = field(default_factory=list)
    earliest_new: float = math.inf

    def add(self, page: Iterable[object]) -> None:
        """Keep the records of a page, and describe the other rows."""
        for row in page:
            if isinstance(row, Mapping) and isinstance(row.get("id"), (str, int)):
                self._keep(str(row["id"]), row)
            else:
                self.unusable.append(f"{row!r:.80} is no record")

    def _keep(self, record_id: str, row: Record) -> None:
        if record_id not in self.found:
            time = row.get("updated_at")
            time = time if isinstance(time, int) else 0
            self.earliest_new = min(self.earliest_new, time)
        self.found[record_id] = row


def find_latest_change(records: Iterable[object]) -> int:
    """Return the latest time of change of the records, or 0."""
    rows = (row for row in records if isinstance(row, Mapping))
    times = (row.get("updated_at") for row in rows)
    return max((time for time in times if isinstance(time, int)), default=0)


def read_date(headers: Mapping[str, str]) -> int | None:
    """Return the time of an answer by the vendor's clock, or None if it has none."""
    with contextlib.suppress(ValueError):
        return int(_parse_date(headers.get("date", "")).timestamp())
    return None


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


@dataclass(slots=True)
class VendorApi:
    """Calls one vendor, whose name is in every error.

    `pause` waits when the vendor limits the rate, and before a read is repeated;
    without it nothing is repeated. All methods raise the errors of `sync.errors`, and
    TryAgainError without an answer. `is_accepted` is true after an answer that did not
    refuse the key, `headers` are those of the latest one, `calls` is the number of
    calls, and `failure` is an error that is no answer of the vendor.
    """

    vendor: str
    connection: Connection
    pause: Pause | None = None
    limiter: RateLimiter | None = None
    calls: int = field(default=0, init=False)
    is_accepted: bool = field(default=False, init=False)
    failure: Exception | None = field(default=None, init=False)
    headers: Mapping[str, str] = field(default_factory=dict, init=False)

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
        attempt = (
            self._attempt(request)
            if self.pause is None
            else retry(lambda: self._attempt(request), self.pause)
        )
        if isinstance(attempt.outcome, Answer):
            return attempt.outcome
        raise attempt.outcome

    def _attempt(self, request: Request) -> Attempt[Answer | DataflowError]:
        """Make a call once; only a read is repeated after no answer or a bad one."""
        if self.limiter is not None:
            self.limiter.wait()
        self.calls += 1
        is_read = request.method == "GET"
        try:
            response = self.connection.send(request)
        except httpx.HTTPError as error:
            return Attempt(self._make_unanswered(error), 0 if is_read else None)
        except Exception as error:
            self.failure = error
            raise
        body = _json(response)
        if response.status // 100 == _SUCCESS:
            return self._read(response, body, is_read=is_read)
        codes = _list_codes(body)
        wait = find_wait(response, codes, is_read=is_read)
        return Attempt(self._make_error(response.status, body, codes), wait)

    def _read(
        self, response: Response, body: object, *, is_read: bool
    ) -> Attempt[Answer | DataflowError]:
        self.is_accepted = True
        self.headers = response.headers
        if body is not None or not response.body:
            return Attempt(Answer(body, response.headers))
        shown = response.body.decode(errors="replace")[:80]
        error = TryAgainError(
            f"{self.vendor} answered {response.status} with something that"
            f" is not JSON: {shown!r}: try again later."
        )
        return Attempt(error, 0 if is_read else None)

    def _make_unanswered(self, error: httpx.HTTPError) -> TryAgainError:
        address = httpx.URL(self.connection.url).copy_with(userinfo=b"")
        return TryAgainError(
            f"{self.vendor} did not answer at {address}"
            f" ({type(error).__name__}: {error}): check the address, or try later."
        )

    def _make_error(
        self, status: int, body: object, codes: frozenset[object]
    ) -> DataflowError:
        details = body if isinstance(body, Mapping) else {}
        message = str(details.get("message") or "no reason given")
        if status == HTTPStatus.UNAUTHORIZED:
            return self.make_key_error(status, message)
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500:  # noqa: PLR2004
            return TryAgainError(
                f"{self.vendor} answered {status} ({message}): try again later."
            )
        self.is_accepted |= status not in REFUSED_KEY
        # A site that does not exist answers 404 too, but it is no missing record.
        if status == HTTPStatus.NOT_FOUND and "site_not_found" not in codes:
            return NotFoundError(f"{self.vendor}: {message}")
        is_duplicate = codes & {"duplicate_entry", "param_not_unique"}
        error = DuplicateError if is_duplicate else RefusedError
        param = details.get("param")
        return error(self.vendor, status, message, str(param) if param else None)

    def make_key_error(self, status: int, message: str) -> KeyRefusedError:
        """Return the error of a key that the vendor does not accept."""
        return KeyRefusedError(
            f"{self.vendor} does not accept the API key ({status}): {message}"
        )


def _list_codes(body: object) -> frozenset[object]:
    details = body if isinstance(body, Mapping) else {}
    found = (details.get("api_error_code"), details.get("error_code"))
    return frozenset(code for code in found if isinstance(code, str))


def _json(response: Response) -> object:
    try:
        body: object = _DECODER.decode(response.body.decode())
    except ValueError:
        return None
    return body
