"""Every route of Invoiced that the twin answers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import (
    customers,
    events,
    invoices,
    items,
    line_items,
    payments,
)
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.encoding import (
    Action,
    encode_answer,
    encode_page,
    is_form,
    read_body,
    refuse_out_of_turn,
)
from dataflow.twin.invoiced.errors import RefusalError
from dataflow.twin.invoiced.lists import Query, Resource, select_page
from dataflow.twin.messages import Json, Request, Response


def actions(account: Account, request: Request, root: str) -> dict[str, Action]:
    """Return what each method does at the address of a request, if anything."""
    match request.path.split("/")[1:]:
        case ["invoices", identifier, "void"] if identifier:
            return {"POST": lambda: _void(account, identifier, request)}
        case ["events"]:
            return {"GET": lambda: _events(account, request, root)}
        case ["events", identifier] if identifier:
            return {"GET": lambda: _event(account, identifier)}
        case ["invoices", invoice, "line_items"] if invoice:
            return {
                "GET": lambda: _lines(account, invoice, request, root),
                "POST": lambda: _add_line(account, invoice, request),
            }
        case ["invoices", invoice, "line_items", line] if invoice and line:
            return {
                "GET": lambda: _line(account, invoice, line),
                "PATCH": lambda: _edit_line(account, invoice, line, request),
                "DELETE": lambda: _drop_line(account, invoice, line),
            }
    return {}


def _void(account: Account, identifier: str, request: Request) -> Response:
    read_body(request)
    record = invoices.void(account, identifier)
    return encode_answer(HTTPStatus.OK, invoices.show(account, record))


def _events(account: Account, request: Request, root: str) -> Response:
    picked = events.pick(account, Query.of(request))
    return encode_page(account, request, root, picked, partial(events.read, account))


def _event(account: Account, identifier: str) -> Response:
    return encode_answer(HTTPStatus.OK, events.retrieve(account, identifier))


def _lines(account: Account, invoice: str, request: Request, root: str) -> Response:
    picked = line_items.lines(account, invoice)
    return encode_page(account, request, root, picked, dict)


def _line(account: Account, invoice: str, line: str) -> Response:
    return encode_answer(HTTPStatus.OK, line_items.retrieve(account, invoice, line))


def _add_line(account: Account, invoice: str, request: Request) -> Response:
    added = line_items.create(account, invoice, read_body(request))
    return encode_answer(HTTPStatus.CREATED, added)


def _edit_line(account: Account, invoice: str, line: str, request: Request) -> Response:
    edited = line_items.update(account, invoice, line, read_body(request))
    return encode_answer(HTTPStatus.OK, edited)


def _drop_line(account: Account, invoice: str, line: str) -> Response:
    line_items.delete(account, invoice, line)
    return encode_answer(HTTPStatus.NO_CONTENT)


RESOURCES: Mapping[str, Resource] = {
    "customers": customers.RESOURCE,
    "invoices": invoices.RESOURCE,
    "items": items.RESOURCE,
    "catalog_items": items.RESOURCE,
    "payments": payments.RESOURCE,
}


def perform(account: Account, request: Request, root: str) -> Response:
    """Do what a request asks for; `root` is where page links lead to."""
    actions = _actions(account, request, root)
    if not actions:
        raise RefusalError(
            f"Request was not recognized: {request.method} {request.path}",
            b.ROUTE_UNKNOWN,
            status=HTTPStatus.NOT_FOUND,
        )
    if request.method not in actions:
        raise RefusalError(
            f"Method not allowed: {request.method} {request.path}",
            b.METHOD_WRONG,
            status=HTTPStatus.METHOD_NOT_ALLOWED,
        )
    if request.body and is_form(request):
        account.cite(b.BODY_FORM, b.FORM_TEXTS)
    return actions[request.method]()


def _actions(account: Account, request: Request, root: str) -> dict[str, Action]:
    match request.path.split("/")[1:]:
        case [kind] if kind in RESOURCES:
            return {
                "GET": lambda: _list(account, RESOURCES[kind], request, root),
                "POST": lambda: _create(account, RESOURCES[kind], request),
            }
        case [kind, identifier] if kind in RESOURCES and identifier:
            return {
                "GET": lambda: _retrieve(account, RESOURCES[kind], identifier, request),
                "PATCH": lambda: _update(account, RESOURCES[kind], identifier, request),
                "DELETE": lambda: _delete(account, RESOURCES[kind], identifier),
            }
    return actions(account, request, root)


def _list(
    account: Account, resource: Resource, request: Request, root: str
) -> Response:
    def show(record: Record) -> Record:
        return _expanded(account, resource.show(account, record), request)

    query = Query.of(request)
    if not query.sort:
        refuse_out_of_turn(account, request, query)
    picked = select_page(account, resource.listing, query)
    return encode_page(account, request, root, picked, show)


def _create(account: Account, resource: Resource, request: Request) -> Response:
    body = read_body(request)
    record = resource.create(account, body)
    account.cite(b.CREATED_IS_UPDATED)
    return encode_answer(HTTPStatus.CREATED, _written(account, resource, record, body))


def _retrieve(
    account: Account, resource: Resource, identifier: str, request: Request
) -> Response:
    record = resource.retrieve(account, identifier)
    shown = _expanded(account, resource.show(account, record), request)
    return encode_answer(HTTPStatus.OK, shown)


def _update(
    account: Account, resource: Resource, identifier: str, request: Request
) -> Response:
    body = read_body(request)
    if body:
        account.cite(b.PATCH_BUMPS)
        record = resource.update(account, identifier, body)
    else:
        account.cite(b.PATCH_EMPTY)
        record = resource.retrieve(account, identifier)
    if "metadata" in body:
        account.cite(b.METADATA_REPLACED)
    return encode_answer(HTTPStatus.OK, _written(account, resource, record, body))


def _delete(account: Account, resource: Resource, identifier: str) -> Response:
    left = resource.delete(account, identifier)
    if left is None:
        return encode_answer(HTTPStatus.NO_CONTENT)
    return encode_answer(HTTPStatus.OK, resource.show(account, left))


def _written(
    account: Account, resource: Resource, record: Record, body: dict[str, Json]
) -> Record:
    """Return a record as the answer to a write, with its metadata as it was sent."""
    shown = resource.show(account, record)
    if not body.get("metadata") or "metadata" not in record:
        return shown
    if body["metadata"] != record["metadata"]:
        account.cite(b.METADATA_TEXTS)
    return shown | {"metadata": body["metadata"]}


def _expanded(account: Account, shown: Record, request: Request) -> Record:
    asked = dict(request.query).get("expand", "").split(",")
    if "customer" not in asked or "customer" not in shown:
        return shown
    account.cite(b.EXPAND)
    customer = account.customers.get(shown["customer"])
    return shown if customer is None else shown | {"customer": customer}
