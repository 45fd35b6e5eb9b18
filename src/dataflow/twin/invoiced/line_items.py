"""The lines of an invoice under their own paths (sdk); effects are unconfirmed."""

from __future__ import annotations

from http import HTTPStatus

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import invoice_lines
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.calls import Operation, Routes
from dataflow.twin.invoiced.encoding import Call, encode_page
from dataflow.twin.invoiced.errors import encode_answer, make_not_found
from dataflow.twin.invoiced.invoices import INVOICE
from dataflow.twin.invoiced.lists import PARAMETERS
from dataflow.twin.messages import Json, Response


def _list_all(call: Call, invoice: str) -> Response:
    """Answer the lines of an invoice."""
    return encode_page(call, _read_all(call.account, invoice), dict)


def _create(call: Call, invoice: str) -> Response:
    """Add a line at the end."""
    sent = {key: value for key, value in call.body().items() if key != "id"}
    kept = _keep(_read_all(call.account, invoice))
    line = _replace(call.account, invoice, [*kept, sent])[-1]
    return encode_answer(HTTPStatus.CREATED, line)


def _retrieve(call: Call, invoice: str, identifier: str) -> Response:
    """Answer one line."""
    lines = _read_all(call.account, invoice)
    return encode_answer(HTTPStatus.OK, lines[_find_place(lines, identifier)])


def _update(call: Call, invoice: str, identifier: str) -> Response:
    """Edit one line."""
    body, lines = call.body(), _read_all(call.account, invoice)
    place = _find_place(lines, identifier)
    sent = _keep(lines)
    sent[place] = body | {"id": lines[place]["id"]}
    line = _replace(call.account, invoice, sent)[place]
    return encode_answer(HTTPStatus.OK, line)


def _delete(call: Call, invoice: str, identifier: str) -> Response:
    """Remove one line."""
    sent = _keep(lines := _read_all(call.account, invoice))
    del sent[_find_place(lines, identifier)]
    _replace(call.account, invoice, sent)
    return encode_answer(HTTPStatus.NO_CONTENT)


def _read_all(account: Account, invoice: str) -> list[Record]:
    account.cite(b.LINE_ADDRESSES)
    found: list[Record] = INVOICE.find(account, invoice)["items"]
    return found


def _find_place(lines: list[Record], identifier: str) -> int:
    for place, line in enumerate(lines):
        if str(line["id"]) == identifier:
            return place
    raise make_not_found("Line item", identifier)


def _keep(lines: list[Record]) -> list[Json]:
    """Return what leaves all lines as they are."""
    return [{"id": line["id"]} for line in lines]


def _replace(account: Account, invoice: str, sent: list[Json]) -> list[Record]:
    found: list[Record] = INVOICE.update(account, invoice, {"items": sent})["items"]
    return found


_SENT = invoice_lines.FIELDS.built

ROUTES: Routes = {
    "/invoices/{id}/line_items": {
        "GET": Operation(_list_all, PARAMETERS),
        "POST": Operation(_create, _SENT),
    },
    "/invoices/{id}/line_items/{id}": {
        "GET": Operation(_retrieve),
        "PATCH": Operation(_update, _SENT),
        "DELETE": Operation(_delete),
    },
}
