"""The tables of the Invoiced twin against the vendor's own calls and parameters."""

from __future__ import annotations

import pytest

from dataflow.twin.coverage import render_coverage
from dataflow.twin.invoiced import (
    contacts,
    custom_fields,
    customers,
    invoice_lines,
    invoices,
    items,
    notes,
    payments,
    types,
)
from dataflow.twin.invoiced.calls import Operation
from dataflow.twin.invoiced.lists import NOT_BUILT
from dataflow.twin.invoiced.routes import ROUTES, UNBUILT, measure_coverage
from dataflow.twin.invoiced.types import not_built
from dataflow.twin.invoiced.vendor_calls import VendorParameter, load_vendor_calls
from dataflow.twin.resource import Field

#: Documented as required; the vendor's model does not declare it.
DOCUMENTED_AS_REQUIRED = {("/invoices", "customer")}
#: Limits that the vendor's table of calls leaves out: those of its model, and of names.
LIMITED_ELSEWHERE = {
    ("/invoices", "number"),
    ("/invoices", "purchase_order"),
    ("/items", "name"),
}
#: Documented for invoices and their lines; the vendor's table of calls leaves them out.
OF_INVOICES = {"discount", "discounts", "metadata", "tax", "taxes"}
#: Another name of the items, and what the vendor's documentation adds to its server.
ALIAS = "/catalog_items"
TABLES = {
    "/customers": customers.FIELDS,
    "/invoices": invoices.FIELDS,
    "/items": items.FIELDS,
    "/payments": payments.FIELDS,
    "/invoices/{id}/line_items": invoice_lines.FIELDS,
    "/customers/{id}/contacts": contacts.FIELDS,
    "/notes": notes.FIELDS,
    "/custom_fields": custom_fields.FIELDS,
}
BUILT = [
    pytest.param(method, path, operation, id=f"{method} {path}")
    for path, methods in ROUTES.items()
    if not path.startswith(ALIAS)
    for method, operation in methods.items()
]


@pytest.mark.parametrize(("method", "path", "operation"), BUILT)
def test_each_parameter_is_built_or_declared_not_built(
    method: str, path: str, operation: Operation
) -> None:
    """A built call has all parameters of the vendor, or states which it lacks."""
    vendor = load_vendor_calls()[method, path].keys()
    table = TABLES.get(path.removesuffix("/{id}")) if method != "GET" else None
    declared = {field.name for field in (table.all if table else ())}
    lacking = {f.name for f in (table.all if table else ()) if f.type is not_built}
    built = vendor if operation.parameters is None else operation.parameters

    assert set() == vendor - built - NOT_BUILT - declared - {"reconcile"}
    assert set() == built & lacking


def test_each_call_of_the_vendor_is_built_or_not() -> None:
    """A call is built, or one that the twin lacks; never both, and none is invented."""
    calls = load_vendor_calls()
    built = {
        (method, path)
        for path, methods in ROUTES.items()
        for method in methods
        if not path.startswith(ALIAS)
    }

    assert len(calls) > 130
    assert set() == built - calls.keys()
    assert calls.keys() - built == {call for call in calls if UNBUILT.has(*call)}


@pytest.mark.parametrize("path", TABLES)
def test_each_field_is_the_vendors(path: str) -> None:
    """A field that is built is a parameter of the vendor, in a creation or an edit."""
    table = TABLES[path]
    fields = (*table.of("create"), *table.of("update"))
    sent = {field.name for field in fields} & table.built
    calls = load_vendor_calls()
    known = {*calls["POST", path], *calls["PATCH", path + "/{id}"]}
    elsewhere = OF_INVOICES if path.startswith("/invoices") else set()

    assert set() == sent - known - elsewhere


def limits(field: Field) -> tuple[object, ...]:
    """Return the longest text and the words of a field."""
    match field.type:
        case types.Text(longest=longest):
            return longest, set()
        case types.OneOf(words=words):
            return None, set(words.split())
        case types.language:
            return types.LETTERS, set()
        case _:
            return None, set()


def declared(parameter: VendorParameter) -> tuple[object, ...]:
    """Return the same of the vendor's declaration."""
    return parameter.most, set(parameter.words)


@pytest.mark.parametrize("path", TABLES)
def test_each_limit_is_the_vendors(path: str) -> None:
    """A field that is built has the length and the words that the vendor declares."""
    known, table = load_vendor_calls()["POST", path], TABLES[path]
    differing = {
        field.name: (limits(field), declared(known[field.name]))
        for field in table.all
        if field.name in known.keys() & table.built
        and (path, field.name) not in LIMITED_ELSEWHERE
        and limits(field) != declared(known[field.name])
    }

    assert {} == differing


def test_only_what_the_vendor_requires_is_required() -> None:
    """A field that a creation requires is one that the vendor requires."""
    calls = load_vendor_calls()
    required = {
        (path, field.name)
        for path, table in TABLES.items()
        for field in table.all
        if field.required
    }

    assert DOCUMENTED_AS_REQUIRED == {
        (path, name)
        for path, name in required
        if not calls["POST", path][name].is_required
    }


def test_the_coverage_has_a_line_for_each_resource() -> None:
    """The table of the coverage has a line for each resource, and one for all."""
    resources = {path.split("/")[1] for _, path in load_vendor_calls()}
    table = render_coverage(measure_coverage())

    assert len(resources) + 1 == table.row_count


def test_the_coverage_counts_calls_and_parameters() -> None:
    """Each call of the vendor is counted once, by its resource."""
    found = list(measure_coverage())
    customers_built = [c for c in found if c.resource == "customers" and c.is_built]

    assert len(found) == len(load_vendor_calls())
    assert 5 <= len(customers_built)
    assert all(c.built_parameters <= c.all_parameters for c in found)
    assert {"Invoiced"} == {c.vendor for c in found}
