"""What a control was given: JSON, or the query of an address, read by name and type."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import NoReturn, TypeVar

from dataflow.twin.control_errors import ControlError
from dataflow.twin.wire import Json, Request

_Value = TypeVar("_Value")
_Default = TypeVar("_Default")
_Number = TypeVar("_Number", int, float)
_Option = TypeVar("_Option", bound=str)

#: No control needs a larger number, and arithmetic has trouble with some that are.
MOST = 10**12


class Arguments:
    """The arguments of one control; whatever does not fit raises `ControlError`."""

    def __init__(self, given: Mapping[str, Json]) -> None:
        self._given = given

    @property
    def given(self) -> Mapping[str, Json]:
        """Return all of them, unread."""
        return self._given

    @classmethod
    def of(cls, request: Request) -> Arguments:
        """Read a request's query and, over it, its body of JSON."""
        query = {name: _literal(value) for name, value in request.query}
        return cls({**query, **_object(request.body)})

    def only(self, *known: str) -> None:
        """Refuse what nobody reads: a slip of the pen would do nothing, unseen."""
        for name in self._given:
            if name not in known:
                choice = ", ".join(known) or "there is none"
                raise ControlError(f"There is no argument {name} here: {choice}.")

    def __contains__(self, name: str) -> bool:
        """Tell whether an argument was given."""
        return name in self._given

    def get(
        self, read: Callable[[str], _Value], name: str, default: _Default
    ) -> _Value | _Default:
        """Return an argument as one of the readers below reads it, or the default."""
        return default if self._given.get(name) is None else read(name)

    def text(self, name: str) -> str:
        """Return a text."""
        value = self._given.get(name)
        return value if isinstance(value, str) else self._misfit(name, "a text")

    def identifier(self, name: str) -> str:
        """Return a record's id, a text or a whole number, as a text."""
        value = self._given.get(name)
        if isinstance(value, bool) or not isinstance(value, int | str):
            return self._misfit(name, "a record's id")
        return str(value)

    def whole(self, name: str) -> int:
        """Return a whole number."""
        value = self._given.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            return self._misfit(name, "a whole number")
        return self._sensible(name, value)

    def number(self, name: str) -> float:
        """Return a number."""
        value = self._given.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._misfit(name, "a number")
        return self._sensible(name, value)

    def duration(self, name: str) -> float:
        """Return a number of seconds, none of which are below 0."""
        seconds = self.number(name)
        return seconds if seconds >= 0 else self._misfit(name, "0 seconds or more")

    def choice(self, name: str, *options: _Option) -> _Option:
        """Return one of these texts."""
        for option in options:
            if option == self._given.get(name):
                return option
        return self._misfit(name, f"one of {', '.join(options)}")

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self._given.get(name)
        return value if isinstance(value, bool) else self._misfit(name, "true or false")

    def mapping(self, name: str) -> Mapping[str, Json]:
        """Return an object."""
        value = self._given.get(name)
        return value if isinstance(value, dict) else self._misfit(name, "an object")

    def items(self, name: str) -> list[Arguments]:
        """Return a list of objects, each to be read in turn."""
        value = self._given.get(name)
        if not isinstance(value, list):
            return self._misfit(name, "a list of objects")
        objects = [each for each in value if isinstance(each, dict)]
        if len(objects) < len(value):
            return self._misfit(name, "a list of objects")
        return [Arguments(each) for each in objects]

    def _sensible(self, name: str, value: _Number) -> _Number:
        # Infinity and "not a number" fail this too.
        if -MOST <= value <= MOST:
            return value
        return self._misfit(name, f"no larger than {MOST}")

    def _misfit(self, name: str, wanted: str) -> NoReturn:
        given = json.dumps(self._given.get(name))
        raise ControlError(f"{name} must be {wanted}, and is {given}.")


def _literal(text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def _object(body: bytes) -> dict[str, Json]:
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ControlError("The body must be one object of JSON.")
    return value
