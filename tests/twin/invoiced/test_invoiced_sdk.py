"""Every method of Invoiced's own client, called with as little as it takes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from invoiced import objects
from invoiced.operations import InvoicedObject

from dataflow.twin.gateway import LockedTwin
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.invoiced.routes import find_route
from dataflow.vendors.connection import Connection, invoiced_client
from tests.twin.invoiced.conftest import KEY
from tests.twin.sdk_methods import (
    Exchange,
    call_anyway,
    find_methods,
    is_not_built,
    record_exchanges,
)

#: Methods of the client's objects that make no call.
SILENT = {"endpoint", "endpoint_base", "refresh_from", "set_endpoint_base", "update"}
#: Calls of the client that the vendor's server does not have.
UNKNOWN = {
    *(f"GET {path}/{{id}}" for path in ("/notes", "/webhooks")),
    *(
        call.format(parent)
        for parent in ("customers", "invoices")
        for call in (
            "POST /{}/{{id}}/notes",
            "GET /{}/{{id}}/notes/{{id}}",
            "PATCH /{}/{{id}}/notes/{{id}}",
            "DELETE /{}/{{id}}/notes/{{id}}",
        )
    ),
}


@pytest.fixture
def calls(twin: InvoicedTwin) -> Iterator[list[Exchange]]:
    """Yield the calls of all methods, with their answers."""
    with record_exchanges(LockedTwin(twin).handle) as (url, found):
        client = invoiced_client(Connection(url, KEY, "", "", ""))
        kinds = [kind for kind in vars(client).values() if hasattr(kind, "endpoint")]
        for kind in kinds:
            call_methods(kind, type(kind))
        for parent in (objects.Customer, objects.Invoice):
            for name in ("contacts", "line_items", "list_notes", "notes"):
                if hasattr(parent, name):
                    below = getattr(parent(client, 5, {}), name)()
                    call_methods(below, type(below))
        yield found


def call_methods(kind: Any, of: type[InvoicedObject]) -> None:  # noqa: ANN401 - untyped
    """Call each method of a kind, on a record where one is needed."""
    for name, method in find_methods(of):
        if name not in SILENT:
            arguments = [5] if "id" in inspect.signature(method).parameters else []
            on = kind if name in ("create", "list", "retrieve") else one(kind)
            call_anyway(getattr(on, name), *arguments)


def one(kind: Any) -> Any:  # noqa: ANN401 - untyped
    """Return a record of a kind with an edit that is not saved."""
    record = type(kind)(kind._client, 5, {})
    record.set_endpoint_base(kind.endpoint_base())
    record["name"] = "Other"
    return record


def test_each_method_gets_an_answer(calls: list[Exchange]) -> None:
    """A method gets an answer of the vendor, or the twin's own: it is not built."""
    unknown = {
        f"{request.method} {find_route(request.path)}"
        for request, response in calls
        if not is_not_built(response)
        and (response.status == 405 or b"was not recognized" in response.body)
    }

    assert len(calls) > 150
    assert UNKNOWN == unknown
