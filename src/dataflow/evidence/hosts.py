"""Names for the places that a recording speaks of, instead of their addresses.

A twin listens on another port each time, and a cassette must not pass for one of a
vendor: so a twin's recording names the twin as its host.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names of both systems, by the root of their real address."""

    names: Mapping[str, str]

    def split(self, url: str) -> tuple[str, str, str]:
        """Return host name, path and query of an address."""
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        return self.names.get(root, parts.netloc), parts.path, parts.query

    def renamed(self, text: str) -> str:
        """Return a text with every real root replaced by its name."""
        for root, name in self.names.items():
            text = text.replace(root, f"http://{name}")
        return text
