"""Bodies sent as forms, `items[0][name]=Paper`: the same objects, with texts alone.

That forms are taken is documented; how their texts become numbers is unconfirmed.
"""

from __future__ import annotations

import re

from dataflow.twin.wire import Json, Request, decoded_pairs

#: Deeper than any real body, and shallow enough to be written back.
DEEPEST = 32

_TYPE = "application/x-www-form-urlencoded"
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_STEP = re.compile(r"\[([^\[\]]*)\]")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_FLAGS = {"true": True, "false": False}


class FormText(str):
    """A text of a form, which may stand for a number or a boolean."""

    __slots__ = ()

    def value(self) -> Json:
        """Return what it stands for, itself if for nothing else."""
        if self in _FLAGS:
            return _FLAGS[self]
        if _NUMBER.fullmatch(self) is None:
            return self
        number = float(self) if "." in self else int(self)
        return int(number) if number == int(number) else number


def is_form(request: Request) -> bool:
    """Tell whether a body is a form.

    JSON that a tool calls a form, since nobody named another type, is none.
    """
    is_json = request.body.lstrip().startswith(b"{")
    return request.content_type() == _TYPE and not is_json


def read_form(body: bytes) -> Json:
    """Return the object that a form describes; the last of equal keys wins.

    Raises ValueError for what cannot be decoded.
    """
    found: dict[str, Json] = {}
    for key, text in decoded_pairs(body.decode()):
        *groups, name = _steps(key)
        _group(found, groups)[name] = FormText(text)
    return {name: _listed(value) for name, value in found.items()}


def _steps(key: str) -> list[str]:
    match = _KEY.fullmatch(key)
    if match is None or key.count("[") > DEEPEST:
        return [key]
    return [match[1], *_STEP.findall(match[2])]


def _group(form: dict[str, Json], names: list[str]) -> dict[str, Json]:
    for name in names:
        inner = form.get(name)
        if not isinstance(inner, dict):
            inner = form[name] = {}
        form = inner
    return form


def _listed(value: Json) -> Json:
    """Return a group whose names count from 0, or are empty, as a list."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    counted = [str(at) for at in range(len(inner))]
    return list(inner.values()) if list(inner) in (counted, [""]) else inner
