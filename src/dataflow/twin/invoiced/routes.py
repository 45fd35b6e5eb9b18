"""Every route of Invoiced that the twin answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TypeAlias

from dataflow.twin.coverage import CallCoverage
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import (
    customers,
    events,
    invoice_lines,
    invoices,
    items,
    line_items,
    payments,
)
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.encoding import (
    encode_page,
    is_form,
    read_body,
    refuse_out_of_turn,
)
from dataflow.twin.invoiced.errors import NotBuiltError, RefusalError, encode_answer
from dataflow.twin.invoiced.lists import (
    NOT_BUILT,
    PARAMETERS,
    SHOWN,
    Query,
    Resource,
    select_page,
)
from dataflow.twin.invoiced.vendor_calls import OTHER_RESOURCES, load_vendor_calls
from dataflow.twin.messages import Json, Request, Response
from dataflow.twin.unbuilt import UnbuiltCalls

RESOURCES: Mapping[str, Resource] = {
    "customers": customers.RESOURCE,
    "invoices": invoices.RESOURCE,
    "items": items.RESOURCE,
    "catalog_items": items.RESOURCE,
    "payments": payments.RESOURCE,
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call to be answered; `root` is the root of the links to other pages."""

    account: Account
    request: Request
    root: str

    def body(self) -> dict[str, Json]:
        """Return the object of the body."""
        return read_body(self.account, self.request)

    def encode_page(
        self, records: Sequence[Record], show: Callable[[Record], Record]
    ) -> Response:
        """Return one page of these records."""
        return encode_page(self.account, self.request, self.root, records, show)


#: Answers a call, given the ids in its path.
Handler: TypeAlias = "Callable[..., Response]"


@dataclass(frozen=True, slots=True)
class Operation:
    """One built call: its handler, and the parameters that it understands.

    None stands for all: the vendor reads none of those that its model names.
    """

    handler: Handler
    parameters: frozenset[str] | None = frozenset()


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
    """Refuse a parameter in the query that the vendor has and the twin lacks."""
    if not request.query or operation.parameters is None:
        return
    vendor = load_vendor_calls().get((request.method, find_route(request.path)), {})
    for name in (key.partition("[")[0] for key, _ in request.query):
        if name in NOT_BUILT or (name in vendor and name not in operation.parameters):
            raise NotBuiltError(f"the parameter {name}")


def find_route(path: str) -> str:
    """Return the route of a path, as `/customers/{id}`: each second step is an id."""
    steps = path.split("/")
    steps[2::2] = ["{id}" if step else "" for step in steps[2::2]]
    return "/".join(steps)


def _list_all(resource: Resource, call: Call) -> Response:
    query = Query.read(call.request)
    if not query.sort:
        refuse_out_of_turn(call.account, call.request, query)
    records = select_page(call.account, resource.list_spec, query)
    return call.encode_page(records, partial(_show, call, resource))


def _create(resource: Resource, call: Call) -> Response:
    body = call.body()
    record = resource.create(call.account, body)
    call.account.cite(b.CREATED_IS_UPDATED)
    shown = _echo_metadata(call, resource, record, body)
    return encode_answer(HTTPStatus.CREATED, shown)


def _retrieve(resource: Resource, call: Call, identifier: str) -> Response:
    record = resource.retrieve(call.account, identifier)
    return encode_answer(HTTPStatus.OK, _show(call, resource, record))


def _update(resource: Resource, call: Call, identifier: str) -> Response:
    body = call.body()
    if body:
        call.account.cite(b.PATCH_BUMPS)
        record = resource.update(call.account, identifier, body)
    else:
        call.account.cite(b.PATCH_EMPTY)
        record = resource.retrieve(call.account, identifier)
    if "metadata" in body:
        call.account.cite(b.METADATA_REPLACED)
    return encode_answer(HTTPStatus.OK, _echo_metadata(call, resource, record, body))


def _delete(resource: Resource, call: Call, identifier: str) -> Response:
    left = resource.delete(call.account, identifier)
    if left is None:
        return encode_answer(HTTPStatus.NO_CONTENT)
    return encode_answer(HTTPStatus.OK, resource.show(call.account, left))


def _void(call: Call, identifier: str) -> Response:
    call.body()
    record = invoices.void(call.account, identifier)
    return encode_answer(HTTPStatus.OK, invoices.show(call.account, record))


def _list_events(call: Call) -> Response:
    found = events.select(call.account, Query.read(call.request))
    return call.encode_page(found, partial(events.read, call.account))


def _retrieve_event(call: Call, identifier: str) -> Response:
    return encode_answer(HTTPStatus.OK, events.retrieve(call.account, identifier))


def _list_lines(call: Call, invoice: str) -> Response:
    return call.encode_page(line_items.list_all(call.account, invoice), dict)


def _create_line(call: Call, invoice: str) -> Response:
    line = line_items.create(call.account, invoice, call.body())
    return encode_answer(HTTPStatus.CREATED, line)


def _retrieve_line(call: Call, invoice: str, identifier: str) -> Response:
    line = line_items.retrieve(call.account, invoice, identifier)
    return encode_answer(HTTPStatus.OK, line)


def _update_line(call: Call, invoice: str, identifier: str) -> Response:
    line = line_items.update(call.account, invoice, identifier, call.body())
    return encode_answer(HTTPStatus.OK, line)


def _delete_line(call: Call, invoice: str, identifier: str) -> Response:
    line_items.delete(call.account, invoice, identifier)
    return encode_answer(HTTPStatus.NO_CONTENT)


def _show(call: Call, resource: Resource, record: Record) -> Record:
    """Return a record as it is shown, with its customer in full if asked for."""
    shown = resource.show(call.account, record)
    if not call.request.query:
        return shown
    words = {name: value.split(",") for name, value in call.request.query}
    if "customer" in words.get("expand", ()) and "customer" in shown:
        call.account.cite(b.EXPAND)
        customer = call.account.customers.get(shown["customer"])
        shown = shown if customer is None else shown | {"customer": customer}
    if "exclude" not in words:
        return shown
    call.account.cite(b.EXCLUDE)
    return {k: v for k, v in shown.items() if k == "id" or k not in words["exclude"]}


def _echo_metadata(
    call: Call, resource: Resource, record: Record, body: dict[str, Json]
) -> Record:
    """Return a record as the answer to a write, with its metadata as sent."""
    shown = resource.show(call.account, record)
    if not body.get("metadata") or "metadata" not in shown:
        return shown
    if body["metadata"] != record["metadata"]:
        call.account.cite(b.METADATA_TEXTS)
    return shown | {"metadata": body["metadata"]}


def _standard(name: str, resource: Resource) -> dict[str, dict[str, Operation]]:
    """Return the routes that most resources have."""
    spec = resource.list_spec
    sent = spec.fields.built
    listed = Operation(partial(_list_all, resource), spec.parameters)
    return {
        f"/{name}": {
            "GET": listed,
            "POST": Operation(partial(_create, resource), sent),
        },
        f"/{name}/{{id}}": {
            "GET": Operation(partial(_retrieve, resource), SHOWN),
            "PATCH": Operation(partial(_update, resource), sent),
            "DELETE": Operation(partial(_delete, resource)),
        },
    }


_LINE = invoice_lines.FIELDS.built

#: The built calls, by route and method.
ROUTES: Mapping[str, Mapping[str, Operation]] = {
    **{k: v for name, it in RESOURCES.items() for k, v in _standard(name, it).items()},
    "/invoices/{id}/void": {"POST": Operation(_void, None)},
    "/invoices/{id}/line_items": {
        "GET": Operation(_list_lines, PARAMETERS),
        "POST": Operation(_create_line, _LINE),
    },
    "/invoices/{id}/line_items/{id}": {
        "GET": Operation(_retrieve_line),
        "PATCH": Operation(_update_line, _LINE),
        "DELETE": Operation(_delete_line),
    },
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
