"""The shape of answers: keys, types and codes, without ids, times and texts.

As JSON, a shape is a word (`integer`, `null`, `=customer` for a code), an object of
shapes whose key ends in `?` where it is not always there, or a list of one shape for
all elements. Where several occur, they stand in `{"|": [...]}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

#: Keys whose texts are codes: they belong to the shape.
CODES = frozenset(
    (
        *("api_error_code", "error_code", "error_param", "http_status_code"),
        *("object", "param", "status", "type"),
    )
)

_EITHER = "|"

#: What `json` reads and writes.
Json: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Shape:
    """What has been seen in one place.

    `words` are the types and codes, `members` the keys of objects with whether each
    was always there, `elements` the shape of a list's elements, an empty one's too.
    """

    words: frozenset[str] = frozenset()
    members: Mapping[str, tuple[Shape, bool]] | None = None
    elements: Shape | None = None


def shape_of(value: Json, key: str = "") -> Shape:
    """Return the shape of a JSON value that stands under this key."""
    if isinstance(value, dict):
        inner = {name: (shape_of(each, name), True) for name, each in value.items()}
        return Shape(members=inner)
    if isinstance(value, list):
        return Shape(elements=union(shape_of(each, key) for each in value))
    return Shape(frozenset({_word(value, key)}))


def _word(value: Json, key: str) -> str:
    if key in CODES and isinstance(value, str | int) and not isinstance(value, bool):
        return f"={value}"
    names = {bool: "boolean", int: "integer", float: "number", str: "text"}
    return names.get(type(value), "null")


def union(shapes: Iterable[Shape]) -> Shape:
    """Return the shape of everything that has one of these."""
    found = Shape()
    for each in shapes:
        found = merged(found, each)
    return found


def merged(one: Shape, other: Shape) -> Shape:
    """Return the shape of what is in one or the other."""
    return Shape(
        one.words | other.words,
        _members(one.members, other.members),
        _either(one.elements, other.elements),
    )


def _either(one: Shape | None, other: Shape | None) -> Shape | None:
    if one is None or other is None:
        return one or other
    return merged(one, other)


def _members(
    one: Mapping[str, tuple[Shape, bool]] | None,
    other: Mapping[str, tuple[Shape, bool]] | None,
) -> Mapping[str, tuple[Shape, bool]] | None:
    if one is None or other is None:
        return other if one is None else one
    nothing = (Shape(), False)
    found = {}
    for name in one.keys() | other.keys():
        first, second = one.get(name, nothing), other.get(name, nothing)
        found[name] = (merged(first[0], second[0]), first[1] and second[1])
    return found


def as_json(shape: Shape) -> Json:
    """Return a shape as it is stored."""
    found: list[Json] = sorted(shape.words)
    if shape.members is not None:
        found.append(
            {
                name if always else f"{name}?": as_json(inner)
                for name, (inner, always) in sorted(shape.members.items())
            }
        )
    if shape.elements is not None:
        empty = shape.elements == Shape()
        found.append([] if empty else [as_json(shape.elements)])
    return found[0] if len(found) == 1 else {_EITHER: found}


def from_json(stored: Json) -> Shape:
    """Return the shape that was stored."""
    if isinstance(stored, str):
        return Shape(frozenset({stored}))
    if isinstance(stored, list):
        return Shape(elements=union(map(from_json, stored)))
    if _EITHER in stored:
        return union(map(from_json, stored[_EITHER]))
    return Shape(
        members={
            name.removesuffix("?"): (from_json(inner), not name.endswith("?"))
            for name, inner in stored.items()
        }
    )


def misfits(real: Shape, ours: Shape, place: str) -> list[str]:
    """Return in what ours differs from the real one, each as a line that says where."""
    wrong = [f"{place} is {word}" for word in sorted(_strange(real, ours))]
    if real.members is not None and ours.members is not None:
        wrong += _misfit_members(real.members, ours.members, place)
    if real.elements is not None and ours.elements is not None:
        wrong += misfits(real.elements, ours.elements, f"{place}[]")
    return wrong


def _strange(real: Shape, ours: Shape) -> set[str]:
    seen = real.words | ({"integer"} if "number" in real.words else set())
    kinds = {"an object": "members", "a list": "elements"}
    if real == Shape():  # nothing was seen here, as in an empty list
        return set()
    return set(ours.words - seen) | {
        said
        for said, kind in kinds.items()
        if getattr(ours, kind) is not None and getattr(real, kind) is None
    }


def _misfit_members(
    real: Mapping[str, tuple[Shape, bool]],
    ours: Mapping[str, tuple[Shape, bool]],
    place: str,
) -> list[str]:
    lacking = {name for name, (_, always) in real.items() if always} - ours.keys()
    wrong = [f"{place}.{name} is missing" for name in sorted(lacking)]
    wrong += [f"{place}.{name} is not there" for name in sorted(ours.keys() - real)]
    for name in sorted(ours.keys() & real):
        wrong += misfits(real[name][0], ours[name][0], f"{place}.{name}")
    return wrong
