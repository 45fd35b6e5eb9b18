"""From flat form and query pairs to nested values, as the vendor nests them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from typing import TypeAlias

from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.errors import INVALID, RefusalError
from dataflow.twin.wire import decoded_pairs

#: Decoded parameters: `a[b][0]=c` is `{"a": {"b": {"0": "c"}}}`.
Form: TypeAlias = "dict[str, str | Form]"

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]+\])*)")


def from_body(body: bytes) -> Form:
    """Decode `application/x-www-form-urlencoded`; what is no pair has no effect.

    What cannot be decoded is refused with 400: unconfirmed.
    """
    try:
        return from_pairs(decoded_pairs(body.decode()))
    except ValueError:
        text = "The body is not percent-encoded UTF-8"
        raise RefusalError(400, INVALID, text, behaviours.UNREADABLE) from None


def from_pairs(pairs: Iterable[tuple[str, str]]) -> Form:
    """Nest pairs by the brackets in their keys; the last of equal keys wins.

    Attributes come first and indexes second (`lines[amount][0]`), as the SDK sends
    them. A key with unbalanced brackets is taken as it is.
    """
    form: Form = {}
    for key, value in pairs:
        *groups, name = _steps(key)
        _group(form, groups)[name] = value
    return form


def _steps(key: str) -> list[str]:
    match = _KEY.fullmatch(key)
    if match is None:
        return [key]
    return [match[1], *re.findall(r"\[([^\[\]]+)\]", match[2])]


def _group(form: Form, names: Iterable[str]) -> Form:
    for name in names:
        inner = form.get(name)
        if not isinstance(inner, dict):
            inner = form[name] = {}
        form = inner
    return form


def listed(text: str) -> list[str] | None:
    """Read the operand of `in` and `between`, or return None if it is no list.

    `["a","b"]` and `[1,2]` are documented; the SDK sends Python's `['a', 'b']`.
    """
    values = _literal(text)
    if not isinstance(values, list):
        return None
    if not all(isinstance(value, str | int) for value in values):
        return None
    return [str(value) for value in values]


def _literal(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
