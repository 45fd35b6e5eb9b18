"""Takes out of an exchange what nobody but its owner may see.

Headers are kept by name, all others go: `Authorization`, cookies, and what tells about
the machine. The token in the address of a customer's page opens that page for whoever
has it, so it is hidden; so is what a name says is a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from dataflow.cleaning import HIDDEN, is_key, without
from dataflow.evidence.hosts import Hosts

#: What the SDKs need of a response's headers to read it (sdk).
KEPT_HEADERS = ("content-type", "link", "x-total-count", "retry-after")

#: The page of a record, in an address: what comes after tells it from all others.
_PAGE = re.compile(r"(https?://[^/\s]+/[a-z_]+/)[^\s\"]+")


@dataclass(frozen=True, slots=True)
class Scrubber:
    """Knows what must not be kept: real addresses, these secrets, and any token."""

    hosts: Hosts
    secrets: frozenset[str] = frozenset()

    def text(self, text: str) -> str:
        """Return a text without secrets and real addresses."""
        return without(self.secrets, self.hosts.renamed(text))

    def headers(self, headers: Mapping[str, Iterable[str]]) -> dict[str, str]:
        """Return the headers that a recording keeps, by lower-case name."""
        named = {name.lower(): ", ".join(values) for name, values in headers.items()}
        return {name: self.text(named[name]) for name in KEPT_HEADERS if name in named}

    def pairs(self, text: str) -> list[str]:
        """Return a query or a form, decoded, as a list of `name=value`."""
        pairs = parse_qsl(text, keep_blank_values=True)
        return [f"{name}={self._value(name, value)}" for name, value in pairs]

    def body(self, body: Any) -> Any:  # noqa: ANN401 - JSON
        """Return a JSON body."""
        if isinstance(body, dict):
            return {name: self._value(name, value) for name, value in body.items()}
        if isinstance(body, list):
            return [self.body(value) for value in body]
        return self.text(body) if isinstance(body, str) else body

    def _value(self, name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
        if isinstance(value, str) and is_key(name.rstrip("]")):
            return HIDDEN
        if isinstance(value, str) and name.endswith("url"):
            value = _PAGE.sub(rf"\g<1>{HIDDEN}", value)
        return self.body(value)
