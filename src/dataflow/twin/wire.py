"""What travels between the server's edge and a twin: plain requests and responses."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import parse_qsl, unquote

#: What JSON can hold. Twins keep their records in this form.
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

#: So many pairs are read of a query or a form; more are an attack or a mistake.
MOST_PAIRS = 10_000

_BROKEN = re.compile("%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a request cannot be read: HTTP's status for it, and one sentence."""

    status: int
    says: str


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, as a twin sees it.

    `path` is percent-decoded and has no query; `query` keeps the decoded pairs in
    their order; names in `headers` are in lower case. One with a `flaw` could not be
    read: nothing else of it counts, and the twin says so in its vendor's form.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    flaw: Flaw | None = None

    def content_type(self) -> str:
        """Return what the body is said to be, in lower case and without a charset."""
        said = self.headers.get("content-type", "")
        return said.partition(";")[0].strip().lower()

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
    """One HTTP response; `Content-Length` is added at the server's edge.

    `cut` ends the connection early: after so many bytes of the body, though the
    headers announce all of them; 0 sends nothing at all. None sends everything.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None


#: The connection is cut before there is any answer; a status of 0 is nobody's.
NO_ANSWER = Response(0, cut=0)


def basic(key: str) -> str:
    """Return the header by which a key is sent as the user name of HTTP Basic."""
    return f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"


#: A twin's whole behaviour: one request in, one response out.
App: TypeAlias = Callable[[Request], Response]


def decoded_path(text: str) -> str:
    """Return a path with its percent signs decoded; raises ValueError."""
    return unquote(_unbroken(text), errors="strict") if "%" in text else text


def decoded_pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a query or a form, in their order.

    Raises ValueError for broken percent signs, for what is no UTF-8, and for more than
    MOST_PAIRS pairs. What is no pair counts as a name with an empty value.
    """
    if not text:
        return ()
    pairs = parse_qsl(
        _unbroken(text),
        keep_blank_values=True,
        errors="strict",
        max_num_fields=MOST_PAIRS,
    )
    return tuple(pairs)


def _unbroken(text: str) -> str:
    broken = _BROKEN.search(text)
    if broken is not None:
        raise ValueError(f"A percent sign at {broken.start()} encodes nothing")
    return text
