"""Send calls over pooled connections, with retries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias
from urllib.parse import urlsplit

import httpx

from dataflow.sync.errors import (
    BusyError,
    DuplicateError,
    NotFoundError,
    ProxyError,
    RefusedError,
    UnreachableError,
    UnsendableError,
    WrongKeyError,
)


@dataclass(frozen=True, slots=True)
class RecordList:
    """The records of a list.

    Whatever it lacks changed at `reach` or later, in unix seconds of the vendor, so
    that the next reading finds it from there; None says that this is not certain.
    """

    records: list[Record]
    cursor: int | None


def find_latest_change(records: Iterable[Record]) -> int:
    """Return the latest time of change among records, 0 without any."""
    times = (record.get("updated_at") for record in records)
    return max((time for time in times if isinstance(time, int)), default=0)


#: A record of either vendor, as its JSON says it; fractions are Decimal.
Record: TypeAlias = Mapping[str, object]

#: Seconds: to connect, and for each of the other phases of a call.
CONNECT, OTHERWISE = 10.0, 60.0

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

#: Waits so many seconds.
Pause: TypeAlias = Callable[[float], None]

#: Seconds to wait where a 429 does not say (what other clients wait), how often one
#: call is put off, and the longest wait that is worth it.
MINUTE, WAITS, LONGEST = 60.0, 3, 300.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the JSON (None without a body) and the headers."""

    body: object
    headers: Mapping[str, str]


def open_client(url: str, key: str) -> httpx.Client:
    """Return a pooled client; both vendors take the key as the Basic user name.

    A proxy of the environment is for the world outside, never for loopback; raises
    ProxyError for one that cannot be used.
    """
    try:
        return httpx.Client(
            base_url=url,
            auth=(key, ""),
            timeout=httpx.Timeout(OTHERWISE, connect=CONNECT),
            trust_env=urlsplit(url).hostname not in LOOPBACK,
            # Plain http has no certificate to verify; reading those known takes 20 ms.
            verify=urlsplit(url).scheme != "http",
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        # What is wrong may be told with the proxy's address, its password included.
        raise ProxyError(
            "The proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names cannot be used"
            f" ({type(error).__name__}): name one as in http://proxy.example:3128,"
            " or none."
        ) from None


def encode_json(body: Mapping[str, object]) -> str:
    """Return a body as JSON; raises UnsendableError for a fraction it cannot hold."""
    return json.dumps(body, default=_fraction)


def _fraction(value: object) -> float:
    if not isinstance(value, Decimal):
        raise TypeError(f"{value!r} has no place in JSON")
    if Decimal(repr(float(value))) != value:
        raise UnsendableError(
            f"{value} has more digits than JSON carries safely: round it."
        )
    return float(value)


@dataclass(frozen=True, slots=True)
class VendorApi:
    """Makes calls to one vendor, whose name stands in every error.

    `pause` waits when the vendor asks for patience; without it that is an error.
    """

    vendor: str
    http: httpx.Client
    pause: Pause | None = None

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """Read; raises one of the classes in `systems.errors`."""
        return self._call("GET", path, params=params)

    def send_json(self, method: str, path: str, body: Mapping[str, object]) -> Answer:
        """Write a JSON body; raises one of the classes in `systems.errors`."""
        return self._call(
            method,
            path,
            content=encode_json(body).encode(),
            headers={"content-type": "application/json"},
        )

    def send_form(self, path: str, form: Mapping[str, str]) -> Answer:
        """Write a form; raises one of the classes in `systems.errors`."""
        return self._call("POST", path, data=form)

    def _call(  # noqa: PLR0913 - the parts of one HTTP request
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        request = self.http.build_request(
            method, path, params=params, content=content, data=data, headers=headers
        )
        response = self._send(request)
        for _ in range(WAITS):
            seconds = _wait(response)
            if self.pause is None or seconds is None:
                break
            self.pause(seconds)
            response = self._send(request)
        return self._check_status(response)

    def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return self.http.send(request)
        except httpx.HTTPError as error:
            address = self.http.base_url.copy_with(userinfo=b"")
            raise UnreachableError(
                f"{self.vendor} did not answer at {address}"
                f" ({type(error).__name__}: {error}): check the address, or try later."
            ) from None

    def _check_status(self, response: httpx.Response) -> Answer:
        body = _json(response)
        if not response.is_success:
            raise self._error(response.status_code, body)
        if body is None and response.content:
            raise BusyError(
                f"{self.vendor} answered {response.status_code} with something that"
                f" is not JSON: {response.text[:80]!r}: try again later."
            )
        return Answer(body, response.headers)

    def _error(self, status: int, body: object) -> Exception:
        said = body if isinstance(body, Mapping) else {}
        message = str(said.get("message") or "no reason given")
        codes = {said.get("api_error_code"), said.get("error_code")}
        if status in {401, 402, 403}:
            return WrongKeyError(
                f"{self.vendor} does not accept the API key ({status}): {message}"
            )
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= 500:  # noqa: PLR2004
            return BusyError(
                f"{self.vendor} answered {status} ({message}): try again later."
            )
        # A site that does not exist answers 404 too; that is no missing record.
        if status == httpx.codes.NOT_FOUND and "site_not_found" not in codes:
            return NotFoundError(f"{self.vendor}: {message}")
        twice = codes & {"duplicate_entry", "param_not_unique"}
        refused = DuplicateError if twice else RefusedError
        param = said.get("param")
        return refused(self.vendor, status, message, str(param) if param else None)


def _wait(response: httpx.Response) -> float | None:
    """Return after how many seconds to call again; None if that is of no use.

    A call that was answered with 429 has not been performed (sdk).
    """
    if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
        return None
    told = response.headers.get("retry-after", "")
    seconds = float(told) if told.isascii() and told.isdigit() else MINUTE
    return seconds if seconds <= LONGEST else None


def _json(response: httpx.Response) -> object:
    try:
        body: object = json.loads(response.content, parse_float=Decimal)
    except ValueError:
        return None
    return body
