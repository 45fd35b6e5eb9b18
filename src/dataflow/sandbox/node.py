"""The one place beside sandboxes that a run may call: the node that runs a sync.

A node is no account of a vendor. It is told by a few calls, known beforehand, what to
do; so these are let through as a whole, and nothing that only looks like them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from dataflow.errors import DataflowError
from dataflow.sandbox.places import (
    LOOPBACK,
    PORT,
    NoSandboxError,
    names_a_vendor,
    shown,
)

_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
#: The last label begins with a letter: nobody can read an odd number as an address.
_NAME = rf"(?:{_LABEL}\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?"
_ROOT = re.compile(
    rf"(?:https://{_NAME}(?::(?!443(?:/|$))(?:{PORT}))?|{LOOPBACK})"
    r"(?:/[A-Za-z0-9_~-]+)*"
)
_HTTPS, _HTTP = 443, 80

#: The headers that a call to a node may have: no other can carry a key there.
_HEADERS = {
    *("accept", "accept-encoding", "authorization", "connection", "content-length"),
    *("content-type", "host", "user-agent"),
}


class UnsafeNodeError(DataflowError):
    """The address of a node is one that no token may be sent to."""


@dataclass(frozen=True, slots=True)
class Call:
    """A method, a whole address, and the body."""

    method: str
    url: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Node:
    """A node: the root of its API, its token, and all that it is ever told.

    Raises `UnsafeNodeError` for an address that is neither https nor on loopback, and
    for that of a vendor.
    """

    url: str
    token: str = field(repr=False)
    calls: frozenset[Call]

    def __post_init__(self) -> None:
        """Look at the address."""
        if _ROOT.fullmatch(self.url) is None or names_a_vendor(self.url):
            raise UnsafeNodeError(
                f"The node's address {shown(self.url)!r} is not called: write it in"
                " small letters as https://NAME/api, without a user, a query or :443;"
                " http is for loopback alone."
            )

    @property
    def host(self) -> str:
        """Return the name that is looked up for it."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Return the port that is connected to."""
        parts = urlsplit(self.url)
        return parts.port or (_HTTPS if parts.scheme == "https" else _HTTP)

    def is_told(self, call: Call, headers: Mapping[str, str]) -> bool:
        """Tell whether this is one of the node's calls, False for one of others.

        Raises `NoSandboxError` for any other call to the node, for one that has another
        key or more than the token, and for one that takes the token elsewhere. The
        names of `headers` are in lower case.
        """
        if call in self.calls:
            self._refuse_other_keys(headers)
            return True
        if self._is_above(call.url):
            raise NoSandboxError(
                f"{call.method} {shown(call.url)} is nothing that the node is asked,"
                " and is not sent."
            )
        if any(self.token in text for text in (call.url, *headers.values())):
            raise NoSandboxError(
                f"The node's token is not sent to {shown(call.url)!r}: it is for"
                f" {self.url} alone."
            )
        return False

    def _is_above(self, url: str) -> bool:
        return url.startswith(self.url) and url[len(self.url) :][:1] in {*"/?#", ""}

    def _refuse_other_keys(self, headers: Mapping[str, str]) -> None:
        others = sorted(headers.keys() - _HEADERS)
        if others or headers.get("authorization") != f"Bearer {self.token}":
            wrong = f"the header {others[0]}" if others else "another key, or none,"
            raise NoSandboxError(
                f"A call to the node {self.url} has {wrong} beside or instead of its"
                " own token, and is not sent."
            )
