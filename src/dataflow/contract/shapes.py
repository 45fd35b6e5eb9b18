"""The shape of answers: keys, types and codes, without ids, times and texts.

The shapes of a sandbox's answers are stored, and a twin is compared with them.

As JSON, a shape is a word (`integer`, `null`, `=customer` for a code), an object of
shapes whose key ends in `?` where it is not always there, or a list of one shape for
all elements. Where several occur, they stand in `{"|": [...]}`.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from dataflow.errors import FileError
from dataflow.files import write_whole
from dataflow.network.hooks import hook_calls
from dataflow.vendors.connection import Connection

#: The folder of the files, one for each module of the suite, relative to the root.
SHAPES = Path("tests", "contract", "shapes")

#: Keys whose texts are codes: they belong to the shape.
CODES = frozenset(
    (
        *("api_error_code", "error_code", "error_param", "http_status_code"),
        *("object", "param", "status", "type"),
    )
)

_EITHER = "|"
#: A step of a path that is a word of the API; any other is an id.
_WORD = re.compile("[a-z_]+")

#: What `json` reads and writes.
Json: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Shape:
    """All values of one place in an answer.

    `words` are the types and codes, `members` the keys of objects with whether each
    was always present, `elements` the shape of a list's elements, even if it is empty.
    """

    words: frozenset[str] = frozenset()
    members: Mapping[str, tuple[Shape, bool]] | None = None
    elements: Shape | None = None


#: The shapes of the answers to a test, by call and status.
Shapes: TypeAlias = Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and the call that it answers."""

    call: str
    status: int
    body: Json


@contextmanager
def collect_answers(connection: Connection) -> Iterator[list[Answer]]:
    """Collect the answers from these addresses until the end of the block."""
    answers: list[Answer] = []

    def note(request: Any, response: Any) -> None:  # noqa: ANN401 - of either library
        url = str(request.url)
        for root in (connection.invoiced_url, connection.chargebee_url):
            if response is not None and url.startswith(f"{root}/"):
                call = _name_call(request.method, urlsplit(url.removeprefix(root)).path)
                body = _decode(response.text)
                answers.append(Answer(call, response.status_code, body))

    with hook_calls(after=note):
        yield answers


def _name_call(method: str, path: str) -> str:
    steps = path.strip("/").split("/")
    return f"{method} /" + "/".join(
        step if _WORD.fullmatch(step) else "{id}" for step in steps
    )


def _decode(text: str) -> Json:
    """Return the content of an answer; a text that is not JSON has only a type."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return "no JSON"


def shapes_of(answers: Iterable[Answer]) -> Shapes:
    """Return the shape of the answers to each call, one for each status."""
    found: dict[str, Shape] = {}
    for answer in answers:
        key = f"{answer.call} {answer.status}"
        found[key] = merge(found.get(key, Shape()), shape_of(answer.body))
    return dict(sorted(found.items()))


def find_differences(real: Shapes, ours: Shapes) -> list[str]:
    """Return how the shapes of our answers differ from the real ones, as lines."""
    lines = [
        f"the sandbox answered {key}, the twin did not" for key in real.keys() - ours
    ]
    lines += [
        f"the twin answered {key}, the sandbox did not" for key in ours.keys() - real
    ]
    for key in sorted(real.keys() & ours):
        lines += find_misfits(real[key], ours[key], f"{key}: answer")
    return sorted(lines)


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
    """Return the shape of all values that have one of these."""
    return functools.reduce(merge, shapes, Shape())


def merge(one: Shape, other: Shape) -> Shape:
    """Return the shape of all values that have one or the other."""
    return Shape(
        one.words | other.words,
        _members(one.members, other.members),
        _either(one.elements, other.elements),
    )


def _either(one: Shape | None, other: Shape | None) -> Shape | None:
    if one is None or other is None:
        return one or other
    return merge(one, other)


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
        found[name] = (merge(first[0], second[0]), first[1] and second[1])
    return found


def as_json(shape: Shape) -> Json:
    """Return a shape as JSON."""
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
    """Return the shape of its JSON."""
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


def find_misfits(real: Shape, ours: Shape, place: str) -> list[str]:
    """Return how ours differs from the real one, each difference with its place."""
    wrong = [f"{place} is {word}" for word in sorted(_find_unknown(real, ours))]
    if real.members is not None and ours.members is not None:
        wrong += _find_misfit_members(real.members, ours.members, place)
    if real.elements is not None and ours.elements is not None:
        wrong += find_misfits(real.elements, ours.elements, f"{place}[]")
    return wrong


def _find_unknown(real: Shape, ours: Shape) -> set[str]:
    known = real.words | ({"integer"} if "number" in real.words else set())
    kinds = {"an object": "members", "a list": "elements"}
    if real == Shape():  # no value was there, as in an empty list
        return set()
    return set(ours.words - known) | {
        word
        for word, kind in kinds.items()
        if getattr(ours, kind) is not None and getattr(real, kind) is None
    }


def _find_misfit_members(
    real: Mapping[str, tuple[Shape, bool]],
    ours: Mapping[str, tuple[Shape, bool]],
    place: str,
) -> list[str]:
    lacking = {name for name, (_, always) in real.items() if always} - ours.keys()
    wrong = [f"{place}.{name} is missing" for name in sorted(lacking)]
    wrong += [
        f"{place}.{name} is not in the sandbox's answer"
        for name in sorted(ours.keys() - real)
    ]
    for name in sorted(ours.keys() & real):
        wrong += find_misfits(real[name][0], ours[name][0], f"{place}.{name}")
    return wrong


def read_shapes(folder: Path, test: str) -> Shapes | None:
    """Return the shapes of the answers to a test; None if no sandbox has run it."""
    path, name = _locate(folder, test)
    stored = _read_file(path).get(name)
    if stored is None:
        return None
    return {call: from_json(shape) for call, shape in stored.items()}


def write_shapes(folder: Path, found: Mapping[str, Shapes]) -> None:
    """Store the shapes of these tests, and keep those of others."""
    files: dict[Path, dict[str, object]] = {}
    for test, shapes in found.items():
        path, name = _locate(folder, test)
        stored = files.setdefault(path, dict(_read_file(path)))
        stored[name] = {call: as_json(shape) for call, shape in shapes.items()}
    for path, stored in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(stored, indent=1, sort_keys=True) + "\n")


def _locate(folder: Path, test: str) -> tuple[Path, str]:
    module, _, name = test.partition("::")
    return folder / Path(module).with_suffix(".json").name, name


def _read_file(path: Path) -> Mapping[str, Mapping[str, object]]:
    try:
        found: Mapping[str, Mapping[str, object]] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise FileError(
            f"{path} is not valid JSON ({error}): restore it, or delete it and run the"
            " suite on a sandbox again."
        ) from error
    return found
