"""Events of the Invoiced twin: what is told of customers, invoices and payments."""

from __future__ import annotations

from typing import Any

import invoiced
import pytest

from dataflow.twin.clock import START, ManualClock
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.invoiced import behaviours as b
from tests.twin.invoiced.calling import TEN, Raw, refused, rests_on

#: One event that is shown, and the way of a search through some thirty.
MOST_LOOKS = 1 + 5


class Noting(dict[int, Any]):
    """Events that note which of them somebody looks at."""

    def __init__(self, events: dict[int, Any], looked: list[int]) -> None:
        super().__init__(events)
        self.looked = looked

    def __getitem__(self, key: int) -> Any:  # noqa: ANN401 - it holds anything
        """Return an event, and note it."""
        self.looked.append(key)
        return super().__getitem__(key)


def types(client: invoiced.Client, **query: object) -> list[str]:
    """Return the types of the events that a list shows."""
    return [event["type"] for event in client.Event.list(**query)[0]]


def test_nothing_is_told_of_an_empty_account(invoiced_client: invoiced.Client) -> None:
    """An account in which nothing has happened has no events."""
    assert [] == types(invoiced_client)


def test_the_latest_comes_first(invoiced_client: invoiced.Client, invoice: Any) -> None:  # noqa: ANN401
    """Events are listed in reverse order, one for each write."""
    invoice.save(name="Paper")
    invoice.delete()

    assert [
        "invoice.deleted",
        "invoice.updated",
        "invoice.created",
        "customer.created",
    ] == types(invoiced_client)


def test_a_customer_is_told_of(invoiced_client: invoiced.Client, customer: Any) -> None:  # noqa: ANN401
    """A customer's edit and its deletion are told."""
    customer.save(name="Other")
    customer.delete()

    assert ["customer.deleted", "customer.updated"] == types(invoiced_client)[:2]


def test_an_event_has_the_documented_shape(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """An event says what happened when, by whom, and shows the record."""
    event = invoiced_client.Event.list()[0][0]

    expected = {
        "data": {"object": dict(customer)},
        "id": event["id"],
        "object": "event",
        "timestamp": START,
        "type": "customer.created",
        "user": event["user"],
    }
    assert expected == dict(event)


def test_an_event_can_be_retrieved(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """An event is retrieved by its id as the list shows it."""
    assert customer["id"]
    event = invoiced_client.Event.list()[0][0]

    assert event == invoiced_client.Event.retrieve(event["id"])


def test_an_unknown_event_is_not_found(invoiced_client: invoiced.Client) -> None:
    """An event that never was answers 404."""
    assert (404, None) == refused(lambda: invoiced_client.Event.retrieve(5))


def test_an_update_shows_what_was_before(
    invoiced_client: invoiced.Client,
    customer: Any,  # noqa: ANN401
) -> None:
    """An update holds the old values of what changed, and nothing else."""
    customer.save(name="Other", phone="1")
    event = invoiced_client.Event.list()[0][0]

    assert {"name": "Acme", "phone": None} == event["data"]["previous"]


def test_an_invoice_comes_with_its_customer(
    invoiced_client: invoiced.Client, customer: dict[str, Any], invoice: dict[str, Any]
) -> None:
    """An event about an invoice shows its customer in full."""
    event = invoiced_client.Event.list()[0][0]

    assert {**invoice, "customer": dict(customer)} == event["data"]["object"]


def test_an_event_stays_as_it_was(
    invoiced_client: invoiced.Client,
    customer: Any,  # noqa: ANN401
) -> None:
    """A later edit changes no earlier event."""
    customer.save(name="Other")
    first = invoiced_client.Event.list()[0][-1]

    assert "Acme" == first["data"]["object"]["name"]


def test_an_edit_without_a_change_is_not_told(
    invoiced_client: invoiced.Client,
    customer: Any,  # noqa: ANN401
    invoiced_clock: ManualClock,
) -> None:
    """An edit that moves nothing but `updated_at` makes no event."""
    invoiced_clock.advance(5)
    customer.save(name="Acme")

    assert ["customer.created"] == types(invoiced_client)


def test_an_edit_of_metadata_is_told(
    invoiced_client: invoiced.Client,
    customer: Any,  # noqa: ANN401
) -> None:
    """An edit of metadata alone makes an event."""
    customer.save(metadata={"a": "b"})

    assert "customer.updated" == types(invoiced_client)[0]


def test_a_void_is_an_update(invoiced_client: invoiced.Client, invoice: Any) -> None:  # noqa: ANN401
    """There is no event of its own for a void."""
    invoice.void()

    assert "invoice.updated" == types(invoiced_client)[0]


def test_nothing_is_told_of_items(invoiced_client: invoiced.Client) -> None:
    """Items have no events."""
    invoiced_client.Item.create(id="paper", name="Paper").save(name="Other")

    assert [] == types(invoiced_client)


def test_a_refused_edit_is_not_told(
    invoiced_client: invoiced.Client,
    customer: Any,  # noqa: ANN401
) -> None:
    """What was refused has not happened."""
    refused(lambda: customer.save(email="nobody"))

    assert ["customer.created"] == types(invoiced_client)


@pytest.mark.parametrize(("kind", "count"), [("customer", 2), ("invoice", 1)])
def test_events_of_one_record(
    invoiced_client: invoiced.Client, invoice: dict[str, Any], kind: str, count: int
) -> None:
    """`related_to` keeps the events about one record, and a customer's invoices."""
    invoiced_client.Customer.create(name="Another")
    identifier = {"customer": invoice["customer"], "invoice": invoice["id"]}[kind]

    assert count == len(types(invoiced_client, related_to=f"{kind},{identifier}"))


def test_events_of_nobody(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """What is related to no record of the account is nothing."""
    assert customer["id"]
    assert [] == types(invoiced_client, related_to="customer,you")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"type": "invoice"}, 1),
        ({"start_date": START + 5}, 1),
        ({"end_date": START}, 1),
        ({"start_date": START, "end_date": START + 5}, 2),
    ],
)
def test_events_of_a_kind_and_a_time(
    invoiced_client: invoiced.Client,
    invoiced_clock: ManualClock,
    customer: dict[str, Any],
    query: dict[str, object],
    count: int,
) -> None:
    """`type` is the kind of record, and both ends of a period belong to it."""
    invoiced_clock.advance(5)
    invoiced_client.Invoice.create(customer=customer["id"], items=TEN)

    assert count == len(types(invoiced_client, **query))


def test_events_come_in_pages(
    invoiced_client: invoiced.Client, invoice: dict[str, Any]
) -> None:
    """A page of events tells how many there are in all."""
    assert invoice["id"]
    events, pages = invoiced_client.Event.list(per_page=1, page=2)

    assert (["customer.created"], 2) == (
        [event["type"] for event in events],
        pages.total_count,
    )


def test_ids_of_events_are_their_own(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """Events take no ids away from records, which are numbered without gaps."""
    second = invoiced_client.Customer.create(name="Another")

    assert customer["id"] + 1 == second["id"]


def test_no_event_id_comes_twice(
    invoiced_client: invoiced.Client, invoiced_twin: InvoicedTwin
) -> None:
    """Ids of events go on when an account is emptied."""
    invoiced_client.Customer.create(name="Acme")
    before = invoiced_client.Event.list()[0][0]["id"]
    invoiced_twin.reset()
    invoiced_client.Customer.create(name="Acme")

    assert before < invoiced_client.Event.list()[0][0]["id"]


def test_a_filter_of_events_that_is_not_built_is_refused(
    invoiced_raw: Raw,
) -> None:
    """A parameter that would pick other events is not ignored."""
    assert 400 == invoiced_raw("GET", "/events?from=api").status_code


def test_what_events_rest_on_is_noted(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    customer: dict[str, Any],
) -> None:
    """Whoever reads events learns that silent edits are only assumed."""
    assert customer["id"]
    types(invoiced_client)

    assert rests_on(invoiced_twin, b.EVENT_UNCHANGED)


# Without a call


def test_falling_past_due_is_told(
    invoiced_client: invoiced.Client,
    invoiced_clock: ManualClock,
    invoice: Any,  # noqa: ANN401
) -> None:
    """An invoice that falls past due is bumped, once, and told of as an update."""
    invoice.save(due_date=START + 5)
    invoice.save(due_date=START + 5)
    invoiced_clock.advance(6)
    told = invoiced_client.Event.list()[0][0]
    invoiced_clock.advance(6)
    known = invoiced_client.Invoice.retrieve(invoice["id"])

    assert ({"status": "not_sent"}, START + 6, 3) == (
        told["data"]["previous"],
        known["updated_at"],
        len(types(invoiced_client, type="invoice")),
    )


def test_what_is_born_past_due_is_not_told_twice(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """An invoice that is created past due does not fall past due later."""
    invoiced_client.Invoice.create(customer=customer["id"], items=TEN, due_date=5)

    assert ["invoice.created"] == types(invoiced_client, type="invoice")


def test_a_later_due_date_falls_due_again(
    invoiced_client: invoiced.Client,
    invoiced_clock: ManualClock,
    invoice: Any,  # noqa: ANN401
) -> None:
    """An invoice that was given more time falls past due a second time."""
    invoice.save(due_date=START + 5)
    invoiced_clock.advance(6)
    invoice.save(due_date=START + 10)
    invoiced_clock.advance(6)

    newest = invoiced_client.Event.list()[0][0]
    assert (START + 12, "past_due") == (
        newest["timestamp"],
        newest["data"]["object"]["status"],
    )


@pytest.mark.parametrize(
    "query", [{}, {"start_date": START}, {"related_to": "customer,1000001"}], ids=str
)
def test_a_page_of_events_costs_a_page(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    customer: Any,  # noqa: ANN401
    query: dict[str, object],
) -> None:
    """A list of events looks at those that it shows, however many there are."""
    for number in range(30):
        customer.save(notes=str(number))
    looked: list[int] = []
    log = invoiced_twin._account.log
    log._events = Noting(log._events, looked)
    invoiced_client.Event.list(per_page=1, **query)

    assert len(set(looked)) <= MOST_LOOKS
