"""One exchange with a vendor, as a recording keeps it: plain, ordered, comparable."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from vcr.request import Request

from dataflow.evidence.scrubbing import Scrubber

#: A request or a response in the form in which it is stored.
Stored: TypeAlias = dict[str, Any]

_FORM = "application/x-www-form-urlencoded"


def stored_request(request: Request, scrub: Scrubber) -> Stored:
    """Return what is compared of a request; nothing that can be sent is an error.

    That is the method, host, path and query, whose key was sent, and the body with its
    content type.
    """
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
    """Return what is kept of a response: status, a few headers, and the body."""
    headers = scrub.headers(response["headers"])
    stored: Stored = {"status": response["status"]["code"]}
    if headers:
        stored["headers"] = headers
    text = _text(response["body"]["string"])
    if text:
        stored["body"] = _body(text, scrub)
    return stored


def played_response(stored: Stored) -> dict[str, Any]:
    """Return a stored response in the form in which vcrpy hands it to a client."""
    return {
        "status": {"code": stored["status"], "message": ""},
        "headers": {name: [text] for name, text in stored.get("headers", {}).items()},
        "body": {"string": body_bytes(stored)},
    }


def body_bytes(stored: Stored) -> bytes:
    """Return the body of a stored response, as it travels."""
    body = stored.get("body")
    if body is None:
        return b""
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def _key(request: Request) -> str | None:
    """Return the user of HTTP Basic, the place of both vendors' keys; None without."""
    sent = request.headers.get("authorization")
    if sent is None:
        return None
    try:
        return base64.b64decode(str(sent).partition(" ")[2]).decode().partition(":")[0]
    except ValueError:
        return str(sent)


def _type(request: Request) -> str:
    """Return the content type alone: what may follow it differs from call to call."""
    return str(request.headers.get("content-type", "")).partition(";")[0].strip()


def _body(text: str, scrub: Scrubber) -> Any:  # noqa: ANN401 - JSON, or the text
    try:
        held = json.loads(text)
    except ValueError:
        return scrub.text(text)
    # A text stays as it came: stored as its value, it could not be told from another.
    return scrub.text(text) if isinstance(held, str) else scrub.body(held)


def _ordered(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON with the names of each object in order.

    Their order says nothing, and a client that keeps a set of what was edited sends
    them in another one each time (sdk).
    """
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value)}
    return [_ordered(each) for each in value] if isinstance(value, list) else value


def _text(body: Any) -> str:  # noqa: ANN401 - what vcrpy hands on
    if body is None:
        return ""
    sent = body.read() if hasattr(body, "read") else body
    if isinstance(sent, bytes | bytearray):
        return sent.decode("utf-8", "backslashreplace")
    return str(sent)
