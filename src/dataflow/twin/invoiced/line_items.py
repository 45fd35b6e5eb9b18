"""Edit an invoice's lines under their own paths (sdk); effects are unconfirmed."""

from __future__ import annotations

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import invoices
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import make_not_found
from dataflow.twin.messages import Json


def list_all(account: Account, invoice: str) -> list[Record]:
    """Return the lines of an invoice."""
    account.cite(b.LINE_ADDRESSES)
    found: list[Record] = invoices.retrieve(account, invoice)["items"]
    return found


def retrieve(account: Account, invoice: str, identifier: str) -> Record:
    """Return one line of an invoice."""
    for line in list_all(account, invoice):
        if str(line["id"]) == identifier:
            return line
    raise make_not_found("Line item", identifier)


def create(account: Account, invoice: str, body: dict[str, Json]) -> Record:
    """Add a line at the end, and return it."""
    sent = {key: value for key, value in body.items() if key != "id"}
    kept: list[Json] = [{"id": line["id"]} for line in list_all(account, invoice)]
    return _replace(account, invoice, [*kept, sent])[-1]


def update(
    account: Account, invoice: str, identifier: str, body: dict[str, Json]
) -> Record:
    """Edit one line, and return it."""
    line = retrieve(account, invoice, identifier)
    place = list_all(account, invoice).index(line)
    sent: list[Json] = [{"id": each["id"]} for each in list_all(account, invoice)]
    sent[place] = body | {"id": line["id"]}
    return _replace(account, invoice, sent)[place]


def delete(account: Account, invoice: str, identifier: str) -> None:
    """Remove one line of an invoice."""
    removed = retrieve(account, invoice, identifier)
    others = [line for line in list_all(account, invoice) if line is not removed]
    _replace(account, invoice, [{"id": line["id"]} for line in others])


def _replace(account: Account, invoice: str, sent: list[Json]) -> list[Record]:
    record = invoices.update(account, invoice, {"items": sent})
    found: list[Record] = record["items"]
    return found
