"""Requests to a twin and its responses, and their decoded arguments."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NoReturn, TypeAlias, TypeVar
from urllib.parse import parse_qsl, unquote

from dataflow.errors import DataflowError


class ControlError(DataflowError):
    """A control that a twin does not have (404) or cannot carry out (400)."""

    def __init__(self, message: str, http_status: int = 400) -> None:
        super().__init__(message)
        self.http_status = http_status


def make_unknown_record(kind: str, identifier: object) -> ControlError:
    """Return the error for an unknown kind, or for an id without a record."""
    return ControlError(
        f"The twin has no {kind} {identifier}: name a kind in the singular, such as"
        " customer, and the id of a record that is not deleted."
    )


#: The header of each answer of a twin: the vendor in whose place it answers.
TWIN_HEADER = "X-Dataflow-Twin"
#: The header of an answer to a call that the vendor has and the twin lacks: a sentence.
UNBUILT_HEADER = "X-Dataflow-Not-Built"

#: The types of JSON. Twins keep their records in this form.
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

#: The pairs that a query or a form may have; more are an attack or a mistake.
MOST_PAIRS = 10_000

_BROKEN = re.compile("%(?![0-9A-Fa-f]{2})")


def split_words(text: str) -> tuple[str, ...]:
    """Return the words of a text: a table of names takes fewer lines this way."""
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class BadRequest:
    """The reason, in one sentence, why a request cannot be read, and its status."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, as a twin receives it.

    `path` is percent-decoded, without the query; `query` keeps the decoded pairs in
    their order; names in `headers` are in lower case. A request with a `defect` could
    not be read: the twin reports it in its vendor's form and ignores all else.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    defect: BadRequest | None = None

    def content_type(self) -> str:
        """Return the declared type of the body, in lower case, without a charset."""
        return _read_type(self.headers.get("content-type", ""))

    def basic_user(self) -> str | None:
        """Return the user name of HTTP Basic, the place of both vendors' API keys."""
        return _read_user(self.headers.get("authorization", ""))


# A client sends the same two headers with each call.
@lru_cache
def _read_type(header: str) -> str:
    return header.partition(";")[0].strip().lower()


@lru_cache
def _read_user(header: str) -> str | None:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(token, validate=True).decode()
    except ValueError:  # no base64, or no UTF-8 within it
        return None
    return text.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Response:
    """One response; `truncate_at` ends the connection within the body, 0 before all.

    `dropped` are the parameters of the request that the vendor ignores.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    truncate_at: int | None = None
    dropped: tuple[str, ...] = ()


#: The connection ends before any answer; no answer has the status 0.
NO_ANSWER = Response(0, truncate_at=0)


_NOT_IMPLEMENTED = 501


def make_not_built(vendor: str, what: str) -> Response:
    """Return an answer that no vendor gives, about a call or parameter."""
    sentence = f"The twin of {vendor} does not have {what}, which {vendor} has."
    headers = {"Content-Type": "application/json", UNBUILT_HEADER: sentence}
    body = json.dumps({"message": sentence}).encode()
    return Response(_NOT_IMPLEMENTED, body, headers)


def encode_basic_auth(key: str) -> str:
    """Return the `Authorization` header with a key as the user name of HTTP Basic."""
    return f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"


#: A twin's whole behaviour: one request in, one response out.
App: TypeAlias = Callable[[Request], Response]


def decode_path(text: str) -> str:
    """Return a path with its percent signs decoded; raise ValueError."""
    return unquote(_check_percents(text), errors="strict") if "%" in text else text


def decode_pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a query or form, or raise ValueError for broken ones."""
    if not text:
        return ()
    pairs = parse_qsl(
        _check_percents(text),
        keep_blank_values=True,
        errors="strict",
        max_num_fields=MOST_PAIRS,
    )
    return tuple(pairs)


def _check_percents(text: str) -> str:
    broken = _BROKEN.search(text)
    if broken is not None:
        raise ValueError(f"A percent sign at {broken.start()} encodes nothing")
    return text


def open_group(values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return the object at these nested names, and create it where it is missing."""
    for name in names:
        inner = values.get(name)
        if not isinstance(inner, dict):
            inner = values[name] = {}
        values = inner
    return values


_Value = TypeVar("_Value")
_Default = TypeVar("_Default")
_Number = TypeVar("_Number", int, float)
_Option = TypeVar("_Option", bound=str)

#: No control needs a larger number, and arithmetic fails with some that are larger.
LARGEST_NUMBER = 10**12


class Arguments:
    """The arguments of one control; its readers raise `ControlError` for a misfit."""

    def __init__(self, given: Mapping[str, Json]) -> None:
        self.given = given

    @classmethod
    def of(cls, request: Request) -> Arguments:
        """Read a request's query; its body of JSON takes precedence."""
        query = {name: _parse_value(value) for name, value in request.query}
        return cls({**query, **_parse_object(request.body)})

    def refuse_others(self, *known: str) -> None:
        """Refuse all other arguments: a typing error would have no effect, unseen."""
        for name in self.given:
            if name not in known:
                choice = ", ".join(known) or "there is none"
                raise ControlError(f"There is no argument {name} here: {choice}.")

    def __contains__(self, name: str) -> bool:
        """Return whether an argument was given."""
        return name in self.given

    def get(
        self, read: Callable[[str], _Value], name: str, default: _Default
    ) -> _Value | _Default:
        """Return an argument as one of the readers below reads it, or the default."""
        return default if self.given.get(name) is None else read(name)

    def text(self, name: str) -> str:
        """Return a text."""
        value = self.given.get(name)
        return value if isinstance(value, str) else self._refuse(name, "a text")

    def identifier(self, name: str) -> str:
        """Return a record's id, a text or a whole number, as a text."""
        value = self.given.get(name)
        if isinstance(value, bool) or not isinstance(value, int | str):
            return self._refuse(name, "a record's id")
        return str(value)

    def integer(self, name: str) -> int:
        """Return a whole number."""
        value = self.given.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            return self._refuse(name, "a whole number")
        return self._check_size(name, value)

    def number(self, name: str) -> float:
        """Return a number."""
        value = self.given.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._refuse(name, "a number")
        return self._check_size(name, value)

    def duration(self, name: str) -> float:
        """Return a number of seconds, 0 or more."""
        seconds = self.number(name)
        return seconds if seconds >= 0 else self._refuse(name, "0 seconds or more")

    def choice(self, name: str, *options: _Option) -> _Option:
        """Return one of these texts."""
        for option in options:
            if option == self.given.get(name):
                return option
        return self._refuse(name, f"one of {', '.join(options)}")

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self.given.get(name)
        return value if isinstance(value, bool) else self._refuse(name, "true or false")

    def mapping(self, name: str) -> Mapping[str, Json]:
        """Return an object."""
        value = self.given.get(name)
        return value if isinstance(value, dict) else self._refuse(name, "an object")

    def items(self, name: str) -> list[Arguments]:
        """Return a list of objects, each as arguments."""
        value = self.given.get(name)
        inner = value if isinstance(value, list) else [None]
        objects = [Arguments(each) for each in inner if isinstance(each, dict)]
        if len(objects) < len(inner):
            return self._refuse(name, "a list of objects")
        return objects

    def _check_size(self, name: str, value: _Number) -> _Number:
        # Infinity and "not a number" fail this comparison too.
        if -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
            return value
        return self._refuse(name, f"no larger than {LARGEST_NUMBER}")

    def _refuse(self, name: str, wanted: str) -> NoReturn:
        given = json.dumps(self.given.get(name))
        raise ControlError(f"{name} must be {wanted}, and is {given}.")


def _parse_value(text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def _parse_object(body: bytes) -> dict[str, Json]:
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ControlError("The body must be one object of JSON.")
    return value
