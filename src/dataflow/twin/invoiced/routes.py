"""Every route of Invoiced that the twin answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TypeAlias

from dataflow.twin.coverage import CallCoverage
from dataflow.twin.evidence import Behaviour
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import handlers, invoice_lines
from dataflow.twin.invoiced.account import Account
from dataflow.twin.invoiced.encoding import (
    is_form,
)
from dataflow.twin.invoiced.errors import RefusalError, refuse_unknown
from dataflow.twin.invoiced.lists import (
    NOT_BUILT,
    PARAMETERS,
    SHOWN,
    Resource,
)
from dataflow.twin.invoiced.side_records import (
    CONTACTS,
    CUSTOM_FIELDS,
    NOTES,
    SideKind,
)
from dataflow.twin.invoiced.vendor_calls import OTHER_RESOURCES, load_vendor_calls
from dataflow.twin.messages import Request, Response
from dataflow.twin.unbuilt import NotBuiltError, UnbuiltCalls

#: Answers a call, given the ids in its path.
Handler: TypeAlias = "Callable[..., Response]"


@dataclass(frozen=True, slots=True)
class Operation:
    """One built call: its handler, and the parameters that it understands.

    None stands for all: the vendor reads none of those that its model names. A `strict`
    call refuses unknown parameters in the query with this behaviour.
    """

    handler: Handler
    parameters: frozenset[str] | None = frozenset()
    strict: Behaviour | None = None


def perform(account: Account, request: Request, root: str) -> Response:
    """Answer a request."""
    operations = ROUTES.get(find_route(request.path), {})
    operation = operations.get(request.method)
    if operation is None:
        raise _make_unknown_call(request, is_route=bool(operations))
    _refuse_unbuilt(operation, request)
    if request.body and is_form(request):
        account.cite(b.BODY_FORM)
    call = handlers.Call(account, request, root)
    return operation.handler(call, *request.path.split("/")[2::2])


def _make_unknown_call(request: Request, *, is_route: bool) -> Exception:
    """Return the error for a call that the twin does not have."""
    call = f"{request.method} {request.path}"
    if UNBUILT.has(request.method, request.path):
        return NotBuiltError()
    if is_route:
        message, status = f"Method not allowed: {call}", HTTPStatus.METHOD_NOT_ALLOWED
        return RefusalError(message, b.METHOD_WRONG, status=status)
    message, status = f"Request was not recognized: {call}", HTTPStatus.NOT_FOUND
    return RefusalError(message, b.ROUTE_UNKNOWN, status=status)


def _refuse_unbuilt(operation: Operation, request: Request) -> None:
    """Refuse what the query may not hold: what the twin lacks, or is unknown."""
    if not request.query or operation.parameters is None:
        return
    vendor = load_vendor_calls().get((request.method, find_route(request.path)), {})
    names = [key.partition("[")[0] for key, _ in request.query]
    for name in names:
        if name in NOT_BUILT or (name in vendor and name not in operation.parameters):
            raise NotBuiltError(f"the parameter {name}")
    if operation.strict is not None:
        known = operation.parameters | vendor.keys()
        refuse_unknown(names, known, operation.strict, param="query")


def find_route(path: str) -> str:
    """Return the route of a path, as `/customers/{id}`: each second step is an id."""
    steps = path.split("/")
    steps[2::2] = ["{id}" if step else "" for step in steps[2::2]]
    return "/".join(steps)


def _standard(name: str, resource: Resource) -> dict[str, dict[str, Operation]]:
    """Return the routes that most resources have."""
    spec = resource.list_spec
    sent = spec.fields.built
    listed = Operation(
        partial(handlers.list_all, resource), spec.parameters, spec.strict_query
    )
    return {
        f"/{name}": {
            "GET": listed,
            "POST": Operation(partial(handlers.create, resource), sent),
        },
        f"/{name}/{{id}}": {
            "GET": Operation(partial(handlers.retrieve, resource), SHOWN),
            "PATCH": Operation(partial(handlers.update, resource), sent),
            "DELETE": Operation(partial(handlers.delete, resource)),
        },
    }


def _side(
    path: str, kind: SideKind, parent: str | None, methods: str
) -> dict[str, dict[str, Operation]]:
    """Return the routes of contacts, notes or custom fields with these methods."""
    sent, listed = kind.fields.built, kind.list_spec.parameters
    every = {
        path: {
            "GET": Operation(partial(handlers.list_side, kind, parent), listed),
            "POST": Operation(partial(handlers.create_side, kind, parent), sent),
        },
        f"{path}/{{id}}": {
            "GET": Operation(partial(handlers.retrieve_side, kind, parent), SHOWN),
            "PATCH": Operation(partial(handlers.update_side, kind, parent), sent),
            "DELETE": Operation(partial(handlers.delete_side, kind, parent)),
        },
    }
    return {
        route: {method: it for method, it in found.items() if method in methods}
        for route, found in every.items()
    }


_LINE = invoice_lines.FIELDS.built
_EVERY = "GET POST PATCH DELETE"

_STANDARD = {
    path: operations
    for name, resource in handlers.RESOURCES.items()
    for path, operations in _standard(name, resource).items()
}

#: The built calls, by route and method.
ROUTES: Mapping[str, Mapping[str, Operation]] = {
    **_STANDARD,
    "/customers/{id}/balance": {"GET": Operation(handlers.sum_balance)},
    "/customers/{id}/merge": {"POST": Operation(handlers.merge, None)},
    **_side("/customers/{id}/contacts", CONTACTS, "customer", _EVERY),
    "/customers/{id}/notes": {
        "GET": Operation(partial(handlers.list_side, NOTES, "customer"), PARAMETERS)
    },
    "/invoices/{id}/notes": {
        "GET": Operation(partial(handlers.list_side, NOTES, "invoice"), PARAMETERS)
    },
    "/notes": _side("/notes", NOTES, None, _EVERY)["/notes"],
    "/notes/{id}": _side("/notes", NOTES, None, "PATCH DELETE")["/notes/{id}"],
    **_side("/custom_fields", CUSTOM_FIELDS, None, _EVERY),
    "/invoices/{id}/void": {"POST": Operation(handlers.void, None)},
    "/invoices/{id}/line_items": {
        "GET": Operation(handlers.list_lines, PARAMETERS),
        "POST": Operation(handlers.create_line, _LINE),
    },
    "/invoices/{id}/line_items/{id}": {
        "GET": Operation(handlers.retrieve_line),
        "PATCH": Operation(handlers.update_line, _LINE),
        "DELETE": Operation(handlers.delete_line),
    },
    "/events": {"GET": Operation(handlers.list_events, PARAMETERS)},
    "/events/{id}": {"GET": Operation(handlers.retrieve_event)},
}

#: The calls that Invoiced has and the twin lacks.
UNBUILT = UnbuiltCalls(
    OTHER_RESOURCES,
    frozenset(
        (method, tuple(path.strip("/").split("/")))
        for method, path in load_vendor_calls()
        if method not in ROUTES.get(path, ())
    ),
)


def measure_coverage() -> Iterator[CallCoverage]:
    """Yield the coverage of each call that Invoiced has."""
    for (method, path), parameters in load_vendor_calls().items():
        operation = ROUTES.get(path, {}).get(method)
        built = operation.parameters if operation else frozenset[str]()
        yield CallCoverage(
            "Invoiced",
            path.split("/")[1],
            is_built=operation is not None,
            built_parameters=len(
                parameters.keys() if built is None else built & parameters.keys()
            ),
            all_parameters=len(parameters),
        )
