"""Calls every method of Invoiced's client, with as little as it takes."""

from __future__ import annotations

import inspect
from typing import Any

from tests.twin.sdk_methods import call_anyway, find_methods

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


def call_every_method(client: Any, objects: Any) -> None:  # noqa: ANN401 - untyped
    """Call each method of a client, and of what is below a customer and an invoice."""
    for kind in list(vars(client).values()):
        if hasattr(kind, "endpoint"):
            _call_methods(kind)
    for parent in (objects.Customer, objects.Invoice):
        for name in ("contacts", "line_items", "list_notes", "notes"):
            if hasattr(parent, name):
                _call_methods(getattr(parent(client, 5, {}), name)())


def _call_methods(kind: Any) -> None:  # noqa: ANN401 - untyped
    """Call each method of a kind, on a record where one is needed."""
    for name, method in find_methods(type(kind)):
        if name not in SILENT:
            arguments = [5] if "id" in inspect.signature(method).parameters else []
            on = kind if name in ("create", "list", "retrieve") else _one(kind)
            call_anyway(getattr(on, name), *arguments)


def _one(kind: Any) -> Any:  # noqa: ANN401 - untyped
    """Return a record of a kind with an edit that is not saved."""
    record = type(kind)(kind._client, 5, {})
    record.set_endpoint_base(kind.endpoint_base())
    record["name"] = "Other"
    return record
