"""Invoiced: contacts, notes, custom fields, and what a customer owes or is merged."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import Account, Record, refused

SIDE = pytest.mark.unconfirmed("invoiced.side-records")


@pytest.fixture
def customer(account: Account) -> Record:
    """Return a customer."""
    return account.customer(country="NO")


def post(account: Account, path: str, body: Record) -> Any:  # noqa: ANN401 - JSON
    """Create a record through plain HTTP."""
    answer = account.raw.post(path, json=body)
    assert 201 == answer.status_code, answer.text
    return answer.json()


# Contacts


@SIDE
def test_a_contact_is_below_its_customer(account: Account, customer: Record) -> None:
    """A contact is listed and edited below its customer, and in its country."""
    contacts = customer.contacts()
    made = contacts.create(name="Grace", email="G@Acme.example")
    made.save(title="Admiral")
    (listed,), _ = customer.contacts().list()
    other = account.customer()

    assert ("g@acme.example", "NO", True, "Admiral", made["id"]) == (
        listed["email"],
        listed["country"],
        listed["primary"],
        listed["title"],
        listed["id"],
    )
    assert (404, None) == refused(other.contacts().retrieve, made["id"])


@SIDE
def test_a_contact_can_be_deleted(customer: Record) -> None:
    """A deleted contact answers 404."""
    made = customer.contacts().create(name="Grace")
    number = made["id"]
    made.delete()

    assert (404, None) == refused(customer.contacts().retrieve, number)


@SIDE
@cases(
    "sent, param",
    [
        ({}, "name"),
        ({"name": "é" * 128}, "name"),
        ({"name": "A", "email": "nobody"}, "email"),
        ({"name": "A", "shoe_size": 43}, "request"),
    ],
)
def test_an_odd_contact_is_refused(
    sent: Record, param: str, account: Account, customer: Record
) -> None:
    """A contact needs a name, and has no unknown field."""
    answer = account.raw.post(f"/customers/{customer['id']}/contacts", json=sent)

    assert (400, param) == (answer.status_code, answer.json()["param"])


# Notes


@SIDE
def test_a_note_is_about_a_customer(account: Account, customer: Record) -> None:
    """A note is listed below its customer, can be edited, and is gone when deleted."""
    made = post(account, "/notes", {"customer_id": customer["id"], "notes": "Called"})
    path = f"/notes/{made['id']}"
    account.raw.patch(path, json={"notes": "Called twice"})
    listed = account.raw.get(f"/customers/{customer['id']}/notes").json()
    account.raw.delete(path)

    assert [("Called twice", customer["id"])] == [
        (each["notes"], each["customer"]) for each in listed
    ]
    assert [] == account.raw.get(f"/customers/{customer['id']}/notes").json()


@SIDE
def test_a_note_about_an_invoice_is_its_customers(account: Account) -> None:
    """A note about an invoice is one about its customer too."""
    invoice = account.invoice()
    made = post(account, "/notes", {"invoice_id": invoice["id"], "notes": "Late"})
    query = {"filter[customer_id]": invoice["customer"]}

    assert invoice["customer"] == made["customer"]
    assert [made["id"]] == [
        each["id"] for each in account.raw.get("/notes", params=query).json()
    ]


@SIDE
@cases(
    "sent, status, param",
    [
        ({"customer_id": 5}, 400, "notes"),
        ({"notes": "A"}, 400, "customer"),
        ({"notes": "A", "customer_id": 5}, 404, None),
        ({"notes": "A", "shoe_size": 43}, 400, "request"),
    ],
)
def test_an_odd_note_is_refused(
    sent: Record, status: int, param: str | None, account: Account
) -> None:
    """A note needs a text and a customer, and has no unknown field."""
    answer = account.raw.post("/notes", json=sent)

    assert (status, param) == (answer.status_code, answer.json().get("param"))


# Custom fields


@pytest.mark.unconfirmed("invoiced.metadata.custom-fields")
@cases(
    "kind, sent, read",
    [
        ("string", 5, "5"),
        ("integer", "5", 5),
        ("double", "1.5", 1.5),
        ("boolean", True, True),
        ("date", "1767603600", 1767603600),
        ("money", 5, "5"),
    ],
)
def test_metadata_has_the_type_of_its_custom_field(
    kind: str, sent: object, read: object, account: Account
) -> None:
    """A later read shows metadata in the type of the custom field of its key."""
    key = account.new("field")
    field = {"id": key, "name": "Field", "object": "customer", "type": kind}
    post(account, "/custom_fields", field)
    made = account.customer(metadata={key: sent})

    assert {key: read} == account.read(made)["metadata"]


@SIDE
def test_a_custom_field_is_unique_by_object(account: Account) -> None:
    """An id can be taken once for each object; a field can be renamed and deleted."""
    field = {"id": account.new("field"), "name": "Field", "object": "customer"}
    made = post(account, "/custom_fields", field)
    path = f"/custom_fields/{made['internal_id']}"
    post(account, "/custom_fields", {**field, "object": "invoice"})
    again = account.raw.post("/custom_fields", json=field)
    renamed = account.raw.patch(path, json={"name": "Other", "id": "other"}).json()
    account.raw.delete(path)

    assert (400, "id") == (again.status_code, again.json()["param"])
    assert ("Other", field["id"]) == (renamed["name"], renamed["id"])
    assert 404 == account.raw.get(path).status_code


@SIDE
@cases(
    "change, param",
    [
        ({"id": "a b"}, "id"),
        ({"id": None}, "id"),
        ({"object": "order"}, "object"),
        ({"type": "colour"}, "type"),
    ],
)
def test_an_odd_custom_field_is_refused(
    change: Record, param: str, account: Account
) -> None:
    """A custom field has an id of letters and digits, a known object and type."""
    field = {"id": account.new("field"), "name": "Field", "object": "customer"}
    answer = account.raw.post("/custom_fields", json={**field, **change})

    assert (400, param) == (answer.status_code, answer.json()["param"])


# Balances


@pytest.mark.documented("invoiced.customer.balance")
def test_a_customer_owes_its_open_invoices(account: Account) -> None:
    """Drafts and invoices in other currencies are not in a customer's balance."""
    customer = account.customer(currency="usd")
    mine = {"customer": customer["id"]}
    account.payment(account.invoice(**mine), 4)
    account.invoice(**mine, draft=True)
    account.invoice(**mine, currency="eur")
    balance = customer.balance()

    assert ("usd", 6, False) == (
        balance["currency"],
        balance["total_outstanding"],
        balance["past_due"],
    )


# Merges


@pytest.mark.unconfirmed("invoiced.customer.merged")
def test_a_merge_moves_all_at_once(account: Account) -> None:
    """A merge answers 204; invoices and events are the other customer's."""
    invoice, kept = account.invoice(), account.customer()
    moved = account.sdk.Customer.retrieve(invoice["customer"])
    path = f"/customers/{kept['id']}/merge"
    answer = account.raw.post(path, json={"customer": moved["id"]})

    assert (204, b"") == (answer.status_code, answer.content)
    assert kept["id"] == account.read(invoice)["customer"]
    assert (404, None) == refused(account.read, moved)
    assert ["customer.merged", "customer.created", "invoice.created"] == [
        event["type"] for event in account.events(kept)[:3]
    ]


@pytest.mark.unconfirmed("invoiced.customer.merged")
@pytest.mark.parametrize("which", ["none", "itself", "inactive"])
def test_a_merge_can_be_refused(which: str, account: Account) -> None:
    """An unknown customer, the same one, and an inactive one are not merged."""
    kept = account.customer()
    other = {
        "none": 5,
        "itself": kept["id"],
        "inactive": account.customer(active=False)["id"],
    }
    path = f"/customers/{kept['id']}/merge"

    assert 400 == account.raw.post(path, json={"customer": other[which]}).status_code
