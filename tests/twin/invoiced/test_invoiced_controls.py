"""What happens to an Invoiced account behind its callers' back, and line addresses."""

from __future__ import annotations

import json
from typing import Any

import invoiced
import pytest
from invoiced.objects import LineItem

from dataflow.twin.clock import START, ManualClock
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.messages import ControlError, Request, basic
from tests.twin.invoiced.calling import KEY, TEN, refused, rests_on


@pytest.fixture
def line_items(invoiced_client: invoiced.Client, invoice: Any) -> Any:  # noqa: ANN401
    """Return the lines of the invoice under their own address."""
    return LineItem(invoiced_client).set_endpoint_base(invoice.endpoint())


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
    headers = {"authorization": basic(KEY), "content-type": "application/json"}
    twin.handle(Request("POST", "/items", (), headers, b'{"id":"paper","name":"A"}'))
    clock.now -= 5
    twin.handle(Request("PATCH", "/items/paper", (), headers, b'{"name":"B"}'))
    item = json.loads(twin.handle(Request("GET", "/items/paper", (), headers)).body)

    assert ("B", START) == (item["name"], item["updated_at"])


# Bumps


@pytest.mark.parametrize("kind", ["customer", "invoice", "item"])
def test_a_bump_moves_the_time_alone(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    invoiced_clock: ManualClock,
    kind: str,
    invoice: dict[str, Any],
) -> None:
    """A bump moves `updated_at`, and leaves all else."""
    invoiced_client.Item.create(id="paper", name="Paper")
    calls = getattr(invoiced_client, kind.capitalize())
    identifiers = {"customer": invoice["customer"], "item": "paper"}
    identifier = identifiers.get(kind, invoice["id"])
    before = dict(calls.retrieve(identifier))
    invoiced_clock.advance(5)
    invoiced_twin.bump(kind, str(identifier))

    assert before | {"updated_at": START + 5} == calls.retrieve(identifier)


def test_a_bump_is_found_by_whoever_polls(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    invoiced_clock: ManualClock,
    customer: dict[str, Any],
) -> None:
    """A bumped record is listed as changed, and no event tells of it."""
    invoiced_clock.advance(5)
    invoiced_twin.bump("customer", str(customer["id"]))
    changed = invoiced_client.Customer.list(updated_after=START)[0]

    assert (1, 1) == (len(changed), len(invoiced_client.Event.list()[0]))


@pytest.mark.parametrize(
    ("kind", "identifier"), [("customer", "5"), ("order", "5"), ("invoice", "x")]
)
def test_a_bump_of_nothing_says_so(
    invoiced_twin: InvoicedTwin, kind: str, identifier: str
) -> None:
    """A bump of what is not there names what was asked for."""
    with pytest.raises(ControlError, match=f"{kind} {identifier}"):
        invoiced_twin.bump(kind, identifier)


# Merges


def test_a_merge_moves_invoices_silently(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    invoiced_clock: ManualClock,
    invoice: dict[str, Any],
) -> None:
    """A merged customer's invoices have another customer, and nothing else new."""
    winner = invoiced_client.Customer.create(name="Winner")
    invoiced_clock.advance(5)
    invoiced_twin.merge(str(invoice["customer"]), str(winner["id"]))

    known = invoiced_client.Invoice.retrieve(invoice["id"])
    assert dict(invoice) | {"customer": winner["id"]} == known


def test_a_merge_hides_nobody_from_whoever_polls(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    invoiced_clock: ManualClock,
    invoice: dict[str, Any],
) -> None:
    """An invoice that was moved stands in no other one's way to the list."""
    winner = invoiced_client.Customer.create(name="Winner")
    invoiced_clock.advance(5)
    other = invoiced_client.Invoice.create(customer=winner["id"], items=TEN)
    invoiced_twin.merge(str(invoice["customer"]), str(winner["id"]))

    changed = invoiced_client.Invoice.list(updated_after=START)[0]
    assert [other["id"]] == [each["id"] for each in changed]


def test_a_merged_customer_is_gone(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    customer: dict[str, Any],
) -> None:
    """A merged customer answers 404."""
    winner = invoiced_client.Customer.create(name="Winner")
    invoiced_twin.merge(str(customer["id"]), str(winner["id"]))

    assert (404, None) == refused(
        lambda: invoiced_client.Customer.retrieve(customer["id"])
    )


def test_a_merge_is_told_as_one_event(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    invoice: dict[str, Any],
) -> None:
    """Neither the moved invoices nor the deleted customer have events of their own."""
    winner = invoiced_client.Customer.create(name="Winner")
    invoiced_twin.merge(str(invoice["customer"]), str(winner["id"]))
    events = invoiced_client.Event.list()[0]

    assert ("customer.merged", 4) == (events[0]["type"], len(events))


def test_a_merge_leaves_the_invoices_to_the_winner(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    invoice: dict[str, Any],
) -> None:
    """A customer that was given invoices by a merge cannot be deleted."""
    winner = invoiced_client.Customer.create(name="Winner")
    invoiced_twin.merge(str(invoice["customer"]), str(winner["id"]))

    assert (400, None) == refused(winner.delete)


def test_a_merge_leaves_the_payments_to_the_winner(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    invoice: dict[str, Any],
) -> None:
    """What the merged customer has paid, the other one has paid from then on."""
    winner = invoiced_client.Customer.create(name="Winner")
    share = {"type": "invoice", "invoice": invoice["id"], "amount": 10}
    payment = invoiced_client.Payment.create(amount=10, applied_to=[share])
    invoiced_twin.merge(str(invoice["customer"]), str(winner["id"]))

    known = invoiced_client.Payment.retrieve(payment["id"])
    assert dict(payment) | {"customer": winner["id"]} == known


def test_a_merge_frees_the_number(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    customer: dict[str, Any],
) -> None:
    """The number of a merged customer can be another one's, as after a delete."""
    winner = invoiced_client.Customer.create(name="Winner")
    invoiced_twin.merge(str(customer["id"]), str(winner["id"]))
    newcomer = invoiced_client.Customer.create(name="New", number=customer["number"])

    assert customer["number"] == newcomer["number"]


def test_a_merge_with_oneself_says_so(
    invoiced_twin: InvoicedTwin, customer: dict[str, Any]
) -> None:
    """A customer is not merged with itself."""
    identifier = str(customer["id"])
    with pytest.raises(ControlError, match=identifier):
        invoiced_twin.merge(identifier, identifier)


def test_a_merge_is_noted(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    customer: dict[str, Any],
) -> None:
    """What a merge leaves behind is only assumed."""
    winner = invoiced_client.Customer.create(name="Winner")
    invoiced_twin.merge(str(customer["id"]), str(winner["id"]))

    assert rests_on(invoiced_twin, b.MERGED)


# Lines under an address of their own


def test_lines_have_addresses(line_items: Any, invoice: dict[str, Any]) -> None:  # noqa: ANN401
    """An invoice's lines are listed below it."""
    assert invoice["items"] == line_items.list()[0]


def test_a_line_can_be_retrieved(line_items: Any, invoice: dict[str, Any]) -> None:  # noqa: ANN401
    """A line is retrieved as the invoice shows it."""
    line = invoice["items"][0]

    assert line == line_items.retrieve(line["id"])


def test_an_added_line_counts(
    invoiced_client: invoiced.Client,
    line_items: Any,  # noqa: ANN401
    invoice: dict[str, Any],
) -> None:
    """A line that is added raises the invoice's total, and the others keep their id."""
    added = line_items.create(name="Ink", unit_cost=5)
    known = invoiced_client.Invoice.retrieve(invoice["id"])

    assert ([invoice["items"][0]["id"], added["id"]], 15) == (
        [line["id"] for line in known["items"]],
        known["total"],
    )


def test_an_edited_line_counts(
    invoiced_client: invoiced.Client,
    line_items: Any,  # noqa: ANN401
    invoice: dict[str, Any],
) -> None:
    """A line that is edited changes the invoice's total."""
    line = line_items.retrieve(invoice["items"][0]["id"])
    line.save(quantity=3)

    assert 30 == invoiced_client.Invoice.retrieve(invoice["id"])["total"]


def test_a_deleted_line_is_gone(
    line_items: Any,  # noqa: ANN401
    invoice: dict[str, Any],
) -> None:
    """A line that is deleted answers 404."""
    line_items.create(name="Ink", unit_cost=5)
    line_items.retrieve(invoice["items"][0]["id"]).delete()

    assert (404, None) == refused(
        lambda: line_items.retrieve(invoice["items"][0]["id"])
    )
