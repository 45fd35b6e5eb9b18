"""The clients read and write both vendors as they are. Twins are the vendors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dataflow.errors import NotFoundError, VendorRefusedError, VendorUnavailableError
from dataflow.record_types.model import CUSTOMER, ITEM, KINDS, ORDER, Kind
from dataflow.vendors.chargebee import ChargebeeSite, is_live, was_generated
from dataflow.vendors.connection import chargebee_client, invoiced_client
from dataflow.vendors.invoiced import InvoicedAccount
from tests.vendors.both import Both

kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

# Invoiced


def test_a_created_record_reads_as_later(both: Both) -> None:
    """A new record is returned as a read shows it, not as the creation answered."""
    person = both.create("person")

    assert person.record == both.read(person)


def test_an_edit_in_invoiced_arrives(both: Both) -> None:
    """An edit sends all its properties at once, and none of the edit before it."""
    one, two = both.create("person"), both.create("person")
    both.account.edit(CUSTOMER, one.id, {"phone": "555", "email": "a@example.com"})
    both.account.edit(CUSTOMER, two.id, {"notes": "new"})
    first, second = both.read(one), both.read(two)

    assert ("555", "a@example.com", None, "new") == (
        first["phone"],
        first["email"],
        second["phone"],
        second["notes"],
    )


def test_a_paid_invoice_is_paid_in_full(both: Both) -> None:
    """A payment leaves no balance, and Invoiced closes the invoice."""
    invoice = both.create("invoice")
    both.account.pay(invoice.record)
    record = both.read(invoice)

    assert (0, True, True) == (record["balance"], record["paid"], record["closed"])


def test_a_list_of_invoiced_is_read_to_its_end(both: Both) -> None:
    """More than a page is read: a lost page would look like lost records."""
    ids = {both.create("person").id for _ in range(101)}

    assert ids == set(both.account.list_all(CUSTOMER))


def test_a_record_that_is_not_in_invoiced_is_none(both: Both) -> None:
    """An unknown id and a deleted record read as None."""
    person = both.create("person")
    both.account.delete(CUSTOMER, person.id)

    assert (None, None) == (
        both.account.get(CUSTOMER, person.id),
        both.account.get(ORDER, "PO-8"),
    )


# Chargebee


def test_an_edit_in_chargebee_arrives(both: Both) -> None:
    """An edit arrives: an edit without effect would always be in sync."""
    key = both.create_stranger(CUSTOMER)["id"]
    both.site.edit(CUSTOMER, key, {"last_name": "Lovelace"})

    assert "Lovelace" == both.site.get(CUSTOMER, key)["last_name"]


@kinds
def test_a_record_of_each_kind_is_listed(kind: Kind, both: Both) -> None:
    """A new record is listed as it reads alone, live, and as not generated."""
    key = both.create_stranger(kind)["id"]
    record = both.site.list_all(kind)[key]

    assert (both.site.get(kind, key), True, False) == (
        record,
        is_live(record),
        was_generated(kind, record),
    )


@kinds
def test_a_deleted_record_is_listed_and_not_live(kind: Kind, both: Both) -> None:
    """A deleted record is still listed, as one that is gone."""
    key = both.create_stranger(kind)["id"]
    both.site.delete(kind, key)
    both.target.advance(180)  # a customer is deleted some minutes later

    assert not is_live(both.site.list_all(kind)[key])


def test_a_list_of_chargebee_is_read_to_its_end(both: Both) -> None:
    """More than a page is read: the second page has the duplicates."""
    ids = {f"c-{number}" for number in range(101)}
    for key in ids:
        both.site.create(CUSTOMER, {"id": key})

    assert ids == set(both.site.list_all(CUSTOMER))


def test_absent_values_stay_absent(both: Both) -> None:
    """A record is the JSON and no more: the SDK has None for an absent value."""
    both.site.create(CUSTOMER, {"id": "ada"})

    assert "last_name" not in both.site.get(CUSTOMER, "ada")


def test_a_record_that_is_not_in_chargebee(both: Both) -> None:
    """An unknown id is refused with 404, and found as None."""
    with pytest.raises(NotFoundError) as caught:
        both.site.get(CUSTOMER, "unknown")

    assert (404, None) == (caught.value.status, both.site.find(CUSTOMER, "unknown"))


def test_the_first_record_of_a_list(both: Both) -> None:
    """One call shows whether a list has a record."""
    item = both.create_stranger(ITEM)

    assert (item["id"], None) == (
        (both.site.find_first(ITEM) or {})["id"],
        both.site.find_first(ITEM, id={"is": "unknown"}),
    )


# Errors of both


def test_a_refusal_is_evidence(both: Both) -> None:
    """What a vendor refuses to change is a refusal, with vendor, status and message."""
    invoice, other = both.create("invoice"), both.create("person")
    order = both.create_stranger(ORDER)["id"]
    with pytest.raises(VendorRefusedError) as of_invoiced:
        both.account.edit(ORDER, invoice.id, {"customer": other.record["id"]})
    with pytest.raises(VendorRefusedError) as of_chargebee:
        both.site.edit(ORDER, order, {"status": "lost"})

    assert [("Invoiced", 400, True), ("Chargebee", 400, True)] == [
        (error.value.vendor, error.value.status, bool(error.value.message))
        for error in (of_invoiced, of_chargebee)
    ]


@pytest.mark.parametrize("vendor", ["Invoiced", "Chargebee"])
def test_a_wrong_key_is_no_refusal(both: Both, vendor: str) -> None:
    """With a wrong key, every edit would otherwise count as refused."""
    wrong = replace(both.target.connection, invoiced_key="wrong", chargebee_key="wrong")
    clients: dict[str, InvoicedAccount | ChargebeeSite] = {
        "Invoiced": InvoicedAccount(invoiced_client(wrong)),
        "Chargebee": ChargebeeSite(chargebee_client(wrong)),
    }
    with pytest.raises(VendorUnavailableError) as caught:
        clients[vendor].get(CUSTOMER, "1")

    assert (401, True) == (
        caught.value.status,
        str(caught.value).startswith(f"{vendor} is not available: "),
    )
