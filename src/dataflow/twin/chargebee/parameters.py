"""The parameters of an operation, under the names that a request has."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache

from dataflow.twin.chargebee import types
from dataflow.twin.chargebee.calls import Operation
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.routes import ROUTES
from dataflow.twin.chargebee.vendor_calls import load_vendor_calls, normalise_name
from dataflow.twin.coverage import CallCoverage
from dataflow.twin.resource import Field, Type
from dataflow.twin.unbuilt import NotBuiltError

#: In the vendor's table, the end of a list of words that goes on elsewhere.
_ENDLESS = "..."


def find_dropped(
    method: str, path: str, built: Container[str], names: Iterable[str]
) -> tuple[str, ...]:
    """Return the names that the call does not have, which the vendor drops.

    Raise `NotBuiltError` for a parameter that the vendor has and the twin lacks.
    """
    others = [name for name in names if normalise_name(name) not in built]
    if not others:
        return ()
    call = load_vendor_calls().get((method, path))
    for name in others:
        if call is not None and call.has(normalise_name(name)):
            raise NotBuiltError(f"the parameter {name} of {method} /{path}")
    return tuple(dict.fromkeys(others))


def has_unknown_word(method: str, path: str, pairs: Iterable[tuple[str, str]]) -> bool:
    """Return whether a filter asks for a word that its property never has."""
    call = load_vendor_calls().get((method, path))
    known = call.parameters if call is not None else {}
    for name, value in pairs:
        words = known[name].words if name in known else frozenset()
        is_filter = name in known and known[name].type.startswith("filter")
        if words and is_filter and _ENDLESS not in words and "is_present" not in name:
            asked = types.parse_list(value) if value.startswith("[") else [value]
            if not words.issuperset(asked or ()):
                return True
    return False


@cache
def list_parameters(operation: Operation) -> Mapping[str, Field]:
    """Return the parameters by name, with `[i]` in place of an index."""
    found = dict(_flatten(operation.fields))
    if operation.spec is not None:
        found.update(_list_filters(operation.spec))
    return found


def _flatten(
    every: Iterable[Field], template: str = "{}"
) -> Iterator[tuple[str, Field]]:
    for field in every:
        name = template.format(field.name)
        match field.type:
            case types.Group(fields=inner):
                yield from _flatten(inner, f"{name}[{{}}]")
            case types.Rows(fields=inner):
                yield from _flatten(inner, f"{name}[{{}}][i]")
            case types.Words():
                yield f"{name}[i]", field
            case _:
                yield name, field


def _list_filters(spec: ListSpec) -> Iterator[tuple[str, Field]]:
    for name, kind in spec.filters.items():
        for operator in kind.operators:
            full = f"{name}[{operator}]" if operator else name
            yield full, Field(name, kind.type)
    others: dict[str, Type] = {
        "limit": types.Integer(1, 100),
        "offset": types.Text(1000),
    }
    if spec.sorts:
        sorts = types.OneOf(" ".join(spec.sorts))
        others |= {"sort_by[asc]": sorts, "sort_by[desc]": sorts}
    if spec.include_deleted:
        others["include_deleted"] = types.Boolean()
    yield from ((name, Field(name, type_)) for name, type_ in others.items())


def measure_coverage() -> Iterator[CallCoverage]:
    """Yield the coverage of each call that Chargebee has."""
    for (method, path), call in load_vendor_calls().items():
        operation = ROUTES.get(path, {}).get(method)
        built = list_parameters(operation) if operation else {}
        yield CallCoverage(
            "Chargebee",
            call.operation.partition(".")[0],
            is_built=operation is not None,
            built_parameters=len(built.keys() & call.parameters.keys()),
            all_parameters=len(call.parameters),
        )
