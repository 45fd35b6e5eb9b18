"""Every route of Invoiced that the twin answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    encode_page,
    is_form,
    read_body,
    refuse_out_of_turn,
)
from dataflow.twin.invoiced.errors import NotBuiltError, RefusalError, encode_answer
from dataflow.twin.invoiced.lists import Query, Resource, select_page
from dataflow.twin.invoiced.unbuilt import UNBUILT
from dataflow.twin.messages import Json, Request, Response

RESOURCES: Mapping[str, Resource] = {
    "customers": customers.RESOURCE,
    "invoices": invoices.RESOURCE,
    "items": items.RESOURCE,
    "catalog_items": items.RESOURCE,
    "payments": payments.RESOURCE,
}


def perform(account: Account, request: Request, root: str) -> Response:
    """Answer a request; `root` is the root of the links to other pages."""
    call = _Call(account, request, root)
    actions = _find_actions(call)
    if UNBUILT.has(request.method, request.path):
        raise NotBuiltError
    if not actions:
        message = f"Request was not recognized: {request.method} {request.path}"
        raise RefusalError(message, b.ROUTE_UNKNOWN, status=HTTPStatus.NOT_FOUND)
    if request.method not in actions:
        raise RefusalError(
            f"Method not allowed: {request.method} {request.path}",
            b.METHOD_WRONG,
            status=HTTPStatus.METHOD_NOT_ALLOWED,
        )
    if request.body and is_form(request):
        account.cite(b.BODY_FORM)
    return actions[request.method]()


def _find_actions(call: _Call) -> dict[str, Action]:
    """Return the action of each method at the path of a call."""
    steps = call.request.path.split("/")[1:]
    if not steps or "" in steps:
        return {}
    if steps[0] in RESOURCES and len(steps) <= 2:  # noqa: PLR2004  kind and id
        return _find_standard_actions(call, RESOURCES[steps[0]], *steps[1:])
    return _find_special_actions(call, steps)


def _find_special_actions(call: _Call, steps: list[str]) -> dict[str, Action]:
    match steps:
        case ["invoices", invoice, "void"]:
            return {"POST": partial(call.void, invoice)}
        case ["events"]:
            return {"GET": call.list_events}
        case ["events", identifier]:
            return {"GET": partial(call.retrieve_event, identifier)}
        case ["invoices", invoice, "line_items"]:
            return {
                "GET": partial(call.list_lines, invoice),
                "POST": partial(call.create_line, invoice),
            }
        case ["invoices", invoice, "line_items", line]:
            return {
                "GET": partial(call.retrieve_line, invoice, line),
                "PATCH": partial(call.update_line, invoice, line),
                "DELETE": partial(call.delete_line, invoice, line),
            }
    return {}


def _find_standard_actions(
    call: _Call, resource: Resource, identifier: str | None = None
) -> dict[str, Action]:
    if identifier is None:
        return {
            "GET": partial(call.list_all, resource),
            "POST": partial(call.create, resource),
        }
    return {
        "GET": partial(call.retrieve, resource, identifier),
        "PATCH": partial(call.update, resource, identifier),
        "DELETE": partial(call.delete, resource, identifier),
    }


@dataclass(frozen=True, slots=True)
class _Call:
    account: Account
    request: Request
    root: str

    def list_all(self, resource: Resource) -> Response:
        query = Query.read(self.request)
        if not query.sort:
            refuse_out_of_turn(self.account, self.request, query)
        records = select_page(self.account, resource.list_spec, query)
        return self._encode_page(records, partial(self._show, resource))

    def create(self, resource: Resource) -> Response:
        body = self._body()
        record = resource.create(self.account, body)
        self.account.cite(b.CREATED_IS_UPDATED)
        shown = self._echo_metadata(resource, record, body)
        return encode_answer(HTTPStatus.CREATED, shown)

    def retrieve(self, resource: Resource, identifier: str) -> Response:
        record = resource.retrieve(self.account, identifier)
        return encode_answer(HTTPStatus.OK, self._show(resource, record))

    def update(self, resource: Resource, identifier: str) -> Response:
        body = self._body()
        if body:
            self.account.cite(b.PATCH_BUMPS)
            record = resource.update(self.account, identifier, body)
        else:
            self.account.cite(b.PATCH_EMPTY)
            record = resource.retrieve(self.account, identifier)
        if "metadata" in body:
            self.account.cite(b.METADATA_REPLACED)
        return encode_answer(HTTPStatus.OK, self._echo_metadata(resource, record, body))

    def delete(self, resource: Resource, identifier: str) -> Response:
        left = resource.delete(self.account, identifier)
        if left is None:
            return encode_answer(HTTPStatus.NO_CONTENT)
        return encode_answer(HTTPStatus.OK, resource.show(self.account, left))

    def void(self, identifier: str) -> Response:
        self._body()
        record = invoices.void(self.account, identifier)
        return encode_answer(HTTPStatus.OK, invoices.show(self.account, record))

    def list_events(self) -> Response:
        found = events.select(self.account, Query.read(self.request))
        return self._encode_page(found, partial(events.read, self.account))

    def retrieve_event(self, identifier: str) -> Response:
        return encode_answer(HTTPStatus.OK, events.retrieve(self.account, identifier))

    def list_lines(self, invoice: str) -> Response:
        return self._encode_page(line_items.list_all(self.account, invoice), dict)

    def create_line(self, invoice: str) -> Response:
        line = line_items.create(self.account, invoice, self._body())
        return encode_answer(HTTPStatus.CREATED, line)

    def retrieve_line(self, invoice: str, identifier: str) -> Response:
        line = line_items.retrieve(self.account, invoice, identifier)
        return encode_answer(HTTPStatus.OK, line)

    def update_line(self, invoice: str, identifier: str) -> Response:
        body = self._body()
        line = line_items.update(self.account, invoice, identifier, body)
        return encode_answer(HTTPStatus.OK, line)

    def delete_line(self, invoice: str, identifier: str) -> Response:
        line_items.delete(self.account, invoice, identifier)
        return encode_answer(HTTPStatus.NO_CONTENT)

    def _body(self) -> dict[str, Json]:
        return read_body(self.account, self.request)

    def _encode_page(
        self, records: Sequence[Record], show: Callable[[Record], Record]
    ) -> Response:
        return encode_page(self.account, self.request, self.root, records, show)

    def _show(self, resource: Resource, record: Record) -> Record:
        """Return a record as it is shown, with its customer in full if asked for."""
        shown = resource.show(self.account, record)
        expanded = dict(self.request.query).get("expand", "").split(",")
        if "customer" not in expanded or "customer" not in shown:
            return shown
        self.account.cite(b.EXPAND)
        customer = self.account.customers.get(shown["customer"])
        return shown if customer is None else shown | {"customer": customer}

    def _echo_metadata(
        self, resource: Resource, record: Record, body: dict[str, Json]
    ) -> Record:
        """Return a record as the answer to a write, with its metadata as sent."""
        shown = resource.show(self.account, record)
        if not body.get("metadata") or "metadata" not in record:
            return shown
        if body["metadata"] != record["metadata"]:
            self.account.cite(b.METADATA_TEXTS)
        return shown | {"metadata": body["metadata"]}
