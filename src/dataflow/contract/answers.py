"""What both vendors answer while a test runs, heard on the side of their clients."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import requests

from dataflow.contract.shapes import Json, Shape, merged, misfits, shape_of
from dataflow.harness.connection import Connection

#: A step of a path that is a word of the API; any other is an id.
_WORD = re.compile("[a-z_]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: to which call, with which status and which body."""

    call: str
    status: int
    body: Json


@contextmanager
def overheard(connection: Connection) -> Iterator[list[Answer]]:
    """Collect what is answered from these addresses until the end of the block.

    Both SDKs open their connections themselves, through `requests` and `httpx`.
    """
    answers: list[Answer] = []

    def note(method: str, url: str, status: int, text: str) -> None:
        for root in (connection.invoiced_url, connection.chargebee_url):
            if url.startswith(f"{root}/"):
                path = urlsplit(url.removeprefix(root)).path
                answers.append(Answer(_call(method, path), status, _body(text)))

    with pytest.MonkeyPatch.context() as patch:
        for client in (requests.Session, httpx.Client):
            patch.setattr(client, "send", _noting(client.send, note))
        yield answers


def _noting(
    send: Callable[..., Any], note: Callable[[str, str, int, str], None]
) -> Callable[..., Any]:
    def noted(self: object, request: Any, **options: Any) -> Any:  # noqa: ANN401
        response = send(self, request, **options)
        note(request.method, str(request.url), response.status_code, response.text)
        return response

    return noted


def _call(method: str, path: str) -> str:
    steps = path.strip("/").split("/")
    return f"{method} /" + "/".join(
        step if _WORD.fullmatch(step) else "{id}" for step in steps
    )


def _body(text: str) -> Json:
    """Return what the answer holds; what is no JSON has a kind and no content."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return "no JSON"


def shapes_of(answers: list[Answer]) -> Mapping[str, Shape]:
    """Return the shape of each call's answers, one for each status that it had."""
    found: dict[str, Shape] = {}
    for answer in answers:
        key = f"{answer.call} {answer.status}"
        shape = shape_of(answer.body)
        found[key] = merged(found[key], shape) if key in found else shape
    return dict(sorted(found.items()))


def differences(real: Mapping[str, Shape], ours: Mapping[str, Shape]) -> list[str]:
    """Return in what our answers differ in shape from the real ones, as lines."""
    lines = [f"{key} was answered by the sandbox" for key in real.keys() - ours]
    lines += [f"{key} was not answered by the sandbox" for key in ours.keys() - real]
    for key in sorted(real.keys() & ours):
        lines += misfits(real[key], ours[key], f"{key}: answer")
    return sorted(lines)
