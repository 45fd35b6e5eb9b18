"""Requests for one call, generated from the vendor's table, and the expected answers.

The table is the only source: the twins' own tables of fields are not read. No table has
documented examples, so the example of a call is its smallest valid request.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from dataflow.contract.prepare import (
    OMITTED,
    TOKEN,
    TOKEN_LENGTH,
    CallPlan,
    Values,
    to_dotted,
)
from dataflow.twin.messages import Json

#: How many random requests, and how many permutations of several parameters, per call.
COUNT = 10
_MOST_AT_ONCE = 6
#: A word, a text that is no number, time, JSON or boolean, and a name, of no vendor.
_NONSENSE = "no-such-word"
_UNKNOWN = "no_such_parameter"
#: In a table, the end of a list of words that goes on elsewhere.
_MORE = "..."


class Kind(enum.StrEnum):
    """The six kinds of requests."""

    BOUNDARY = "boundaries"
    ENUMERATION = "enumerations"
    PERMUTATION = "permutations"
    RANDOM = "random"
    EXAMPLE = "example"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class Variant:
    """One request: what it sends beside the smallest valid one.

    It must be accepted, unless it is `refused`; then the answer names `param`, if any.
    """

    kind: Kind
    name: str
    sent: Values = field(default_factory=dict)
    refused: bool = False
    param: str = ""
    has_unknown_id: bool = False


class Parameter(Protocol):
    """One parameter of a vendor's table."""

    @property
    def type(self) -> str:
        """Return the type, such as `string` or `array of int`."""

    @property
    def is_required(self) -> bool:
        """Return whether the call is refused without it."""

    @property
    def most(self) -> int | None:
        """Return the greatest number, or the length of the longest text."""

    @property
    def least(self) -> float | None:
        """Return the least number."""

    @property
    def words(self) -> Collection[str]:
        """Return the only values."""


Parameters: TypeAlias = Mapping[str, Parameter]

_BOOLEANS = (True, False)
_NUMBERS = frozenset(("int", "integer", "number", "timestamp"))
#: Values of the other types; a text is made for each request.
_SAMPLES: Mapping[str, Json] = {
    "boolean": True,
    "timestamp": 1_767_603_600,
    "object(any)": {"colour": "red"},
    "string:email": "ada@example.com",
    "array": [],
    "object": {},
}
_DECIDED_BY_TYPE = ("boolean", *_NUMBERS, "object(any)", "string:email")


def generate(
    call: str,
    parameters: Parameters,
    plan: CallPlan,
    built: Collection[str] | None = None,
) -> Iterator[Variant]:
    """Yield the requests of all kinds.

    Only `built` parameters, or all, are sent together: one that is not built would hide
    the others.
    """
    made = _Generator(call, parameters, plan, built)
    yield Variant(Kind.EXAMPLE, "the smallest valid request")
    yield from made.boundaries()
    yield from made.enumerations()
    yield from made.permutations()
    yield from made.randoms()
    yield from made.negatives()


class _Generator:
    """The requests of one call."""

    def __init__(
        self,
        call: str,
        parameters: Parameters,
        plan: CallPlan,
        built: Collection[str] | None,
    ) -> None:
        self._call = call
        self._plan = plan
        self._known = {
            name: each
            for name, each in parameters.items()
            if not plan.skips(name) and not name.endswith("[*]")
        }
        self._built = [n for n in self._known if built is None or n in built]
        # A seed by name: the requests of one call do not depend on the other calls.
        self._random = random.Random(call)  # noqa: S311 - no secret

    def boundaries(self) -> Iterator[Variant]:
        """Yield the longest and least values, and those just beyond."""
        for name, each in self._known.items():
            if _type(each) in _NUMBERS:
                yield from self._number_boundaries(name, each)
            elif each.most is not None:
                if self._plan.find_value(name) is None:
                    longest = _make_text(_type(each), each.most)
                    yield self._accept(Kind.BOUNDARY, name, longest, f"{each.most}")
                    if _type(each) != "string:email":
                        yield self._two_bytes(name, each.most)
                too_long = _make_text(_type(each), each.most + 1)
                yield self._refuse(Kind.BOUNDARY, name, too_long, f"{each.most + 1}")

    def _two_bytes(self, name: str, most: int) -> Variant:
        """Return the request with a longest text of letters of two bytes each."""
        what = f"{most} letters of two bytes"
        if self._plan.counts_bytes:
            return self._refuse(Kind.BOUNDARY, name, "é" * most, what)
        return self._accept(Kind.BOUNDARY, name, "é" * most, what)

    def _number_boundaries(self, name: str, each: Parameter) -> Iterator[Variant]:
        for bound, beyond in ((each.least, -1), (each.most, 1)):
            if bound is not None:
                number = int(bound)
                if self._plan.find_value(name) is None:
                    yield self._accept(Kind.BOUNDARY, name, number, f"{number}")
                other = number + beyond
                yield self._refuse(Kind.BOUNDARY, name, other, f"{other}")

    def enumerations(self) -> Iterator[Variant]:
        """Yield each word, and one that is none."""
        for name, each in self._known.items():
            if name.endswith("[is_present]"):
                continue
            words = _BOOLEANS if _type(each) == "boolean" else sorted(each.words)
            for word in words:
                if word != _MORE:
                    value = _wrap(name, each, word)
                    yield self._accept(Kind.ENUMERATION, name, value, f"{word}".lower())
            if each.words and _MORE not in each.words:
                wrong = _wrap(name, each, _NONSENSE)
                yield self._refuse(Kind.ENUMERATION, name, wrong, "an unknown word")

    def permutations(self) -> Iterator[Variant]:
        """Yield each optional parameter alone, and several in changing orders."""
        optional = [name for name, each in self._known.items() if not each.is_required]
        for name in optional:
            value = self._sample(name)
            yield self._accept(Kind.PERMUTATION, name, value, "alone")
        several = [name for name in optional if name in self._built]
        for at in range(COUNT if len(several) > 1 else 0):
            names = self._choose(several)
            sent = self._combine({name: self._sample(name) for name in names})
            yield Variant(Kind.PERMUTATION, f"{at}: {', '.join(names)}", sent)

    def randoms(self) -> Iterator[Variant]:
        """Yield requests with random valid values of random parameters."""
        for at in range(COUNT if self._built else 0):
            names = self._choose(self._built)
            values = {name: self._draw(name) for name in names}
            name = f"{at}: {', '.join(names)}"
            yield Variant(Kind.RANDOM, name, self._combine(values))

    def negatives(self) -> Iterator[Variant]:
        """Yield requests without a required parameter, of wrong types and ids."""
        for name, each in self._known.items():
            if each.is_required:
                sent = {_at_index(name): OMITTED}
                title = f"without {name}"
                yield Variant(
                    Kind.NEGATIVE, title, sent, refused=True, param=_at_index(name)
                )
            if not self._plan.casts and _type(each) in _DECIDED_BY_TYPE:
                wrong = _wrap(name, each, _NONSENSE)
                yield self._refuse(Kind.NEGATIVE, name, wrong, f"no {_type(each)}")
        if "{id}" in self._call:
            title = "an unknown id"
            yield Variant(Kind.NEGATIVE, title, refused=True, has_unknown_id=True)
        if self._plan.unknown:
            is_refused = self._plan.unknown == "refused"
            title, sent = "an unknown parameter", {_UNKNOWN: "x"}
            yield Variant(Kind.NEGATIVE, title, sent, refused=is_refused)

    def _accept(self, kind: Kind, name: str, value: Json, what: str) -> Variant:
        return Variant(kind, f"{name}: {what}", self._combine({name: value}))

    def _refuse(self, kind: Kind, name: str, value: Json, what: str) -> Variant:
        sent = self._combine({name: value})
        param = _at_index(name)
        return Variant(kind, f"{name}: {what}", sent, refused=True, param=param)

    def _combine(self, values: Values) -> Values:
        """Return the values with all that the vendor asks for beside them."""
        sent: dict[str, Json] = {}
        for name in values:
            sent.update(self._plan.find_companions(name))
        return sent | {_at_index(name): value for name, value in values.items()}

    def _choose(self, names: list[str]) -> list[str]:
        """Return some of the names, in an order of their own; none excludes another."""
        count = self._random.randint(1, min(_MOST_AT_ONCE, len(names)))
        chosen: list[str] = []
        for name in self._random.sample(names, count):
            if not any(self._plan.exclude(name, other) for other in chosen):
                chosen.append(name)
        return chosen

    def _sample(self, name: str) -> Json:
        """Return a valid value, the same one for each request."""
        known = self._plan.find_value(name)
        if known is not None:
            return known
        each = self._known[name]
        if each.words:
            return _wrap(name, each, min(set(each.words) - {_MORE}))
        if _type(each) in _NUMBERS:
            least = 1_767_603_600 if _type(each) == "timestamp" else each.least
            return _wrap(name, each, max(1, int(least or 1)))
        text = _make_text("", min(each.most or TOKEN_LENGTH, TOKEN_LENGTH))
        return _wrap(name, each, _SAMPLES.get(_type(each), text))

    def _draw(self, name: str) -> Json:
        """Return a random valid value, unless only one value fits."""
        each = self._known[name]
        if self._plan.find_value(name) is not None:
            return self._sample(name)
        if words := sorted(set(each.words) - {_MORE}):
            return _wrap(name, each, self._random.choice(words))
        if _type(each) == "boolean":
            return _wrap(name, each, self._random.choice(_BOOLEANS))
        if _type(each) in _NUMBERS and _type(each) != "timestamp":
            least, most = int(each.least or 1), int(each.most or 1000)
            return _wrap(name, each, self._random.randint(least, most))
        if _type(each) in _SAMPLES:
            return self._sample(name)
        # A letter has up to three bytes, which some vendors count.
        length = self._random.randint(1, max(1, min(each.most or 20, 100) // 3))
        letters = self._random.choices("abcXYZ0189 -'äß€", k=length)
        return _wrap(name, each, "".join(letters).strip() or "x")


def _type(parameter: Parameter) -> str:
    """Return the type of one value: `array of int` is sent one by one."""
    return parameter.type.removeprefix("array of ").removeprefix("filter ")


def _at_index(name: str) -> str:
    return name.replace("[i]", "[0]")


def _wrap(name: str, parameter: Parameter, value: Json) -> Json:
    """Return a value as a filter's operator takes it."""
    if not parameter.type.startswith("filter"):
        return value
    operator = to_dotted(name).rpartition(".")[2]
    if operator == "is_present":
        return True
    if operator == "between":
        return [value, value]
    return [value] if operator in {"in", "not_in"} else value


def _make_text(type_: str, length: int) -> str:
    """Return a text of this length that no other request sends, if it is long."""
    end = "@example.com" if type_ == "string:email" else ""
    rest = length - len(end)
    if rest < TOKEN_LENGTH:
        return "x" * rest + end
    return TOKEN + "x" * (rest - TOKEN_LENGTH) + end
