"""The node that runs a sync, and the few calls that control it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dataflow.errors import DataflowError
from dataflow.network.hosts import LOOPBACK, PORT, hide_secrets, names_a_vendor

_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
#: The last label begins with a letter: nobody can read an odd number as an address.
_NAME = rf"(?:{_LABEL}\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?"
_ROOT = re.compile(
    rf"(?:https://{_NAME}(?::(?!443(?:/|$))(?:{PORT}))?|{LOOPBACK})"
    r"(?:/[A-Za-z0-9_~-]+)*"
)


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
                f"The node's address {hide_secrets(self.url)!r} is not called: write it"
                " in small letters as https://NAME/api, without a user, a query or"
                " :443; http is for loopback alone."
            )
