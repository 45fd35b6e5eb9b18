"""Renders HTTP exchanges as text, step by step: request and answer."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from dataflow.harness.step_exchanges import StepExchanges
from dataflow.network.hooks import Exchange
from dataflow.redact import hidden, hidden_in

#: An exchange with its number in the text, from 1.
Numbered: TypeAlias = tuple[int, Exchange]

#: The number of records of a page that are shown.
_SHOWN = 3
#: The number of characters of a text that is not JSON that are shown.
_CHARACTERS = 2000
_WIDTH = 96
#: An answer of fewer bytes is shown again; a longer one is referred to.
_WORTH_REFERRING = 200


def render_exchanges(
    steps: Sequence[StepExchanges], redact: Callable[[str], str] = hidden_in
) -> str:
    """Return all exchanges below their steps, after an overview, or an empty text.

    A body is redacted whole, before a part of it is left out.
    """
    number = 0
    parts: list[tuple[str, list[Numbered]]] = []
    for step in steps:
        begin, number = number + 1, number + len(step.exchanges)
        if step.exchanges:
            parts.append((step.title, list(enumerate(step.exchanges, begin))))
    lines = [*_overview(parts), *_details(parts, redact)]
    return "\n".join(lines) + "\n" if parts else ""


def _overview(parts: Sequence[tuple[str, list[Numbered]]]) -> Iterator[str]:
    for title, calls in parts:
        yield title
        for number, call in calls:
            caller = f"{call.caller:15}" if call.caller else ""
            yield f"  {number:4}  {call.status}  {caller}{_call(call)}"
        yield ""


def _details(
    parts: Sequence[tuple[str, list[Numbered]]], redact: Callable[[str], str]
) -> Iterator[str]:
    seen: dict[bytes, int] = {}
    for title, calls in parts:
        yield f"===== {title}"
        yield ""
        for number, call in calls:
            caller = f", by {call.caller}" if call.caller else ""
            yield f"{number}  {_call(call)}{caller}"
            for name, value in call.query:
                yield f"  ? {name} = {hidden(value, name=name)}"
            yield from _body(call.body, "  > ", redact)
            is_known = call.status in set(HTTPStatus)
            phrase = f" {HTTPStatus(call.status).phrase}" if is_known else ""
            yield f"{call.status}{phrase}"
            first = seen.setdefault(call.answer, number)
            if first != number and len(call.answer) >= _WORTH_REFERRING:
                yield f"  < the same as in {first}"
            else:
                yield from _body(call.answer, "  < ", redact)
            yield ""


def _call(call: Exchange) -> str:
    return f"{call.system} {call.method} {call.path}"


def _body(body: bytes, mark: str, redact: Callable[[str], str]) -> Iterator[str]:
    try:
        lines = _lines(redact(body.decode()))
    except UnicodeDecodeError:
        lines = [f"{len(body)} bytes that are not text"]
    yield from (f"{mark}{line}" for line in lines)


def _lines(text: str) -> list[str]:
    try:
        value = json.loads(text)
    except ValueError:
        form = parse_qsl(text, keep_blank_values=True)
        if form and text[0] not in "<{[":
            return [f"{name} = {hidden(value, name=name)}" for name, value in form]
        return text[:_CHARACTERS].splitlines()
    return [*_flat("", "", value), *_nulls(value)]


def _flat(path: str, name: str, value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield a value as lines, each with its path: `items[0].name = "Widget"`."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            if inner is not None:
                yield from _flat(f"{path}.{key}" if path else key, key, inner)
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value[:_SHOWN]):
            yield from _flat(f"{path}[{index}]", name, inner)
        if len(value) > _SHOWN:
            yield f"{path}[...] {len(value) - _SHOWN} more"
    else:
        shown = json.dumps(hidden(value, name=name), ensure_ascii=False)
        yield f"{path} = {shown}" if path else shown


def flatten(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the path and the value of each property that is not null."""
    for line in _flat("", "", dict(record)):
        path, _, value = line.partition(" = ")
        yield path, value


def _nulls(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Return one text with the paths of all null values: most of a record is null."""
    names = list(dict.fromkeys(_paths_of_null("", value)))
    return (
        textwrap.wrap(
            f"null: {', '.join(names)}",
            _WIDTH,
            subsequent_indent="      ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        if names
        else []
    )


def _paths_of_null(path: str, value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        for key, inner in value.items():
            way = f"{path}.{key}" if path else key
            yield from [way] if inner is None else _paths_of_null(way, inner)
    elif isinstance(value, list):
        for inner in value[:_SHOWN]:
            yield from _paths_of_null(f"{path}[]", inner)
