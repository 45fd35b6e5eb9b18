"""Reads from a vendor's account, and never writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from dataflow.harness.vendors.refusal import TroubleError

_TOO_MANY, _SERVER_ERROR = 429, 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor answered to a read: the status, the JSON and the headers."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def message(self) -> str:
        """Return what the vendor says of a refusal."""
        said = self.body.get("message") if isinstance(self.body, dict) else None
        return f"{self.status}: {said or 'no reason given'}"


class Reader:
    """Reads from one vendor, whose name stands in every error."""

    def __init__(self, vendor: str, url: str, key: str) -> None:
        self.vendor = vendor
        self._http = httpx.Client(base_url=url, auth=(key, ""), timeout=30)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def get(self, path: str, **query: str) -> Answer:
        """Return the answer; raises `TroubleError` where it could not be asked."""
        try:
            response = self._http.get(path, params=query)
            body = response.json()
        except httpx.HTTPError as error:
            raise TroubleError(self.vendor, str(error) or repr(error)) from error
        except ValueError as error:
            raise TroubleError(
                self.vendor, f"its answer is no JSON ({error})"
            ) from error
        answer = Answer(response.status_code, body, response.headers)
        if answer.status == _TOO_MANY or answer.status >= _SERVER_ERROR:
            raise TroubleError(self.vendor, answer.message)
        return answer
