"""The stored form of an exchange with a vendor: ordered, comparable, without secrets.

Of the headers a few are stored, by name: not `Authorization`, cookies, or a description
of the machine. Of a key its owner is stored.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol, TypeAlias
from urllib.parse import parse_qsl

import msgspec

from dataflow.network.hosts import Hosts
from dataflow.redact import hidden, hidden_in

#: A request or a response in the form in which it is stored.
Stored: TypeAlias = dict[str, Any]

_FORM = "application/x-www-form-urlencoded"
#: What the SDKs need of a response's headers to read it (sdk), and the time of the
#: vendor, from which the reference sync reads on.
KEPT_HEADERS = ("content-type", "link", "x-total-count", "retry-after", "date")


class Request(Protocol):
    """A request as vcrpy passes it on."""

    method: str
    uri: str
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Scrubber:
    """Removes real addresses, keys (their `owners` stay) and tokens."""

    hosts: Hosts
    owners: Mapping[str, str] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """Return a text without secrets and real addresses."""
        return hidden_in(self.hosts.rename(text), self.owners)

    def headers(self, headers: Mapping[str, Iterable[str]]) -> dict[str, str]:
        """Return the headers that a recording keeps, by lower-case name."""
        named = {name.lower(): ", ".join(values) for name, values in headers.items()}
        return {name: self.text(named[name]) for name in KEPT_HEADERS if name in named}

    def pairs(self, text: str) -> list[str]:
        """Return a query or a form, decoded, as a list of `name=value`."""
        pairs = parse_qsl(text, keep_blank_values=True)
        return [f"{name}={self.body(value, name=name)}" for name, value in pairs]

    def body(self, body: Any, *, name: str = "") -> Any:  # noqa: ANN401 - JSON
        """Return a value of JSON without secrets; `name` is its name in an object."""
        return hidden(self._rename(body), self.owners, name=name)

    def owner(self, key: str) -> str:
        """Return the owner of a key."""
        return self.owners.get(key, "nobody known")

    def _rename(self, body: Any) -> Any:  # noqa: ANN401 - JSON
        if isinstance(body, dict):
            return {name: self._rename(value) for name, value in body.items()}
        if isinstance(body, list):
            return [self._rename(value) for value in body]
        return self.hosts.rename(body) if isinstance(body, str) else body


def stored_request(request: Request, scrub: Scrubber) -> Stored:
    """Return what is compared of a request; do not fail for one that can be sent."""
    host, path, query = scrub.hosts.split(request.uri)
    stored: Stored = {"method": request.method, "host": host, "path": scrub.text(path)}
    if query:
        stored["query"] = scrub.pairs(query)
    key = _key(request)
    if key is not None:
        stored["key"] = scrub.owner(key)
    text = _text(request.body)
    if text:
        stored["type"] = kind = _type(request)
        is_form = kind == _FORM
        stored["body"] = scrub.pairs(text) if is_form else _ordered(_body(text, scrub))
    return stored


def stored_response(response: Mapping[str, Any], scrub: Scrubber) -> Stored:
    """Return what is stored of a response: status, a few headers, and the body."""
    headers = scrub.headers(response["headers"])
    stored: Stored = {"status": response["status"]["code"]}
    if headers:
        stored["headers"] = headers
    text = _text(response["body"]["string"])
    if text:
        stored["body"] = _body(text, scrub)
    return stored


def played_response(stored: Stored) -> dict[str, Any]:
    """Return a stored response in the form in which vcrpy passes it to a client."""
    return {
        "status": {"code": stored["status"], "message": ""},
        "headers": {name: [text] for name, text in stored.get("headers", {}).items()},
        "body": {"string": body_bytes(stored)},
    }


def body_bytes(stored: Stored) -> bytes:
    """Return the body of a stored response, as it is sent."""
    body = stored.get("body")
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else msgspec.json.encode(body)


def _key(request: Request) -> str | None:
    """Return the user of HTTP Basic, which is both vendors' key; None without one."""
    sent = request.headers.get("authorization")
    if sent is None:
        return None
    try:
        return base64.b64decode(str(sent).partition(" ")[2]).decode().partition(":")[0]
    except ValueError:
        return str(sent)


def _type(request: Request) -> str:
    """Return the content type without its parameters, which differ between calls."""
    return str(request.headers.get("content-type", "")).partition(";")[0].strip()


def _body(text: str, scrub: Scrubber) -> Any:  # noqa: ANN401 - JSON, or the text
    try:
        held = _DECODER.decode(text)
    except ValueError:
        return scrub.text(text)
    # A JSON text is stored with its quotes, so that it differs from a plain text.
    return scrub.text(text) if isinstance(held, str) else scrub.body(held)


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


#: An answer with such a number is stored as its text.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _ordered(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON with the names of each object sorted.

    Their order has no meaning, and a client that stores edited names in a set sends
    them in another order each time (sdk).
    """
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value)}
    return [_ordered(each) for each in value] if isinstance(value, list) else value


def _text(body: Any) -> str:  # noqa: ANN401 - as vcrpy has it
    if body is None:
        return ""
    sent = body.read() if hasattr(body, "read") else body
    if isinstance(sent, bytes | bytearray):
        return sent.decode("utf-8", "backslashreplace")
    return str(sent)
