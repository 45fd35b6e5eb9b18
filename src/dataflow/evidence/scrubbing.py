"""Takes out of an exchange what nobody but its owner may see.

Headers are kept by name, all others go: `Authorization`, cookies, and what tells about
the machine. The token in the address of a customer's page opens that page for whoever
has it, so it is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

#: What the SDKs need of a response's headers to read it (sdk).
KEPT_HEADERS = ("content-type", "link", "x-total-count", "retry-after")

CUT = "cut"

_URL = re.compile(r"(https?://[^/\s]+/[a-z_]+/)[^\s\"]+")
_SECRET_KEYS = re.compile(r"(?i)(api_?key|password|secret|token|cookie|authorization)")


def kept_headers(headers: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return the headers that a recording keeps, by lower-case name."""
    named = {name.lower(): ", ".join(values) for name, values in headers.items()}
    return {name: named[name] for name in KEPT_HEADERS if name in named}


def scrubbed(body: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a JSON body without tokens."""
    if isinstance(body, dict):
        return {name: _value(name, value) for name, value in body.items()}
    if isinstance(body, list):
        return [scrubbed(value) for value in body]
    return body


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str) and name.endswith("url"):
        return _URL.sub(rf"\g<1>{CUT}", value)
    if isinstance(value, str) and _SECRET_KEYS.search(name):
        return CUT
    return scrubbed(value)
