"""One exchange with a vendor, as a recording keeps it: plain, sorted, comparable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from vcr.request import Request

from dataflow.evidence.hosts import Hosts
from dataflow.evidence.scrubbing import kept_headers, scrubbed

#: A request or a response in the form in which it is stored.
Stored: TypeAlias = dict[str, Any]


def stored_request(request: Request, hosts: Hosts) -> Stored:
    """Return what is compared of a request: method, host, path, query and body."""
    host, path, query = hosts.split(request.uri)
    stored: Stored = {"method": request.method, "host": host, "path": path}
    if query:
        stored["query"] = _pairs(query)
    body = _text(request.body)
    if body:
        kind = str(request.headers.get("content-type", ""))
        stored["body"] = _pairs(body) if "form" in kind else scrubbed(_json(body))
    return stored


def stored_response(response: Mapping[str, Any], hosts: Hosts) -> Stored:
    """Return what is kept of a response: status, a few headers, and the body."""
    headers = kept_headers(response["headers"])
    stored: Stored = {"status": response["status"]["code"]}
    if headers:
        stored["headers"] = {k: hosts.renamed(v) for k, v in headers.items()}
    body = _text(response["body"]["string"])
    if body:
        stored["body"] = scrubbed(_json(hosts.renamed(body)))
    return stored


def played_response(stored: Stored) -> dict[str, Any]:
    """Return a stored response in the form in which vcrpy hands it to a client."""
    body = stored.get("body")
    text = body if isinstance(body, str) else json.dumps(body)
    return {
        "status": {"code": stored["status"], "message": ""},
        "headers": {name: [text] for name, text in stored.get("headers", {}).items()},
        "body": {"string": b"" if body is None else text.encode()},
    }


def _pairs(text: str) -> list[str]:
    pairs = parse_qsl(text, keep_blank_values=True)
    return [f"{name}={value}" for name, value in pairs]


def _json(text: str) -> Any:  # noqa: ANN401 - JSON, or the text where it is none
    try:
        return json.loads(text)
    except ValueError:
        return text


def _text(body: object) -> str:
    if body is None:
        return ""
    return body.decode() if isinstance(body, bytes | bytearray) else str(body)
