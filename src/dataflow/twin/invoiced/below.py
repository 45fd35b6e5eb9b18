"""The addresses of what is no record of its own: events, lines, actions."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from dataflow.twin.invoiced import events, invoices, line_items
from dataflow.twin.invoiced.account import Account
from dataflow.twin.invoiced.answers import Action, answer, answer_page
from dataflow.twin.invoiced.body import read_body
from dataflow.twin.invoiced.query import Query
from dataflow.twin.wire import Request, Response


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
    return answer(HTTPStatus.OK, invoices.show(account, record))


def _events(account: Account, request: Request, root: str) -> Response:
    picked = events.pick(account, Query.of(request))
    return answer_page(account, request, root, picked, partial(events.read, account))


def _event(account: Account, identifier: str) -> Response:
    return answer(HTTPStatus.OK, events.retrieve(account, identifier))


def _lines(account: Account, invoice: str, request: Request, root: str) -> Response:
    picked = line_items.lines(account, invoice)
    return answer_page(account, request, root, picked, dict)


def _line(account: Account, invoice: str, line: str) -> Response:
    return answer(HTTPStatus.OK, line_items.retrieve(account, invoice, line))


def _add_line(account: Account, invoice: str, request: Request) -> Response:
    added = line_items.create(account, invoice, read_body(request))
    return answer(HTTPStatus.CREATED, added)


def _edit_line(account: Account, invoice: str, line: str, request: Request) -> Response:
    edited = line_items.update(account, invoice, line, read_body(request))
    return answer(HTTPStatus.OK, edited)


def _drop_line(account: Account, invoice: str, line: str) -> Response:
    line_items.delete(account, invoice, line)
    return answer(HTTPStatus.NO_CONTENT)
