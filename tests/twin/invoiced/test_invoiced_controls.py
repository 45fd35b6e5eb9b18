"""What happens to an Invoiced account behind its callers' back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from dataflow.twin.clock import START, ManualClock
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.messages import ControlError, Request, encode_basic_auth
from tests.contract.invoiced.account import Account, Record, refused
from tests.twin.invoiced.conftest import KEY

# Time


class MachineClock:
    """A clock that can be put back, as that of a machine is now and then."""

    def __init__(self) -> None:
        self.now = START

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return self.now * 1000

    def seconds(self) -> int:
        """Return whole seconds since the epoch, UTC."""
        return self.now


def test_no_record_is_older_than_before() -> None:
    """A record that changes after the clock was put back has the latest time known."""
    clock = MachineClock()
    twin = InvoicedTwin(clock, key=KEY)
    headers = {
        "authorization": encode_basic_auth(KEY),
        "content-type": "application/json",
    }
    twin.handle(Request("POST", "/items", (), headers, b'{"id":"paper","name":"A"}'))
    clock.now -= 5
    twin.handle(Request("PATCH", "/items/paper", (), headers, b'{"name":"B"}'))
    item = json.loads(twin.handle(Request("GET", "/items/paper", (), headers)).body)

    assert ("B", START) == (item["name"], item["updated_at"])


# Bumps


@pytest.mark.parametrize("kind", ["customer", "invoice", "item"])
def test_a_bump_moves_the_time_alone(
    account: Account, twin: InvoicedTwin, clock: ManualClock, kind: str
) -> None:
    """A bump moves `updated_at`, and leaves all else."""
    made = account.make(kind)
    clock.advance(5)
    twin.bump(kind, str(made["id"]))

    assert {**made, "updated_at": START + 5} == account.read(made)


def test_a_bump_is_found_by_whoever_polls(
    account: Account, twin: InvoicedTwin, clock: ManualClock
) -> None:
    """A bumped record is listed as changed, and no event tells of it."""
    made = account.customer()
    clock.advance(5)
    twin.bump("customer", str(made["id"]))

    assert [made["id"]] == account.listed("Customer", updated_after=START)
    assert 1 == len(account.listed("Event"))


@pytest.mark.parametrize(
    ("kind", "identifier"), [("customer", "5"), ("order", "5"), ("invoice", "x")]
)
def test_a_bump_of_nothing_says_so(
    twin: InvoicedTwin, kind: str, identifier: str
) -> None:
    """A bump of what is not there names what was asked for."""
    with pytest.raises(ControlError, match=f"{kind} {identifier}"):
        twin.bump(kind, identifier)


# Merges


@pytest.fixture
def invoice(account: Account) -> Record:
    """Return an invoice of the customer that will be merged."""
    return account.invoice()


@pytest.fixture
def winner(account: Account) -> Record:
    """Return the customer that stays."""
    return account.customer()


@pytest.fixture
def merge(
    twin: InvoicedTwin, clock: ManualClock, invoice: Record, winner: Record
) -> Callable[[], None]:
    """Return what merges the invoice's customer into the other, five seconds later."""

    def merge_later() -> None:
        clock.advance(5)
        twin.merge(str(invoice["customer"]), str(winner["id"]))

    return merge_later


def test_a_merge_moves_invoices_and_payments_silently(
    account: Account, invoice: Record, winner: Record, merge: Callable[[], None]
) -> None:
    """What a merged customer had is another customer's, and nothing else is new."""
    payment = account.payment(invoice, 10)
    before = account.read(invoice)
    merge()
    owner = {"customer": winner["id"]}

    assert [{**before, **owner}, {**payment, **owner}] == [
        account.read(invoice),
        account.read(payment),
    ]


def test_a_merge_hides_nobody_from_whoever_polls(
    account: Account, winner: Record, merge: Callable[[], None], clock: ManualClock
) -> None:
    """An invoice that was moved stands in no other one's way to the list."""
    clock.advance(1)
    other = account.invoice(customer=winner["id"])
    merge()

    assert [other["id"]] == account.listed("Invoice", updated_after=START)


def test_a_merge_is_told_as_one_event(
    account: Account, merge: Callable[[], None]
) -> None:
    """Neither the moved invoices nor the deleted customer have events of their own."""
    merge()
    events = account.sdk.Event.list()[0]

    assert ("customer.merged", 4) == (events[0]["type"], len(events))


def test_a_merged_customer_is_gone(
    account: Account, invoice: Record, merge: Callable[[], None]
) -> None:
    """A merged customer answers 404, and its number can be another one's."""
    loser = account.sdk.Customer.retrieve(invoice["customer"])
    merge()

    assert (404, None) == refused(account.read, loser)
    assert loser["number"] == account.customer(number=loser["number"])["number"]


def test_a_merge_leaves_the_invoices_to_the_winner(
    winner: Record, merge: Callable[[], None]
) -> None:
    """A customer that was given invoices by a merge cannot be deleted."""
    merge()

    assert (400, None) == refused(winner.delete)


def test_a_merge_with_oneself_says_so(twin: InvoicedTwin, winner: Record) -> None:
    """A customer is not merged with itself."""
    identifier = str(winner["id"])
    with pytest.raises(ControlError, match=identifier):
        twin.merge(identifier, identifier)
