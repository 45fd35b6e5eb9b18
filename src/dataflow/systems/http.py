"""One pooled connection to one vendor, and its answers as values or errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias
from urllib.parse import urlsplit

import httpx

from dataflow.systems.errors import (
    BusyError,
    DuplicateError,
    NotFoundError,
    RefusedError,
    UnreachableError,
    WrongKeyError,
)

#: A record of either vendor, as its JSON says it; fractions are Decimal.
Record: TypeAlias = Mapping[str, object]

#: Seconds: to connect, and for each of the other phases of a call.
CONNECT, OTHERWISE = 10.0, 60.0

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the JSON (None without a body) and the headers."""

    body: object
    headers: Mapping[str, str]


def client(url: str, key: str) -> httpx.Client:
    """Return a pooled client; both vendors take the key as the Basic user name.

    A proxy of the environment is for the world outside, never for loopback.
    """
    return httpx.Client(
        base_url=url,
        auth=(key, ""),
        timeout=httpx.Timeout(OTHERWISE, connect=CONNECT),
        trust_env=urlsplit(url).hostname not in LOOPBACK,
    )


@dataclass(frozen=True, slots=True)
class Wire:
    """Makes calls to one vendor, whose name stands in every error."""

    vendor: str
    http: httpx.Client

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """Read; raises one of the classes in `systems.errors`."""
        return self._call("GET", path, params=params)

    def send_json(self, method: str, path: str, body: Mapping[str, object]) -> Answer:
        """Write a JSON body; raises one of the classes in `systems.errors`."""
        return self._call(
            method,
            path,
            content=json.dumps(body).encode(),
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
        try:
            response = self.http.request(
                method, path, params=params, content=content, data=data, headers=headers
            )
        except httpx.HTTPError as error:
            raise UnreachableError(
                f"{self.vendor} did not answer at {self.http.base_url}"
                f" ({type(error).__name__}: {error}): check the address, or try later."
            ) from None
        return self._judge(response)

    def _judge(self, response: httpx.Response) -> Answer:
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


def _json(response: httpx.Response) -> object:
    try:
        body: object = json.loads(response.content, parse_float=Decimal)
    except ValueError:
        return None
    return body
