"""What the SDKs of both vendors declare: their calls, and the parameters of these.

A parameter's name has no `[i]` for an index, and ends in `[*]` if any part may follow.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from tests.twin.invoiced.sdk_calls import call_every_method


@dataclass(frozen=True, slots=True)
class Parameter:
    """The limits of a parameter; `most` and `least` are of a number or of a length."""

    is_required: bool = False
    most: int | None = None
    least: float | None = None
    words: frozenset[str] = frozenset()


#: Parameters by name; of some, a name is all that an SDK declares.
Parameters: TypeAlias = Mapping[str, Parameter | None]
#: Parameters by method and path.
Calls: TypeAlias = Mapping[tuple[str, str], Parameters]

#: What the schemas have as bound of an integer without one.
_NO_BOUND = 2**53 - 1
_ANNOTATION = re.compile(r"(?:(Required|NotRequired)\[)?(?:List\[)?([\w.]+).*")


# Chargebee's Node SDK: schemas


def read_schemas(calls: Iterable[Mapping[str, Any]]) -> Calls:
    """Return the calls that `schemas.mjs` prints."""
    return {
        (each["method"], each["path"].strip("/")): dict(_flatten(each["schema"]))
        for each in calls
    }


def _flatten(
    schema: Mapping[str, Any], name: str = "{}"
) -> Iterator[tuple[str, Parameter]]:
    for key, each in schema.get("properties", {}).items():
        found = each["items"] if each.get("type") == "array" else each
        if found.get("type") != "object":
            is_required = key in schema.get("required", ())
            yield name.format(key), _read_limits(found, is_required=is_required)
        elif "properties" in found:
            yield from _flatten(found, f"{name.format(key)}[{{}}]")
        else:
            yield f"{name.format(key)}[*]", Parameter()


def _read_limits(schema: Mapping[str, Any], *, is_required: bool) -> Parameter:
    most = schema.get("maxLength", schema.get("maximum"))
    least = schema.get("minLength", schema.get("minimum"))
    return Parameter(
        is_required,
        None if most == _NO_BOUND else most,
        None if least == -_NO_BOUND else least,
        frozenset(map(str, schema.get("enum", ()))),
    )


# Chargebee's Python SDK: source


def read_source(package: Path) -> Calls:
    """Return the calls in the source of Chargebee's SDK, with the parameters' names."""
    calls: dict[tuple[str, str], Parameters] = {}
    for path in sorted(package.glob("models/*/operations.py")):
        for model in ast.parse(path.read_text("utf-8")).body:
            if isinstance(model, ast.ClassDef):
                calls.update(_read_model(model))
    return calls


def _read_model(model: ast.ClassDef) -> Iterator[tuple[tuple[str, str], Parameters]]:
    types = {
        f"{prefix}{each.name}": each
        for each in model.body
        if isinstance(each, ast.ClassDef)
        for prefix in ("", f"{model.name}.")
    }
    for method in model.body:
        if isinstance(method, ast.FunctionDef):
            hints = [
                ast.unparse(a.annotation) for a in method.args.args if a.annotation
            ]
            names = [name for h in hints if h in types for name in _name(types, h)]
            for call in filter(_is_sent, ast.walk(method)):
                yield _read_call(call), dict.fromkeys(names)


def _is_sent(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).startswith(
        "request.send"
    )


def _read_call(call: Any) -> tuple[str, str]:  # noqa: ANN401 - a call of `send`
    steps = (ast.unparse(step) for step in call.args[1].args)
    path = "/".join(
        ast.literal_eval(s).strip("/") if s[0] in "'\"" else "{id}" for s in steps
    )
    return call.args[0].value.upper(), path


def _name(
    types: Mapping[str, ast.ClassDef], type_: str, name: str = "{}"
) -> Iterator[str]:
    """Yield the names of the parameters in a class of them."""
    for line in types[type_].body:
        if isinstance(line, ast.AnnAssign):
            own = name.format(ast.unparse(line.target))
            hint = ast.unparse(line.annotation).replace("'", "").replace('"', "")
            found = _ANNOTATION.sub(r"\2", hint)
            if found.startswith("Filters."):
                yield f"{own}[*]"
            elif "TypedDict" in _bases(types.get(found)):
                yield from _name(types, found, f"{own}[{{}}]")
            else:
                yield own


def _bases(type_: ast.ClassDef | None) -> list[str]:
    return [ast.unparse(base) for base in type_.bases] if type_ else []


# Invoiced's client: what it calls


class _AskedError(Exception):
    """A call of the client, in place of its answer."""


def read_client(client: Any, objects: Any) -> Calls:  # noqa: ANN401 - untyped
    """Return the calls of all methods of Invoiced's client; none is made."""
    calls: dict[tuple[str, str], Parameters] = {}

    def request(method: str, path: str, *_args: object, **_named: object) -> None:
        calls[method.upper(), re.sub(r"/5(?=/|$)", "/{id}", path)] = {}
        raise _AskedError

    client.request = request
    call_every_method(client, objects)
    return calls
