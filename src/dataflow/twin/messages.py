"""Requests to a twin and its responses, and their decoded arguments."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias, TypeVar
from urllib.parse import parse_qsl, unquote

from dataflow.errors import DataflowError


class ControlError(DataflowError):
    """A control of a twin was asked for something that it cannot do."""


class UnknownControlError(ControlError):
    """There is no such control."""


class NoSuchRecordError(ControlError):
    """A control names a record that the twin has not."""


def nothing(kind: str, identifier: object) -> NoSuchRecordError:
    """Return the error about a kind that a twin has not, or an id that it never saw."""
    return NoSuchRecordError(
        f"The twin has no {kind} {identifier}: name a kind in the singular, such as"
        " customer, and the id of a record that is not deleted."
    )


#: What JSON can hold. Twins keep their records in this form.
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

#: So many pairs are read of a query or a form; more are an attack or a mistake.
MOST_PAIRS = 10_000

_BROKEN = re.compile("%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class BadRequest:
    """Why a request cannot be read: HTTP's status for it, and one sentence."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, as a twin sees it.

    `path` is percent-decoded and has no query; `query` keeps the decoded pairs in
    their order; names in `headers` are in lower case. One with a `flaw` could not be
    read: nothing else of it counts, and the twin says so in its vendor's form.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    defect: BadRequest | None = None

    def content_type(self) -> str:
        """Return what the body is said to be, in lower case and without a charset."""
        said = self.headers.get("content-type", "")
        return said.partition(";")[0].strip().lower()

    def basic_user(self) -> str | None:
        """Return the user name of HTTP Basic, the place of both vendors' API keys."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            text = base64.b64decode(token, validate=True).decode()
        except ValueError:  # no base64, or base64 of no text
            return None
        return text.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; `Content-Length` is added at the server's edge.

    `cut` ends the connection early: after so many bytes of the body, though the
    headers announce all of them; 0 sends nothing at all. None sends everything.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    truncate_at: int | None = None


#: The connection is cut before there is any answer; a status of 0 is nobody's.
NO_ANSWER = Response(0, truncate_at=0)


def basic(key: str) -> str:
    """Return the header by which a key is sent as the user name of HTTP Basic."""
    return f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"


#: A twin's whole behaviour: one request in, one response out.
App: TypeAlias = Callable[[Request], Response]


def decoded_path(text: str) -> str:
    """Return a path with its percent signs decoded; raises ValueError."""
    return unquote(_unbroken(text), errors="strict") if "%" in text else text


def decoded_pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a query or a form, in their order.

    Raises ValueError for broken percent signs, for what is no UTF-8, and for more than
    MOST_PAIRS pairs. What is no pair counts as a name with an empty value.
    """
    if not text:
        return ()
    pairs = parse_qsl(
        _unbroken(text),
        keep_blank_values=True,
        errors="strict",
        max_num_fields=MOST_PAIRS,
    )
    return tuple(pairs)


def _unbroken(text: str) -> str:
    broken = _BROKEN.search(text)
    if broken is not None:
        raise ValueError(f"A percent sign at {broken.start()} encodes nothing")
    return text


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
