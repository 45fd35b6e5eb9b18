"""One exchange with a vendor, as a recording keeps it: plain, ordered, comparable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from vcr.request import Request

from dataflow.evidence.scrubbing import Scrubber

#: A request or a response in the form in which it is stored.
Stored: TypeAlias = dict[str, Any]


def stored_request(request: Request, scrub: Scrubber) -> Stored:
    """Return what is compared of a request: method, host, path, query and body."""
    host, path, query = scrub.hosts.split(request.uri)
    stored: Stored = {"method": request.method, "host": host, "path": scrub.text(path)}
    if query:
        stored["query"] = scrub.pairs(query)
    body = _text(request.body)
    if body:
        kind = str(request.headers.get("content-type", ""))
        in_form = "form" in kind
        stored["body"] = scrub.pairs(body) if in_form else scrub.body(_json(body))
    return stored


def stored_response(response: Mapping[str, Any], scrub: Scrubber) -> Stored:
    """Return what is kept of a response: status, a few headers, and the body."""
    headers = scrub.headers(response["headers"])
    stored: Stored = {"status": response["status"]["code"]}
    if headers:
        stored["headers"] = headers
    body = _text(response["body"]["string"])
    if body:
        stored["body"] = scrub.body(_json(body))
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


def _json(text: str) -> Any:  # noqa: ANN401 - JSON, or the text where it is none
    try:
        return json.loads(text)
    except ValueError:
        return text


def _text(body: object) -> str:
    if body is None:
        return ""
    return body.decode() if isinstance(body, bytes | bytearray) else str(body)
