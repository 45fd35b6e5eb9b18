"""From a path and a method to what is done, and from a record to its answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TypeAlias

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import customers, invoices, items
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.body import read_body
from dataflow.twin.invoiced.errors import RefusedError
from dataflow.twin.invoiced.listing import pick
from dataflow.twin.invoiced.query import Query, links
from dataflow.twin.invoiced.resource import Resource
from dataflow.twin.wire import Json, Request, Response

Action: TypeAlias = "Callable[[], Response]"

RESOURCES: Mapping[str, Resource] = {
    "customers": customers.RESOURCE,
    "invoices": invoices.RESOURCE,
    "items": items.RESOURCE,
    "catalog_items": items.RESOURCE,
}

#: On every answer (unconfirmed, but for the type, which is documented).
HEADERS = {
    "Cache-Control": "no-cache, no-store",
    "Content-Type": "application/json",
    "WWW-Authenticate": 'Basic realm="Invoiced"',
}


def answer(
    status: int, value: object = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a value as JSON with its keys sorted (recorded), or an empty body."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    body = b"" if status == HTTPStatus.NO_CONTENT else text.encode()
    return Response(int(status), body, {**HEADERS, **(headers or {})})


def perform(account: Account, request: Request, root: str) -> Response:
    """Do what a request asks for; `root` is where page links lead to."""
    actions = _actions(account, request, root)
    if not actions:
        raise RefusedError(
            f"Request was not recognized: {request.method} {request.path}",
            b.ROUTE_UNKNOWN,
            status=HTTPStatus.NOT_FOUND,
        )
    if request.method not in actions:
        raise RefusedError(
            f"Method not allowed: {request.method} {request.path}",
            b.METHOD_WRONG,
            status=HTTPStatus.METHOD_NOT_ALLOWED,
        )
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
        case ["invoices", identifier, "void"] if identifier:
            return {"POST": lambda: _void(account, identifier, request)}
    return {}


def _list(
    account: Account, resource: Resource, request: Request, root: str
) -> Response:
    query = Query.of(request)
    picked = pick(account, resource.listing, query)
    start = (query.page - 1) * query.per_page
    account.rests_on(b.LIST_HEADERS)
    if "per_page" not in query.plain:
        account.rests_on(b.LIST_PER_PAGE)
    if start:
        account.rests_on(b.LIST_PAGES if start < len(picked) else b.LIST_PAST_END)
    page = [
        _expanded(account, resource.show(account, record), request)
        for record in picked[start : start + query.per_page]
    ]
    headers = {
        "Link": links(request, root, query, len(picked)),
        "X-Total-Count": str(len(picked)),
    }
    return answer(HTTPStatus.OK, page, headers)


def _create(account: Account, resource: Resource, request: Request) -> Response:
    body = read_body(request)
    record = resource.create(account, body)
    account.rests_on(b.CREATED_IS_UPDATED)
    return answer(HTTPStatus.CREATED, _written(account, resource, record, body))


def _retrieve(
    account: Account, resource: Resource, identifier: str, request: Request
) -> Response:
    record = resource.retrieve(account, identifier)
    shown = _expanded(account, resource.show(account, record), request)
    return answer(HTTPStatus.OK, shown)


def _update(
    account: Account, resource: Resource, identifier: str, request: Request
) -> Response:
    body = read_body(request)
    if body:
        account.rests_on(b.PATCH_BUMPS)
        record = resource.update(account, identifier, body)
    else:
        account.rests_on(b.PATCH_EMPTY)
        record = resource.retrieve(account, identifier)
    if "metadata" in body:
        account.rests_on(b.METADATA_REPLACED)
    return answer(HTTPStatus.OK, _written(account, resource, record, body))


def _delete(account: Account, resource: Resource, identifier: str) -> Response:
    resource.delete(account, identifier)
    return answer(HTTPStatus.NO_CONTENT)


def _void(account: Account, identifier: str, request: Request) -> Response:
    read_body(request)
    record = invoices.void(account, identifier)
    return answer(HTTPStatus.OK, invoices.show(account, record))


def _written(
    account: Account, resource: Resource, record: Record, body: dict[str, Json]
) -> Record:
    """Return a record as the answer to a write, with its metadata as it was sent."""
    shown = resource.show(account, record)
    if not body.get("metadata"):
        return shown
    if body["metadata"] != record["metadata"]:
        account.rests_on(b.METADATA_TEXTS)
    return shown | {"metadata": body["metadata"]}


def _expanded(account: Account, shown: Record, request: Request) -> Record:
    asked = dict(request.query).get("expand", "").split(",")
    if "customer" not in asked or "customer" not in shown:
        return shown
    account.rests_on(b.EXPAND)
    customer = account.customers.get(shown["customer"])
    return shown if customer is None else shown | {"customer": customer}
