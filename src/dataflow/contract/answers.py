"""What both vendors answer while a test runs, heard on the side of their clients."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dataflow.contract.shapes import Json, Shape, merged, misfits, shape_of
from dataflow.network.hooks import hook_calls
from dataflow.vendors.connection import Connection

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
    """Collect what is answered from these addresses until the end of the block."""
    answers: list[Answer] = []

    def note(request: Any, response: Any) -> None:  # noqa: ANN401 - of either library
        url = str(request.url)
        for root in (connection.invoiced_url, connection.chargebee_url):
            if response is not None and url.startswith(f"{root}/"):
                call = _call(request.method, urlsplit(url.removeprefix(root)).path)
                body = _body(response.text)
                answers.append(Answer(call, response.status_code, body))

    with hook_calls(after=note):
        yield answers


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
