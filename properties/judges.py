"""What an answer of each vendor may look like, and what must hold in its account."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from math import isclose
from typing import Any, TypeAlias

from dataflow.twin.messages import UNBUILT_HEADER, App, Request, Response
from properties.calls_invoiced import headers

Record: TypeAlias = dict[str, Any]

#: Invoiced has one type for everything below 500 (read, not seen).
INVOICED_ERRORS = {400, 401, 404, 405}
#: The vendor's own list of codes, by status; 401 has no type.
CHARGEBEE_ERRORS = {
    400: {"duplicate_entry", "param_wrong_value", "invalid_request"},
    401: {"api_authentication_failed"},
    404: {"resource_not_found"},
    405: {"http_method_not_supported"},
    409: {"invalid_state_for_request"},
    422: {"unable_to_process_request"},
}
_NAMED = {"param", "error_param"}
_SAID = {"message", "type", "api_error_code", "error_code", "error_msg"}


class Versions:
    """Remembers how new each record was, and sees that none grows younger."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, object], int] = {}

    def see(self, record: Record, version: str) -> None:
        """Compare a record with what was last seen of it."""
        name = (record["object"], record["id"])
        assert self._newest.get(name, 0) <= record[version], (name, record[version])
        self._newest[name] = record[version]


def judge_invoiced(request: Request, response: Response, seen: Versions) -> None:
    """Raise if Invoiced would not answer like this."""
    is_unreadable = b"Unable to parse request." == response.body
    if is_unreadable or UNBUILT_HEADER in response.headers:
        return
    assert "application/json" == response.headers["Content-Type"]
    if response.status == 204:
        assert ("DELETE", b"") == (request.method, response.body)
        return
    said = json.loads(response.body)
    if response.status not in {200, 201}:
        assert response.status in INVOICED_ERRORS
        assert {"message", "type"} == said.keys() - {"param"}
        assert "invalid_request" == said["type"]
        assert all(isinstance(each, str) for each in said.values())
        return
    if isinstance(said, list):
        assert int(response.headers["X-Total-Count"]) >= len(said)
        assert 'rel="self"' in response.headers["Link"]
    for record in said if isinstance(said, list) else [said]:
        assert isinstance(record["id"], str if record["object"] == "item" else int)
        if "updated_at" in record and "idempotency-key" not in request.headers:
            seen.see(record, "updated_at")


def judge_invoiced_account(app: App) -> None:
    """Raise if the records of an account contradict each other."""
    customers = _listed_by_id(app, "/customers")
    invoices = _listed_by_id(app, "/invoices")
    items = _listed_by_id(app, "/items")
    for records in (customers, invoices):
        _all_different(record["number"].rstrip().lower() for record in records)
    assert {each["customer"] for each in invoices} <= {each["id"] for each in customers}
    for record in (*customers, *invoices, *items):
        assert record["created_at"] <= record["updated_at"]
    for invoice in invoices:
        _judge_sums(invoice)


def _judge_sums(invoice: Record) -> None:
    lines = invoice["items"]
    subtotal = sum(line["amount"] for line in lines)
    total = subtotal
    for holder in (invoice, *lines):
        total += sum(tax["amount"] for tax in holder["taxes"])
        total -= sum(discount["amount"] for discount in holder["discounts"])
    assert _equal(subtotal, invoice["subtotal"]), invoice
    # A flat amount is kept as it was sent, and counted in what its currency has.
    assert abs(total - invoice["total"]) < 1 or _equal(total, invoice["total"]), invoice
    assert invoice["total"] >= 0
    assert invoice["status"] != "voided" or invoice["balance"] == 0
    assert not invoice["paid"] or (invoice["closed"] and invoice["balance"] <= 0)


def _equal(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)


def _listed_by_id(app: App, path: str) -> list[Record]:
    """Return a list that is in its order, whole, and the same in the other order."""
    response = app(Request("GET", path, (), headers()))
    by_id: list[Record] = json.loads(response.body)
    by_change = (("sort", "updated_at asc"), ("updated_after", "1"))
    changed = json.loads(app(Request("GET", path, by_change, headers())).body)
    assert str(len(by_id)) == response.headers["X-Total-Count"]
    assert sorted({each["id"] for each in by_id}) == [each["id"] for each in by_id]
    assert sorted(by_id, key=lambda x: (x["updated_at"], x["id"])) == changed
    return by_id


def judge_chargebee(request: Request, response: Response, seen: Versions) -> None:
    """Raise if Chargebee would not answer like this."""
    assert "application/json;charset=utf-8" == response.headers["Content-Type"]
    said = json.loads(response.body)
    if response.status != 200:
        _judge_refusal(response.status, said)
        return
    assert 1 == len(said.keys() - {"next_offset"})
    assert all(1 == len(entry) for entry in said.get("list", ()))
    replayed = "chargebee-idempotency-replayed" in response.headers
    for record in _records(said):
        if "resource_version" in record and not replayed:
            assert record["updated_at"] == record["resource_version"] // 1000
            seen.see(record, "resource_version")
    assert replayed <= ("chargebee-idempotency-key" in request.headers)


def _records(said: Record) -> list[Record]:
    entries = said.get("list", [said])
    inner = [each for entry in entries for each in entry.values()]
    return [each for each in inner if isinstance(each, dict)]


def _judge_refusal(status: int, said: Mapping[str, Any]) -> None:
    assert said["api_error_code"] in CHARGEBEE_ERRORS[status]
    assert status == said["http_status_code"]
    expected = _SAID - ({"type"} if status == 401 else set())
    assert expected == said.keys() - _NAMED - {"http_status_code"}
    assert said.get("type", "invalid_request") == "invalid_request"
    assert said.get("param") == said.get("error_param")
    texts = {name: each for name, each in said.items() if name != "http_status_code"}
    assert all(isinstance(each, str) for each in texts.values())


def judge_chargebee_site(app: App) -> None:
    """Raise if the records of a site contradict each other."""
    invoices = {each["id"]: each for each in _all(app, "invoices")}
    customers = {each["id"] for each in _all(app, "customers")}
    for kind in ("items", "item_prices", "item_families"):
        _all_different(each["id"] for each in _all(app, kind))
    _all_different(each["name"] for each in _all(app, "items"))
    for invoice in invoices.values():
        assert invoice["customer_id"] in customers
        amounts = sum(line["amount"] for line in invoice["line_items"])
        assert amounts == invoice["sub_total"]
        assert amounts + invoice["round_off_amount"] == invoice["total"]
    for order in _all(app, "orders"):
        invoice = invoices[order["invoice_id"]]
        for name in ("customer_id", "currency_code"):
            assert invoice[name] == order[name]
        assert order["total"] == sum(
            each["amount"] for each in order["order_line_items"]
        )


def _all(app: App, kind: str) -> list[Record]:
    """Return all records of a kind, the deleted ones too where that can be asked."""
    query = (("limit", "100"), ("include_deleted", "true"))
    response = app(Request("GET", f"/api/v2/{kind}", query, headers()))
    return _records(json.loads(response.body))


def _all_different(names: Iterable[str]) -> None:
    every = list(names)
    assert sorted(set(every)) == sorted(every)
