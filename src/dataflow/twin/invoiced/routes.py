"""Every route of Invoiced that the twin answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http import HTTPStatus

from dataflow.twin.coverage import CallCoverage
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import customers, events, invoices, line_items
from dataflow.twin.invoiced.account import Account
from dataflow.twin.invoiced.calls import Operation, Routes
from dataflow.twin.invoiced.contacts import CONTACT
from dataflow.twin.invoiced.custom_fields import CUSTOM_FIELD
from dataflow.twin.invoiced.customers import CUSTOMER
from dataflow.twin.invoiced.encoding import Call, encode_page, is_form
from dataflow.twin.invoiced.errors import RefusalError, encode_answer, refuse_unknown
from dataflow.twin.invoiced.invoices import INVOICE
from dataflow.twin.invoiced.items import ITEM
from dataflow.twin.invoiced.lists import NOT_BUILT, PARAMETERS, Query
from dataflow.twin.invoiced.notes import NOTE
from dataflow.twin.invoiced.payments import PAYMENT
from dataflow.twin.invoiced.vendor_calls import OTHER_RESOURCES, load_vendor_calls
from dataflow.twin.messages import Request, Response
from dataflow.twin.unbuilt import NotBuiltError, UnbuiltCalls


def perform(account: Account, request: Request, root: str) -> Response:
    """Answer a request."""
    operations = ROUTES.get(find_route(request.path), {})
    operation = operations.get(request.method)
    if operation is None:
        raise _make_unknown_call(request, is_route=bool(operations))
    _refuse_unbuilt(operation, request)
    if request.body and is_form(request):
        account.cite(b.BODY_FORM)
    call = Call(account, request, root)
    return operation.rule(call, *request.path.split("/")[2::2])


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


def _list_events(call: Call) -> Response:
    """Answer one page of events."""
    found = events.select(call.account, Query.read(call.request))
    return encode_page(call, found, partial(events.read, call.account))


def _retrieve_event(call: Call, identifier: str) -> Response:
    """Answer one event."""
    return encode_answer(HTTPStatus.OK, events.retrieve(call.account, identifier))


#: The built calls, by route and method.
ROUTES: Routes = {
    **CUSTOMER.routes("/customers"),
    "/customers/{id}/balance": {"GET": Operation(customers.show_balance)},
    "/customers/{id}/merge": {"POST": Operation(customers.merge, None)},
    **CONTACT.routes("/customers/{id}/contacts", parent="customer"),
    **NOTE.routes("/customers/{id}/notes", "list", parent="customer"),
    **NOTE.routes("/invoices/{id}/notes", "list", parent="invoice"),
    **NOTE.routes("/notes", "list create update delete"),
    **INVOICE.routes("/invoices"),
    "/invoices/{id}/void": {"POST": Operation(invoices.void, None)},
    **line_items.ROUTES,
    **ITEM.routes("/items"),
    **ITEM.routes("/catalog_items"),
    **PAYMENT.routes("/payments"),
    **CUSTOM_FIELD.routes("/custom_fields"),
    "/events": {"GET": Operation(_list_events, PARAMETERS)},
    "/events/{id}": {"GET": Operation(_retrieve_event)},
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
