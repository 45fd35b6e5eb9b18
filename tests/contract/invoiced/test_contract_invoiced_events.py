"""Invoiced: events, which tell what became of customers and invoices.

An account may tell of something a moment after it was done.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import Account, Record, refused

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


@pytest.fixture
def types(told: Callable[..., list[Record]]) -> Callable[..., list[str]]:
    """Return what waits a moment, and lists the types of events of a record."""
    return lambda record, **options: [each["type"] for each in told(record, **options)]


Told = Callable[..., list[Record]]
Types = Callable[..., list[str]]


@pytest.mark.documented("invoiced.event.shape")
def test_an_event_shows(account: Account, told: Told) -> None:
    """An event has these keys, says when it was, and holds the record in full."""
    made = account.customer()
    (event,) = told(made)

    assert SHOWN == {key: type(event.get(key)) for key in SHOWN}
    assert ("event", "customer.created", made["created_at"], {"object": made}) == (
        event["object"],
        event["type"],
        event["timestamp"],
        event["data"],
    )


@pytest.mark.unconfirmed
def test_an_event_can_be_read(account: Account, told: Told) -> None:
    """An event is retrieved by its id as the list shows it."""
    (event,) = told(account.customer())

    assert event == account.sdk.Event.retrieve(event["id"])


@pytest.mark.documented("invoiced.event.shape")
def test_an_update_holds_what_was(account: Account, told: Told) -> None:
    """The event of an edit holds the old values of what changed, and nothing else."""
    made = account.customer(phone="123")
    made.save(phone="456", name=made["name"], email="a@b.example")
    event = next(each for each in told(made) if each["type"] == "customer.updated")
    previous = event["data"].get("previous", event.get("previous"))

    assert {"phone": "123", "email": None} == previous


@pytest.mark.documented("invoiced.event.shape")
def test_an_invoices_event_holds_its_customer(account: Account, told: Told) -> None:
    """The event of an invoice has its customer in full."""
    customer = account.customer()
    made = account.invoice(customer=customer["id"])

    assert {**made, "customer": customer} == told(made)[0]["data"]["object"]


@pytest.mark.unconfirmed
def test_an_event_stays_as_it_was(
    account: Account, told: Told, later: Callable[[float], None]
) -> None:
    """A later edit changes no earlier event."""
    made = account.customer(phone="123")
    later(2)
    made.save(phone="456")

    assert "123" == told(made)[-1]["data"]["object"]["phone"]


@pytest.mark.documented("invoiced.event.order")
@pytest.mark.parametrize("kind", ["customer", "invoice"])
def test_the_latest_event_comes_first(
    kind: str, account: Account, later: Callable[[float], None], types: Types
) -> None:
    """Events are listed in reverse order, one for each write, a deletion included."""
    made = account.make(kind)
    subject = {"object": kind, "id": made["id"]}
    later(2)
    made.save(notes="Thank you")
    later(2)
    made.delete()

    expected = [f"{kind}.{verb}" for verb in ("deleted", "updated", "created")]
    assert expected == types(subject)


@cases(
    "kind, change, expected",
    {
        "unchanged": (
            "customer",
            lambda made: made.save(name=made["name"]),
            [],
            pytest.mark.unconfirmed("invoiced.event.unchanged"),
        ),
        "refused": (
            "customer",
            lambda made: refused(made.save, email="nobody"),
            [],
            pytest.mark.unconfirmed,
        ),
        "metadata": (
            "customer",
            lambda made: made.save(metadata={"a": "b"}),
            ["customer.updated"],
            pytest.mark.unconfirmed,
        ),
        "void": (
            "invoice",
            lambda made: made.void(),
            ["invoice.updated"],
            pytest.mark.unconfirmed,
        ),
    },
)
def test_an_edit_is_told(
    kind: str,
    change: Callable[[Record], object],
    expected: list[str],
    account: Account,
    types: Types,
) -> None:
    """What changes a record is told as an update, a void included; nothing else is."""
    made = account.make(kind)
    change(made)

    assert sorted([f"{kind}.created", *expected]) == sorted(types(made))


@pytest.mark.unconfirmed
def test_nothing_is_told_of_items(account: Account, types: Types) -> None:
    """Items have no events."""
    made = account.item()
    made.save(name="Other")

    assert [] == types(made)


@cases(
    "amount, expected",
    [
        (4, "invoice.updated", pytest.mark.unconfirmed),
        (10, "invoice.paid", pytest.mark.unconfirmed("invoiced.event.paid")),
    ],
)
def test_a_payment_is_told(
    amount: float, expected: str, account: Account, types: Types
) -> None:
    """A payment that pays an invoice is told as that alone, less as an update."""
    made = account.invoice()
    account.payment(made, amount)
    found = [each for each in types(made) if each.startswith("invoice.")]

    assert ["invoice.created", expected] == sorted(found)


# Filters


@pytest.mark.documented("invoiced.event.related-to")
def test_events_are_found_by_record(account: Account, told: Told) -> None:
    """related_to keeps the events of one record."""
    made = account.customer()
    account.customer()
    found = [event["data"]["object"]["id"] for event in told(made)]

    assert [made["id"]] == found


@pytest.mark.unconfirmed
def test_events_of_nobody(types: Types) -> None:
    """What is related to no record of the account is nothing."""
    assert [] == types({"object": "customer", "id": "you"})


@pytest.mark.unconfirmed("invoiced.event.of-customer")
def test_an_invoice_is_told_of_its_customer(account: Account, types: Types) -> None:
    """The events of a customer have those of its invoices among them."""
    customer = account.customer()
    account.invoice(customer=customer["id"])

    assert {"customer.created", "invoice.created"} == set(types(customer))


@pytest.mark.unconfirmed("invoiced.event.filters")
@pytest.mark.parametrize(("kind", "count"), [("customer", 1), ("invoice", 0)])
def test_events_are_found_by_kind(
    kind: str, count: int, account: Account, told: Told
) -> None:
    """The parameter type keeps the events of one kind of record."""
    assert count == len(told(account.customer(), type=kind))


@pytest.mark.unconfirmed("invoiced.event.filters")
@pytest.mark.parametrize(
    ("name", "seconds", "count"),
    [
        ("start_date", 0, 1),
        ("start_date", 60, 0),
        ("end_date", 0, 1),
        ("end_date", -60, 0),
    ],
)
def test_events_are_found_by_time(
    name: str, seconds: int, count: int, account: Account, told: Told
) -> None:
    """start_date and end_date keep the events of a period, both ends included."""
    made = account.customer()

    assert count == len(told(made, **{name: made["created_at"] + seconds}))


@pytest.mark.unconfirmed
def test_events_come_in_pages(account: Account, later: Callable[[float], None]) -> None:
    """A page of events says how many there are in all."""
    made = account.customer()
    later(2)
    made.save(phone="1")
    later(A_MOMENT)
    mine = {"related_to": f"customer,{made['id']}", "per_page": 1, "page": 2}
    events, pages = account.sdk.Event.list(**mine)

    assert (["customer.created"], 2) == (
        [event["type"] for event in events],
        pages.total_count,
    )
