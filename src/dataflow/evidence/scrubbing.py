"""Takes out of an exchange what nobody but its owner may see.

Headers are kept by name, all others go: `Authorization`, cookies, and what tells about
the machine. Of a key it is kept whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from dataflow.evidence.hosts import Hosts
from dataflow.redact import hidden, hidden_in

#: What the SDKs need of a response's headers to read it (sdk).
KEPT_HEADERS = ("content-type", "link", "x-total-count", "retry-after")


@dataclass(frozen=True, slots=True)
class Scrubber:
    """Knows what must not be kept: real addresses, keys, and any token.

    `owners` tells whose each key is.
    """

    hosts: Hosts
    owners: Mapping[str, str] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """Return a text without secrets and real addresses."""
        return hidden_in(self.hosts.renamed(text), self.owners)

    def headers(self, headers: Mapping[str, Iterable[str]]) -> dict[str, str]:
        """Return the headers that a recording keeps, by lower-case name."""
        named = {name.lower(): ", ".join(values) for name, values in headers.items()}
        return {name: self.text(named[name]) for name in KEPT_HEADERS if name in named}

    def pairs(self, text: str) -> list[str]:
        """Return a query or a form, decoded, as a list of `name=value`."""
        pairs = parse_qsl(text, keep_blank_values=True)
        return [f"{name}={self.body(value, name=name)}" for name, value in pairs]

    def body(self, body: Any, *, name: str = "") -> Any:  # noqa: ANN401 - JSON
        """Return a value of JSON; `name` is the one that it stands under."""
        return hidden(self._renamed(body), self.owners, name=name)

    def owner(self, key: str) -> str:
        """Return whose key this is."""
        return self.owners.get(key, "nobody known")

    def _renamed(self, body: Any) -> Any:  # noqa: ANN401 - JSON
        if isinstance(body, dict):
            return {name: self._renamed(value) for name, value in body.items()}
        if isinstance(body, list):
            return [self._renamed(value) for value in body]
        return self.hosts.renamed(body) if isinstance(body, str) else body
