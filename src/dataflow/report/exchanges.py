"""Writes exchanges as a text that a person reads: step by step, request and answer."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from dataflow.harness.targets.exchanges import Exchange
from dataflow.redact import hidden

#: What an exchange is called in the text: its number, counted from 1.
Numbered: TypeAlias = tuple[int, Exchange]

#: A page of records shows this many; a hundred would say no more.
_SHOWN = 3
#: A text that is no JSON shows this many characters.
_CHARACTERS = 2000
_WIDTH = 96
#: An answer of fewer bytes is shown again rather than referred to.
_WORTH_REFERRING = 200


@dataclass(slots=True)
class Chapter:
    """One step of a scenario, and what went over the wire meanwhile."""

    title: str
    exchanges: list[Exchange] = field(default_factory=list)


def as_text(chapters: Sequence[Chapter]) -> str:
    """Return all exchanges below their steps, after an overview; empty without any."""
    number = 0
    told: list[tuple[str, list[Numbered]]] = []
    for chapter in chapters:
        begin, number = number + 1, number + len(chapter.exchanges)
        if chapter.exchanges:
            told.append((chapter.title, list(enumerate(chapter.exchanges, begin))))
    lines = [*_overview(told), *_details(told)]
    return "\n".join(lines) + "\n" if told else ""


def _overview(told: Sequence[tuple[str, list[Numbered]]]) -> Iterator[str]:
    for title, calls in told:
        yield title
        for number, call in calls:
            yield f"  {number:4}  {call.status}  {_call(call)}"
        yield ""


def _details(told: Sequence[tuple[str, list[Numbered]]]) -> Iterator[str]:
    seen: dict[bytes, int] = {}
    for title, calls in told:
        yield f"===== {title}"
        yield ""
        for number, call in calls:
            yield f"{number}  {_call(call)}"
            for name, value in call.query:
                yield f"  ? {name} = {hidden(value, name=name)}"
            yield from _body(call.body, "  > ")
            yield f"{call.status} {_phrase(call.status)}".strip()
            first = seen.setdefault(call.answer, number)
            if first != number and len(call.answer) >= _WORTH_REFERRING:
                yield f"  < the same as in {first}"
            else:
                yield from _body(call.answer, "  < ")
            yield ""


def _call(call: Exchange) -> str:
    return f"{call.system} {call.method} {call.path}"


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""


def _body(body: bytes, mark: str) -> Iterator[str]:
    try:
        lines = _lines(body.decode())
    except UnicodeDecodeError:
        lines = [f"{len(body)} bytes that are no text"]
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
    """Write a value as lines, each with the way to it: `items[0].name = "Widget"`."""
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


def _nulls(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Name what is null, together: most of a record is."""
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
