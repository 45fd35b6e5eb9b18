"""What no real account shows at will: numbers, resets, times by the clock, and junk."""

from __future__ import annotations

import base64
import json

import pytest

from dataflow.twin.clock import START, ManualClock
from dataflow.twin.invoiced import InvoicedTwin, customers, invoices, items
from dataflow.twin.invoiced.fields import Fields
from dataflow.twin.invoiced.types import line_amount
from dataflow.twin.messages import Request, Response
from tests.contract.invoiced.account import A_DAY, Account, Record, refused
from tests.twin.invoiced.conftest import KEY


def events(account: Account) -> list[str]:
    """Return the types of all events."""
    return [event["type"] for event in account.sdk.Event.list()[0]]


# An empty account


def test_an_empty_account_tells_nothing(account: Account) -> None:
    """An account in which nothing has happened has no events."""
    assert [] == events(account)


def test_a_reset_empties_the_account(account: Account, twin: InvoicedTwin) -> None:
    """After a reset there is no customer; ids go on where they were."""
    first = account.customer()["id"]
    event = account.sdk.Event.list()[0][0]["id"]
    twin.reset()

    assert [] == account.listed("Customer")
    assert (1_000_001, 1_000_002) == (first, account.customer()["id"])
    assert event < account.sdk.Event.list()[0][0]["id"]


def test_an_id_is_never_used_again(account: Account) -> None:
    """A deleted customer's id is not given to the next one, nor to an event."""
    gone = account.customer()
    first = gone["id"]
    gone.delete()

    assert first + 1 == account.customer()["id"]


def test_a_given_number_steps_over_a_chosen_one(account: Account) -> None:
    """Numbers are given in turn, but for what is taken or was refused."""
    account.customer(number="CUST-00001")
    refused(account.customer, email="nobody")

    assert "CUST-00002" == account.customer()["number"]


def test_a_draft_uses_a_number(account: Account) -> None:
    """A draft is numbered like any other invoice."""
    both = [account.invoice(draft=draft)["number"] for draft in (True, False)]

    assert ["INV-00001", "INV-00002"] == both


# Times


def test_a_record_has_the_time_of_the_clock(
    account: Account, clock: ManualClock
) -> None:
    """A record's times are those of the clock, in seconds."""
    made = account.customer()
    clock.advance(5)
    made.save(phone="1")

    assert (START, START + 5) == (made["created_at"], made["updated_at"])


@pytest.mark.parametrize(("wait", "expected"), [(A_DAY - 1, "Acme"), (A_DAY, "Other")])
def test_a_key_lasts_a_day(
    account: Account, clock: ManualClock, wait: int, expected: str
) -> None:
    """After 24 hours an idempotency key is as good as new."""
    account.customer(idempotency_key="abc-123", name="Acme")
    clock.advance(wait)

    assert expected == account.customer(idempotency_key="abc-123", name="Other")["name"]


def test_falling_past_due_is_told(account: Account, clock: ManualClock) -> None:
    """An invoice that falls past due is bumped, once, and told of as an update."""
    invoice = account.invoice()
    invoice.save(due_date=START + 5)
    invoice.save(due_date=START + 5)
    clock.advance(59)
    statuses = [account.read(invoice)["status"]]
    clock.advance(1)
    told = account.sdk.Event.list()[0][0]
    clock.advance(60)
    known = account.read(invoice)

    assert ["not_sent", "past_due"] == [*statuses, known["status"]]
    assert ({"status": "not_sent"}, START + 60, 3) == (
        told["data"]["previous"],
        known["updated_at"],
        len(account.events(invoice)),
    )


def test_what_is_born_past_due_is_not_told_twice(account: Account) -> None:
    """An invoice that is created past due does not fall past due later."""
    account.invoice(due_date=5)

    assert ["invoice.created", "customer.created"] == events(account)


def test_a_later_due_date_falls_due_again(account: Account, clock: ManualClock) -> None:
    """An invoice that was given more time falls past due a second time."""
    invoice = account.invoice()
    for due in (5, 65):
        invoice.save(due_date=START + due)
        clock.advance(60)

    newest = account.sdk.Event.list()[0][0]
    assert (START + 120, "past_due") == (
        newest["timestamp"],
        newest["data"]["object"]["status"],
    )


# Values


@pytest.mark.parametrize(
    ("quantity", "unit_cost", "currency", "minor"),
    [
        (1, 105.26, "usd", 10526),
        (1, 12.045, "usd", 1205),
        (10, -1, "usd", -1000),
        (1, -12.045, "usd", -1205),
        (3, 0.335, "usd", 101),
        (1, 10.5, "jpy", 11),
        (1, 1.0005, "bhd", 1001),
        (999_999_999_999, 999_999_999_999, "bhd", 999_999_999_998_000_000_000_001_000),
    ],
)
def test_a_line_is_rounded_half_away_from_zero(
    quantity: float, unit_cost: float, currency: str, minor: int
) -> None:
    """A line costs quantity times price, in whole minor units of the currency."""
    assert minor == line_amount(quantity, unit_cost, currency)


def ask(twin: InvoicedTwin, method: str, path: str, body: object) -> Response:
    """Ask a twin directly, without a server between."""
    token = base64.b64encode(f"{KEY}:".encode()).decode()
    sent = b"" if body is None else json.dumps(body).encode()
    headers = {"authorization": f"Basic {token}", "content-type": "application/json"}
    return twin.handle(Request(method, path, headers=headers, body=sent))


#: What nobody should send, in any field.
JUNK: list[object] = [
    *(None, True, False, 0, -1, 1, 1.5, 10**30, 1e300, "", " ", "x", "x" * 300),
    *("usd", "a@b.example", "NET 9999", "\ud800", "0", [], [[]], [None], [{}], {}),
    *({"a": {}}, {"id": 1_000_001}, [{"id": "x"}], [{"amount": 1e11}]),
    *([{"unit_cost": 1e11, "quantity": 1e11}], [{"catalog_item": []}], [{"tax": {}}]),
]


@pytest.mark.parametrize("junk", JUNK, ids=repr)
@pytest.mark.parametrize(
    ("path", "good", "fields"),
    [
        ("/customers", {"name": "A"}, customers.FIELDS),
        ("/invoices", {"customer": 1_000_001, "draft": True}, invoices.FIELDS),
        ("/items", {"name": "A"}, items.FIELDS),
    ],
)
def test_no_value_makes_the_twin_fail(
    twin: InvoicedTwin, path: str, good: Record, fields: Fields, junk: object
) -> None:
    """Whatever a field is set to, the twin takes or refuses it, or has not built it."""
    ask(twin, "POST", "/customers", {"name": "A"})
    record = json.loads(ask(twin, "POST", path, good).body)
    one = f"{path}/{record['id']}"
    statuses = set()
    for field in sorted(fields.parameters):
        new = ask(twin, "POST", path, {**good, field: junk})
        edit = ask(twin, "PATCH", one, {field: junk})
        listed = ask(twin, "GET", path, None)
        statuses |= {new.status, edit.status, listed.status}

    assert statuses <= {200, 201, 400, 501}


def test_a_twin_without_a_host_links_to_its_own_address(clock: ManualClock) -> None:
    """A request that does not say where it was sent to gets links to `url`."""
    twin = InvoicedTwin(clock, key=KEY, url="http://twin.invalid")
    answer = ask(twin, "GET", "/items", None)

    assert answer.headers["Link"].startswith("<http://twin.invalid/items?page=1>")
