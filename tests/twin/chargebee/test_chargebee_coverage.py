"""The tables of the Chargebee twin against the vendor's own schemas."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from dataflow.cli import main
from dataflow.twin.chargebee import types
from dataflow.twin.chargebee.calls import Operation
from dataflow.twin.chargebee.parameters import list_parameters
from dataflow.twin.chargebee.routes import PREFIX, ROUTES, find_route
from dataflow.twin.chargebee.vendor_calls import (
    VendorCall,
    VendorParameter,
    load_vendor_calls,
)
from dataflow.twin.resource import Field

#: The twin asks for these, as the documentation does; the schemas leave them open.
DOCUMENTED_AS_REQUIRED = {
    "customer_id",
    "currency_code",
    "item_prices[item_price_id][i]",
    "charges[amount][i]",
    "charges[description][i]",
    "line_items[description][i]",
    "payments[amount][i]",
    "payments[payment_method][i]",
    "taxes[name][i]",
    "taxes[rate][i]",
    "discounts[entity_type][i]",
    "discounts[amount][i]",
}
#: The twin bounds these below, which the schemas leave open.
BOUNDED = {"net_term_days", "line_items[quantity][i]"}

#: Documented, and in no SDK of version 3.
NOT_IN_THE_SDK = {("GET", "custom_field_configs")}

BUILT = [
    pytest.param(method, path, operation, id=f"{method} {path}")
    for path, methods in ROUTES.items()
    for method, operation in methods.items()
    if (method, path) not in NOT_IN_THE_SDK
]
NONE = Operation(lambda _call: {})
every_call = pytest.mark.parametrize(("method", "path", "operation"), BUILT)


def vendor_call(method: str, path: str) -> VendorCall:
    """Return the vendor's own declaration of a call."""
    return load_vendor_calls()[method, path]


def limits(field: Field) -> tuple[object, ...]:
    """Return the longest text, the least and greatest number, and the words."""
    match field.type:
        case types.Text(longest=longest) | types.Words(longest=longest):
            return longest, None, None, frozenset()
        case (
            types.Integer(least=least, most=most) | types.Number(least=least, most=most)
        ):
            return None, least, most, frozenset()
        case types.OneOf(words=words):
            return None, None, None, frozenset(words.split())
        case _:
            return None, None, None, frozenset()


def declared(parameter: VendorParameter) -> tuple[object, ...]:
    """Return the same of the vendor's declaration."""
    if "int" in parameter.type or "number" in parameter.type:
        return None, parameter.least, parameter.most, frozenset()
    return parameter.most, None, None, parameter.words


@every_call
def test_each_parameter_is_the_vendors(
    method: str, path: str, operation: Operation
) -> None:
    """The twin has no parameter that the vendor's schemas lack."""
    call = vendor_call(method, path)

    assert set() == {name for name in list_parameters(operation) if not call.has(name)}


@every_call
def test_each_limit_is_the_vendors(
    method: str, path: str, operation: Operation
) -> None:
    """A parameter has the length, bounds and words of the vendor's schemas."""
    known = vendor_call(method, path).parameters
    differing = {
        name: (limits(field), declared(known[name]))
        for name, field in list_parameters(operation).items()
        if name in known.keys() - BOUNDED
        and not known[name].type.startswith(("object", "filter"))
        and not name.startswith("sort_by")
        and limits(field) != declared(known[name])
    }

    assert {} == differing


#: The types of the twin as the vendor's schemas name them; all others are texts.
NAMES = {
    types.Integer: "int",
    types.Timestamp: "int",
    types.Number: "number",
    types.Boolean: "boolean",
    types.OneOf: "enum",
    types.JsonObject: "object(any)",
}


def type_of(field: Field) -> str:
    """Return the type of a parameter as the vendor's schemas name it."""
    if field.type == types.EMAIL:
        return "string:email"
    return next((n for t, n in NAMES.items() if isinstance(field.type, t)), "string")


@every_call
def test_each_type_is_the_vendors(method: str, path: str, operation: Operation) -> None:
    """A parameter has the type of the vendor's schemas, and so has each of a list."""
    known = vendor_call(method, path).parameters
    differing = {
        name: (type_of(field), known[name].type)
        for name, field in list_parameters(operation).items()
        if name in known
        and not known[name].type.startswith(("object", "filter"))
        and type_of(field) != known[name].type.removeprefix("array of ")
    }

    assert {} == differing


@pytest.mark.parametrize(
    ("path", "operation"),
    [(path, ops["GET"]) for path, ops in ROUTES.items() if ops.get("GET", NONE).spec],
)
def test_a_list_has_the_vendors_times_and_orders(
    path: str, operation: Operation
) -> None:
    """A filter of a time is one of the vendor's; both sort by the same properties."""
    known = vendor_call("GET", path).parameters
    differing = {
        name
        for name, field in list_parameters(operation).items()
        if "[" in name
        and (
            isinstance(field.type, types.Timestamp)
            is not (known[name].type == "filter timestamp")
            or (name.startswith("sort_by") and limits(field) != declared(known[name]))
        )
    }

    assert set() == differing


@pytest.mark.parametrize("path", sorted({path for path in ROUTES if "/" not in path}))
def test_what_the_vendor_updates_is_not_immutable(path: str) -> None:
    """A parameter of creations is one of the update too, if the vendor has it there."""
    update = ROUTES.get(f"{path}/{{id}}", {}).get("POST")
    created = [
        list_parameters(methods["POST"]).keys()
        for other, methods in ROUTES.items()
        if other.partition("/")[0] == path and "{id}" not in other and "POST" in methods
    ]
    updated = vendor_call("POST", f"{path}/{{id}}").parameters if update else {}
    built = list_parameters(update).keys() if update else set()

    assert set() == set().union(*created) & updated.keys() - built


@every_call
def test_what_is_required_is_required(
    method: str, path: str, operation: Operation
) -> None:
    """A call asks for what the vendor requires, and for what its pages say."""
    known = vendor_call(method, path).parameters
    wanted = {name for name, parameter in known.items() if parameter.is_required}
    asked = {n for n, field in list_parameters(operation).items() if field.required}

    assert wanted == asked - DOCUMENTED_AS_REQUIRED | wanted & DOCUMENTED_AS_REQUIRED


def test_each_call_of_the_twin_is_the_vendors() -> None:
    """The twin has no call that the vendor's SDK lacks."""
    calls = load_vendor_calls().keys()
    built = {(method, path) for path, methods in ROUTES.items() for method in methods}

    assert NOT_IN_THE_SDK == built - calls


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("customers/7", "/customers/{id}"),
        ("customers/merge", "/customers/merge"),
        ("promotional_credits/add", "/promotional_credits/add"),
        ("customers/", "/api/v2/customers/"),
        ("unicorns", "/api/v2/unicorns"),
    ],
)
def test_a_path_has_its_route(path: str, route: str) -> None:
    """A path is found by its literal steps, else by an id in second place."""
    found = find_route(f"{PREFIX}{path}")

    assert route == found


def test_the_coverage_is_printed() -> None:
    """`dataflow twin --coverage` has a line per resource, and serves nothing."""
    result = CliRunner().invoke(main, ["twin", "--coverage"])
    lines = [line.split() for line in result.output.splitlines()]
    orders = [line for line in lines if line[:2] == ["Chargebee", "order"]]

    assert 0 == result.exit_code
    assert ["of", "12"] == orders[0][3:5]
