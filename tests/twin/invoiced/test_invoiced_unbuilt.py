"""Calls, and parts of calls, that Invoiced has and its twin lacks."""

from __future__ import annotations

import pytest

from dataflow.twin.messages import UNBUILT_HEADER
from tests.cases import cases
from tests.contract.invoiced.account import Account, Record


@cases(
    "method, path, body, missing",
    [
        (
            "GET",
            "/customers?tags=1",
            {},
            "the parameter tags of the call GET /customers",
        ),
        ("GET", "/events?from=api", {}, "from"),
        ("GET", "/payments?balance=1", {}, "the parameter balance"),
        ("PATCH", "/payments/1?reconcile=1", {}, "the parameter reconcile"),
        ("POST", "/customers", {"name": "A", "accounting_id": "7"}, "accounting_id"),
        ("POST", "/invoices", {"attachments": [7]}, "the parameter attachments"),
        ("POST", "/payments", {"accounting_id": "7"}, "the parameter accounting_id"),
        ("POST", "/customers/1/emails", {}, "the call POST /customers/{id}/emails"),
        ("POST", "/customers", {"name": "A", "taxes": [1]}, "tax rates in taxes"),
        ("POST", "/items", {"name": "A", "taxes": ["vat"]}, "tax rates in taxes"),
        ("POST", "/invoices", {"taxes": ["vat"]}, "taxes other than flat amounts"),
        ("POST", "/invoices", {"taxes": [{"tax_rate": {"id": "a"}}]}, "taxes other"),
        ("POST", "/invoices", {"discounts": [{"coupon": "a"}]}, "discounts other"),
        ("POST", "/invoices", {"date": "yesterday"}, "dates in words in date"),
        ("POST", "/payments", {"applied_to": [{"type": "credit"}]}, "the type credit"),
    ],
)
def test_what_is_not_built_is_no_refusal(
    method: str, path: str, body: Record, missing: str, account: Account
) -> None:
    """What the twin lacks answers 501 with a header of its own, which names it."""
    invoice = {"customer": account.customer()["id"]} if path == "/invoices" else {}
    payment = {"amount": 1} if path == "/payments" else {}
    sent = {**invoice, **payment, **body}
    answer = account.raw.request(method, path, json=sent)
    sentence = answer.headers[UNBUILT_HEADER]

    assert (501, sentence) == (answer.status_code, answer.json()["message"])
    assert missing in sentence


@pytest.mark.parametrize("value", [None, [], ""])
def test_nothing_for_what_is_not_built_is_taken(
    value: object, account: Account
) -> None:
    """An empty value of a parameter that is not built has no effect."""
    made = account.customer(payment_source=value)
    account.raw.patch(f"/customers/{made['id']}", json={"payment_source": value})

    assert account.read(made)["payment_source"] is None


@pytest.mark.parametrize("path", ["/customers/1/letter", "/subscription", "/orders"])
def test_what_invoiced_lacks_too_is_refused(path: str, account: Account) -> None:
    """A path that Invoiced does not have answers 404, as there."""
    answer = account.raw.get(path)

    assert (404, None) == (answer.status_code, answer.headers.get(UNBUILT_HEADER))


def test_what_is_not_built_is_not_kept(account: Account) -> None:
    """The idempotency key of a call that is not built stays free."""
    key = {"idempotency-key": "key-of-a-call"}
    account.raw.post("/customers/1/emails", headers=key)
    answer = account.raw.post("/customers", json={"name": "Ada"}, headers=key)

    assert 201 == answer.status_code
