"""Invoiced: what holds for records of several kinds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.invoiced.account import NOBODY, Account, Record, refused

#: A customer as it was recorded, an invoice and an item as they are documented: their
#: properties and types, with made-up values, and what they were made with.
SAMPLES = Path(__file__).parent / "records"
BODIES: dict[str, Record] = {
    "customer": {"country": "SE", "type": "person"},
    "invoice": {
        "currency": "eur",
        "payment_terms": "NET 14",
        "items": [{"name": "Tea", "type": "product", "quantity": 2}],
        "taxes": [{"amount": 1}],
    },
    "item": {"type": "product"},
}
#: The properties of a payment.
PAYMENT = """
    ach_sender_id amount balance charge created_at currency customer date id matched
    method notes object pdf_url reference source updated_at voided
"""
every_kind = pytest.mark.parametrize("kind", BODIES)


def misfits(sample: Record, record: Record) -> list[str]:
    """Return how a record differs in shape from a sample; null fits everything."""
    lacking = [f"{name} is missing" for name in sample if name not in record]
    return lacking + [
        f"{name} is {record[name]!r}, and in the sample {value!r}"
        for name, value in sample.items()
        if name in record
        and None not in (value, record[name])
        and type_of(value) != type_of(record[name])
    ]


def type_of(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return the type of a value as JSON has it; money may be whole."""
    return "number" if type(value) in {int, float} else type(value).__name__


def sample_of(kind: str) -> Record:
    """Return the sample of a kind."""
    return json.loads((SAMPLES / f"{kind}.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("customer", marks=pytest.mark.recorded("invoiced.customer.shape")),
        pytest.param("invoice", marks=pytest.mark.documented("invoiced.invoice.shape")),
        pytest.param("item", marks=pytest.mark.documented("invoiced.item.shape")),
    ],
)
def test_a_record_shows(kind: str, account: Account) -> None:
    """A record shows what its sample shows, each in the same type, and no more."""
    sample, made = sample_of(kind), account.make(kind, **BODIES[kind])

    assert [] == misfits(sample, made)
    assert sample.keys() == made.keys()


@pytest.mark.documented("invoiced.invoice.shape")
@pytest.mark.parametrize("part", ["items", "taxes"])
def test_a_line_shows(part: str, account: Account) -> None:
    """The lines and taxes of an invoice are shown as those of its sample are."""
    [sample], [line] = (
        sample_of("invoice")[part],
        account.invoice(**BODIES["invoice"])[part],
    )

    assert [] == misfits(sample, line)
    assert sample.keys() == line.keys()


@pytest.mark.documented("invoiced.payment.shape")
def test_a_payment_shows(account: Account) -> None:
    """A payment has the documented keys, and when it was last changed."""
    assert set(PAYMENT.split()) == account.payment(account.invoice(), 10).keys()


@pytest.mark.recorded
@every_kind
def test_keys_of_answers_are_sorted(kind: str, account: Account) -> None:
    """The keys of an answer are in the order of the alphabet."""
    made = account.make(kind)
    keys = list(account.raw.get(f"/{kind}s/{made['id']}").json())

    assert sorted(keys) == keys


@pytest.mark.unconfirmed
@every_kind
def test_a_record_can_be_read(kind: str, account: Account) -> None:
    """A record is retrieved as its creation answered, and says what it is."""
    made = account.make(kind)

    assert (made, kind) == (account.read(made), made["object"])


@pytest.mark.recorded("invoiced.create.stamps")
@every_kind
def test_a_new_record_was_not_updated(kind: str, account: Account) -> None:
    """A new record has the same created_at and updated_at."""
    made = account.make(kind)

    assert made["created_at"] == made["updated_at"]


@pytest.mark.documented("invoiced.record.unknown")
@pytest.mark.parametrize("unknown", [NOBODY, "none", "1" * 40, "٣"])
@pytest.mark.parametrize("kind", ["Customer", "Invoice", "Item", "Event"])
def test_an_unknown_id_answers_404(
    kind: str, unknown: object, account: Account
) -> None:
    """An id that nothing has answers 404, whatever it looks like."""
    assert (404, None) == refused(getattr(account.sdk, kind).retrieve, unknown)


@pytest.mark.documented("invoiced.record.unknown")
@pytest.mark.parametrize("kind", ["customer", "invoice"])
def test_a_deleted_record_is_gone(kind: str, account: Account) -> None:
    """A deleted customer or invoice answers 404, and so does a void."""
    made = account.make(kind)
    path = f"/{kind}s/{made['id']}"
    made.delete()

    assert [(404, None)] * 2 == [
        refused(account.sdk.request, "GET", path),
        refused(account.sdk.request, "POST", f"/invoices/{made['id']}/void"),
    ]


@pytest.mark.unconfirmed("invoiced.body.unknown-keys")
@pytest.mark.parametrize("key", ["shoe_size", "id"])
@pytest.mark.parametrize("kind", ["customer", "invoice"])
def test_unknown_keys_are_ignored(kind: str, key: str, account: Account) -> None:
    """An unknown key is ignored, and so is an id, without a word."""
    assert 43 != account.make(kind, **{key: 43}).get(key)


#: What is computed, of each kind.
BLOCKED = {
    "customer": "created_at updated_at object sign_up_url statement_pdf_url",
    "invoice": "status paid balance total subtotal attempt_count created_at updated_at",
}


@pytest.mark.unconfirmed("invoiced.body.blocked-keys")
@pytest.mark.parametrize("kind", BLOCKED)
def test_computed_keys_are_refused(kind: str, account: Account) -> None:
    """A computed key is refused in a new record and in an edit, without a param."""
    made = account.make(kind)
    keys = BLOCKED[kind].split()

    assert {(400, None)} == {refused(account.make, kind, **{key: 1}) for key in keys}
    assert {(400, None)} == {refused(made.save, **{key: None}) for key in keys}


# Edits


@pytest.mark.unconfirmed(
    "invoiced.patch.bumps", "invoiced.body.unknown-keys", "invoiced.item.fixed"
)
@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("customer", {"phone": "1"}),
        ("customer", {"type": "company"}),
        ("customer", {"metadata": {}}),
        ("customer", {"metadata": {"key": "x"}}),
        ("customer", {"shoe_size": 43}),
        ("invoice", {"notes": "Thank you"}),
        ("item", {"name": "Card"}),
        ("item", {"unit_cost": 9}),
    ],
)
def test_an_edit_bumps(
    kind: str, change: Record, account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH moves updated_at, also if it changes nothing, and leaves created_at."""
    made = account.make(kind)
    created = made["created_at"]
    later(2)
    made.save(**change)
    now = account.read(made)

    assert (True, created) == (created < now["updated_at"], now["created_at"])


@pytest.mark.unconfirmed("invoiced.patch.empty")
def test_an_empty_edit_does_not_bump(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH with an empty body leaves updated_at alone, and is taken in any state."""
    made, voided = account.customer(), account.invoice()
    voided.void()
    later(2)
    answers = [
        account.raw.patch(path, json={})
        for path in (f"/customers/{made['id']}", f"/invoices/{voided['id']}")
    ]

    assert [200, 200] == [answer.status_code for answer in answers]
    assert made["updated_at"] == account.read(made)["updated_at"]
