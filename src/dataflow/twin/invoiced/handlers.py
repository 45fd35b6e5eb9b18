"""Answer the calls of the Invoiced twin, given the ids in their paths."""

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
from dataflow.twin.invoiced.encoding import encode_page, read_body, refuse_out_of_turn
from dataflow.twin.invoiced.errors import encode_answer
from dataflow.twin.invoiced.lists import Query, Resource, select_page
from dataflow.twin.invoiced.side_records import SideKind, cast_metadata
from dataflow.twin.messages import Json, Request, Response

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


def list_all(resource: Resource, call: Call) -> Response:
    """Answer one page of a list."""
    query = Query.read(call.request)
    if not query.sort:
        refuse_out_of_turn(call.account, call.request, query)
    records = select_page(call.account, resource.list_spec, query)
    return call.encode_page(records, partial(_show, call, resource))


def create(resource: Resource, call: Call) -> Response:
    """Create a record."""
    body = call.body()
    record = resource.create(call.account, body)
    call.account.cite(b.CREATED_IS_UPDATED)
    shown = _echo_metadata(call, resource, record, body)
    return encode_answer(HTTPStatus.CREATED, shown)


def retrieve(resource: Resource, call: Call, identifier: str) -> Response:
    """Answer one record."""
    record = resource.retrieve(call.account, identifier)
    return encode_answer(HTTPStatus.OK, _show(call, resource, record))


def update(resource: Resource, call: Call, identifier: str) -> Response:
    """Edit a record; an empty body changes nothing."""
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


def delete(resource: Resource, call: Call, identifier: str) -> Response:
    """Delete a record; some kinds stay, and are shown."""
    left = resource.delete(call.account, identifier)
    if left is None:
        return encode_answer(HTTPStatus.NO_CONTENT)
    return encode_answer(HTTPStatus.OK, resource.show(call.account, left))


def void(call: Call, identifier: str) -> Response:
    """Void an invoice."""
    call.body()
    record = invoices.void(call.account, identifier)
    return encode_answer(HTTPStatus.OK, invoices.show(call.account, record))


def list_events(call: Call) -> Response:
    """Answer one page of events."""
    found = events.select(call.account, Query.read(call.request))
    return call.encode_page(found, partial(events.read, call.account))


def retrieve_event(call: Call, identifier: str) -> Response:
    """Answer one event."""
    return encode_answer(HTTPStatus.OK, events.retrieve(call.account, identifier))


def list_lines(call: Call, invoice: str) -> Response:
    """Answer the lines of an invoice."""
    return call.encode_page(line_items.list_all(call.account, invoice), dict)


def create_line(call: Call, invoice: str) -> Response:
    """Add a line to an invoice."""
    line = line_items.create(call.account, invoice, call.body())
    return encode_answer(HTTPStatus.CREATED, line)


def retrieve_line(call: Call, invoice: str, identifier: str) -> Response:
    """Answer one line."""
    line = line_items.retrieve(call.account, invoice, identifier)
    return encode_answer(HTTPStatus.OK, line)


def update_line(call: Call, invoice: str, identifier: str) -> Response:
    """Edit a line."""
    line = line_items.update(call.account, invoice, identifier, call.body())
    return encode_answer(HTTPStatus.OK, line)


def delete_line(call: Call, invoice: str, identifier: str) -> Response:
    """Remove a line."""
    line_items.delete(call.account, invoice, identifier)
    return encode_answer(HTTPStatus.NO_CONTENT)


def merge(call: Call, identifier: str) -> Response:
    """Merge a customer into another."""
    customers.merge(call.account, identifier, call.body())
    return encode_answer(HTTPStatus.NO_CONTENT)


def sum_balance(call: Call, identifier: str) -> Response:
    """Answer what a customer owes."""
    currency = dict(call.request.query).get("currency")
    balance = customers.sum_balance(call.account, identifier, currency)
    return encode_answer(HTTPStatus.OK, balance)


def list_side(kind: SideKind, parent: str | None, call: Call, *steps: str) -> Response:
    """Answer one page of contacts, notes or custom fields."""
    parents = _read_parents(call, parent, steps)
    query = Query.read(call.request)
    found = select_page(call.account, kind.list_spec, query)
    below = [r for r in found if all(r[k] == v for k, v in parents.items())]
    return call.encode_page(below, dict)


def create_side(
    kind: SideKind, parent: str | None, call: Call, *steps: str
) -> Response:
    """Create a contact, note or custom field."""
    parents = _read_parents(call, parent, steps)
    record = kind.create(call.account, call.body(), parents)
    return encode_answer(HTTPStatus.CREATED, record)


def retrieve_side(
    kind: SideKind, parent: str | None, call: Call, *steps: str
) -> Response:
    """Answer one of them."""
    parents = _read_parents(call, parent, steps[:-1])
    record = kind.retrieve(call.account, steps[-1], parents)
    return encode_answer(HTTPStatus.OK, record)


def update_side(
    kind: SideKind, parent: str | None, call: Call, *steps: str
) -> Response:
    """Edit one of them."""
    parents = _read_parents(call, parent, steps[:-1])
    record = kind.update(call.account, steps[-1], call.body(), parents)
    return encode_answer(HTTPStatus.OK, record)


def delete_side(
    kind: SideKind, parent: str | None, call: Call, *steps: str
) -> Response:
    """Delete one of them."""
    parents = _read_parents(call, parent, steps[:-1])
    kind.delete(call.account, steps[-1], parents)
    return encode_answer(HTTPStatus.NO_CONTENT)


def _read_parents(call: Call, parent: str | None, steps: Sequence[str]) -> Record:
    """Return the parent in a path, such as the customer, which must exist."""
    if parent is None:
        return {}
    found = RESOURCES[f"{parent}s"].retrieve(call.account, steps[0])
    return {parent: found["id"]}


def _show(call: Call, resource: Resource, record: Record) -> Record:
    """Return a record as it is shown, with its customer in full if asked for."""
    shown = cast_metadata(call.account, resource.show(call.account, record))
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
