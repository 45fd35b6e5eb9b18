"""Invoiced: events, which tell what became of customers and invoices.

An account may tell of something a moment after it was done.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.invoiced.account import Account, Record

#: Seconds until what was done is told.
A_MOMENT = 5

#: Keys that are always there, with the types of their values.
SHOWN = {"id": int, "object": str, "type": str, "timestamp": int, "data": dict}


@pytest.fixture
def told(
    account: Account, later: Callable[[float], None]
) -> Callable[..., list[Record]]:
    """Return what waits a moment, and lists what is told of a record."""

    def listed(record: Record, **options: object) -> list[Record]:
        later(A_MOMENT)
        return account.events(record, **options)

    return listed


def types(events: list[Record]) -> list[str]:
    """Return what kinds of events these are."""
    return [event["type"] for event in events]


@pytest.mark.documented("invoiced.event.shape")
def test_an_event_shows(account: Account, told: Callable[..., list[Record]]) -> None:
    """An event has these keys, with values of these types."""
    event = told(account.customer())[0]

    assert SHOWN == {key: type(event.get(key)) for key in SHOWN}


@pytest.mark.documented("invoiced.event.shape")
def test_an_event_holds_the_record(
    account: Account, told: Callable[..., list[Record]]
) -> None:
    """An event holds the record in full."""
    made = account.customer()

    assert made["name"] == told(made)[0]["data"]["object"]["name"]


@pytest.mark.documented("invoiced.event.shape")
def test_an_update_holds_what_was(
    account: Account, told: Callable[..., list[Record]]
) -> None:
    """The event of an edit holds the old values, in its data or beside them."""
    made = account.customer(phone="123")
    made.save(phone="456")
    event = next(each for each in told(made) if each["type"] == "customer.updated")
    previous = event["data"].get("previous", event.get("previous"))

    assert "123" == previous["phone"]


@pytest.mark.documented("invoiced.event.shape")
def test_an_invoices_event_holds_its_customer(
    account: Account, told: Callable[..., list[Record]]
) -> None:
    """The event of an invoice has its customer in full."""
    made = account.invoice()
    shown = told(made)[0]["data"]["object"]

    assert made["customer"] == shown["customer"]["id"]


@pytest.mark.documented("invoiced.event.order")
def test_the_latest_event_comes_first(
    account: Account,
    later: Callable[[float], None],
    told: Callable[..., list[Record]],
) -> None:
    """Events are listed in reverse order."""
    made = account.customer()
    later(2)
    made.save(phone="123")

    assert ["customer.updated", "customer.created"] == types(told(made))


@pytest.mark.documented
def test_a_deletion_is_told(
    account: Account, told: Callable[..., list[Record]]
) -> None:
    """A deleted customer leaves an event."""
    made = account.customer()
    subject = {"object": "customer", "id": made["id"]}
    made.delete()

    assert "customer.deleted" in types(told(subject))


@pytest.mark.documented("invoiced.event.related-to")
def test_events_are_found_by_record(
    account: Account, told: Callable[..., list[Record]]
) -> None:
    """related_to keeps the events of one record."""
    made = account.customer()
    account.customer()
    found = [event["data"]["object"]["id"] for event in told(made)]

    assert [made["id"]] == found


@pytest.mark.unconfirmed("invoiced.event.of-customer")
def test_an_invoice_is_told_of_its_customer(
    account: Account, told: Callable[..., list[Record]]
) -> None:
    """The events of a customer have those of its invoices among them."""
    customer = account.customer()
    account.invoice(customer=customer["id"])

    assert {"customer.created", "invoice.created"} == set(types(told(customer)))


@pytest.mark.unconfirmed("invoiced.event.filters")
@pytest.mark.parametrize(("kind", "count"), [("customer", 1), ("invoice", 0)])
def test_events_are_found_by_kind(
    kind: str, count: int, account: Account, told: Callable[..., list[Record]]
) -> None:
    """The parameter type keeps the events of one kind of record."""
    assert count == len(told(account.customer(), type=kind))


@pytest.mark.unconfirmed("invoiced.event.filters")
@pytest.mark.parametrize(
    ("name", "seconds", "count"),
    [
        ("start_date", -60, 1),
        ("start_date", 60, 0),
        ("end_date", 60, 1),
        ("end_date", -60, 0),
    ],
)
def test_events_are_found_by_time(
    name: str,
    seconds: int,
    count: int,
    account: Account,
    told: Callable[..., list[Record]],
) -> None:
    """start_date and end_date keep the events of a period."""
    made = account.customer()

    assert count == len(told(made, **{name: made["created_at"] + seconds}))


@pytest.mark.unconfirmed("invoiced.event.paid")
def test_what_makes_an_invoice_paid_is_told_once(
    account: Account, told: Callable[..., list[Record]]
) -> None:
    """A payment that pays an invoice is told as invoice.paid, and as no update."""
    made = account.invoice()
    account.payment(made, 10)
    found = [each for each in types(told(made)) if each.startswith("invoice.")]

    assert ["invoice.created", "invoice.paid"] == sorted(found)


@pytest.mark.unconfirmed
def test_a_void_is_told_as_an_update(
    account: Account, told: Callable[..., list[Record]]
) -> None:
    """A void has no event of its own kind."""
    made = account.invoice()
    made.void()

    assert ["invoice.created", "invoice.updated"] == sorted(types(told(made)))


@pytest.mark.unconfirmed("invoiced.event.unchanged")
def test_an_edit_without_a_change_is_not_told(
    account: Account,
    later: Callable[[float], None],
    told: Callable[..., list[Record]],
) -> None:
    """A PATCH that only moves updated_at makes no event."""
    made = account.customer()
    later(2)
    made.save(name=made["name"])

    assert ["customer.created"] == types(told(made))
