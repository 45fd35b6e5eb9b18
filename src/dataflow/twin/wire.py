"""What travels between the server's edge and a twin: plain requests and responses."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

#: What JSON can hold. Twins keep their records in this form.
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, as a twin sees it.

    `path` is percent-decoded and has no query; `query` keeps the decoded pairs in
    their order; names in `headers` are in lower case.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def basic_user(self) -> str | None:
        """Return the user name of HTTP Basic, the place of both vendors' API keys."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            text = base64.b64decode(token, validate=True).decode()
        except ValueError:  # no base64, or base64 of no text
            return None
        return text.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; `Content-Length` is added at the server's edge."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


#: A twin's whole behaviour: one request in, one response out.
App: TypeAlias = Callable[[Request], Response]
